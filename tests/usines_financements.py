"""Rows of the funding trade for tests: a region, its people, a school, a campaign, an envelope, a request."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from hashlib import sha256
from io import BytesIO
from itertools import count
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from pypdf import PdfWriter

from ecoles.models import CoordonneesBancaires, Ecole, MembreEquipe
from financements.etats import MACHINE, Etat
from financements.models import Bareme, Campagne, Demande, Enveloppe, LigneEffectif
from financements.ouverture import ouvrir_demande
from reseau.models import AffectationDreets, DocumentFige, ServiceRegional, Utilisateur
from reseau.nombres import aujourdhui, maintenant
from reseau.roles import ROLES_DREETS, Role
from reseau.socle.etats import Contexte
from tests.usines_avenants import AVANT_L_AVENANT, METALLIER, preparer_avenant
from tests.usines_bilans import A_ATTENDRE, APRES_RESILIATION, ecrire_avant
from tests.usines_regles import COMPLEMENT, ajouter_piece, mettre_en_regle

if TYPE_CHECKING:
    from collections.abc import Mapping

CHAUDRONNIER, FONDEUR = "50025437", "40025013"
__all__ = ["AVANT_L_AVENANT", "METALLIER", "ajouter_piece", "preparer_avenant"]
COMMUNES = {"84": "42218", "32": "59350", "52": "44109"}
SIRETS = ("73282932000074", "40483304800022", "55208131766522", "38012986646850")
_RANG = count(1)

# Learner-months that a school did not do, in the files where something was paid too much.
MOIS_MANQUANTS = 9
_JUSQU_A_L_ACCORD = ("deposer", "instruire", "proposer", "viser", "accorder")
_JUSQU_AU_PAIEMENT = (*_JUSQU_A_L_ACCORD, "conventionner", "notifier", "payer")
_JUSQU_AU_BILAN = (*_JUSQU_AU_PAIEMENT, "preparer_bilan", "deposer_bilan")
# The shortest way to each state, with what is typed on the way.
CHEMIN: Mapping[str, tuple[str, ...]] = {
    Etat.BROUILLON: (),
    Etat.DEPOSEE: ("deposer",),
    Etat.A_COMPLETER: ("deposer", "demander_complement"),
    Etat.EN_INSTRUCTION: ("deposer", "instruire"),
    Etat.PROPOSEE: ("deposer", "instruire", "proposer"),
    Etat.VISEE: ("deposer", "instruire", "proposer", "viser"),
    Etat.ACCORDEE: _JUSQU_A_L_ACCORD,
    Etat.CONVENTIONNEE: (*_JUSQU_A_L_ACCORD, "conventionner"),
    Etat.NOTIFIEE: (*_JUSQU_A_L_ACCORD, "conventionner", "notifier"),
    Etat.EN_EXECUTION: _JUSQU_AU_PAIEMENT,
    Etat.BILAN_DEPOSE: _JUSQU_AU_BILAN,
    Etat.BILAN_A_CORRIGER: (*_JUSQU_AU_BILAN, "corriger_bilan"),
    Etat.SERVICE_FAIT: (*_JUSQU_AU_BILAN, "certifier"),
    Etat.REVERSEMENT: (*_JUSQU_AU_BILAN, "certifier", "reclamer"),
    Etat.SOLDEE: (*_JUSQU_AU_BILAN, "certifier", "solder"),
    Etat.CLOSE: (*_JUSQU_AU_BILAN, "certifier", "solder", "clore"),
    Etat.REFUSEE: ("deposer", "instruire", "refuser"),
    Etat.SANS_SUITE: ("deposer", "instruire", "classer"),
    Etat.RESILIEE: (*_JUSQU_A_L_ACCORD, "resilier"),
    Etat.RETIREE: ("retirer",),
}
SAISIES: Mapping[str, Mapping[str, Any]] = {
    "deposer": {"certifie": True},
    **COMPLEMENT,
    "renvoyer": {"motif": "Vérifiez les effectifs."},
    "retirer": {"motif": "Demande refaite."},
    "conventionner": {
        "signataire_ecole": "Sonia Essai",
        "signataire_etat": "Hélène Essai",
    },
    "refuser": {"raison": "credits", "motif": "L'enveloppe de l'année est épuisée."},
    "classer": {"raison": "dossier", "motif": "Le budget n'est jamais arrivé."},
    "resilier": {"entendue_le": date(2026, 1, 7), "motif": "L'école ferme."},
    "payer": {"numero_dp": ""},
    "deposer_bilan": {"certifie": True},
    "redeposer_bilan": {"certifie": True},
    "renoncer": {"motif": "Somme sous le seuil de recouvrement."},
    "recouvrer_en_partie": {"montant_rendu": Decimal(100)},
    **APRES_RESILIATION,
    "solder": {"numero_dp": ""},
    "renvoyer_avenant": {"motif": "Comptez les mois à partir de septembre."},
    "abandonner_avenant": {"motif": "Les jeunes ne sont pas venus."},
}
CONVENTIONNER = ("conventionner", *(f"conventionner_{ou}" for ou in ("notifiee", "en_cours", "service_fait")))
QUI: Mapping[str, Role] = {
    "deposer": Role.DIRECTION,
    "completer": Role.DIRECTION,
    "confirmer": Role.DIRECTION,
    "retirer": Role.DIRECTION,
    "deposer_sur_scan": Role.INSTRUCTEUR,
    "completer_sur_scan": Role.INSTRUCTEUR,
    "demander_complement": Role.INSTRUCTEUR,
    "constater_silence": Role.INSTRUCTEUR,
    "instruire": Role.INSTRUCTEUR,
    "proposer": Role.INSTRUCTEUR,
    "viser": Role.CHEF_DE_SERVICE,
    "renvoyer": Role.CHEF_DE_SERVICE,
    "accorder": Role.ORDONNATEUR,
    "conventionner": Role.GESTIONNAIRE,
    **dict.fromkeys(CONVENTIONNER[1:], Role.GESTIONNAIRE),
    "notifier": Role.GESTIONNAIRE,
    "payer": Role.LIQUIDATEUR,
    "proposer_avenant": Role.INSTRUCTEUR,
    "abandonner_avenant": Role.INSTRUCTEUR,
    "viser_avenant": Role.CHEF_DE_SERVICE,
    "renvoyer_avenant": Role.CHEF_DE_SERVICE,
    "accorder_avenant": Role.ORDONNATEUR,
    "preparer_bilan": Role.DIRECTION,
    "deposer_bilan": Role.DIRECTION,
    "redeposer_bilan": Role.DIRECTION,
    "corriger_bilan": Role.INSTRUCTEUR,
    "contredire_bilan": Role.INSTRUCTEUR,
    "figer_bilan": Role.INSTRUCTEUR,
    "certifier": Role.CERTIFICATEUR,
    "solder": Role.LIQUIDATEUR,
    "reclamer": Role.GESTIONNAIRE,
    "renoncer": Role.GESTIONNAIRE,
    "recouvrer": Role.GESTIONNAIRE,
    "recouvrer_en_partie": Role.GESTIONNAIRE,
    "clore": Role.GESTIONNAIRE,
    "refuser": Role.ORDONNATEUR,
    "classer": Role.CHEF_DE_SERVICE,
    "resilier": Role.ORDONNATEUR,
    **dict.fromkeys(APRES_RESILIATION, Role.GESTIONNAIRE),
    "annuler_reprise": Role.GESTIONNAIRE,
}


def saisies(nom: str, **autres: Any) -> dict[str, Any]:
    """What is typed to cross a transition; files and keys are new each time."""
    fraiches: dict[str, Any] = {}
    if nom in CONVENTIONNER:
        scan = SimpleUploadedFile("convention.pdf", un_pdf(), "application/pdf")
        jour = aujourdhui()
        fraiches = SAISIES["conventionner"] | {"scan": scan, "signee_ecole_le": jour, "signee_etat_le": jour}
    elif nom == "notifier":
        fraiches = {"numero_ej": f"21{next(_RANG):08d}"}
    elif nom in {"payer", "solder"}:
        fraiches = {"cle": uuid4(), "paye_le": aujourdhui()}
    elif nom.startswith("recouvrer"):
        fraiches = {"rendu_le": aujourdhui()}
    elif nom == "clore":
        fraiches = {"conserver_jusqu_au": aujourdhui() + timedelta(3650)}
    return {**SAISIES.get(nom, {}), **fraiches, **autres}


@cache
def un_pdf() -> bytes:
    """One blank page."""
    ecrivain, sortie = PdfWriter(), BytesIO()
    ecrivain.add_blank_page(width=595, height=842)
    ecrivain.write(sortie)
    return sortie.getvalue()


def identifier_le_service(region: str) -> None:
    """As the administrator does once: what is notified is published with it."""
    ServiceRegional.objects.filter(region=region, siret="").update(siret=SIRETS[0])


def produire_les_documents() -> None:
    """Stand for the printing, which no test of this trade looks at."""
    contenu = un_pdf()
    DocumentFige.objects.filter(etat="a_produire").update(
        etat="produit", contenu=contenu, empreinte=sha256(contenu).hexdigest(), produit_le=maintenant()
    )


def personne(nom: str) -> Utilisateur:
    """An account without a usable password."""
    return Utilisateur.objects.create(
        courriel=f"{nom}-{next(_RANG)}@essai.invalid", prenom=nom.capitalize(), nom="Essai", password="!"
    )


def campagne(exercice: int = 0, **valeurs: Any) -> Campagne:
    """A campaign open today, with its common scale: 550,00 a learner-month, 30,00 more for a supplement."""
    jour = aujourdhui()
    ouverte = {
        "ouverte_du": jour - timedelta(30),
        "ouverte_au": jour + timedelta(30),
        "periode_du": jour - timedelta(330),
        "periode_au": jour - timedelta(1),
    }
    creee = Campagne.objects.create(**{"exercice": exercice or jour.year, **ouverte, **valeurs})
    Bareme.objects.create(campagne=creee, unitaire=Decimal(550), majoration=Decimal(30))
    return creee


@dataclass
class Territoire:
    """A region with one officer of each duty, a budget, and schools with their head."""

    region: str
    campagne: Campagne
    agents: dict[Role, Utilisateur] = field(default_factory=dict)
    directions: dict[Ecole, Utilisateur] = field(default_factory=dict)
    manque: int = 0  # learner-months that the next reports say were not done

    @property
    def enveloppe(self) -> Enveloppe:
        """The envelope, read again; its sub-envelopes are not it."""
        return Enveloppe.objects.get(service_id=self.region, exercice=self.campagne.exercice, parent=None)

    def qui(self, nom: str, ecole: Ecole) -> Utilisateur:
        """The person who crosses this transition for this school."""
        role = QUI[nom]
        return self.directions[ecole] if role is Role.DIRECTION else self.agents[role]

    def ecole(self, nom: str = "") -> Ecole:
        """A school of the region, with its SIRET, its IBAN and its head."""
        rang = next(_RANG)
        creee = Ecole.objects.create(
            nom=nom or f"Atelier {rang}",
            slug=f"ecole-{rang}",
            commune_id=COMMUNES[self.region],
            siret=SIRETS[rang % len(SIRETS)],
        )
        direction = personne("direction")
        MembreEquipe.objects.create(
            utilisateur=direction, ecole=creee, fonction="direction", du=date(2020, 1, 1)
        )
        CoordonneesBancaires.objects.create(
            ecole=creee, iban="FR7630006000011234567890189", saisi_par=direction, du=date(2020, 1, 1)
        )
        mettre_en_regle(creee)
        self.directions[creee] = direction
        return creee

    def demande(self, etat: str = Etat.BROUILLON, *, ecole: Ecole | None = None, **ligne: Any) -> Demande:
        """A request of 36 metalworkers, 14 with a supplement, brought to ``etat`` through the door."""
        ecole = ecole or self.ecole()
        creee = ouvrir_demande(ecole=ecole, campagne=self.campagne, par=self.directions[ecole])
        ajouter_ligne(creee, **ligne)
        self.manque = MOIS_MANQUANTS if etat == Etat.REVERSEMENT else self.manque
        ajouter_piece(creee, "cer", self.directions[ecole])
        return self.avancer(creee, *CHEMIN[etat])

    def avancer(self, demande: Demande, *noms: str) -> Demande:
        """Cross transitions, each by the person whose duty it is."""
        for nom in noms:
            contexte = Contexte(self.qui(nom, demande.ecole), saisies(nom))
            if nom in {"notifier", "clore"}:
                produire_les_documents()
                identifier_le_service(self.region)
            ecrire_avant(demande, nom, self.manque)
            with time_machine.travel(maintenant() + timedelta(A_ATTENDRE.get(nom, 0))):
                demande = MACHINE.franchir(demande, nom, contexte)
        return demande


def territoire(
    region: str = "84", *, ouvert: str = "1190400", exercice: Campagne | None = None
) -> Territoire:
    """A region ready to work: officers since 2020, and an envelope opened by one movement."""
    lieu = Territoire(region, exercice or campagne())
    for role in sorted(ROLES_DREETS):
        lieu.agents[role] = personne(role.value)
        AffectationDreets.objects.create(
            utilisateur=lieu.agents[role], service_id=region, role=role, du=date(2020, 1, 1)
        )
    enveloppe = Enveloppe.objects.create(service_id=region, exercice=lieu.campagne.exercice)
    mouvement(enveloppe, lieu.agents[Role.GESTIONNAIRE], ouvert)
    return lieu


def mouvement(enveloppe: Enveloppe, par: Utilisateur, montant: str, nature: str = "notification") -> None:
    """As many AE as CP."""
    enveloppe.mouvements.create(
        nature=nature,
        ae=Decimal(montant),
        cp=Decimal(montant),
        reference="Notification 1",
        date_acte=aujourdhui(),
        saisi_par=par,
    )


def ajouter_ligne(demande: Demande, **valeurs: Any) -> LigneEffectif:
    """A line; 36 metalworkers, 14 with a supplement, unless told otherwise."""
    defaut = {"titre_id": METALLIER, "effectif_demande": 36, "majorations_demandees": 14}
    return LigneEffectif.objects.create(demande=demande, **(defaut | valeurs))
