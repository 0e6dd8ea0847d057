"""At the counter: an order and its client in one form, each refusal at its field, nothing of elsewhere."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from commandes.models import Client, Commande, LigneCommande
from reseau.nombres import aujourdhui
from tests.usines import BlocUsine, ClientUsine, CommandeUsine, LigneUsine, MembreUsine, OffreUsine

if TYPE_CHECKING:
    from django.test import Client as Navigateur

    from tests.commandes.conftest import Atelier

pytestmark = pytest.mark.django_db
AJOUT, LISTE = "/admin/commandes/commande/add/", "/admin/commandes/commande/"
SIRET = "99000032500011"


def envoi(**autres: Any) -> dict[str, Any]:
    return {
        "intitule": "Portail de jardin",
        "filiere": "industrie",
        "bloc_a_preciser": "on",
        "recue_le": aujourdhui().strftime("%d/%m/%Y"),
        "nouveau_nom": "Mme Aubépin",
        "nouveau_nature": "particulier",
        "lignes-TOTAL_FORMS": "2",
        "lignes-INITIAL_FORMS": "0",
        "lignes-0-designation": "Vantail",
        "lignes-0-quantite": "2",
        "lignes-0-prix_unitaire": "120",
        "lignes-0-taux_tva": "20",
        "lignes-1-designation": "Pose",
        "lignes-1-quantite": "1",
        "lignes-1-prix_unitaire": "80",
        "lignes-1-taux_tva": "10",
        **autres,
    }


@pytest.fixture
def maitre(client: Navigateur, atelier: Atelier) -> Navigateur:
    client.force_login(atelier.maitre)
    return client


@pytest.fixture
def partage(maitre: Navigateur, atelier: Atelier, voisin: Atelier) -> Navigateur:
    """The same master in two schools."""
    MembreUsine(ecole=voisin.ecole, utilisateur=atelier.maitre)
    return maitre


def texte(reponse: Any) -> str:
    return str(reponse.content.decode()).replace("&#x27;", "'").replace("\u202f", " ").replace("\xa0", " ")


def autour_du_champ(page: str, champ: str) -> str:
    """The row of the form that holds this field, its errors included."""
    trouve = re.search(
        rf'<div class="form-row[^"]*field-{champ}[ "].*?(?=<div class="form-row|</fieldset>)', page, re.DOTALL
    )
    assert trouve, champ
    return trouve[0]


def test_le_client_se_cree_dans_la_commande(maitre: Navigateur, atelier: Atelier) -> None:
    reponse = maitre.post(AJOUT, envoi(nouveau_ville="Saint-Étienne"))
    assert reponse.status_code == 302
    commande = Commande.objects.get(intitule="Portail de jardin")
    assert (commande.client.nom, commande.client.nature, commande.client.ecole) == (
        "Mme Aubépin",
        "particulier",
        atelier.ecole,
    )
    lignes = commande.lignes.order_by("rang").values_list("rang", "designation")
    assert list(lignes) == [(1, "Vantail"), (2, "Pose")]


@pytest.mark.parametrize(
    ("siret", "phrase"),
    [
        ("9900003250001", "Un SIRET a 14 chiffres, celui-ci en a 13."),
        ("99000032500012", "Ce SIRET n'existe pas : un chiffre est faux."),
    ],
)
def test_un_siret_faux_a_sa_phrase_a_son_champ_et_rien_n_est_perdu(
    maitre: Navigateur, siret: str, phrase: str
) -> None:
    avant = Client.objects.count()
    page = texte(maitre.post(AJOUT, envoi(nouveau_siret=siret)))
    assert phrase in autour_du_champ(page, "nouveau_siret")
    for saisi in (siret, "Mme Aubépin", "Portail de jardin", "Vantail", "Pose"):
        assert f'value="{saisi}"' in page
    assert Client.objects.count() == avant
    assert not Commande.objects.filter(intitule="Portail de jardin").exists()


def test_une_ligne_fausse_ne_laisse_pas_un_client_orphelin(maitre: Navigateur) -> None:
    avant = Client.objects.count()
    maitre.post(AJOUT, envoi(**{"lignes-1-prix_unitaire": "-1"}))
    assert Client.objects.count() == avant


def test_un_siret_deja_connu_renvoie_a_la_liste(
    maitre: Navigateur, atelier: Atelier, voisin: Atelier
) -> None:
    ClientUsine(ecole=voisin.ecole, siret=SIRET)
    assert maitre.post(AJOUT, envoi(nouveau_siret=SIRET)).status_code == 302
    page = texte(maitre.post(AJOUT, envoi(nouveau_siret="990 000 325 00011")))
    assert "Un client de l'école a déjà ce SIRET. Choisissez-le dans la liste." in autour_du_champ(
        page, "nouveau_siret"
    )


def test_le_meme_siret_sur_la_page_d_un_client_a_sa_phrase(maitre: Navigateur, atelier: Atelier) -> None:
    ClientUsine(ecole=atelier.ecole, siret=SIRET)
    page = texte(
        maitre.post("/admin/commandes/client/add/", {"nom": "Encore", "nature": "entreprise", "siret": SIRET})
    )
    assert "Un client de l'école a déjà ce SIRET." in autour_du_champ(page, "siret")


@pytest.mark.parametrize(
    ("changement", "champ", "phrase"),
    [
        ({"nouveau_nom": ""}, "client", "Choisissez un client, ou donnez le nom d'un nouveau client."),
        ({"nouveau_nom": "", "nouveau_siret": SIRET}, "nouveau_nom", "donnez le nom d'un nouveau client."),
        ({"nouveau_code_postal": "4200"}, "nouveau_code_postal", "5 chiffres"),
        ({"nouveau_courriel": "pas une adresse"}, "nouveau_courriel", "adresse"),
    ],
)
def test_un_client_incomplet_a_sa_phrase(
    maitre: Navigateur, changement: dict[str, str], champ: str, phrase: str
) -> None:
    assert phrase in autour_du_champ(texte(maitre.post(AJOUT, envoi(**changement))), champ)


def test_choisir_et_creer_a_la_fois_se_refuse(maitre: Navigateur, atelier: Atelier) -> None:
    page = texte(maitre.post(AJOUT, envoi(client=str(atelier.commande.client_id))))
    assert "Choisissez un client ou créez-en un, pas les deux." in autour_du_champ(page, "nouveau_nom")


# --- Nothing of another school


def refuse(reponse: Any, phrase: str) -> None:
    assert reponse.status_code == 200
    assert phrase in texte(reponse)
    assert not Commande.objects.filter(intitule="Portail de jardin").exists()


def test_le_client_d_une_autre_ecole_est_refuse(maitre: Navigateur, voisin: Atelier) -> None:
    donnees = envoi(nouveau_nom="", client=str(voisin.commande.client_id))
    refuse(maitre.post(AJOUT, donnees), "Sélectionnez un choix valide")


def test_le_bloc_d_une_autre_ecole_est_refuse(maitre: Navigateur, voisin: Atelier) -> None:
    OffreUsine(ecole=voisin.ecole, parcours_id="50025438")
    bloc = BlocUsine(titre_id="50025438")
    refuse(
        maitre.post(AJOUT, envoi(bloc_a_preciser="", blocs=[str(bloc.pk)])), "Sélectionnez un choix valide"
    )


def test_la_ligne_d_une_autre_ecole_est_refusee(
    maitre: Navigateur, atelier: Atelier, voisin: Atelier
) -> None:
    """A row of another order, slipped into ours."""
    ligne = {
        "lignes-TOTAL_FORMS": "1",
        "lignes-INITIAL_FORMS": "1",
        "lignes-0-id": str(voisin.simple.pk),
        "lignes-0-designation": "Détournée",
    }
    envoye = envoi(nouveau_nom="", client=str(atelier.commande.client_id), version_lue="1", **ligne)
    maitre.post(f"{LISTE}{atelier.commande.pk}/change/", envoye)
    assert not LigneCommande.objects.filter(designation="Détournée").exists()
    voisin.simple.refresh_from_db()
    assert voisin.simple.designation == "Mise en route"


def test_de_deux_ecoles_le_client_suit_celle_de_la_commande(
    partage: Navigateur, atelier: Atelier, voisin: Atelier
) -> None:
    la_bas = str(voisin.ecole.pk)
    melange = envoi(nouveau_nom="", ecole=la_bas, client=str(atelier.commande.client_id))
    refuse(partage.post(AJOUT, melange), "Ce client est celui d'une autre école.")
    assert partage.post(AJOUT, envoi(ecole=la_bas)).status_code == 302
    assert Commande.objects.get(intitule="Portail de jardin").client.ecole == voisin.ecole


def test_de_deux_ecoles_le_bloc_suit_celle_de_la_commande(
    partage: Navigateur, atelier: Atelier, voisin: Atelier
) -> None:
    OffreUsine(ecole=voisin.ecole, parcours_id="50025438")
    bloc = BlocUsine(titre_id="50025438")
    melange = envoi(bloc_a_preciser="", blocs=[str(bloc.pk)], ecole=str(atelier.ecole.pk))
    refuse(partage.post(AJOUT, melange), "Un de ces blocs n'est pas d'un diplôme proposé par l'école.")


def test_une_troisieme_ecole_ne_se_glisse_pas(maitre: Navigateur, atelier: Atelier, voisin: Atelier) -> None:
    maitre.post(AJOUT, envoi(ecole=str(voisin.ecole.pk)))
    assert Commande.objects.get(intitule="Portail de jardin").ecole == atelier.ecole


# --- What the page says


def test_les_blocs_disent_leur_diplome(maitre: Navigateur, atelier: Atelier) -> None:
    OffreUsine(ecole=atelier.ecole, parcours_id="50025438")
    BlocUsine(code="BC02")
    BlocUsine(code="BC02", titre_id="50025438", intitule="Souder")
    page = texte(maitre.get(AJOUT))
    assert "CAP Métallier : BC02 Usiner" in page
    assert re.search(r"CAP Réalisations industrielles[^<]*: BC02 Souder", page)


def test_sans_bloc_au_referentiel_le_bloc_est_a_preciser(maitre: Navigateur) -> None:
    page = texte(maitre.get(AJOUT))
    assert "Vos diplômes n'ont pas encore de blocs" in page
    assert re.search(r'name="bloc_a_preciser"[^>]* checked', page)


def test_les_boutons_disent_ce_qui_les_empeche(maitre: Navigateur, atelier: Atelier) -> None:
    nue = CommandeUsine(ecole=atelier.ecole, bloc_a_preciser=False, par=atelier.maitre)
    page = texte(maitre.get(f"{LISTE}{nue.pk}/change/"))
    assert "Prendre à l'atelier : Indiquez ce que les jeunes y apprennent" in page
    assert "Lancer la production : Ajoutez au moins une ligne" in page
    assert "Classer sans suite :" not in page
    complete = texte(maitre.get(f"{LISTE}{atelier.commande.pk}/change/"))
    assert "Lancer la production :" not in complete
    assert f"commande={atelier.commande.pk}" in complete


def test_la_liste_du_mois_dit_combien_et_pour_quelle_somme(maitre: Navigateur, atelier: Atelier) -> None:
    Commande.objects.filter(pk=atelier.commande.pk).update(recue_le=aujourdhui())
    LigneUsine(commande=CommandeUsine(ecole=atelier.ecole, recue_le=aujourdhui()), quantite=1)
    page = texte(maitre.get(LISTE, {"recue": "ce-mois"}))
    assert "2 commandes, total : <strong>4 446,45 €</strong> HT." in page
    assert f"{LISTE}?recue=ce-mois" in texte(maitre.get("/admin/"))
