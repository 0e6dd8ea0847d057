"""Acts signed by hand: what a PDF of scans holds, and the signed scan that each act receives.

Everything may be done again: a file read twice, or a page sent twice, attaches once.
"""

from __future__ import annotations

import hashlib
import io
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from django.core.files.base import ContentFile
from django.db import IntegrityError, connection, transaction
from django.db.models import Exists, OuterRef
from django.tasks import task

from financements.etats import MACHINE
from financements.models import Acte, Demande, DepotScans, PageScan, ScanSigne
from financements.natures import MotifPage
from reseau.socle.etats import Contexte
from reseau.socle.fichiers import FichierRefuse, deposer
from reseau.socle.pages_numerisees import LecturePagesRefusee, PageLue, assembler, lire_codes

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.core.files.base import File
    from django.db.models import QuerySet

    from reseau.models import FichierDepose, Region, Utilisateur

TAILLE_MAXIMALE: Final = 40 * 1024 * 1024
# Above this size, reading is left to the task worker.
TAILLE_IMMEDIATE: Final = 2 * 1024 * 1024
SIGNES_A_LA_MAIN: Final = (
    *("decision", "convention", "avenant", "ordre"),
    *("refus", "classement", "resiliation"),
)
# Each of these is an act of its own; of the others, a later one replaces the earlier.
_NUMEROTES: Final = ("avenant", "ordre")
_CODE = re.compile(r"EDP1/([0-9A-F]{32})/([1-9][0-9]{0,2})")


def deposer_scans(televerse: File[Any], region: Region, par: Utilisateur) -> tuple[DepotScans, bool]:
    """Keep a PDF of scans and open its deposit; the same file again is the deposit already there.

    Returns the deposit, and whether it is new. Raises :class:`FichierRefuse`.
    """
    contenu = televerse.read()
    if not contenu.startswith(b"%PDF-"):
        raise FichierRefuse(["Ce fichier n'est pas un PDF : numérisez les actes signés en un seul PDF."])
    empreinte = hashlib.sha256(contenu).hexdigest()
    connu = DepotScans.objects.filter(region=region, empreinte=empreinte).first()
    if connu is not None:
        return connu, False
    try:
        with transaction.atomic():
            copie: Any = ContentFile(contenu, name=televerse.name)
            fichier = deposer(copie, par, taille_maximale=TAILLE_MAXIMALE)
            depot = DepotScans.objects.create(
                region=region, fichier=fichier, empreinte=empreinte, depose_par=par
            )
    except IntegrityError:  # the same file a moment ago, from another tab
        return DepotScans.objects.get(region=region, empreinte=empreinte), False
    return depot, True


def lire_ou_confier(depot: DepotScans) -> None:
    """Read a small file at once; leave a large one to the task worker."""
    if depot.fichier.taille <= TAILLE_IMMEDIATE:
        lire_depot(depot.pk)
    else:
        transaction.on_commit(lambda: tache_lire_scans.enqueue(str(depot.pk)), robust=True)


@task()
def tache_lire_scans(cle: str) -> None:
    """Read one deposit outside the web workers; safe to run twice."""
    lire_depot(UUID(cle))


def lire_depot(cle: UUID) -> None:
    """Look at every page, note what each is, then attach the acts that are complete."""
    with transaction.atomic():
        _un_seul_a_la_fois()
        depot = DepotScans.objects.select_for_update(of=("self",)).select_related("fichier").get(pk=cle)
        if depot.etat != DepotScans.Etat.LECTURE or depot.fichier.analyse != depot.fichier.Analyse.SAIN:
            return
        try:
            lues = lire_codes(_chemin(depot.fichier))
            depot.etat = DepotScans.Etat.LU
            for lue in lues:
                _noter(depot, lue)
        except LecturePagesRefusee as refus:
            depot.etat, depot.refus = DepotScans.Etat.REFUSE, str(refus)
        depot.save(update_fields=["etat", "refus"])
    attacher(Acte.objects.filter(pages_numerisees__depot=depot).distinct(), depot.depose_par)


def _un_seul_a_la_fois() -> None:
    """Two readers would both find a page new."""
    with connection.cursor() as curseur:
        curseur.execute("SELECT pg_advisory_xact_lock(hashtextextended('scans', 0))")


def _chemin(fichier: FichierDepose) -> Path:
    return Path(fichier.fichier.path)


def _noter(depot: DepotScans, lue: PageLue) -> None:
    """Write down what a page is, or why it is not known."""
    acte, page, motif = _reconnaitre(depot, lue)
    connue = {"acte": acte, "page": page} if acte and not motif else {}
    depot.pages.create(rang=lue.rang, motif=motif, **connue)


