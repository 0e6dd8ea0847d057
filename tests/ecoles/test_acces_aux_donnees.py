"""The right of access: everything that the tables hold of a person, given by the head of her school alone."""

from __future__ import annotations

import io
import json
import zipfile
from typing import TYPE_CHECKING, Any

import pytest
from django.urls import reverse
from pypdf import PdfReader

from commandes.models import Pointage
from ecoles.inspection import produire_dossier
from ecoles.models import Apprenant, DossierInspection
from reseau.models import TraceExport
from reseau.nombres import aujourdhui
from reseau.portail.acces import PARTS
from reseau.roles import ROLES_DREETS, ROLES_NATIONAUX, Role
from tests.ecoles.candidats import avancer, candidature
from tests.ecoles.test_transferts import accepter, proposer
from tests.monde import Cote, poser_le_monde

if TYPE_CHECKING:
    from django.test import Client


@pytest.fixture
def monde(db: None) -> tuple[Cote, Cote, Any]:
    return poser_le_monde()


def demander(client: Client, jeune: Apprenant) -> Any:
    return client.post(reverse("admin:ecoles_apprenant_remettre", args=[jeune.pk]))


def ouvrir(reponse: Any) -> tuple[dict[str, Any], str]:
    archive = zipfile.ZipFile(io.BytesIO(reponse.content))
    pages = PdfReader(io.BytesIO(archive.read("donnees.pdf"))).pages
    texte = " ".join(page.extract_text() for page in pages).replace("\x00", "")
    return json.loads(archive.read("donnees.json")), texte


# --- Complete by construction


def test_chaque_modele_qui_mene_a_un_jeune_est_remis() -> None:
    """A model that points to a learner and is in no part is a right of access that would lie."""
    liens = [lien for lien in Apprenant._meta.get_fields(include_hidden=True) if lien.auto_created]
    modeles = {lien.related_model for lien in liens if lien.one_to_many or lien.one_to_one}
    remis = {part.modele for part in PARTS}
    assert {m._meta.label for m in modeles} - {m._meta.label for m in remis} == set()
    assert Pointage in modeles
    for modele in remis - {Apprenant}:
        chemins = {part.chemin for part in PARTS if part.modele is modele}
        cles = {c.name for c in modele._meta.concrete_fields if c.related_model is Apprenant}
        assert chemins == cles


def test_aucune_colonne_personnelle_n_est_laissee_de_cote() -> None:
    """Left out: keys, who typed it, what only serves the machine."""
    permises = {
        "id", "apprenant", "arrivee", "personne", "recherche", "anonyme_le", "efface_le", "version",
        "contact", "cle", "lot", "saisi_par", "dossierinspection",
    }  # fmt: skip
    for part in PARTS:
        colonnes = {champ.name for champ in part.modele._meta.concrete_fields}
        ecartees = set(part.sans.split())
        assert ecartees <= colonnes
        assert ecartees <= permises


# --- What it holds


def test_tout_y_est_sauf_ce_qui_est_aux_autres(client: Client, monde: tuple[Cote, Cote, Any]) -> None:
    ici, la_bas, _ = monde
    jeune = ici.lignes[Apprenant]
    Apprenant.objects.filter(pk=jeune.pk).update(prenom="Inès-Marie")
    client.force_login(ici.personnes[Role.DIRECTION])
    fiche = reverse("admin:ecoles_apprenant_change", args=[jeune.pk])
    assert "Remettre ses données" in client.get(fiche).content.decode()
    reponse = demander(client, jeune)
    assert reponse["Content-Disposition"].startswith('attachment; filename="donnees-')
    assert "no-store" in reponse["Cache-Control"]
    brut, texte = ouvrir(reponse)
    assert brut["Identité"] == [
        {"ecole": str(ici.ecole), "prenom": "Inès-Marie", "nom": "De ici", "ne_le": "2009-05-01"}
    ]
    assert brut["Représentants légaux"][0]["telephone"] == "0199000102"
    assert brut["Heures d'atelier"][0]["objet de la commande"] == "40 bagues"
    assert brut["Heures d'atelier"][0]["minutes"] == 60
    assert len(brut["Avis d'aptitude : apte ou inapte, et les dates"]) == 1
    assert len(brut["Dossiers pour l'inspection du travail qui le ou la nomment"]) == 1
    assert brut["Historique des écritures"] != []
    for mot in ("Inès-Marie", "40 bagues", "0199000102", "article 15", "1er mai 2009"):
        assert mot in texte.replace("\xa0", " ")
    tout = json.dumps(brut, ensure_ascii=False) + texte
    for mot in ("9,975", "9.975", "Mécanique de ici", la_bas.ecole.nom, "De la-bas", "@ici.invalid"):
        assert mot not in tout


