"""The page of a school: facts, and « pas indiqué » where nobody has said."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
import time_machine

from ecoles.models import AncienSlug, InscriptionListe, Label, Offre, Parcours, Reconnaissance, Titre
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


def test_une_ecole_non_publiee_est_introuvable(client: Client) -> None:
    ecole("La Forge", publication="brouillon")
    assert "Cette page n’existe pas" in lire(client, "la-forge", 404)
    assert client.get("/ecole/la-forge/contact/").status_code == 404
    assert client.get("/ecole/la-forge/fiche.pdf").status_code == 404


def test_une_ecole_fermee_repond_410(client: Client) -> None:
    ecole("La Forge", publication="fermee", fermee_le=date(2024, 7, 5))
    page = lire(client, "la-forge", 410)
    assert "La Forge, à Lyon (69), n’accueille plus de jeunes." in page


def test_une_ecole_suspendue_dit_pourquoi(client: Client) -> None:
    ecole("La Forge", publication="suspendue", motif_suspension="Elle déménage et rouvre en janvier.")
    page = lire(client, "la-forge")
    assert "La Forge, à Lyon (69) : la page de cette école est suspendue." in page
    assert "Elle déménage et rouvre en janvier." in page
    assert '<meta name="robots" content="noindex">' in page
    assert client.get("/ecole/la-forge/contact/").status_code == 404


def test_une_ecole_fermee_garde_sa_page_un_an_puis_repond_410(client: Client) -> None:
    ecole("La Forge", publication="fermee", fermee_le=JOUR - timedelta(365))
    with time_machine.travel("2026-11-23T12:00:00+01:00"):
        page = lire(client, "la-forge")
    assert "Cette école a fermé le 23/11/2025" in page
    assert "n’accueille plus de jeunes" in page
    with time_machine.travel("2026-11-24T12:00:00+01:00"):
        lire(client, "la-forge", 410)


def test_une_fermeture_annoncee_se_lit_au_present(client: Client) -> None:
    ecole("La Forge", publication="fermee", fermee_le=JOUR + timedelta(10))
    with time_machine.travel("2026-11-23T12:00:00+01:00"):
        assert "Cette école ferme le 03/12/2026" in lire(client, "la-forge")


def _cap_puis_bac_pro() -> None:
    suite = Parcours.objects.create(code="metallerie", nom="CAP Métallier puis bac pro")
    for rang, (titre, mois) in enumerate(((METALLIER, 24), ("40025406", 12)), 1):
        suite.etapes.create(rang=rang, titre_id=titre, mois=mois)


def test_les_diplomes_se_lisent_dans_leur_parcours(client: Client) -> None:
    _cap_puis_bac_pro()
    ecole("La Forge", titres=("metallerie",))
    Offre.objects.update(capacite=24, mois_entree=[9, 1], entree_en_cours_d_annee="oui")
    page = lire(client, "la-forge").replace("\xa0", " ")
    assert "<strong>CAP Métallier, 2 ans, puis bac pro, 1 an</strong>" in page
    assert (
        "<ol><li>CAP Métallier, 2 ans</li><li>bac pro Ouvrages du bâtiment : métallerie, 1 an</li></ol>"
        in page
    )
    assert (
        "3 ans en tout · 24 places en tout · on entre en septembre ou en janvier, et en cours d’année" in page
    )
    assert "Ensuite, tu peux préparer un bac pro en 1 an." in page


def test_la_liste_dit_le_parcours_et_le_trouve_par_chacun_de_ses_diplomes(client: Client) -> None:
    _cap_puis_bac_pro()
    ecole("La Forge", titres=("metallerie",))
    for niveau in ("cap", "bac-pro"):
        page = client.get(f"/ecoles/?niveau={niveau}").content.decode().replace("\xa0", " ")
        assert "CAP Métallier, 2 ans, puis bac pro, 1 an" in page


def test_un_diplome_du_parcours_qui_ferme_le_dit(client: Client) -> None:
    _cap_puis_bac_pro()
    Titre.objects.filter(pk="40025406").update(ferme_le=date(2028, 8, 31))
    ecole("La Forge", titres=("metallerie",))
    with time_machine.travel("2026-11-23T12:00:00+01:00"):
        assert "Cette version du bac pro ferme le 31/08/2028." in lire(client, "la-forge")


@pytest.mark.parametrize(
    ("places", "age", "phrase"),
    [
        (2, 30, "2 places libres, mises à jour le 24/10/2026"),
        (1, 0, "1 place libre, mise à jour le 23/11/2026"),
        (0, 3, "plus de place, mis à jour le 20/11/2026"),
        (2, 31, "places à vérifier : le dernier compte date du 23/10/2026"),
    ],
)
def test_les_places_d_un_parcours_ont_leur_jour(client: Client, places: int, age: int, phrase: str) -> None:
    ecole("La Forge", titres=(METALLIER,))
    Offre.objects.update(places=places, places_le=JOUR - timedelta(days=age))
    with time_machine.travel("2026-11-23T12:00:00+01:00"):
        assert phrase in lire(client, "la-forge").replace("\xa0", " ")


def test_reconnaissance_liste_et_label_ont_leur_acte_et_leurs_dates(client: Client) -> None:
    cree = ecole("La Forge")
    with time_machine.travel("2026-11-22T12:00:00+01:00"):  # before what is read next, on any day
        assert "Nous n’avons pas encore l’acte" in lire(client, "la-forge")
    Reconnaissance.objects.create(
        ecole=cree, acte="arrêté du 3 mai 2021", signee_le=date(2021, 5, 3), du=date(2021, 9, 1)
    )
    InscriptionListe.objects.create(
        ecole=cree, annee=2026, nor="MENE2612345A", du=date(2026, 1, 1), au=date(2026, 12, 31)
    )
    Label.objects.create(
        ecole=cree, evaluee_le=date(2025, 3, 2), nb_criteres=31, du=date(2025, 4, 1), au=date(2028, 3, 31)
    )
    with time_machine.travel("2026-11-23T12:00:00+01:00"):
        page = lire(client, "la-forge")
    assert "Reconnue par l’État : arrêté du 3 mai 2021. Depuis le 01/09/2021." in page
    assert "Sur la liste 2026 des écoles reconnues (arrêté MENE2612345A)." in page
    assert "Label du réseau : 31 critères remplis sur 34, évaluation du 02/03/2025." in page
    assert "Depuis le 01/04/2025, jusqu’au 31/03/2028." in page
    assert "Nous n’avons pas encore l’acte" not in page
    with time_machine.travel("2028-04-01T12:00:00+01:00"):
        apres = lire(client, "la-forge")
    assert "Label du réseau" not in apres
    assert "Sur la liste" not in apres


@pytest.mark.parametrize("publication", ["suspendue", "fermee"])
def test_une_ancienne_adresse_mene_aussi_a_une_page_suspendue_ou_fermee(
    client: Client, publication: str
) -> None:
    valeurs = {"suspendue": {"motif_suspension": "Travaux."}, "fermee": {"fermee_le": JOUR}}[publication]
    AncienSlug.objects.create(slug="forge-1998", ecole=ecole("La Forge", publication=publication, **valeurs))
    assert client.get("/ecole/forge-1998/").status_code == 301


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
