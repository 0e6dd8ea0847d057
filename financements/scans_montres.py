"""What the page of a deposit of signed acts shows, as plain values."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import reverse

from financements.models import PageScan
from financements.natures import MotifPage
from financements.scans import nb_pages

if TYPE_CHECKING:
    from collections.abc import Callable

    from financements.models import Acte, DepotScans


@dataclass(frozen=True, slots=True)
class ActeDuDepot:
    """An act met in a deposit: its name, the way to its file, and what became of it."""

    nom: str
    lien: str
    dit: str
    complet: bool


@dataclass(frozen=True, slots=True)
class EtatDuDepot:
    """Acts met; pages left to a person (rank, sentence, way); pages aside; one sentence for all."""

    actes: tuple[ActeDuDepot, ...]
    a_la_main: tuple[tuple[int, str, str], ...]
    de_cote: tuple[tuple[int, str], ...]
    bilan: str


def etat_du_depot(depot: DepotScans, nommer: Callable[[Acte], str]) -> EtatDuDepot:
    """Return what became of each page of a deposit."""
    pages = list(
        depot.pages.select_related("acte__demande__ecole", "acte__document", "scan").order_by("rang")
    )
    actes = _actes(depot, pages, nommer)
    libres = [p for p in pages if p.acte_id is None and p.ecartee_par_id is None]
    a_la_main = [p for p in libres if p.motif != MotifPage.BLANCHE]
    de_cote = [p for p in pages if p.ecartee_par_id or (p in libres and p.motif == MotifPage.BLANCHE)]
    nb = sum(acte.complet for acte in actes)
    return EtatDuDepot(
        actes=tuple(actes),
        a_la_main=tuple((p.rang, p.get_motif_display(), _lien(p)) for p in a_la_main),
        de_cote=tuple((p.rang, "mise de côté" if p.ecartee_par_id else "blanche") for p in de_cote),
        bilan=f"{_compte(len(pages), 'page')}, {_compte(nb, 'acte rattaché', 'actes rattachés')}, "
        f"{_compte(len(a_la_main), 'page')} à rattacher à la main.",
    )


def _actes(depot: DepotScans, pages: list[PageScan], nommer: Callable[[Acte], str]) -> list[ActeDuDepot]:
    """Pages of an act may come in several deposits: what is missing is said of all of them."""
    par_acte: dict[Acte, set[int]] = {page.acte: set() for page in pages if page.acte}
    presentes = PageScan.objects.filter(acte__in=par_acte, motif="", ecartee_par=None)
    vues: dict[object, set[int]] = defaultdict(set)
    complets = set()
    for acte, page, scan in presentes.order_by("page").values_list("acte", "page", "scan"):
        vues[acte].add(page or 0)
        complets |= {acte} if scan else set()
    return [
        ActeDuDepot(
            nom=nommer(acte),
            lien=reverse("admin:financements_demande_change", args=[acte.demande_id]),
            dit="rattaché au dossier" if acte.pk in complets else _manque(acte, vues[acte.pk]),
            complet=acte.pk in complets,
        )
        for acte in par_acte
    ]


def _manque(acte: Acte, vues: set[int]) -> str:
    total = nb_pages(acte)
    manquent = [str(page) for page in range(1, total + 1) if page not in vues]
    mots = "la page" if len(manquent) == 1 else "les pages"
    return f"il manque {mots} {', '.join(manquent)} sur {total}" if manquent else "à rattacher"


def _compte(nombre: int, un: str, plusieurs: str = "") -> str:
    return f"{nombre} {un if nombre < 2 else plusieurs or un + 's'}"


def _lien(page: PageScan) -> str:
    return reverse("admin:financements_depotscans_page", args=[page.depot_id, page.rang])
