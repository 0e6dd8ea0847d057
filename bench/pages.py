"""The pages of the product, who reads them, and the ratio that each must keep."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from django.core.cache import caches
from django.test import Client

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from django.http import HttpResponse

    from bench.mesure import Mesure


@dataclass(frozen=True)
class Page:
    """A page to measure: its floor, the ratio not to pass, and how many queries it may ask."""

    nom: str
    compte: str
    adresse: str
    plancher: str
    rapport: float
    requetes: int
    froide: bool = False  # rendered anew each time: what the first reader of a minute pays


def pages() -> Iterator[Page]:
    """Yield the pages of the family, the teacher and the officer, on the data that are there."""
    from commandes.models import Commande
    from ecoles.models import Ecole
    from financements.models import Demande

    ecole = Ecole.objects.publiques().order_by("nom").first()
    maitre, instructeur = "maitre@demo.invalid", "instructeur@demo.invalid"
    yield from _publiques(f"/ecole/{ecole.slug}/")
    yield Page("atelier", maitre, "/atelier/", "liste nue", 0.5, 8)
    yield Page("commandes", maitre, "/admin/commandes/commande/", "liste nue", 0.5, 8)
    commande = (
        Commande.objects.filter(ecole__membres__utilisateur__courriel=maitre).order_by("-recue_le").first()
    )
    yield Page("une commande", maitre, f"/admin/commandes/commande/{commande.pk}/change/", "liste nue", 1, 14)
    yield Page("à traiter (DREETS)", instructeur, "/admin/", "liste nue", 0.5, 14)
    yield Page("demandes", instructeur, "/admin/financements/demande/", "liste nue", 0.5, 8)
    yield from _de_l_ecole(instructeur)
    demande = Demande.objects.filter(region_id="84").order_by("-numero").first()
    yield Page(
        "un dossier", instructeur, f"/admin/financements/demande/{demande.pk}/change/", "liste nue", 1, 14
    )


def _de_l_ecole(instructeur: str) -> Iterator[Page]:
    """The record of a school for each side, and the lists that lead to it."""
    from ecoles.models import Apprenant, Ecole

    direction = "direction@demo.invalid"
    ecole = Ecole.objects.get(membres__utilisateur__courriel=direction)
    jeune = Apprenant.objects.filter(ecole=ecole).order_by("nom", "prenom").first()
    dossier = f"/admin/ecoles/ecole/{ecole.pk}/change/"
    yield Page("dossier d'école (direction)", direction, dossier, "liste nue", 1, 30)
    yield Page("dossier d'école (DREETS)", instructeur, dossier, "liste nue", 1, 30)
    yield Page("écoles (DREETS)", instructeur, "/admin/ecoles/ecole/", "liste nue", 0.5, 8)
    yield Page("jeunes", direction, "/admin/ecoles/apprenant/", "liste nue", 0.5, 8)
    fiche = f"/admin/ecoles/apprenant/{jeune.pk}/change/"
    yield Page("un jeune", direction, fiche, "liste nue", 1, 20)


def _publiques(fiche: str) -> Iterator[Page]:
    """Each public page twice: as the first reader of the minute gets it, then as the others do."""
    for nom, adresse, rapport in (
        ("accueil", "/", 2),
        ("écoles : toutes", "/ecoles/", 3),
        ("écoles près d'un lieu", "/ecoles/?lieu=lyon&metier=industrie", 3),
        ("région", "/ecoles/region/auvergne-rhone-alpes/", 2),
        ("fiche d'une école", fiche, 2),
    ):
        yield Page(f"{nom}, à froid", "", adresse, "une requête", rapport, 5, froide=True)
        yield Page(nom, "", adresse, "une requête", rapport, 0)


def appels(
    liste: list[Page], compte_nu: str = "maitre@demo.invalid"
) -> dict[str, Callable[[], HttpResponse]]:
    """Return what calls each page, and the floors, by name; ``compte_nu`` opens the stock lists."""
    comptes = {page.compte for page in liste} | {"", compte_nu}
    clients = {compte: ouvrir(compte) for compte in comptes}
    planchers = {
        "un mot": ("", "/plancher/mot/"),
        "une requête": ("", "/plancher/une-requete/"),
        "liste nue": (compte_nu, "/plancher/admin/commandes/commande/"),
        "liste nue (demandes)": (compte_nu, "/plancher/admin/financements/demande/"),
    }
    cibles = planchers | {page.nom: (page.compte, page.adresse) for page in liste}
    froides = {page.nom for page in liste if page.froide}

    def appeler(nom: str) -> HttpResponse:
        compte, adresse = cibles[nom]
        if nom in froides:
            caches["memoire"].clear()
        return clients[compte].get(adresse)

    return {nom: partial(appeler, nom) for nom in cibles}


def ouvrir(compte: str) -> Client:
    """Return a browser, logged in when an account is named."""
    from reseau.models import Utilisateur

    client = Client(HTTP_ACCEPT_ENCODING="gzip")
    if compte:
        client.force_login(Utilisateur.objects.get(courriel=compte))
    return client


def figures(liste: list[Page], mesures: dict[str, Mesure]) -> list[dict[str, object]]:
    """Return the row of each page in the table of results."""
    return [
        {
            "nom": page.nom,
            "statut": mesures[page.nom].statut,
            "requetes": mesures[page.nom].requetes,
            "requetes_max": page.requetes,
            "octets": mesures[page.nom].octets,
            "cpu": mesures[page.nom].cpu_ms,
            "mur": mesures[page.nom].mur_ms,
            "plancher": page.plancher,
            "rapport": mesures[page.nom].rapport(mesures[page.plancher]),
            "rapport_max": page.rapport,
        }
        for page in liste
    ]
