"""Documents: jailed rendering that never takes the web worker along, and bytes frozen for ever."""

from __future__ import annotations

import hashlib
import io
import os
import subprocess
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, IntegrityError, connection, transaction
from pypdf import PdfReader

from reseau.models import DocumentFige
from reseau.socle import imprimeur
from reseau.socle.documents import RenduImpossible, figer, produire, rendre_pdf, servir
from reseau.socle.imprimeur import Imprimeur

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from django.test import RequestFactory
    from pytest_django import DjangoCaptureOnCommitCallbacks

GABARIT = "documents/base.html"
PAGE = "<html lang='fr'><head><title>Essai</title></head><body>{}</body></html>"


@pytest.fixture(scope="module")
def presse() -> Iterator[Imprimeur]:
    """One warm child for the tests of this file."""
    presse = Imprimeur()
    yield presse
    presse.fermer()


def _figer() -> DocumentFige:
    return figer(gabarit=GABARIT, contexte={"demonstration": True}, titre="Décision", nom_fichier="d.pdf")


@pytest.fixture
def produit(db: None) -> DocumentFige:
    return produire(_figer().pk)


def test_le_pdf_est_accessible_et_en_francais(presse: Imprimeur) -> None:
    lecteur = PdfReader(io.BytesIO(presse.imprimer(PAGE.format("<h1>Décision</h1><p>550,00 €</p>"))))
    racine: Any = lecteur.trailer["/Root"]
    assert racine["/Lang"] == "fr"
    assert racine["/MarkInfo"]["/Marked"]
    assert racine["/ViewerPreferences"]["/DisplayDocTitle"]
    assert b"pdfuaid" in racine["/Metadata"].get_data()
    assert lecteur.metadata is not None
    assert lecteur.metadata.title == "Essai"
    assert "550,00 €" in lecteur.pages[0].extract_text()


def test_le_meme_contexte_donne_les_memes_octets(presse: Imprimeur) -> None:
    page = PAGE.format("<h1>Toujours</h1><p>Œuvre, ça, là.</p>")
    premier = presse.imprimer(page)
    presse.fermer()
    assert presse.imprimer(page) == premier


@pytest.mark.usefixtures("db")
def test_la_police_livree_est_la_seule_du_document() -> None:
    octets = rendre_pdf(GABARIT, {"demonstration": True})
    polices = {
        str(police.get_object()["/BaseFont"])  # type: ignore[union-attr]
        for page in PdfReader(io.BytesIO(octets)).pages
        for police in page["/Resources"]["/Font"].values()  # type: ignore[index]
    }
    assert polices
    assert all("Atkinson" in nom for nom in polices)


@pytest.mark.parametrize(
    "balise",
    [
        "<img alt='' src='file:///etc/passwd'>",
        "<img alt='' src='http://localhost:1/x.png'>",
        "<img alt='' src='statique:../pyproject.toml'>",
        "<img alt='' src='statique:images/../../manage.py'>",
        "<link rel=stylesheet href='file:///etc/hosts'>",
        "<link rel=attachment href='file:///etc/passwd'>",
        "<a rel=attachment href='file:///etc/passwd'>x</a>",
    ],
)
def test_rien_d_autre_que_nos_fichiers_n_entre_dans_un_document(presse: Imprimeur, balise: str) -> None:
    with pytest.raises(RenduImpossible, match="n'a pas pu être préparé"):
        presse.imprimer(PAGE.format(balise))


def test_une_imbrication_sans_fin_n_emporte_que_l_enfant(presse: Imprimeur) -> None:
    with pytest.raises(RenduImpossible):
        presse.imprimer(PAGE.format("<table><tr><td>" * 1000))
    assert presse.imprimer(PAGE.format("ensuite")).startswith(b"%PDF-")


def test_un_enfant_tue_est_remplace(presse: Imprimeur) -> None:
    presse.imprimer(PAGE.format("avant"))
    premier = presse._enfant
    assert premier is not None
    premier.kill()
    premier.wait()
    assert presse.imprimer(PAGE.format("après")).startswith(b"%PDF-")
    assert presse._enfant is not premier


