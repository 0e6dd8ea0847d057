"""The pages of a request for money, on both sides: no fault that axe sees, and the keyboard is enough."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from ecoles.models import MembreEquipe
from financements.etats import MACHINE, Etat
from financements.models import Demande, DepotScans, Enveloppe, Simulation
from financements.scans import deposer_scans, lire_depot
from financements.scans_demo import exemple_de_scans
from financements.simulations_ecrites import remplir
from reseau.models import Utilisateur
from reseau.nombres import aujourdhui
from reseau.socle.actions import avancer, demander
from tests.navigateur.regard import ECRAN, TELEPHONE, Regard, avec_chromium, chromium, en_base, entrer
from tests.navigateur.test_pages_ecole import presser

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = avec_chromium
REGION = "84"
INSTRUCTEUR = "instructeur@demo.invalid"
# Name of a page: who opens it, and its address.
type Pages = dict[str, tuple[str, str]]


def _admin(nom: str, *cles: Any) -> str:
    return reverse(f"admin:financements_{nom}", args=cles)


def _dossier(etat: Etat, **filtres: Any) -> Demande:
    return Demande.objects.filter(etat=etat, **filtres).order_by("numero", "pk")[0]


def _direction(demande: Demande) -> str:
    membres = MembreEquipe.objects.filter(ecole=demande.ecole_id, fonction=MembreEquipe.Fonction.DIRECTION)
    return membres.order_by("du").values_list("utilisateur__courriel", flat=True)[0]


def _pages_de_l_ecole() -> Pages:
    brouillon, a_completer = _dossier(Etat.BROUILLON), _dossier(Etat.A_COMPLETER)
    deposee, accordee = _dossier(Etat.DEPOSEE), _dossier(Etat.ACCORDEE)
    a_rendre, a_corriger = _dossier(Etat.EN_EXECUTION), _dossier(Etat.BILAN_A_CORRIGER)
    return {
        "budget": (_direction(brouillon), _admin("demande_budget", brouillon.pk)),
        "brouillon": (_direction(brouillon), _admin("demande_change", brouillon.pk)),
        "déposer": (_direction(brouillon), _admin("demande_transition", brouillon.pk, "deposer")),
        "à compléter": (_direction(a_completer), _admin("demande_change", a_completer.pk)),
        "redéposer": (_direction(a_completer), _admin("demande_transition", a_completer.pk, "completer")),
        "où en est mon dossier": (_direction(deposee), _admin("demande_change", deposee.pk)),
        "accordée": (_direction(accordee), _admin("demande_change", accordee.pk)),
        "bilan à préparer": (_direction(a_rendre), _admin("demande_change", a_rendre.pk)),
        "bilan à corriger": (_direction(a_corriger), _admin("demande_change", a_corriger.pk)),
        "corriger le bilan": (
            _direction(a_corriger),
            _admin("bilan_change", a_corriger.allocation.bilan.pk),
        ),
    }


def _pages_de_l_etat() -> Pages:
    """What an officer, who pays, and who certifies open."""
    ici = {"region_id": REGION}
    deposee, rendue = _dossier(Etat.DEPOSEE, **ici), _dossier(Etat.BILAN_DEPOSE, **ici)
    certifie, instruite = _dossier(Etat.SERVICE_FAIT, **ici), _dossier(Etat.EN_INSTRUCTION, **ici)
    gestionnaire, certificateur = "gestionnaire@demo.invalid", "certificateur@demo.invalid"
    complement = _admin("demande_transition", deposee.pk, "demander_complement")
    return {
        "demander un complément": (INSTRUCTEUR, complement),
        "recevabilité": (INSTRUCTEUR, _admin("demande_recevabilite", deposee.pk)),
        "avis": (INSTRUCTEUR, _admin("demande_avis", instruite.pk)),
        "dossier en instruction": (INSTRUCTEUR, _admin("demande_change", instruite.pk)),
        "bilan lu": (INSTRUCTEUR, _admin("bilan_change", rendue.allocation.bilan.pk)),
        "dossier rendu": (INSTRUCTEUR, _admin("demande_change", rendue.pk)),
        "certifier": (certificateur, _admin("demande_transition", rendue.pk, "certifier")),
        "certifié": (gestionnaire, _admin("demande_change", certifie.pk)),
        "rapprochement": (gestionnaire, reverse("admin:financements_rapprochement_importer")),
        "tableau": (INSTRUCTEUR, reverse("admin:financements_enveloppe_tableau")),
        "tableau national": (
            "lecteur_national@demo.invalid",
            reverse("admin:financements_enveloppe_tableau_national"),
        ),
        "liste": (INSTRUCTEUR, _admin("demande_changelist")),
        **_simulations(),
        **_lot(),
        **_scans(gestionnaire),
    }


def _simulations() -> Pages:
    auteur = Utilisateur.objects.get(courriel=INSTRUCTEUR)
    enveloppe = Enveloppe.objects.get(service_id=REGION, exercice=aujourdhui().year)
    essai = Simulation.objects.create(
        enveloppe=enveloppe, nom="Prudente", depart="part", part=50, motif="Vu en comité.", creee_par=auteur
    )
    remplir(essai)
    return {
        "simulations": (INSTRUCTEUR, _admin("simulation_changelist")),
        "nouvelle simulation": (INSTRUCTEUR, _admin("simulation_add")),
        "simulation": (INSTRUCTEUR, _admin("simulation_change", essai.pk)),
        "comparer": (INSTRUCTEUR, _admin("simulation_comparer", enveloppe.pk)),
        "appliquer": (INSTRUCTEUR, _admin("simulation_appliquer", essai.pk)),
    }


def _lot() -> Pages:
    """One that ended, with refusals, and one that nobody began."""
    auteur = Utilisateur.objects.get(courriel=INSTRUCTEUR)
    visees = Demande.objects.filter(region_id=REGION, etat=Etat.VISEE).order_by("numero")
    cles = list(visees.values_list("pk", flat=True))
    fini, attend = (demander("financements.demande", "instruire", cles, auteur) for _ in range(2))
    avancer(fini, Demande, MACHINE)
    return {
        "action en lot finie": (INSTRUCTEUR, _admin("demande_lot", fini.pk)),
        "action en lot": (INSTRUCTEUR, _admin("demande_lot", attend.pk)),
    }


def _scans(qui: str) -> Pages:
    contenu = exemple_de_scans([REGION])
    agent = Utilisateur.objects.get(courriel=qui)
    regions: Any = DepotScans._meta.get_field("region").related_model
    fichier = SimpleUploadedFile("scans.pdf", contenu, "application/pdf")
    depot, _ = deposer_scans(fichier, regions.objects.get(pk=REGION), agent)
    lire_depot(depot.pk)
    depot.refresh_from_db()
    rang = depot.pages.exclude(motif="").order_by("rang")[0].rang
    return {
        "actes signés": (qui, _admin("depotscans_changelist")),
        "déposer des actes": (qui, _admin("depotscans_add")),
        "dépôt": (qui, _admin("depotscans_change", depot.pk)),
        "page illisible": (qui, _admin("depotscans_page", depot.pk, rang)),
    }


class Visite:
    """A browser in which each person has her own session."""

    def __init__(self, navigateur: Any, racine: str) -> None:
        self.navigateur, self.racine = navigateur, racine
        self.regards: dict[str, Regard] = {}

    def comme(self, courriel: str) -> Regard:
        """Return the window of this person."""
        if courriel not in self.regards:
            contexte = self.navigateur.new_context(locale="fr-FR")
            entrer(contexte, self.racine, courriel)
            self.regards[courriel] = Regard(contexte.new_page(), self.racine)
        return self.regards[courriel]

    def parcourir(self, pages: Pages) -> None:
        """Look at each page at both widths."""
        for nom, (courriel, adresse) in pages.items():
            regard = self.comme(courriel)
            if (code := regard.aller(adresse).status) != 200:
                regard.fautes.append(f"{nom} : {code}")
            for largeur, _ in (ECRAN, TELEPHONE):
                regard.examiner(largeur)

    @property
    def fautes(self) -> list[str]:
        """What is wrong, for everybody."""
        return [faute for regard in self.regards.values() for faute in regard.fautes]


@pytest.fixture
def visite(portail_demo: str) -> Iterator[Visite]:
    with chromium() as navigateur:
        yield Visite(navigateur, portail_demo)


def test_les_pages_de_l_ecole_n_ont_pas_de_defaut(visite: Visite) -> None:
    visite.parcourir(en_base(_pages_de_l_ecole))
    assert "\n".join(visite.fautes) == ""


def test_les_pages_de_l_etat_n_ont_pas_de_defaut(visite: Visite) -> None:
    pages = en_base(_pages_de_l_etat)
    visite.parcourir(pages)
    assert "\n".join(visite.fautes) == ""
    regard = visite.comme(INSTRUCTEUR)
    regard.aller(pages["simulation"][1])
    presser(regard, "Appliquer aux dossiers")
    presser(regard, "Appliquer aux dossiers")
    assert "ces effectifs retenus" in regard.page.locator(".messagelist").inner_text()
