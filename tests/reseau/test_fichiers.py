"""Files handed in: what is taken, cleaned, refused, and how it is served."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.http import Http404
from PIL import Image
from pypdf import PdfWriter
from pypdf.generic import DictionaryObject, NameObject, TextStringObject

from reseau.models import FichierDepose, Utilisateur
from reseau.socle.fichiers import TAILLE_MAXIMALE, FichierRefuse, deposer, servir_fichier

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.django_db


@pytest.fixture
def personne() -> Utilisateur:
    return Utilisateur.objects.create_user("depot@essai.invalid")


def _pdf(modifier: Callable[[PdfWriter], Any] = lambda _: None) -> bytes:
    redacteur, sortie = PdfWriter(), io.BytesIO()
    redacteur.add_blank_page(200, 200)
    modifier(redacteur)
    redacteur.write(sortie)
    return sortie.getvalue()


def _image(genre: str, taille: tuple[int, int] = (20, 10)) -> bytes:
    sortie, exif = io.BytesIO(), Image.Exif()
    exif[0x010E] = "secret de famille"
    Image.new("RGB", taille, "red").save(sortie, genre, exif=exif)
    return sortie.getvalue()


def _script(redacteur: PdfWriter) -> None:
    action = DictionaryObject(
        {NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): TextStringObject("app.alert(1)")}
    )
    redacteur._root_object[NameObject("/OpenAction")] = action


def _lancer(redacteur: PdfWriter) -> None:
    action = DictionaryObject(
        {NameObject("/S"): NameObject("/Launch"), NameObject("/F"): TextStringObject("calc.exe")}
    )
    redacteur._root_object[NameObject("/OpenAction")] = action


def _deposer(contenu: bytes, personne: Utilisateur, nom: str = "piece.pdf") -> FichierDepose:
    return deposer(SimpleUploadedFile(nom, contenu), personne)


def test_un_pdf_simple_est_pris_sous_un_nom_au_hasard(personne: Utilisateur) -> None:
    depot = _deposer(_pdf(), personne, "demande de Malo.pdf")
    assert (depot.type_mime, depot.analyse, depot.nom_origine) == (
        "application/pdf",
        "sain",
        "demande de Malo.pdf",
    )
    assert "Malo" not in depot.fichier.name


@pytest.mark.parametrize("genre", ["PNG", "JPEG"])
def test_une_image_est_refaite_sans_ses_donnees_cachees(personne: Utilisateur, genre: str) -> None:
    origine = _image(genre)
    assert b"secret" in origine
    depot = _deposer(origine, personne, "photo")
    with depot.fichier.open("rb") as source:
        contenu = source.read()
    assert b"secret" not in contenu
    assert Image.open(io.BytesIO(contenu)).size == (20, 10)


def _ouvrir(depot: FichierDepose) -> Image.Image:
    with depot.fichier.open("rb") as source:
        return Image.open(io.BytesIO(source.read()))


def test_une_photo_de_telephone_reste_droite(personne: Utilisateur) -> None:
    sortie, exif = io.BytesIO(), Image.Exif()
    exif[0x0112] = 6  # held upright: to be turned by a quarter
    Image.new("RGB", (20, 10), "red").save(sortie, "JPEG", exif=exif)
    assert _ouvrir(_deposer(sortie.getvalue(), personne)).size == (10, 20)


def test_une_signature_sans_fond_se_lit_sur_du_blanc(personne: Utilisateur) -> None:
    sortie = io.BytesIO()
    Image.new("RGBA", (4, 4), (0, 0, 0, 0)).save(sortie, "PNG")
    assert _ouvrir(_deposer(sortie.getvalue(), personne)).getpixel((1, 1)) == (255, 255, 255)


@pytest.mark.parametrize(
    ("contenu", "phrase"),
    [
        (b"MZ\x90\x00", "ni un PDF, ni une image"),
        (b"", "ni un PDF, ni une image"),
        (b"<html>", "ni un PDF, ni une image"),
        (b"%PDF-1.7 coupe", "abîmé"),
        (b"\x89PNG\r\n\x1a\n coupe", "abîmée"),
        (_pdf(_script), "un programme"),
        (_pdf(lambda r: r.add_attachment("virus.exe", b"MZ")), "fichiers joints"),
        (_pdf(_lancer), "un programme"),
        (_pdf(lambda r: r.encrypt("secret")), "mot de passe"),
    ],
    ids=["programme", "vide", "html", "pdf-coupe", "png-coupe", "script", "joint", "lancement", "chiffre"],
)
def test_un_fichier_dangereux_ou_abime_a_sa_phrase(
    personne: Utilisateur, contenu: bytes, phrase: str
) -> None:
    with pytest.raises(FichierRefuse, match=phrase):
        _deposer(contenu, personne)
    assert not FichierDepose.objects.exists()


def test_une_image_geante_est_refusee(personne: Utilisateur, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reseau.socle.fichiers.PIXELS_MAXIMUM", 199)
    with pytest.raises(FichierRefuse, match="trop grande"):
        _deposer(_image("PNG"), personne)


def test_un_fichier_trop_lourd_est_refuse_sans_etre_lu(personne: Utilisateur) -> None:
    lourd = SimpleUploadedFile("lourd.pdf", b"jamais lu")
    lourd.size = TAILLE_MAXIMALE + 1
    with pytest.raises(FichierRefuse, match="10 Mo"):
        deposer(lourd, personne)
    assert lourd.tell() == 0


def test_un_fichier_sain_se_telecharge_sans_s_ouvrir(personne: Utilisateur) -> None:
    reponse = servir_fichier(_deposer(_pdf(), personne, 'a"\r\nX: 1é.pdf'))
    assert reponse.headers["Content-Disposition"].startswith("attachment")
    assert "\n" not in reponse.headers["Content-Disposition"]
    assert "no-store" in reponse.headers["Cache-Control"]


def test_en_production_sans_antivirus_un_fichier_attend(personne: Utilisateur, settings: Any) -> None:
    settings.PRODUCTION = True
    depot = _deposer(_pdf(), personne)
    assert depot.analyse == "en_attente"
    with pytest.raises(Http404):
        servir_fichier(depot)


@pytest.mark.parametrize(("programme", "verdict"), [("true", "sain"), ("false", "refuse")])
def test_l_antivirus_decide(personne: Utilisateur, settings: Any, programme: str, verdict: str) -> None:
    settings.ANTIVIRUS = f"/bin/{programme}"
    assert _deposer(_pdf(), personne).analyse == verdict


@pytest.mark.parametrize("programme", ["/nulle/part/clamdscan", "/bin/sh"])
def test_un_antivirus_en_panne_fait_attendre_puis_reprend(
    personne: Utilisateur, settings: Any, programme: str, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.ANTIVIRUS = programme
    depot = _deposer(_pdf(), personne)
    assert depot.analyse == "en_attente"
    call_command("analyser_fichiers")
    settings.ANTIVIRUS = "/bin/true"
    call_command("analyser_fichiers")
    assert capsys.readouterr().out.splitlines()[-2:] == [
        "1 fichier(s) en attente d'analyse.",
        "0 fichier(s) en attente d'analyse.",
    ]
    depot.refresh_from_db()
    assert depot.analyse == "sain"


def test_un_fichier_a_moitie_ecrit_ne_reste_pas(
    personne: Utilisateur, monkeypatch: pytest.MonkeyPatch
) -> None:
    def disque_plein(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", disque_plein)
    with pytest.raises(OSError, match="No space"):
        _deposer(_pdf(), personne)
    dossiers, fichiers = default_storage.listdir("depots") if default_storage.exists("depots") else ([], [])
    assert not fichiers
    assert not [
        f
        for d in dossiers
        for m in default_storage.listdir(f"depots/{d}")[0]
        for f in default_storage.listdir(f"depots/{d}/{m}")[1]
        if f.endswith(".partiel")
    ]
    assert not FichierDepose.objects.exists()