def test_la_candidature_et_le_changement_d_ecole_y_sont(
    client: Client, monde: tuple[Cote, Cote, Any]
) -> None:
    ici, la_bas, _ = monde
    celle = candidature(ici.ecole, nom="Candide")
    for geste in ("visiter", "essayer", "admettre", "inscrire"):
        celle = avancer(celle, geste, par=ici.personnes[Role.DIRECTION])
    assert celle.apprenant is not None
    client.force_login(ici.personnes[Role.DIRECTION])
    brut, _ = ouvrir(demander(client, celle.apprenant))
    assert brut["Candidature"][0]["motivation"] == "Répare des vélos."
    arrivee = accepter(proposer(ici, la_bas), la_bas).arrivee
    assert arrivee is not None
    client.force_login(la_bas.personnes[Role.DIRECTION])
    brut, texte = ouvrir(demander(client, arrivee))
    assert len(brut["Changement d'école, à l'arrivée"]) == 1
    assert brut["Heures d'atelier"] == []  # the other school's file stays there
    assert "40 bagues" not in texte


def test_la_demande_laisse_sa_trace_sans_nom_et_rien_d_autre(
    client: Client, monde: tuple[Cote, Cote, Any]
) -> None:
    ici = monde[0]
    client.force_login(ici.personnes[Role.DIRECTION])
    demander(client, ici.lignes[Apprenant])
    trace = TraceExport.objects.get(nature="acces")
    assert (trace.par, trace.personnel, trace.format) == (ici.personnes[Role.DIRECTION], True, "zip")
    assert str(ici.lignes[Apprenant].pk) not in str(TraceExport.objects.filter(pk=trace.pk).values().get())


# --- Doors


def test_seule_la_direction_de_son_ecole_le_remet(client: Client, monde: tuple[Cote, Cote, Any]) -> None:
    ici, la_bas, nationaux = monde
    jeune = ici.lignes[Apprenant]
    for role in (Role.MAITRE, Role.SECRETARIAT):
        client.force_login(ici.personnes[role])
        assert demander(client, jeune).status_code == 403
        page = client.get(reverse("admin:ecoles_apprenant_change", args=[jeune.pk])).content.decode()
        assert "Remettre ses données" not in page
    autres = [*(ici.personnes[r] for r in ROLES_DREETS), *(nationaux[r] for r in ROLES_NATIONAUX)]
    for personne in (*autres, la_bas.personnes[Role.DIRECTION]):
        client.force_login(personne)
        assert demander(client, jeune).status_code in {403, 404}
    assert not TraceExport.objects.filter(nature="acces").exists()


def test_une_lecture_ne_remet_rien(client: Client, monde: tuple[Cote, Cote, Any]) -> None:
    ici = monde[0]
    client.force_login(ici.personnes[Role.DIRECTION])
    adresse = reverse("admin:ecoles_apprenant_remettre", args=[ici.lignes[Apprenant].pk])
    assert client.get(adresse).status_code == 405


def test_il_coute_autant_de_requetes_avec_vingt_lignes(
    client: Client, monde: tuple[Cote, Cote, Any], django_assert_max_num_queries: Any
) -> None:
    ici = monde[0]
    jeune = ici.lignes[Apprenant]
    lire = [part for part in PARTS if part.modele is not DossierInspection]
    with django_assert_max_num_queries(len(lire)) as avant:
        for part in lire:
            part.lignes(jeune.pk)
    for _ in range(20):
        dossier = DossierInspection(ecole=ici.ecole, jour=aujourdhui())
        jeunes = produire_dossier(dossier, ici.personnes[Role.DIRECTION])
        dossier.save()
        dossier.jeunes.set(jeunes)
    with django_assert_max_num_queries(len(avant.captured_queries)):
        for part in lire:
            part.lignes(jeune.pk)
