"""What a column holds: guessed, said by a person, remembered for the office; a line corrected in place."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from ecoles.models import Ecole
from reseau.models import CorrespondanceColonne, LotImport
from reseau.roles import Role
from reseau.socle.colonnes import associer
from reseau.socle.lots import ImportRefuse, accepter
from tests.classeurs import csv
from tests.ecoles.imports import ligne, lire_octets, verdicts
from tests.monde import poser_le_monde

pytestmark = pytest.mark.django_db
INCONNUES = csv(("Qui", "Où", "Combien"), ("Forge", "Lyon (69123)", "12"))
CHOIX = {0: "nom", 1: "commune", 2: "effectif"}


def test_des_entetes_inconnus_sont_demandes_pas_refuses() -> None:
    lot = lire_octets(INCONNUES)
    assert (lot.etat, lot.forme["titres"], verdicts(lot)) == ("colonnes", ["Qui", "Où", "Combien"], [""])
    with pytest.raises(ImportRefuse):
        accepter(lot, None)
    associer(lot, CHOIX, None)
    assert (lot.etat, verdicts(lot), ligne(lot, 2).lu["effectif"]) == ("a_verifier", ["creer"], "12")


def test_la_reponse_sert_au_fichier_suivant_du_meme_bureau_seulement() -> None:
    associer(lire_octets(INCONNUES, regions=["84"]), CHOIX, None)
    assert lire_octets(INCONNUES, regions=["84"]).etat == "a_verifier"
    assert lire_octets(INCONNUES, regions=["32"]).etat == "colonnes"
    assert lire_octets(INCONNUES).etat == "colonnes"


def test_ce_que_nos_mots_devinent_n_est_pas_retenu() -> None:
    lot = lire_octets(csv(("Nom", "Commune", "Note"), ("Forge", "Lyon", "12")))
    associer(lot, {0: "nom", 1: "commune", 2: "effectif"}, None)
    assert set(CorrespondanceColonne.objects.values_list("entete", "champ")) == {("note", "effectif")}
    associer(lot, {0: "nom", 1: "commune"}, None)
    assert not CorrespondanceColonne.objects.exists()


def test_une_colonne_connue_peut_ne_pas_etre_reprise_et_cela_se_retient() -> None:
    octets = csv(("Nom", "Commune", "Effectif"), ("Forge", "Lyon (69123)", "12"))
    associer(lire_octets(octets), {0: "nom", 1: "commune"}, None)
    lot = lire_octets(octets)
    assert "effectif" not in lot.forme["colonnes"]
    assert "effectif" not in ligne(lot, 2).lu


@pytest.mark.parametrize(
    ("choix", "phrase"),
    [
        ({0: "nom"}, "Indiquez aussi quelle colonne est « Commune »."),
        ({0: "nom", 1: "nom"}, "Deux colonnes ne peuvent pas dire la même chose"),
        ({0: "nom", 1: "slug"}, "Cette colonne n'est pas dans le fichier."),
        ({0: "nom", 9: "commune"}, "Cette colonne n'est pas dans le fichier."),
    ],
)
def test_un_choix_impossible_a_sa_phrase(choix: dict[int, str], phrase: str) -> None:
    lot = lire_octets(INCONNUES)
    with pytest.raises(ImportRefuse, match=phrase):
        associer(lot, choix, None)
    lot.refresh_from_db()
    assert (lot.etat, CorrespondanceColonne.objects.count()) == ("colonnes", 0)


def _page(lot: LotImport, geste: str = "change") -> str:
    return reverse(f"admin:reseau_lotimport_{geste}", args=[lot.pk])


def test_a_l_ecran_on_indique_les_colonnes_puis_on_corrige_une_ligne(client: Any) -> None:
    ici, la_bas, _ = poser_le_monde()
    client.force_login(ici.personnes[Role.INSTRUCTEUR])
    lot = lire_octets(INCONNUES, regions=["84"])
    page = client.get(_page(lot)).content.decode()
    assert "Aucune ligne d'en-tête connue" in page
    assert "B « Où »" in page
    page = client.post(_page(lot, "colonnes"), {f"colonne-{r}": c for r, c in CHOIX.items()}, follow=True)
    assert "1 à créer" in page.content.decode().lower()
    page = client.get(_page(lot) + "?ligne=2").content.decode()
    assert "Effectif (C2)" in page
    saisies = {"ligne": "2", "cellule-nom": "Forge du Rhône", "cellule-effectif": "12"}
    assert client.post(_page(lot, "corriger"), saisies, follow=True).status_code == 200
    assert ligne(lot, 2).corrections == {"nom": "Forge du Rhône"}
    client.post(_page(lot, "corriger"), saisies | {"cellule-nom": "Forge"})
    assert ligne(lot, 2).corrections == {}
    rien = client.post(_page(lot, "corriger"), saisies | {"cellule-nom": "Forge"}, follow=True)
    assert "pas dans le fichier" in rien.content.decode()
    client.force_login(la_bas.personnes[Role.INSTRUCTEUR])
    assert client.post(_page(lot, "colonnes"), {}).status_code == 404
    assert Ecole.objects.filter(nom__startswith="Forge").count() == 0


def test_une_longue_lecture_se_suit_sans_script(client: Any) -> None:
    ici, _, _ = poser_le_monde()
    client.force_login(ici.personnes[Role.INSTRUCTEUR])
    lot = lire_octets(INCONNUES, regions=["84"])
    LotImport.objects.filter(pk=lot.pk).update(etat="lecture", nb_lues=10_000)
    assert "Refresh" not in client.get(_page(lot))
    suivie = client.get(_page(lot) + "?suivre=1")
    assert suivie["Refresh"] == "5"
    assert "Ne plus rafraîchir" in suivie.content.decode()
    LotImport.objects.filter(pk=lot.pk).update(etat="a_verifier")
    assert "Refresh" not in client.get(_page(lot) + "?suivre=1")
