"""Funding at one size: pages beside a stock list of the same files, the audit, many decisions at once, PDFs.

python -m bench.argent_mesures SORTIE.json, on a server that ``bench.argent`` has filled.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.passage import installer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.db.models import QuerySet

    from bench.pages import Page
    from financements.models import Demande

LISTE = "/admin/financements/demande/"
NB_ACCORDS, NB_PDF, NB_TOURS = 500, 50, 15


def agent(role: str) -> str:
    """Return the address of who holds this role in region 84, or in the country."""
    from reseau.models import AffectationDreets, AffectationNationale

    toutes = (AffectationDreets.objects.filter(service="84"), AffectationNationale.objects.all())
    trouvees = (ensemble.filter(role=role).order_by("id").first() for ensemble in toutes)
    return next(affectation.utilisateur.courriel for affectation in trouvees if affectation)


def pages() -> Iterator[Page]:
    """Yield what an officer of a region opens all day, first pages and last, searches and filters."""
    from bench.pages import Page
    from financements.models import Demande

    instructeur, national = agent("instructeur"), agent("lecteur_national")
    nu, region = "liste nue (demandes)", Demande.objects.filter(region="84")
    yield Page("à traiter, accueil", instructeur, "/admin/", nu, 0.5, 8)
    yield Page("à traiter, liste", instructeur, LISTE, nu, 0.5, 8)
    yield Page("toutes", instructeur, f"{LISTE}?etape=toutes", nu, 0.5, 8)
    derniere = (region.count() - 1) // 25 + 1
    yield Page("toutes, dernière page", instructeur, f"{LISTE}?etape=toutes&p={derniere}", nu, 0.6, 8)
    yield Page("toutes, le pays", national, f"{LISTE}?etape=toutes", nu, 0.5, 8)
    yield Page("recherche", instructeur, f"{LISTE}?q=rives", nu, 0.5, 8)
    numero = region.order_by("-numero").values_list("numero", flat=True)[0]
    yield Page("recherche d'un dossier", instructeur, f"{LISTE}?q={numero}", nu, 0.5, 8)
    yield Page("recherche sans réponse", instructeur, f"{LISTE}?q=introuvable", nu, 0.5, 8)
    yield Page("une étape", instructeur, f"{LISTE}?etape=en_execution", nu, 0.5, 8)
    yield from _autres_pages(region, instructeur, national)


def _autres_pages(region: QuerySet[Demande], instructeur: str, national: str) -> Iterator[Page]:
    """What is opened from the lists: files, an envelope, dashboards, scenarios."""
    from bench.pages import Page
    from financements.models import Enveloppe
    from reseau.nombres import aujourdhui

    nu = "liste nue (demandes)"
    for etat in ("en_instruction", "en_execution"):
        demande = region.filter(etat=etat).order_by("-numero").first()
        yield Page(f"un dossier ({etat})", instructeur, f"{LISTE}{demande.pk}/change/", nu, 1, 10)
    enveloppe = Enveloppe.objects.get(service="84", parent=None, exercice=aujourdhui().year)
    page = f"/admin/financements/enveloppe/{enveloppe.pk}/change/"
    yield Page("une enveloppe", instructeur, page, nu, 1, 10)
    # A dashboard is bounded by its own queries (``seuls``); beside a list of 100 rows, twice is only a watch.
    tableau = "/admin/financements/enveloppe/tableau/"
    yield Page("tableau de bord régional", instructeur, tableau, nu, 2, 8)
    yield Page("tableau de bord national", national, f"{tableau}national/", nu, 2, 8)
    comparer = f"/admin/financements/simulation/comparer/{enveloppe.pk}/"
    yield Page("simulations comparées", instructeur, comparer, nu, 1, 10)


def seuls(liste: list[Page]) -> dict[str, float]:
    """Wall time of each dashboard beside that of its own queries asked alone, over and over, in turn."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from bench.pages import ouvrir

    rapports = {}
    for page in liste:
        if "tableau de bord" not in page.nom:
            continue
        client, durees = ouvrir(page.compte), []
        with CaptureQueriesContext(connection) as captures:
            client.get(page.adresse)
        tout = [requete["sql"].strip() for requete in captures if "django_session" not in requete["sql"]]
        sql = [requete for requete in tout if requete.startswith(("SELECT", "WITH"))]
        for _ in range(NB_TOURS):
            debut = time.perf_counter()
            client.get(page.adresse)
            milieu = time.perf_counter()
            for requete in sql:
                with connection.cursor() as curseur:
                    curseur.execute(requete)
                    curseur.fetchall()
            durees.append((milieu - debut) / (time.perf_counter() - milieu))
        rapports[page.nom] = statistics.median(durees)
    return rapports


