"""The page of a school: facts, and « pas indiqué » where nobody has said."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
import time_machine

from ecoles.models import AncienSlug, Offre, Titre
from tests.ecoles.annuaire import ecole

if TYPE_CHECKING:
    from django.test import Client
    from pytest_django import DjangoAssertNumQueries

pytestmark = pytest.mark.usefixtures("pays")

METALLIER, MENUISIER = "50025439", "50023447"
JOUR = date(2026, 11, 23)


def lire(client: Client, slug: str, statut: int = 200) -> str:
    reponse = client.get(f"/ecole/{slug}/")
    assert reponse.status_code == statut
    return reponse.content.decode()


def test_les_trois_reponses_viennent_en_premier_dans_l_ordre(client: Client) -> None:
    ecole("La Forge", titres=(METALLIER,), cout="300 € par an", internat="oui")
    page = lire(client, "la-forge")
    questions = re.findall(r'<section class="carte"><h2>([^<]+)</h2>\s*<p class="fort">([^<]+)</p>', page)
    assert questions == [
        ("Combien ça coûte ?", "300 € par an"),
        ("Quel diplôme ?", "CAP Métallier, 2\xa0ans"),
        ("Où dort-on ?", "Il y a un logement sur place"),
    ]


def test_ce_qui_manque_est_dit(client: Client) -> None:
    ecole("La Forge")
    page = lire(client, "la-forge")
    assert page.count("L’école n’a pas encore donné cette information.") == 5
    assert page.count(">Pas indiqué<") == 3


def test_sans_telephone_ni_courriel_aucun_bouton_ne_le_promet(client: Client) -> None:
    ecole("La Forge")
    page = lire(client, "la-forge")
    principal = page.split("</main>")[0]
    assert "tel:" not in principal
    assert 'href="mailto:?' in principal
    assert "Écrire un courriel" not in principal
    assert "Nous n’avons pas encore le téléphone de cette école, à Lyon (69)." in page
    assert 'href="/ecole/la-forge/contact/"' in principal


def test_avec_un_telephone_le_bouton_appelle(client: Client) -> None:
    ecole("La Forge", telephone="0199000000", courriel="forge@ecole.invalid")
    page = lire(client, "la-forge")
    assert 'href="tel:+33199000000">Appeler le 01\xa099\xa000\xa000\xa000' in page
    assert 'href="mailto:forge@ecole.invalid"' in page


def test_le_bloc_facile_tutoie_en_phrases_courtes(client: Client) -> None:
    ecole("La Forge", "76351", titres=(METALLIER, MENUISIER), taille_groupe=12)
    bloc = lire(client, "la-forge").split('class="section facile"')[1].split("</section>")[0]
    phrases = re.findall(r"<p>([^<]+)</p>", bloc)
    assert phrases[0] == "L’école est au Havre."
    assert any(p.startswith("Tu ") for p in phrases)
    assert not re.search(r"\b[Vv]otre\b", bloc)
    assert max(len(p.split()) for p in phrases) <= 15


def test_la_source_et_sa_date_sont_donnees(client: Client) -> None:
    ecole("La Forge", source="Le Progrès, mars 2024", verifiee_le=date(2026, 11, 12))
    page = lire(client, "la-forge")
    assert "Source : Le Progrès, mars 2024." in page
    assert "Relevé vérifié le 12/11/2026." in page


def test_un_effectif_sans_annee_ne_se_montre_pas(client: Client) -> None:
    ecole("La Forge", effectif=17)
    assert "Jeunes dans l’école" not in lire(client, "la-forge")
    ecole("La Lime", effectif=17, effectif_annee=2022)
    assert "17 en 2022" in lire(client, "la-lime")


def test_une_ecole_a_confirmer_le_dit(client: Client) -> None:
    ecole("La Forge", verification="a_confirmer")
    assert "Nous vérifions que cette école est ouverte" in lire(client, "la-forge")


def test_reconnue_et_hors_contrat_sont_expliques_ensemble(client: Client) -> None:
    ecole("La Forge")
    page = lire(client, "la-forge")
    assert "L443-2 et L443-6" in page
    assert "<strong>Hors contrat</strong> :" in page


@pytest.mark.parametrize(
    ("places", "age", "phrase"),
    [(2, 0, "oui, dit le 23/11/2026"), (0, 3, "non, dit le 20/11/2026"), (2, 31, "à vérifier")],
)
def test_des_places_trop_vieilles_sont_a_verifier(client: Client, places: int, age: int, phrase: str) -> None:
    cree = ecole("La Forge", titres=(METALLIER,))
    Offre.objects.update(places=places, places_le=JOUR - timedelta(days=age))
    with time_machine.travel("2026-11-23T12:00:00+01:00"):
        assert phrase in lire(client, cree.slug)


def test_un_diplome_ferme_dit_par_quoi_il_est_remplace(client: Client) -> None:
    Titre.objects.filter(pk=METALLIER).update(ferme_le=date(2025, 8, 31), remplace_par=MENUISIER)
    ecole("La Forge", titres=(METALLIER,))
    page = lire(client, "la-forge")
    assert "Cette version a fermé le 31/08/2025. Elle est remplacée par : Menuisier fabricant." in page


@pytest.mark.parametrize("publication", ["brouillon", "suspendue"])
def test_une_ecole_non_publiee_est_introuvable(client: Client, publication: str) -> None:
    motif = "Travaux." if publication == "suspendue" else ""
    ecole("La Forge", publication=publication, motif_suspension=motif)
    assert "Cette page n’existe pas" in lire(client, "la-forge", 404)
    assert client.get("/ecole/la-forge/contact/").status_code == 404
    assert client.get("/ecole/la-forge/fiche.pdf").status_code == 404


def test_une_ecole_fermee_repond_410(client: Client) -> None:
    ecole("La Forge", publication="fermee", fermee_le=date(2024, 7, 5))
    page = lire(client, "la-forge", 410)
    assert "La Forge, à Lyon (69), n’accueille plus de jeunes." in page


def test_une_ancienne_adresse_mene_a_la_nouvelle(client: Client) -> None:
    AncienSlug.objects.create(slug="forge-1998", ecole=ecole("La Forge"))
    reponse = client.get("/ecole/forge-1998/")
    assert reponse.status_code == 301
    assert reponse["Location"] == "/ecole/la-forge/"


def test_une_ecole_fictive_n_a_pas_de_page_hors_demonstration(client: Client) -> None:
    ecole("La Forge", fictive=True)
    lire(client, "la-forge", 404)


def test_la_page_coute_trois_requetes(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    ecole("La Forge", titres=(METALLIER, MENUISIER))
    with django_assert_num_queries(3):
        lire(client, "la-forge")