def _reconnaitre(depot: DepotScans, lue: PageLue) -> tuple[Acte | None, int, str]:
    if lue.blanche:
        return None, 0, MotifPage.BLANCHE
    if len(lue.codes) > 1:
        return None, 0, MotifPage.PLUSIEURS
    trouve = _CODE.fullmatch(lue.codes[0]) if lue.codes else None
    if trouve is None:
        return None, 0, MotifPage.ILLISIBLE
    acte = actes_a_signer((depot.region_id,)).filter(document=UUID(trouve[1])).first()
    if acte is None:
        return None, 0, MotifPage.INCONNUE
    return acte, int(trouve[2]), empechement(acte, int(trouve[2]))


def actes_a_signer(regions: Any) -> QuerySet[Acte]:
    """Return the acts signed by hand in these regions, the replaced ones included."""
    actes = Acte.objects.filter(nature__in=SIGNES_A_LA_MAIN, demande__region__in=regions)
    return actes.select_related("demande__ecole", "document", "scan_signe")


def actes_qui_attendent(regions: Any) -> QuerySet[Acte]:
    """Return those whose current version has no signed scan yet."""
    suivants = Acte.objects.filter(
        demande=OuterRef("demande"), nature=OuterRef("nature"), rang__gt=OuterRef("rang")
    )
    attendus = actes_a_signer(regions).filter(scan_signe=None, document__etat="produit")
    remplaces = Exists(suivants.exclude(nature__in=_NUMEROTES))
    return attendus.exclude(remplaces).order_by("demande__numero", "nature", "rang")


def empechement(acte: Acte, page: int) -> str:
    """Return why this page of this act is not taken, as a :class:`MotifPage`; empty when it is."""
    if acte.nature not in _NUMEROTES and _remplacants(acte).exists():
        return MotifPage.ANCIENNE
    if hasattr(acte, "scan_signe"):
        return MotifPage.DEJA
    if not 1 <= page <= nb_pages(acte):
        return MotifPage.HORS
    prises = acte.pages_numerisees.filter(page=page, motif="", ecartee_par=None)
    return MotifPage.DOUBLON if prises.exists() else ""


def _remplacants(acte: Acte) -> QuerySet[Acte]:
    return Acte.objects.filter(demande=acte.demande_id, nature=acte.nature, rang__gt=acte.rang)


def nb_pages(acte: Acte) -> int:
    """Return how many pages were printed: those of the frozen bytes, zero before they are there."""
    from pypdf import PdfReader

    contenu = acte.document.contenu
    return len(PdfReader(io.BytesIO(bytes(contenu))).pages) if contenu else 0


def designer(page: PageScan, acte: Acte, numero: int, par: Utilisateur) -> str:
    """Say by hand what a page is; return why not, as a :class:`MotifPage`, or an empty text."""
    with transaction.atomic():
        _un_seul_a_la_fois()
        page = PageScan.objects.select_for_update(of=("self",)).get(pk=page.pk)
        if page.scan_id or page.ecartee_par_id:
            return MotifPage.DEJA
        if motif := empechement(acte, numero):
            return motif
        page.acte, page.page, page.motif, page.designee_par = acte, numero, "", par
        page.save()
    attacher([acte], par)
    return ""


def ecarter(page: PageScan, par: Utilisateur) -> None:
    """Say that a page is nothing, as long as it is in no scan."""
    PageScan.objects.filter(pk=page.pk, scan=None).update(ecartee_par=par)


def attacher(actes: Iterable[Acte], par: Utilisateur) -> int:
    """Make the signed scan of each act whose pages are all there; return how many were made."""
    return sum(_attacher(acte, par) for acte in actes)


def _attacher(acte: Acte, par: Utilisateur) -> bool:
    with transaction.atomic():
        demande = Demande.objects.select_for_update(of=("self",)).get(pk=acte.demande_id)
        pages = list(
            acte.pages_numerisees.filter(motif="", ecartee_par=None, scan=None)
            .select_related("depot__fichier")
            .order_by("page")
        )
        attendues = list(range(1, nb_pages(acte) + 1))
        if ScanSigne.objects.filter(acte=acte).exists() or [p.page for p in pages] != attendues:
            return False
        contenu = assembler([(_chemin(page.depot.fichier), page.rang) for page in pages])
        nom = acte.document.nom_fichier.removesuffix(".pdf") + "-signe.pdf"
        copie: Any = ContentFile(contenu, name=nom)
        fichier = deposer(copie, par, taille_maximale=TAILLE_MAXIMALE)
        scan = ScanSigne.objects.create(acte=acte, fichier=fichier, rattache_par=par)
        PageScan.objects.filter(pk__in=[page.pk for page in pages]).update(scan=scan)
        donnees = {"acte": str(acte.pk), "nature": acte.nature, "scan": str(scan.pk)}
        MACHINE.consigner(demande, Contexte(par), "rattacher_scan", demande.etat, demande.etat, donnees)
    return True