def verifier() -> dict[str, float]:
    """Seconds of the whole audit, and of its slowest formula."""
    from financements.invariants import violations

    durees, avant, faux = {}, time.perf_counter(), []
    for invariant, exemples in violations():
        durees[invariant.code], avant = time.perf_counter() - avant, time.perf_counter()
        faux += [invariant.code] if exemples else []
    lente = max(durees, key=lambda code: durees[code])
    return {"total": sum(durees.values()), "faux": len(faux), lente: durees[lente]}


def accorder() -> dict[str, float]:
    """Five hundred grants at once: the worker's time, and what a page costs meanwhile, beside an idle one."""
    from bench.pages import ouvrir
    from financements.models import Demande
    from reseau.admin.en_lot import tache_lot
    from reseau.models import Utilisateur
    from reseau.socle.actions import avancement, demander

    ordonnateur = Utilisateur.objects.get(courriel=agent("ordonnateur"))
    visees = Demande.objects.filter(etat="visee", region="84").order_by("pk")
    cles = list(visees.values_list("pk", flat=True)[:NB_ACCORDS])
    client = ouvrir(agent("instructeur"))
    repos = _latences(client, 40)
    lot = demander("financements.demande", "accorder", cles, ordonnateur)
    tache_lot.enqueue(str(lot.pk))
    debut = time.perf_counter()
    ouvrier = subprocess.Popen(
        [sys.executable, "manage.py", "db_worker", "--batch"], stderr=subprocess.DEVNULL
    )
    charge: list[float] = []
    while ouvrier.poll() is None:
        charge += _latences(client, 1)
        time.sleep(0.05)
    duree, ou = time.perf_counter() - debut, avancement(lot)
    return {
        "nb": len(cles), "faites": ou.faites, "refusees": ou.refusees, "duree": duree, **_documents(cles),
        "repos_p95": _p95(repos), "charge_p95": _p95(charge or repos),
    }  # fmt: skip


def _documents(cles: list[Any]) -> dict[str, float]:
    from financements.models import Acte

    decisions = Acte.objects.filter(demande__in=cles, nature="decision")
    return {"pdf": decisions.filter(document__etat="produit").count()}


def _latences(client: Any, nombre: int) -> list[float]:
    durees = []
    for _ in range(nombre):
        debut = time.perf_counter()
        client.get(LISTE)
        durees.append((time.perf_counter() - debut) * 1000)
    return durees


def _p95(durees: list[float]) -> float:
    return statistics.quantiles(durees, n=20)[-1] if len(durees) > 1 else durees[0]


def imprimer() -> dict[str, float]:
    """Fifty decisions through our printer, and by the library alone in a process that is warm: CPU aside."""
    from django.template.loader import render_to_string

    from financements.actes import GABARITS, contexte_decision
    from financements.models import Allocation
    from reseau.socle.documents import rendre_pdf
    from reseau.socle.imprimeur import IMPRIMEUR
    from reseau.socle.rendu import borner, rendre

    decisions = Allocation.objects.filter(demande__etat="en_execution").select_related("demande")[:NB_PDF]
    contextes = [contexte_decision(decision) for decision in decisions]
    htmls = [render_to_string(GABARITS["decision"], contexte) for contexte in contextes]
    feuilles = Path.cwd() / "static"
    borner(feuilles)
    rendre(htmls[0], feuilles)
    rendre_pdf(GABARITS["decision"], contextes[0])
    nous, seule = [], []
    for contexte, html in zip(contextes, htmls, strict=True):
        debut = time.perf_counter()
        rendre(html, feuilles)
        milieu = time.perf_counter()
        rendre_pdf(GABARITS["decision"], contexte)
        nous.append(time.perf_counter() - milieu)
        seule.append(milieu - debut)
    IMPRIMEUR.fermer()
    return {"nb": len(nous), "un": statistics.median(a / b for a, b in zip(nous, seule, strict=True)),
            "cinquante": sum(nous) / sum(seule), "par_seconde": len(nous) / sum(nous)}  # fmt: skip


def main(sortie: Path) -> None:
    """Measure, and write the figures as JSON."""
    installer()
    from bench.mesure import chronometrer
    from bench.pages import appels, figures

    liste = list(pages())
    mesures = chronometrer(appels(liste, agent("instructeur")))
    resultat = {
        "planchers": {n: mesures[n].cpu_ms for n in ("une requête", "liste nue (demandes)")},
        "pages": figures(liste, mesures),
        "seuls": seuls(liste),
        "audit": verifier(),
        "pdf": imprimer(),
        "accords": accorder(),
    }
    sortie.write_text(json.dumps(resultat))


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "reseau.settings")
    main(Path(sys.argv[1]))
