"""Two territories face to face: what one holds, the other must never see.

Each side has a region, its service, a school, its staff, an officer of every duty, and one row of every kind.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from commandes.models import Client, Commande, LigneCommande, Pointage
from ecoles.inspection import produire_dossier
from ecoles.models import (
    Agrement,
    Apprenant,
    Atelier,
    AvisAptitude,
    Candidature,
    CoordonneesBancaires,
    DeclarationDerogation,
    DemandeContact,
    DossierInspection,
    Ecole,
    Encadrement,
    Evenement,
    FormationSecurite,
    Groupe,
    Inscription,
    InscriptionListe,
    Label,
    Machine,
    MembreEquipe,
    Offre,
    Reconnaissance,
    RepresentantLegal,
    Resultat,
    Site,
)
from financements.etats import Etat
from financements.models import (
    Bareme,
    Campagne,
    Demande,
    Enveloppe,
    MouvementEnveloppe,
    Simulation,
)
from reseau.models import (
    AffectationDreets,
    AffectationNationale,
    Courriel,
    Utilisateur,
)
from reseau.nombres import aujourdhui, maintenant
from reseau.roles import ROLES_DREETS, ROLES_ECOLE, ROLES_NATIONAUX, Role
from tests.monde_actes import poser_la_reprise, poser_le_rapprochement, poser_les_scans
from tests.usines_financements import Territoire, preparer_avenant

if TYPE_CHECKING:
    from django.db import models

METALLIER, MACHINES = "50025439", "machines"


@dataclass
class Cote:
    """One territory: its people by role, and one row of each model."""

    nom: str
    region: str
    commune: str
    personnes: dict[Role, Utilisateur] = field(default_factory=dict)
    lignes: dict[type[models.Model], Any] = field(default_factory=dict)

    @property
    def ecole(self) -> Ecole:
        """The school of this side."""
        ecole: Ecole = self.lignes[Ecole]
        return ecole

    def poser(self, ligne: models.Model) -> Any:
        """Keep a row as the example of its model."""
        self.lignes[type(ligne)] = ligne
        return ligne


def compte(courriel: str) -> Utilisateur:
    """An account without a password that works."""
    return Utilisateur.objects.create_user(
        courriel, prenom=courriel.split("@", maxsplit=1)[0].capitalize(), nom="Demo"
    )


def poser_le_monde(*, execution: bool = False) -> tuple[Cote, Cote, dict[Role, Utilisateur]]:
    """Create both sides, and the national readers; return (ours, the others', nationals).

    ``execution`` adds what hangs on a decision being paid: three times as long, for who walks every model.
    """
    ici, la_bas = Cote("ici", "84", "42218"), Cote("la-bas", "32", "59350")
    campagne = Campagne.objects.create(
        exercice=aujourdhui().year,
        ouverte_du=aujourdhui() - timedelta(30),
        ouverte_au=aujourdhui() + timedelta(30),
    )
    Bareme.objects.create(campagne=campagne, unitaire=Decimal(550), majoration=Decimal(30))
    for cote in (ici, la_bas):
        _poser_les_gens(cote)
        _poser_la_classe(cote)
        _poser_l_atelier(cote)
        _poser_le_financement(cote, campagne)
        if execution:
            _poser_l_execution(cote, campagne)
    return ici, la_bas, _nationaux()


def _nationaux() -> dict[Role, Utilisateur]:
    personnes = {role: compte(f"{role}@national.invalid") for role in sorted(ROLES_NATIONAUX)}
    for role, personne in personnes.items():
        AffectationNationale.objects.create(utilisateur=personne, role=role, du=date(2020, 1, 1))
    return {Role(role): personne for role, personne in personnes.items()}


def _poser_les_gens(cote: Cote) -> None:
    ecole = cote.poser(
        Ecole.objects.create(
            nom=f"Atelier de {cote.nom}", slug=f"atelier-{cote.nom}", commune_id=cote.commune,
            publication="publiee", siret="", telephone="0199001234",
        )
    )  # fmt: skip
    ecole.filieres.add("industrie")
    for role in sorted(ROLES_ECOLE):
        personne = cote.personnes[Role(role)] = compte(f"{role}@{cote.nom}.invalid")
        cote.poser(
            MembreEquipe.objects.create(utilisateur=personne, ecole=ecole, fonction=role, du=date(2020, 1, 1))
        )
    for role in sorted(ROLES_DREETS):
        personne = cote.personnes[Role(role)] = compte(f"{role}@{cote.nom}.invalid")
        cote.poser(
            AffectationDreets.objects.create(
                utilisateur=personne, service_id=cote.region, role=role, du=date(2020, 1, 1)
            )
        )


def _poser_les_statuts(cote: Cote) -> None:
    """A site with its machine, a group, and one act of each kind."""
    offre, commun = cote.lignes[Offre], {"ecole": cote.ecole, "du": date(2024, 9, 1)}
    site = cote.poser(Site.objects.create(ecole=cote.ecole, nom="Rue des Forges", commune_id=cote.commune))
    atelier = cote.poser(Atelier.objects.create(site=site, nom=f"Usinage de {cote.nom}"))
    cote.poser(Machine.objects.create(atelier=atelier, designation="Tour", repere="T1"))
    cote.poser(
        Groupe.objects.create(offre=offre, etape=offre.parcours.etapes.get(), annee=2026, nom="Premiers")
    )
    cote.poser(Label.objects.create(evaluee_le=date(2024, 5, 1), nb_criteres=30, **commun))
    cote.poser(Reconnaissance.objects.create(acte="arrêté du 3 mai", signee_le=date(2024, 5, 3), **commun))
    cote.poser(InscriptionListe.objects.create(annee=2024, nor="MENE2412345A", **commun))
    direction = cote.personnes[Role.DIRECTION]
    cote.poser(
        Agrement.objects.create(utilisateur=direction, fonction="direction", numero="2024-1", **commun)
    )
    cote.poser(
        CoordonneesBancaires.objects.create(iban="FR7630006000011234567890189", saisi_par=direction, **commun)
    )


def _poser_la_classe(cote: Cote) -> None:
    jour = aujourdhui()
    cote.poser(Offre.objects.create(ecole=cote.ecole, parcours_id=METALLIER, capacite=12))
    _poser_les_statuts(cote)
    eleve = cote.poser(
        Apprenant.objects.create(
            ecole=cote.ecole, prenom="Inès", nom=f"De {cote.nom}", ne_le=date(2009, 5, 1)
        )
    )
    cote.poser(
        RepresentantLegal.objects.create(
            apprenant=eleve, lien="mere", prenom="Rozenn", nom=f"De {cote.nom}", telephone="0199000102"
        )
    )
    cote.poser(Inscription.objects.create(apprenant=eleve, titre_id=METALLIER, du=jour - timedelta(200)))
    cote.poser(
        AvisAptitude.objects.create(
            apprenant=eleve, apte=True, du=jour - timedelta(60), au=jour + timedelta(60)
        )
    )
    cote.poser(
        FormationSecurite.objects.create(
            apprenant=eleve,
            travail_id=MACHINES,
            donnee_le=jour - timedelta(50),
            evaluee_le=jour - timedelta(40),
        )
    )
    declaration = cote.poser(
        DeclarationDerogation.objects.create(
            ecole=cote.ecole, lieu="Atelier", envoyee_le=jour - timedelta(100)
        )
    )
    declaration.travaux.add(MACHINES)
    for role in (Role.MAITRE, Role.DIRECTION):
        membre = MembreEquipe.objects.get(utilisateur=cote.personnes[role])
        encadrement = cote.poser(
            Encadrement.objects.create(membre=membre, competence="CAP usinage", du=date(2020, 1, 1))
        )
        encadrement.travaux.add(MACHINES)
    dossier = DossierInspection(ecole=cote.ecole, jour=jour)
    jeunes = produire_dossier(dossier, cote.personnes[Role.DIRECTION])
    dossier.save()
    dossier.jeunes.set(jeunes)
    cote.poser(dossier)
    cote.poser(
        Courriel.objects.create(
            cle=f"monde:{cote.nom}", destinataire=cote.personnes[Role.DIRECTION], objet="Papiers", corps="…"
        )
    )
    cote.poser(
        Resultat.objects.create(
            ecole=cote.ecole, indicateur="examen", annee=2025, effectif=12, recus=9, source="Relevé du jury"
        )
    )
    debut = maintenant() + timedelta(20)
    cote.poser(
        Evenement.objects.create(
            ecole=cote.ecole, nature="portes_ouvertes", debut=debut, fin=debut + timedelta(hours=4)
        )
    )
    cote.poser(
        DemandeContact.objects.create(
            code=f"{cote.region}F-7K2", ecole=cote.ecole, region_id=cote.region, qui="parent",
            prenom="Sam", courriel="sam@famille.invalid", motif="place",
            repondre_avant_le=jour + timedelta(5),
        )
    )  # fmt: skip
    cote.poser(
        Candidature.objects.create(
            ecole=cote.ecole, prenom="Lila", nom=f"De {cote.nom}", parcours_id=METALLIER,
            courriel="lila@famille.invalid", recue_le=jour - timedelta(10),
        )
    )  # fmt: skip


def _poser_l_atelier(cote: Cote) -> None:
    client = cote.poser(Client.objects.create(ecole=cote.ecole, nom=f"Mécanique de {cote.nom}"))
    commande = cote.poser(
        Commande.objects.create(
            ecole=cote.ecole, numero="CMD-2020-0001", client=client, intitule="40 bagues",
            filiere_id="industrie", bloc_a_preciser=True, recue_le=aujourdhui() - timedelta(10),
        )
    )  # fmt: skip
    cote.poser(
        LigneCommande.objects.create(
            commande=commande, designation="Bague", quantite=Decimal(40), prix_unitaire=Decimal("9.975")
        )
    )
    cote.poser(
        Pointage.objects.create(
            commande=commande, apprenant=cote.lignes[Apprenant], jour=aujourdhui() - timedelta(1), minutes=60,
            saisi_par=cote.personnes[Role.MAITRE], encadrant=cote.personnes[Role.MAITRE],
        )
    )  # fmt: skip


def _poser_l_execution(cote: Cote, campagne: Campagne) -> None:
    """A second school, whose decision is in execution and has an amendment; a third, and its report."""
    lieu = Territoire(cote.region, campagne, cote.personnes)
    petite = {"effectif_demande": 2, "majorations_demandees": 0}
    demande = lieu.demande(Etat.EN_EXECUTION, **petite)
    cote.poser(preparer_avenant(demande))
    poser_le_rapprochement(cote, demande)
    poser_la_reprise(cote, lieu)
    rendue = lieu.avancer(lieu.demande(Etat.EN_EXECUTION, **petite), "preparer_bilan")
    cote.poser(rendue.allocation.bilan)
    tete, depuis = cote.personnes[Role.DIRECTION], date(2020, 1, 1)
    MembreEquipe.objects.create(utilisateur=tete, ecole=rendue.ecole, fonction="direction", du=depuis)


def _poser_le_financement(cote: Cote, campagne: Campagne) -> None:
    enveloppe = cote.poser(Enveloppe.objects.create(service_id=cote.region, exercice=campagne.exercice))
    cote.poser(
        MouvementEnveloppe.objects.create(
            enveloppe=enveloppe, nature="notification", ae=Decimal(100_000), cp=Decimal(100_000),
            reference="Notification 1", date_acte=aujourdhui(), saisi_par=cote.personnes[Role.GESTIONNAIRE],
        )
    )  # fmt: skip
    cote.poser(
        Simulation.objects.create(
            enveloppe=enveloppe, nom=f"Tout {cote.nom}", creee_par=cote.personnes[Role.INSTRUCTEUR]
        )
    )
    poser_les_scans(cote)
    cote.poser(
        Demande.objects.create(
            numero=f"{campagne.exercice}-{cote.region}-9001",
            ecole=cote.ecole,
            region_id=cote.region,
            campagne=campagne,
        )
    )
