"""What the workshop page offers to tap: groups of learners, blocs by title, the same as the last day."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest

from commandes.models import Pointage
from reseau.nombres import aujourdhui
from tests.usines import (
    ApprenantUsine,
    BlocUsine,
    CommandeUsine,
    MembreUsine,
    OffreUsine,
    PointageUsine,
    il_y_a,
    ne_il_y_a,
)

if TYPE_CHECKING:
    from django.test import Client

    from tests.commandes.conftest import Atelier

pytestmark = pytest.mark.django_db
PAGE = "/atelier/"
AUTRE_CAP = "50025438"


def envoi(atelier: Atelier, **autres: Any) -> dict[str, Any]:
    return {
        "lot": str(uuid4()),
        "ecole": str(atelier.ecole.pk),
        "jour": aujourdhui().isoformat(),
        "commande": str(atelier.commande.pk),
        f"ligne-{atelier.commande.pk}": str(atelier.simple.pk),
        "apprenants": [str(atelier.ines.pk)],
        "duree": "60",
        **autres,
    }


@pytest.fixture
def maitre(client: Client, atelier: Atelier) -> Client:
    client.force_login(atelier.maitre)
    return client


@pytest.fixture
def partage(maitre: Client, atelier: Atelier, voisin: Atelier) -> Client:
    """The same master in two schools."""
    MembreUsine(ecole=voisin.ecole, utilisateur=atelier.maitre)
    return maitre


def texte(reponse: Any) -> str:
    return str(reponse.content.decode()).replace("&#x27;", "'")


# --- Groups


def deux_groupes(atelier: Atelier) -> None:
    OffreUsine(ecole=atelier.ecole, parcours_id=AUTRE_CAP)
    ApprenantUsine(ecole=atelier.ecole, prenom="Aya", inscription__titre_id=AUTRE_CAP)


def coches(reponse: Any) -> set[str]:
    return {t.libelle for _, _, tuiles, _ in reponse.context["groupes"] for t in tuiles if t.coche}


def test_les_jeunes_sont_par_diplome_et_par_annee(maitre: Client, atelier: Atelier) -> None:
    deux_groupes(atelier)
    ApprenantUsine(ecole=atelier.ecole, prenom="Noé", ne_le=ne_il_y_a(18), inscription__du=il_y_a(900))
    groupes = {g.nom: [t.libelle for t in tuiles] for g, _, tuiles, _ in maitre.get(PAGE).context["groupes"]}
    assert sorted(map(sorted, groupes.values())) == [["Aya"], ["Inès", "Malo"], ["Noé"]]
    assert len(groupes) == 3


def test_un_lien_coche_un_groupe_sans_javascript(maitre: Client, atelier: Atelier) -> None:
    deux_groupes(atelier)
    assert coches(maitre.get(PAGE)) == set()
    for _, lien, tuiles, _ in maitre.get(PAGE).context["groupes"]:
        page = maitre.get(lien)
        assert coches(page) == {t.libelle for t in tuiles}
    assert coches(maitre.get(PAGE, {"qui": "tous"})) == {"Inès", "Malo", "Aya"}
    assert coches(maitre.get(PAGE, {"qui": "personne"})) == set()


def test_un_seul_groupe_est_coche_d_avance(maitre: Client, atelier: Atelier) -> None:
    assert coches(maitre.get(PAGE)) == {"Inès", "Malo"}


def test_le_groupe_de_la_derniere_saisie_reste_coche(maitre: Client, atelier: Atelier) -> None:
    maitre.post(PAGE, envoi(atelier))
    assert coches(maitre.get(PAGE)) == {"Inès"}


# --- Blocs


def test_deux_diplomes_qui_ont_un_bloc_bc02_disent_le_leur(maitre: Client, atelier: Atelier) -> None:
    deux_groupes(atelier)
    usiner, souder = BlocUsine(code="BC02"), BlocUsine(code="BC02", titre_id=AUTRE_CAP, intitule="Souder")
    atelier.commande.blocs.set([usiner, souder])
    (choix,) = maitre.get(PAGE).context["choix"]
    assert len({titre for _, titre, _ in choix.titres}) == 2
    assert {t.libelle for _, _, tuiles in choix.titres for t in tuiles} == {
        "BC02 Usiner",
        "BC02 Souder",
        "Bloc à préciser",
    }
    cles = {cle: tuiles[0].valeur for cle, _, tuiles in choix.titres}
    tous = [t.valeur for _, _, tuiles, _ in maitre.get(PAGE).context["groupes"] for t in tuiles]
    champs = {f"bloc-{atelier.commande.pk}-{cle}": valeur for cle, valeur in cles.items()}
    maitre.post(PAGE, envoi(atelier, apprenants=tous, **champs))
    par_jeune = dict(Pointage.objects.values_list("apprenant__prenom", "bloc__intitule"))
    assert par_jeune == {"Inès": "Usiner", "Malo": "Usiner", "Aya": "Souder"}


def test_un_diplome_sans_bloc_le_dit(maitre: Client, atelier: Atelier) -> None:
    assert "CAP Métallier : bloc à préciser." in texte(maitre.get(PAGE))
    maitre.post(PAGE, envoi(atelier))
    assert Pointage.objects.get().bloc is None


def test_le_bloc_d_un_diplome_d_une_autre_ecole_est_refuse(
    maitre: Client, atelier: Atelier, voisin: Atelier
) -> None:
    OffreUsine(ecole=voisin.ecole, parcours_id=AUTRE_CAP)
    bloc = BlocUsine(titre_id=AUTRE_CAP)
    champ = {f"bloc-{atelier.commande.pk}-{AUTRE_CAP}": str(bloc.pk)}
    reponse = maitre.post(PAGE, envoi(atelier, **champ))
    assert reponse.status_code == 422
    assert "Ce bloc n'est pas d'un diplôme de l'école." in texte(reponse)
    assert not Pointage.objects.exists()


def test_la_ligne_d_une_autre_commande_est_refusee(maitre: Client, atelier: Atelier) -> None:
    autre = CommandeUsine(ecole=atelier.ecole)
    champs = {"commande": str(autre.pk), f"ligne-{autre.pk}": str(atelier.simple.pk)}
    reponse = maitre.post(PAGE, envoi(atelier, **champs))
    assert "Cette ligne n'est plus dans la commande." in texte(reponse)
    assert not Pointage.objects.exists()


# --- As the last day


def test_comme_hier_reprend_le_groupe_la_commande_et_le_bloc(maitre: Client, atelier: Atelier) -> None:
    usiner, controler = BlocUsine(code="BC02"), BlocUsine(code="BC03", intitule="Contrôler")
    atelier.commande.blocs.set([usiner, controler])
    ApprenantUsine(ecole=atelier.ecole, prenom="Absente")
    CommandeUsine(ecole=atelier.ecole, intitule="Autre", par=atelier.maitre)
    for jours in (9, 3):
        PointageUsine(
            commande=atelier.commande, apprenant=atelier.malo, ligne=atelier.simple, bloc=controler,
            jour=il_y_a(jours), saisi_par=atelier.maitre,
        )  # fmt: skip
    ((reprise, lien),) = maitre.get(PAGE).context["veille"]
    assert reprise.premier.jour == il_y_a(3)
    page = maitre.get(lien)
    premier = page.context["choix"][0]
    assert premier.tuile.coche
    assert premier.tuile.valeur == str(atelier.commande.pk)
    assert [t.valeur for t in premier.lignes if t.coche] == [str(atelier.simple.pk)]
    assert [t.libelle for _, _, tuiles in premier.titres for t in tuiles if t.coche] == ["BC03 Contrôler"]
    assert coches(page) == {"Malo"}


def test_la_veille_d_un_collegue_n_est_pas_la_mienne(maitre: Client, atelier: Atelier) -> None:
    PointageUsine(commande=atelier.commande, apprenant=atelier.malo, saisi_par=atelier.direction)
    assert maitre.get(PAGE).context["veille"] == []
