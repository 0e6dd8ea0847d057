"""The file for the labour inspectorate: the head of the school makes it and opens it; nobody else does."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.admin.models import LogEntry
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from pypdf import PdfReader

from ecoles.inspection import GABARIT, produire_dossier
from ecoles.models import DossierInspection, Ecole, TravailReglemente
from reseau.models import DocumentFige, TraceExport
from reseau.nombres import aujourdhui
from reseau.roles import ROLES_NATIONAUX, Role
from reseau.socle.documents import version_du_gabarit
from tests.maison.test_acces import refuser_d_ecrire
from tests.monde import Cote, poser_le_monde
from tests.usines import (
    EcoleUsine,
    MembreUsine,
    il_y_a,
)

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from django.test import Client

    from reseau.models import Utilisateur

pytestmark = pytest.mark.django_db
AJOUTER = "/admin/ecoles/dossierinspection/add/"


@pytest.fixture
def monde() -> tuple[Cote, Cote, dict[Role, Utilisateur]]:
    return poser_le_monde()


def produit(ecole: Ecole, par: Utilisateur, jour: date | None = None) -> DossierInspection:
    dossier = DossierInspection(ecole=ecole, jour=jour or aujourdhui())
    jeunes = produire_dossier(dossier, par)
    dossier.save()
    dossier.jeunes.set(jeunes)
    return dossier


# --- Who makes it and who opens it


def demander(client: Client, **valeurs: str) -> Any:
    envoi = {"jour": f"{aujourdhui():%d/%m/%Y}", "titre": ""} | valeurs
    return client.post(AJOUTER, envoi)


def test_la_direction_le_produit_puis_l_ouvre_toujours_le_meme(
    client: Client, monde: tuple[Cote, Cote, Any], django_capture_on_commit_callbacks: Any
) -> None:
    ici, _, _ = monde
    client.force_login(ici.personnes[Role.DIRECTION])
    deja = set(DossierInspection.objects.values_list("pk", flat=True))
    with django_capture_on_commit_callbacks(execute=True):
        assert demander(client).status_code == 302
    dossier = DossierInspection.objects.exclude(pk__in=deja).get()
    assert (dossier.nb_jeunes, dossier.produit_par) == (1, ici.personnes[Role.DIRECTION])
    page = reverse("admin:ecoles_dossierinspection_pdf", args=[dossier.pk])
    with connection.execute_wrapper(refuser_d_ecrire):
        reponse = client.get(page)
    assert reponse.status_code == 200
    assert "no-store" in reponse["Cache-Control"]
    assert dossier.document is not None
    assert dossier.document.empreinte in reponse["ETag"]
    assert client.get(page).content == reponse.content
    texte = "".join(p.extract_text() for p in PdfReader(io.BytesIO(reponse.content)).pages)
    assert "Inès De ici" in texte
    assert "De la-bas" not in texte
    traces = TraceExport.objects.filter(nature="inspection", par=ici.personnes[Role.DIRECTION])
    assert [(t.nb_lignes, t.personnel) for t in traces] == [(1, True), (1, True)]
    assert "Inès" not in str(LogEntry.objects.filter(object_id=dossier.pk).values())


def test_une_date_future_se_dit_a_son_champ_et_rien_n_est_produit(
    client: Client, monde: tuple[Cote, Cote, Any]
) -> None:
    ici, _, _ = monde
    client.force_login(ici.personnes[Role.DIRECTION])
    avant = DocumentFige.objects.count()
    reponse = demander(client, jour=f"{il_y_a(-3):%d/%m/%Y}")
    assert "dans le futur" in reponse.content.decode()
    assert DocumentFige.objects.count() == avant


@pytest.mark.parametrize("role", [r for r in Role if r is not Role.DIRECTION])
def test_personne_d_autre_ne_le_produit_ni_ne_l_ouvre(
    client: Client, monde: tuple[Cote, Cote, dict[Role, Utilisateur]], role: Role
) -> None:
    ici, _, nationaux = monde
    client.force_login(nationaux[role] if role in ROLES_NATIONAUX else ici.personnes[role])
    assert demander(client).status_code == 403
    cle = ici.lignes[DossierInspection].pk
    assert client.get(reverse("admin:ecoles_dossierinspection_pdf", args=[cle])).status_code in {403, 404}


def test_une_autre_direction_ne_le_trouve_pas(client: Client, monde: tuple[Cote, Cote, Any]) -> None:
    ici, la_bas, _ = monde
    client.force_login(la_bas.personnes[Role.DIRECTION])
    cle = ici.lignes[DossierInspection].pk
    assert client.get(reverse("admin:ecoles_dossierinspection_pdf", args=[cle])).status_code == 404
    demander(client, ecole=str(ici.ecole.pk))
    assert DossierInspection.objects.filter(ecole=ici.ecole).count() == 1


def test_un_agent_de_la_region_ne_le_verrait_pas_meme_si_la_matrice_se_trompait(
    monde: tuple[Cote, Cote, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    ici, _, _ = monde
    monkeypatch.setattr("reseau.models.tenues.roles_avec", lambda _: list(Role))
    agent = ici.personnes[Role.INSTRUCTEUR]
    assert not DossierInspection.objects.visibles_par(agent).exists()


def test_la_page_de_l_ecole_et_les_declarations_y_menent(
    client: Client, monde: tuple[Cote, Cote, Any]
) -> None:
    ici, _, _ = monde
    pages = [
        reverse("admin:ecoles_ecole_change", args=[ici.ecole.pk]),
        reverse("admin:ecoles_declarationderogation_changelist"),
    ]
    for role, voit in ((Role.DIRECTION, True), (Role.MAITRE, False)):
        client.force_login(ici.personnes[role])
        for page in pages:
            assert (AJOUTER in client.get(page).content.decode()) is voit
    client.force_login(ici.personnes[Role.INSTRUCTEUR])
    assert "Inspection du travail" not in client.get(pages[0]).content.decode()


# --- What the database holds


def test_un_dossier_produit_ne_change_ni_ne_disparait(monde: tuple[Cote, Cote, Any]) -> None:
    ici, _, _ = monde
    siens = DossierInspection.objects.filter(pk=ici.lignes[DossierInspection].pk)
    autre = DocumentFige.objects.create(gabarit="documents/base.html", version_gabarit="x", titre="Autre")
    for changement in (
        {"jour": il_y_a(3)},
        {"annee": 2},
        {"nb_incomplets": 0, "nb_jeunes": 0},
        {"document": autre},
    ):
        with pytest.raises(IntegrityError, match="ne change pas"), transaction.atomic():
            siens.update(**changement)
    with pytest.raises(IntegrityError), transaction.atomic():
        siens.delete()


def test_un_acte_ne_devient_pas_effacable(monde: tuple[Cote, Cote, Any]) -> None:
    acte = DocumentFige.objects.create(gabarit="documents/base.html", version_gabarit="x", titre="Acte")
    for geste in (
        lambda: DocumentFige.objects.filter(pk=acte.pk).update(effacable=True),
        lambda: DocumentFige.objects.filter(pk=acte.pk).delete(),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            geste()


def test_aucun_travail_aucun_jeune_le_dossier_se_lit_quand_meme(
    django_capture_on_commit_callbacks: Any,
) -> None:
    ecole: Ecole = EcoleUsine()
    with django_capture_on_commit_callbacks(execute=True):
        dossier = produit(ecole, MembreUsine(ecole=ecole, fonction="direction").utilisateur)
    document = DocumentFige.objects.get(pk=dossier.document_id)
    assert document.contenu is not None
    texte = "".join(p.extract_text() for p in PdfReader(io.BytesIO(document.contenu)).pages)
    assert "Aucun jeune de moins de 18 ans" in texte
    assert "Aucune déclaration" in texte
    assert TravailReglemente.objects.exists()


def test_la_version_du_gabarit_couvre_sa_feuille_de_style(tmp_path: Path, settings: Any) -> None:
    avant = version_du_gabarit(GABARIT)
    feuilles = ("css/documents.css", "css/inspection_pdf.css")
    for nom in ("templates/documents/base.html", *(f"static/{feuille}" for feuille in feuilles)):
        copie = tmp_path / nom
        copie.parent.mkdir(parents=True, exist_ok=True)
        copie.write_bytes((settings.RACINE / nom).read_bytes())
    settings.RACINE = tmp_path
    assert version_du_gabarit(GABARIT) == avant
    for feuille in feuilles:
        with (tmp_path / "static" / feuille).open("a") as style:
            style.write("p { color: red; }")
        assert version_du_gabarit(GABARIT) != avant
        avant = version_du_gabarit(GABARIT)
