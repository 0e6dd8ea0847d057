"""Files handed in: known by their bytes, cleaned, stored under a random name, served only when clean."""

from __future__ import annotations

import hashlib
import io
import subprocess
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.files.base import ContentFile
from django.http import Http404, HttpResponse

from reseau.champs import propre, uuid7
from reseau.models import FichierDepose

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.core.files.uploadedfile import UploadedFile
    from PIL.Image import Image

    from reseau.models import Utilisateur

TAILLE_MAXIMALE = 10 * 1024 * 1024
PIXELS_MAXIMUM = 40_000_000
_SIGNATURES = {
    b"%PDF-": ("application/pdf", ".pdf"),
    b"\x89PNG\r\n\x1a\n": ("image/png", ".png"),
    b"\xff\xd8\xff": ("image/jpeg", ".jpg"),
}
_CLES_ACTIVES = frozenset({"/JS", "/JavaScript", "/EmbeddedFiles", "/EF", "/RichMediaContent", "/XFA"})
_ACTIONS = frozenset({"/JavaScript", "/Launch", "/ImportData", "/SubmitForm", "/GoToE"})


class FichierRefuse(Exception):
    """A file that cannot be taken; ``refus`` holds every reason, as French sentences."""

    def __init__(self, refus: list[str]) -> None:
        super().__init__(" ".join(refus))
        self.refus = refus


def deposer(
    televerse: UploadedFile[Any], utilisateur: Utilisateur, *, taille_maximale: int = TAILLE_MAXIMALE
) -> FichierDepose:
    """Check, clean and store a file. Raises :class:`FichierRefuse`; then nothing was stored."""
    if (televerse.size or 0) > taille_maximale:
        raise FichierRefuse([f"Ce fichier dépasse {taille_maximale // 1024**2} Mo."])
    contenu = televerse.read()
    type_mime, suffixe = _reconnaitre(contenu)
    contenu = _verifier_pdf(contenu) if suffixe == ".pdf" else _refaire_image(contenu, suffixe)
    nom = propre(televerse.name or "")[:150] or f"document{suffixe}"
    depot = FichierDepose(
        nom_origine=nom,
        type_mime=type_mime,
        taille=len(contenu),
        empreinte=hashlib.sha256(contenu).hexdigest(),
        analyse=_analyser(contenu),
        depose_par=utilisateur,
    )
    depot.fichier.save(f"{uuid7().hex}{suffixe}", ContentFile(contenu), save=False)
    depot.save()
    return depot


def servir_fichier(depot: FichierDepose) -> HttpResponse:
    """Answer a clean file as an attachment; anything else is not there yet."""
    if depot.analyse != FichierDepose.Analyse.SAIN:
        raise Http404("Ce fichier n'est pas encore disponible.")
    with depot.fichier.open("rb") as source:
        reponse = HttpResponse(source.read(), content_type=depot.type_mime)
    reponse.headers["Content-Disposition"] = f'attachment; filename="{_nom_sur(depot.nom_origine)}"'
    reponse.headers["Cache-Control"] = "private, no-store"
    return reponse


def _nom_sur(nom: str) -> str:
    return "".join(c if c.isascii() and (c.isalnum() or c in "._- ") else "_" for c in nom)


def _reconnaitre(contenu: bytes) -> tuple[str, str]:
    """The name and the announced type prove nothing: the first bytes do."""
    for signature, genre in _SIGNATURES.items():
        if contenu.startswith(signature):
            return genre
    raise FichierRefuse(["Ce fichier n'est ni un PDF, ni une image PNG ou JPEG."])


def _refaire_image(contenu: bytes, suffixe: str) -> bytes:
    """Encode the picture again: what is not a pixel (place, camera, hidden data) is left behind."""
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(io.BytesIO(contenu)) as image:
            if image.width * image.height > PIXELS_MAXIMUM:
                raise FichierRefuse(["Cette image est trop grande : réduisez-la."])
            sortie = io.BytesIO()
            _a_plat(image).save(sortie, "PNG" if suffixe == ".png" else "JPEG", quality=88)
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError) as erreur:
        raise FichierRefuse(["Cette image est abîmée ou incomplète."]) from erreur
    return sortie.getvalue()


def _a_plat(image: Image) -> Image:
    """Turn it as its hidden data says before they go, and put what is transparent on white."""
    from PIL import Image as Images
    from PIL import ImageOps

    droite = ImageOps.exif_transpose(image).convert("RGBA")
    fond = Images.new("RGBA", droite.size, "white")
    return Images.alpha_composite(fond, droite).convert("RGB")


def _verifier_pdf(contenu: bytes) -> bytes:
    """Refuse a PDF that does something: scripts, launch actions, embedded files, passwords."""
    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    try:
        lecteur = PdfReader(io.BytesIO(contenu))
        if lecteur.is_encrypted:
            raise FichierRefuse(["Ce PDF est protégé par un mot de passe : enlevez-le d'abord."])
        actif = any(_est_actif(objet) for objet in _objets(lecteur))
        vide = not lecteur.pages
    except (PyPdfError, ValueError, KeyError, RecursionError, AttributeError, TypeError) as erreur:
        raise FichierRefuse(["Ce PDF est abîmé ou incomplet."]) from erreur
    if actif:
        raise FichierRefuse(
            ["Ce PDF contient un programme ou des fichiers joints : imprimez-le en PDF simple."]
        )
    if vide:
        raise FichierRefuse(["Ce PDF n'a pas de page."])
    return contenu


def _objets(lecteur: Any) -> Iterator[Any]:
    """Every indirect object, compressed ones included."""
    for generation, entrees in lecteur.xref.items():
        for numero in entrees:
            yield lecteur.get_object(_reference(lecteur, numero, generation))
    for numero in lecteur.xref_objStm:
        yield lecteur.get_object(_reference(lecteur, numero, 0))


def _reference(lecteur: Any, numero: int, generation: int) -> Any:
    from pypdf.generic import IndirectObject

    return IndirectObject(numero, generation, lecteur)


def _est_actif(objet: Any, profondeur: int = 0) -> bool:
    if isinstance(objet, dict):
        if _CLES_ACTIVES & objet.keys() or objet.get("/S") in _ACTIONS:
            return True
        objet = list(objet.values())
    if isinstance(objet, list) and profondeur < 20:
        return any(_est_actif(element, profondeur + 1) for element in objet)
    return False


def reanalyser() -> int:
    """Ask again about the files in quarantine; return how many are still waiting."""
    attente = FichierDepose.Analyse.EN_ATTENTE
    for depot in FichierDepose.objects.filter(analyse=attente):
        with depot.fichier.open("rb") as source:
            depot.analyse = _analyser(source.read())
        depot.save(update_fields=("analyse",))
    return FichierDepose.objects.filter(analyse=attente).count()


def _analyser(contenu: bytes) -> str:
    """Ask the antivirus; without one, our own checks are enough only outside production."""
    attente = FichierDepose.Analyse.EN_ATTENTE
    if not settings.ANTIVIRUS:
        return attente if settings.PRODUCTION else FichierDepose.Analyse.SAIN
    try:
        resultat = subprocess.run(  # noqa: S603 - the program that the settings name, the file on its input
            [settings.ANTIVIRUS, "--no-summary", "-"],
            input=contenu,
            capture_output=True,
            check=False,
            timeout=60,
        )
    except (OSError, subprocess.TimeoutExpired):
        return attente
    verdicts = {0: FichierDepose.Analyse.SAIN, 1: FichierDepose.Analyse.REFUSE}
    return verdicts.get(resultat.returncode, attente)