def test_un_enfant_qui_meurt_pendant_le_rendu_est_une_phrase(
    presse: Imprimeur, monkeypatch: pytest.MonkeyPatch
) -> None:
    def mourant(_presse: Imprimeur) -> subprocess.Popen[bytes]:
        presse._enfant = subprocess.Popen(
            ["sh", "-c", "head -c 4 >/dev/null; kill -SEGV $$"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        presse._proprietaire = os.getpid()
        return presse._enfant

    presse.fermer()
    with monkeypatch.context() as remplacement:
        remplacement.setattr(Imprimeur, "_vivant", mourant)
        with pytest.raises(RenduImpossible):
            presse.imprimer(PAGE.format("x"))
    assert presse.imprimer(PAGE.format("vivant")).startswith(b"%PDF-")


def test_un_enfant_trop_lent_est_abandonne(presse: Imprimeur, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as remplacement:
        remplacement.setattr(imprimeur, "DELAI", 0)
        with pytest.raises(RenduImpossible):
            presse.imprimer(PAGE.format("<p>x</p>" * 2000))
    assert presse._enfant is None


def test_la_memoire_de_l_enfant_est_bornee(presse: Imprimeur) -> None:
    presse.imprimer(PAGE.format("x"))
    assert presse._enfant is not None
    with open(f"/proc/{presse._enfant.pid}/limits") as limites:  # noqa: PTH123 - not a path of ours
        bornes = {ligne.split("  ")[0]: ligne for ligne in limites}
    assert str(2 << 30) in bornes["Max address space"]


@pytest.mark.django_db
def test_l_acte_est_enregistre_avant_son_document(
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        document = _figer()
        assert document.etat == DocumentFige.Etat.A_PRODUIRE
        assert document.contenu is None
    document.refresh_from_db()
    assert document.etat == DocumentFige.Etat.PRODUIT
    assert document.empreinte == hashlib.sha256(bytes(document.contenu or b"")).hexdigest()
    assert len(document.version_gabarit) == 64


@pytest.mark.django_db
def test_une_file_en_panne_ne_fait_pas_echouer_l_acte(
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks, monkeypatch: pytest.MonkeyPatch
) -> None:
    def en_panne(*_: object) -> None:
        raise OSError

    monkeypatch.setattr("reseau.socle.documents.tache_produire", SimpleNamespace(enqueue=en_panne))
    with django_capture_on_commit_callbacks(execute=True):
        document = _figer()
    document.refresh_from_db()
    assert document.etat == DocumentFige.Etat.A_PRODUIRE


@pytest.mark.django_db
def test_un_rendu_qui_echoue_est_repris_par_la_commande(monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    def en_panne(*_: object) -> bytes:
        raise RenduImpossible("Le document n'a pas pu être préparé.")

    document = _figer()
    with monkeypatch.context() as panne:
        panne.setattr("reseau.socle.documents.rendre_pdf", en_panne)
        assert produire(document.pk).etat == DocumentFige.Etat.ECHEC
        with pytest.raises(CommandError, match="1 document"):
            call_command("produire_documents")
    call_command("produire_documents")
    document.refresh_from_db()
    assert (document.etat, document.nb_essais) == (DocumentFige.Etat.PRODUIT, 3)


def test_un_document_produit_ne_l_est_pas_deux_fois(
    produit: DocumentFige, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reseau.socle.documents.rendre_pdf", pytest.fail)
    assert produire(produit.pk).nb_essais == 1


@pytest.mark.parametrize(
    "changement",
    [
        lambda d: DocumentFige.objects.filter(pk=d.pk).update(titre="Autre"),
        lambda d: DocumentFige.objects.filter(pk=d.pk).update(contenu=b"autre"),
        lambda d: DocumentFige.objects.filter(pk=d.pk).update(etat="a_produire"),
        lambda d: DocumentFige.objects.filter(pk=d.pk).delete(),
        lambda _: connection.cursor().execute("TRUNCATE reseau_documentfige CASCADE"),
    ],
    ids=["titre", "contenu", "etat", "delete", "truncate"],
)
def test_un_document_fige_ne_change_plus(
    produit: DocumentFige, changement: Callable[[DocumentFige], Any]
) -> None:
    with pytest.raises(DatabaseError), transaction.atomic():
        changement(produit)


@pytest.mark.django_db
def test_le_contexte_d_un_document_en_attente_ne_change_pas() -> None:
    document = _figer()
    document.contexte = {"montant": "1 000 000,00 €"}
    with pytest.raises(IntegrityError, match="ne change pas"), transaction.atomic():
        document.save()


@pytest.mark.django_db
def test_une_empreinte_qui_ne_correspond_pas_est_refusee() -> None:
    document = _figer()
    with pytest.raises(IntegrityError, match="empreinte"), transaction.atomic():
        DocumentFige.objects.filter(pk=document.pk).update(
            etat="produit", contenu=b"%PDF-x", empreinte="0" * 64, produit_le="2026-01-01T00:00Z"
        )


def test_un_document_se_sert_deux_fois_a_l_identique(produit: DocumentFige, rf: RequestFactory) -> None:
    premiere, seconde = (servir(produit, rf.get("/")) for _ in range(2))
    assert premiere.content == seconde.content == bytes(produit.contenu or b"")
    assert premiere["Content-Type"] == "application/pdf"
    assert premiere["Content-Disposition"] == 'inline; filename="d.pdf"'
    assert premiere["Cache-Control"] == "private, no-store"
    assert servir(produit, rf.get("/", headers={"If-None-Match": premiere["ETag"]})).status_code == 304


@pytest.mark.django_db
def test_un_document_qui_n_est_pas_pret_le_dit(rf: RequestFactory) -> None:
    reponse = servir(_figer(), rf.get("/"))
    assert (reponse.status_code, reponse["Retry-After"]) == (503, "10")
    assert "se prépare" in reponse.content.decode()
