"""Minutes that miss a piece say which, today, and where to add it; minutes that lost one are found."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from commandes.models import LigneCommande, Pointage
from commandes.regularisation import a_revoir
from ecoles.models import (
    Apprenant,
    AvisAptitude,
    DeclarationDerogation,
    FormationSecurite,
    Inscription,
    MembreEquipe,
)
from tests.usines import (
    TOUR,
    ApprenantUsine,
    AvisUsine,
    BlocUsine,
    FormationUsine,
    MembreUsine,
    OffreUsine,
    PointageUsine,
    il_y_a,
    ne_il_y_a,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

    from tests.commandes.conftest import Atelier

pytestmark = pytest.mark.django_db
PAGE = "/atelier/a-regulariser/"
PERIME = "Il manque un papier qui n'existe plus."


@pytest.fixture
def direction(client: Client, atelier: Atelier) -> Client:
    client.force_login(atelier.direction)
    return client


def texte(reponse: Any) -> str:
    return str(reponse.content.decode()).replace("&#x27;", "'")


def sur_le_tour(atelier: Atelier, jeune: Apprenant, **autres: Any) -> Pointage:
    """An hour on the lathe, three days ago, supervised by the master."""
    pointage: Pointage = PointageUsine(
        commande=atelier.commande, apprenant=jeune, ligne=atelier.tour, travail_id=TOUR, jour=il_y_a(3),
        saisi_par=atelier.maitre, **autres,
    )  # fmt: skip
    return pointage


def en_attente(atelier: Atelier, jeune: Apprenant, **autres: Any) -> Pointage:
    return sur_le_tour(atelier, jeune, etat="a_regulariser", motif=PERIME, **autres)


# --- What is missing, today


def test_la_page_dit_ce_qui_manque_aujourd_hui_et_ou_l_ajouter(direction: Client, atelier: Atelier) -> None:
    en_attente(atelier, atelier.malo)
    page = texte(direction.get(PAGE))
    assert PERIME not in page
    assert "Il manque l'avis d'aptitude de Malo." in page
    assert "Il manque la formation à la sécurité de Malo" in page
    for ancre in ("avis", "formations"):
        assert f'href="/admin/ecoles/apprenant/{atelier.malo.pk}/change/#{ancre}-group"' in page


def test_les_ancres_existent_sur_la_fiche(direction: Client, atelier: Atelier) -> None:
    fiche = texte(direction.get(f"/admin/ecoles/apprenant/{atelier.malo.pk}/change/"))
    for ancre in ("avis", "formations", "inscriptions"):
        assert f'id="{ancre}-group"' in fiche


def test_la_declaration_et_l_inscription_ont_leur_remede(direction: Client, atelier: Atelier) -> None:
    DeclarationDerogation.objects.all().delete()
    en_attente(atelier, atelier.ines)
    Inscription.objects.filter(apprenant=atelier.ines).update(au=il_y_a(4), motif_sortie="abandon")
    page = texte(direction.get(PAGE))
    assert 'href="/admin/ecoles/declarationderogation/add/"' in page
    assert f"{atelier.ines.pk}/change/#inscriptions-group" in page


def test_quand_tout_est_la_le_bouton_valide(direction: Client, atelier: Atelier) -> None:
    pointage = en_attente(atelier, atelier.ines)
    assert "Toutes les pièces sont là." in texte(direction.get(PAGE))
    assert "validées" in texte(direction.post(PAGE, {"pointage": str(pointage.pk)}, follow=True))
    pointage.refresh_from_db()
    assert (pointage.etat, pointage.motif) == ("valide", "")


def test_tout_verifier_valide_ce_qui_peut_l_etre_et_met_le_reste_a_jour(
    direction: Client, atelier: Atelier
) -> None:
    en_attente(atelier, atelier.ines)
    malo = en_attente(atelier, atelier.malo)
    page = texte(direction.post(PAGE, {"tout": "1"}, follow=True))
    assert "Inès : 1\u00a0h\u00a000 validées." in page
    assert "Il manque encore une pièce : 1 en attente." in page
    malo.refresh_from_db()
    assert malo.motif.startswith("Il manque l'avis d'aptitude de Malo.")
    assert atelier.commande.journal.filter(evenement="regulariser").count() == 1


def test_tout_verifier_ne_depasse_pas_la_journee(direction: Client, atelier: Atelier) -> None:
    for _ in range(3):
        en_attente(atelier, atelier.ines, minutes=240)
    direction.post(PAGE, {"tout": "1"})
    assert sorted(Pointage.objects.values_list("etat", flat=True)) == ["a_regulariser", "valide", "valide"]


def test_qui_encadrait_se_dit_apres_coup(direction: Client, atelier: Atelier) -> None:
    arrive_hier = MembreUsine(ecole=atelier.ecole, du=il_y_a(1)).utilisateur
    pointage = en_attente(atelier, atelier.ines, encadrant=arrive_hier)
    page = texte(direction.get(PAGE))
    assert "Il manque une personne désignée pour encadrer" in page
    assert f'<option value="{atelier.maitre.pk}">' in page
    assert f'<option value="{arrive_hier.pk}">' not in page
    direction.post(PAGE, {"pointage": str(pointage.pk), "encadrant": str(atelier.maitre.pk)})
    pointage.refresh_from_db()
    assert (pointage.etat, pointage.encadrant) == ("valide", atelier.maitre)


def test_qui_n_encadrait_pas_ne_se_nomme_pas(direction: Client, atelier: Atelier, voisin: Atelier) -> None:
    pointage = en_attente(atelier, atelier.ines, encadrant=None)
    for cle in (str(voisin.maitre.pk), "n'importe quoi"):
        envoi = {"pointage": str(pointage.pk), "encadrant": cle}
        assert direction.post(PAGE, envoi).status_code == 404
    pointage.refresh_from_db()
    assert pointage.etat == "a_regulariser"


@pytest.mark.parametrize("champ", ["pointage", "retirer"])
def test_les_heures_d_une_autre_ecole_n_existent_pas(direction: Client, voisin: Atelier, champ: str) -> None:
    pointage = en_attente(voisin, voisin.ines)
    assert direction.post(PAGE, {champ: str(pointage.pk)}).status_code == 404
    assert direction.post(PAGE, {champ: "n'importe quoi"}).status_code == 404
    assert voisin.ines.nom not in texte(direction.get(PAGE))
    direction.post(PAGE, {"tout": "1"})
    pointage.refresh_from_db()
    assert pointage.etat == "a_regulariser"


def test_la_page_coute_autant_a_vingt_lignes(direction: Client, atelier: Atelier) -> None:
    def compter() -> int:
        with CaptureQueriesContext(connection) as requetes:
            assert direction.get(PAGE).status_code == 200
        return len(requetes)

    def ajouter(n: int) -> None:
        jeune = ApprenantUsine(ecole=atelier.ecole, prenom=f"Jeune {n}")
        en_attente(atelier, jeune)
        AvisUsine(apprenant=jeune)
        FormationUsine(apprenant=jeune)
        sur_le_tour(atelier, jeune)
        AvisAptitude.objects.filter(apprenant=jeune).update(apte=False)

    compter()
    ajouter(0)
    un = compter()
    for n in range(1, 20):
        ajouter(n)
    assert compter() == un <= 24


# --- What was counted, and should be no longer


def rajeunir(apprenant: Apprenant, age: int) -> None:
    """A birth date typed wrong: she is ``age`` years old, and came in ten days ago."""
    Inscription.objects.filter(apprenant=apprenant).update(du=il_y_a(10), motif_age="Entrée à 14 ans.")
    Apprenant.objects.filter(pk=apprenant.pk).update(ne_le=ne_il_y_a(age))


CONTRADICTIONS: dict[str, tuple[Callable[[Atelier], object], str]] = {
    "avis annulé": (
        lambda a: AvisAptitude.objects.filter(apprenant=a.ines).delete(),
        "Il manque l'avis d'aptitude d'Inès.",
    ),
    "avis devenu inapte": (
        lambda a: AvisAptitude.objects.filter(apprenant=a.ines).update(apte=False),
        "Le dernier avis médical d'Inès est « inapte ».",
    ),
    "déclaration retirée": (
        lambda a: DeclarationDerogation.objects.filter(ecole=a.ecole).delete(),
        "Il manque la déclaration de dérogation",
    ),
    "machine retirée de la déclaration": (
        lambda a: DeclarationDerogation.objects.get(ecole=a.ecole).travaux.clear(),
        "Il manque la déclaration de dérogation",
    ),
    "formation datée plus tard": (
        lambda a: FormationSecurite.objects.filter(apprenant=a.ines).update(
            donnee_le=il_y_a(1), evaluee_le=il_y_a(1)
        ),
        "Il manque la formation à la sécurité d'Inès",
    ),
    "inscription raccourcie": (
        lambda a: Inscription.objects.filter(apprenant=a.ines).update(au=il_y_a(5), motif_sortie="autre"),
        "Inès n'est pas inscrit",
    ),
    "maître parti avant": (
        lambda a: MembreEquipe.objects.filter(utilisateur=a.maitre).update(au=il_y_a(5)),
        "Il manque une personne désignée pour encadrer",
    ),
    "plus jeune qu'on ne croyait": (
        lambda a: rajeunir(a.ines, 14),
        "demande 15 ans au moins",
    ),
}


@pytest.mark.parametrize("cas", CONTRADICTIONS)
def test_une_piece_qui_change_est_vue_et_dite(direction: Client, atelier: Atelier, cas: str) -> None:
    changer, phrase = CONTRADICTIONS[cas]
    pointage = sur_le_tour(atelier, atelier.ines)
    assert not a_revoir(atelier.direction).exists()
    changer(atelier)
    page = texte(direction.get(PAGE))
    assert "Comptées, mais plus en règle" in page
    assert phrase in page
    assert "Heures comptées, mais plus en règle" in texte(direction.get("/admin/"))
    direction.post(PAGE, {"retirer": str(pointage.pk)})
    pointage.refresh_from_db()
    assert pointage.etat == "a_regulariser"
    assert phrase in pointage.motif
    assert atelier.commande.journal.filter(evenement="retirer_heures").count() == 1
    assert not a_revoir(atelier.direction).exists()


def test_une_ligne_declaree_dangereuse_apres_coup_est_vue(direction: Client, atelier: Atelier) -> None:
    PointageUsine(
        commande=atelier.commande, apprenant=atelier.ines, ligne=atelier.simple, saisi_par=atelier.maitre
    )
    LigneCommande.objects.filter(pk=atelier.simple.pk).update(travail_id=TOUR)
    page = texte(direction.get(PAGE))
    assert "« Mise en route » se fait maintenant sur une machine dangereuse." in page
    assert f"commande={atelier.commande.pk}" in page


def test_un_bloc_qui_n_est_plus_de_son_diplome_est_vu(direction: Client, atelier: Atelier) -> None:
    PointageUsine(
        commande=atelier.commande, apprenant=atelier.ines, saisi_par=atelier.maitre,
        bloc=BlocUsine(code="BC02"),
    )  # fmt: skip
    OffreUsine(ecole=atelier.ecole, parcours_id="50025438")
    Inscription.objects.filter(apprenant=atelier.ines).update(titre_id="50025438")
    assert "n'est pas du diplôme préparé ce jour-là par Inès" in texte(direction.get(PAGE))


def test_sept_heures_et_demie_avant_seize_ans_sont_vues(direction: Client, atelier: Atelier) -> None:
    PointageUsine(commande=atelier.commande, apprenant=atelier.ines, saisi_par=atelier.maitre, minutes=450)
    rajeunir(atelier.ines, 15)
    assert "c'est plus que 7\u00a0h\u00a000" in texte(direction.get(PAGE))


def test_une_piece_corrigee_remet_en_regle(direction: Client, atelier: Atelier) -> None:
    pointage = sur_le_tour(atelier, atelier.ines)
    AvisAptitude.objects.filter(apprenant=atelier.ines).update(apte=False)
    assert a_revoir(atelier.direction).get() == pointage
    AvisAptitude.objects.filter(apprenant=atelier.ines).update(apte=True)
    assert "en règle" not in texte(direction.get(PAGE)).split("En attente")[0].split("<h1")[1]


def test_des_heures_en_regle_ne_se_retirent_pas(direction: Client, atelier: Atelier) -> None:
    pointage = sur_le_tour(atelier, atelier.ines)
    page = texte(direction.post(PAGE, {"retirer": str(pointage.pk)}, follow=True))
    assert "Ces heures sont en règle" in page
    pointage.refresh_from_db()
    assert pointage.etat == "valide"


def test_une_majeure_n_a_besoin_d_aucune_piece(direction: Client, atelier: Atelier) -> None:
    Apprenant.objects.filter(pk=atelier.malo.pk).update(ne_le=ne_il_y_a(19))
    sur_le_tour(atelier, atelier.malo)
    assert not a_revoir(atelier.direction).exists()


def test_le_maitre_ne_voit_pas_ce_qui_est_a_revoir(client: Client, atelier: Atelier) -> None:
    sur_le_tour(atelier, atelier.ines)
    AvisAptitude.objects.filter(apprenant=atelier.ines).delete()
    assert not a_revoir(atelier.maitre).exists()
    client.force_login(atelier.maitre)
    assert client.get(PAGE).status_code == 403
