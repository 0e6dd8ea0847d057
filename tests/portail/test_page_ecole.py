"""The page of a school in the admin: what awaits each person there, and how many learners it has."""

from __future__ import annotations

import re
from datetime import date
from html import unescape
from typing import TYPE_CHECKING, Any

import pytest
from django.urls import reverse

from commandes.models import Commande
from ecoles.classes import annee_scolaire, effectifs_par_classe
from ecoles.models import DemandeContact, Titre
from financements.models import Demande
from reseau.nombres import aujourdhui
from reseau.roles import Role
from tests.monde import poser_le_monde
from tests.usines import CAP_METALLIER, ApprenantUsine, EcoleUsine, il_y_a, ne_il_y_a

if TYPE_CHECKING:
    from django.test import Client

    from tests.monde import Cote

pytestmark = pytest.mark.django_db


@pytest.fixture
def monde() -> tuple[Cote, Cote, dict[Role, Any]]:
    """Two schools in two regions, and the national readers."""
    return poser_le_monde()


def attentes(client: Client, cote: Cote, role: Role) -> dict[str, str]:
    """Sentence -> address, as the page shows them to this role."""
    client.force_login(cote.personnes[role])
    page = client.get(reverse("admin:ecoles_ecole_change", args=[cote.ecole.pk])).content.decode()
    carte = page.split('id="dossier-attentes"')[1].split("</section>")[0]
    liens = re.findall(r'<a href="([^"]+)">([^<]+)</a>', carte)
    return {unescape(texte).replace("\xa0", " "): unescape(lien) for lien, texte in liens}


def test_la_direction_trouve_ce_qui_l_attend_et_le_chemin(client: Client, monde: Any) -> None:
    ici = monde[0]
    demande = ici.lignes[Demande]
    trouvees = attentes(client, ici, Role.DIRECTION)
    assert "1 famille à qui répondre" in trouvees
    assert "1 commande à prendre à l'atelier" in trouvees
    assert f"Demande {demande.numero} : {demande.etat_pour_l_ecole}" in trouvees
    for lien in trouvees.values():
        assert client.get(lien).status_code == 200


def test_l_officier_lit_ses_mots_et_rien_de_l_atelier(client: Client, monde: Any) -> None:
    ici = monde[0]
    demande = ici.lignes[Demande]
    trouvees = attentes(client, ici, Role.INSTRUCTEUR)
    assert f"Demande {demande.numero} : {demande.get_etat_display()}" in trouvees
    assert not [phrase for phrase in trouvees if "commande" in phrase]


def test_un_retard_se_dit(client: Client, monde: Any) -> None:
    ici = monde[0]
    DemandeContact.objects.filter(ecole=ici.ecole).update(repondre_avant_le=il_y_a(1))
    assert "1 famille à qui répondre, dont 1 en retard" in attentes(client, ici, Role.DIRECTION)


def test_rien_de_l_autre_ecole_n_est_compte(client: Client, monde: Any) -> None:
    ici, la_bas, _ = monde
    avant = attentes(client, ici, Role.DIRECTION)
    DemandeContact.objects.filter(ecole=ici.ecole).delete()
    apres = attentes(client, ici, Role.DIRECTION)
    assert set(avant) - set(apres) == {"1 famille à qui répondre"}
    assert Commande.objects.filter(ecole=la_bas.ecole).exists()


def test_quand_rien_n_attend_la_page_le_dit(client: Client, monde: Any) -> None:
    ici = monde[0]
    ecole = EcoleUsine(nom="Neuve", slug="neuve", commune=ici.ecole.commune)
    client.force_login(ici.personnes[Role.INSTRUCTEUR])
    page = client.get(reverse("admin:ecoles_ecole_change", args=[ecole.pk])).content.decode()
    assert "Rien n'attend ici." in unescape(page)
    assert "Aucun jeune inscrit dans le portail." in unescape(page)


def test_les_effectifs_sont_par_diplome_et_par_annee() -> None:
    ecole, autre = EcoleUsine(nom="A", slug="a"), EcoleUsine(nom="B", slug="b")
    jour = aujourdhui()
    for annees in (0, 0, 1):
        rentree = date(annee_scolaire(jour) - annees, 9, 1)
        ApprenantUsine(ecole=ecole, ne_le=ne_il_y_a(18), inscription__du=rentree)
    ApprenantUsine(ecole=ecole, ne_le=ne_il_y_a(17), inscription__du=il_y_a(300), inscription__au=il_y_a(2),
                   inscription__motif_sortie="abandon")  # fmt: skip
    ApprenantUsine(ecole=autre)
    titre = str(Titre.objects.get(pk=CAP_METALLIER))
    assert effectifs_par_classe(ecole, jour) == {titre: {1: 2, 2: 1}}


@pytest.mark.parametrize(
    ("jour", "annee"),
    [("2026-08-31", 2025), ("2026-09-01", 2026), ("2026-12-31", 2026), ("2027-01-01", 2026)],
)
def test_l_annee_scolaire_commence_en_septembre(jour: str, annee: int) -> None:
    assert annee_scolaire(date.fromisoformat(jour)) == annee
