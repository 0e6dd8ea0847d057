"""An order logged in the admin: to the cent, for one's own school, with every refusal at its place."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.urls import reverse

from commandes.models import Client as ClientDeLEcole
from commandes.models import Commande, Pointage
from commandes.naissance import naitre
from reseau.nombres import aujourdhui
from reseau.roles import Role
from reseau.socle.etats import Contexte
from tests.monde import Cote, poser_le_monde

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db
AJOUT, LISTE = "/admin/commandes/commande/add/", "/admin/commandes/commande/"


@pytest.fixture
def monde(client: Client) -> tuple[Cote, Cote]:
    ici, la_bas, _ = poser_le_monde()
    ici.ecole.siret = ""
    client.force_login(ici.personnes[Role.MAITRE])
    return ici, la_bas


def _commande(cote: Cote, **autres: Any) -> dict[str, Any]:
    lignes = [("Axe", "120", "18,4500", "0"), ("Bague", "40", "9,9750", "5"), ("Réglage", "1", "85", "")]
    donnees: dict[str, Any] = {
        "client": str(cote.lignes[ClientDeLEcole].pk),
        "intitule": "120 axes, 40 bagues",
        "filiere": "industrie",
        "bloc_a_preciser": "on",
        "recue_le": aujourdhui().strftime("%d/%m/%Y"),
        "a_livrer_le": "",
        "lignes-TOTAL_FORMS": "3",
        "lignes-INITIAL_FORMS": "0",
    }
    for n, (designation, quantite, prix, remise) in enumerate(lignes):
        donnees |= {
            f"lignes-{n}-rang": str(n + 1),
            f"lignes-{n}-designation": designation,
            f"lignes-{n}-quantite": quantite,
            f"lignes-{n}-prix_unitaire": prix,
            f"lignes-{n}-remise": remise,
            f"lignes-{n}-taux_tva": "20",
        }
    return donnees | autres


def _page(reponse: Any) -> str:
    return str(reponse.content.decode()).replace("&#x27;", "'").replace("\u202f", " ").replace("\xa0", " ")


def test_une_commande_nait_avec_son_numero_et_ses_totaux_au_centime(
    client: Client, monde: tuple[Cote, Cote]
) -> None:
    page = _page(client.post(AJOUT, _commande(monde[0]) | {"_continue": "1"}, follow=True))
    commande = Commande.objects.get(intitule="120 axes, 40 bagues")
    assert commande.ecole == monde[0].ecole
    assert commande.numero == f"CMD-{aujourdhui().year}-0001"
    assert [evenement for (evenement,) in commande.journal.values_list("evenement")] == ["creer"]
    for somme in ("2 678,05 €", "535,61 €", "3 213,66 €"):
        assert somme in page


def test_les_numeros_se_suivent_sans_trou(monde: tuple[Cote, Cote]) -> None:
    ici = monde[0]
    contexte = Contexte(ici.personnes[Role.MAITRE])
    commun = {"ecole": ici.ecole, "client": ici.lignes[ClientDeLEcole], "filiere_id": "industrie"}
    numeros = [naitre(Commande(intitule=f"n° {n}", **commun), contexte).numero[-4:] for n in range(3)]
    assert numeros == ["0001", "0002", "0003"]


@pytest.mark.parametrize(
    ("changement", "phrase"),
    [
        ({"lignes-0-prix_unitaire": "-5"}, "Le prix ne peut pas être négatif."),
        ({"lignes-0-prix_unitaire": "NaN"}, "n'est pas un nombre"),
        ({"lignes-0-quantite": "0"}, "La quantité est supérieure à zéro."),
        ({"lignes-0-quantite": "1e5"}, "n'est pas un nombre"),
        ({"lignes-0-remise": "120"}, "La remise est comprise entre 0 et 100 %."),
        ({"recue_le": "31/12/2999"}, "Cette date est dans le futur."),
        ({"recue_le": "31/02/2026"}, "date valide"),
        ({"a_livrer_le": "01/01/2020"}, "La livraison ne peut pas précéder la réception."),
    ],
)
def test_une_mauvaise_saisie_a_sa_phrase_et_rien_n_est_ecrit(
    client: Client, monde: tuple[Cote, Cote], changement: dict[str, str], phrase: str
) -> None:
    reponse = client.post(AJOUT, _commande(monde[0], **changement))
    assert reponse.status_code == 200
    assert phrase in _page(reponse)
    assert "120 axes, 40 bagues" in _page(reponse)
    assert not Commande.objects.filter(intitule="120 axes, 40 bagues").exists()


def test_le_client_d_une_autre_ecole_est_refuse(client: Client, monde: tuple[Cote, Cote]) -> None:
    envoi = _commande(monde[0], client=str(monde[1].lignes[ClientDeLEcole].pk))
    assert client.post(AJOUT, envoi).status_code == 200
    assert not Commande.objects.filter(intitule="120 axes, 40 bagues").exists()


def test_une_autre_ecole_ne_se_glisse_pas_dans_l_envoi(client: Client, monde: tuple[Cote, Cote]) -> None:
    client.post(AJOUT, _commande(monde[0], ecole=str(monde[1].ecole.pk)))
    assert Commande.objects.get(intitule="120 axes, 40 bagues").ecole == monde[0].ecole


def test_un_siret_de_treize_chiffres_a_sa_phrase(client: Client, monde: tuple[Cote, Cote]) -> None:
    envoi = {"nom": "Mécanique du Gier", "nature": "entreprise", "siret": "990 000 325 0001"}
    reponse = client.post("/admin/commandes/client/add/", envoi)
    assert "Un SIRET a 14 chiffres, celui-ci en a 13." in _page(reponse)


def test_le_mois_dernier_ne_se_melange_pas_a_celui_ci(client: Client, monde: tuple[Cote, Cote]) -> None:
    Commande.objects.filter(pk=monde[0].lignes[Commande].pk).update(recue_le=aujourdhui() - timedelta(70))
    client.post(AJOUT, _commande(monde[0]))
    page = _page(client.get(LISTE, {"recue": "ce-mois"}))
    assert "120 axes, 40 bagues" in page
    assert "40 bagues</td>" not in page.replace("120 axes, 40 bagues</td>", "")
    assert "2 678,05 €" in page


def test_la_seconde_personne_voit_ce_qui_differe_et_ne_perd_rien(
    client: Client, monde: tuple[Cote, Cote]
) -> None:
    commande = monde[0].lignes[Commande]
    page = reverse("admin:commandes_commande_change", args=[commande.pk])
    Commande.objects.filter(pk=commande.pk).update(intitule="50 bagues", version=2)
    envoi = _commande(monde[0], version_lue="1", intitule="60 bagues", **{"lignes-TOTAL_FORMS": "0"})
    texte = _page(client.post(page, envoi))
    assert "Rien n'est perdu" in texte
    assert "50 bagues" in texte
    assert "60 bagues" in texte
    commande.refresh_from_db()
    assert commande.intitule == "50 bagues"


def test_de_la_demande_a_la_livraison_par_les_boutons(client: Client, monde: tuple[Cote, Cote]) -> None:
    commande = monde[0].lignes[Commande]
    for nom, donnees in (("qualifier", {}), ("lancer", {}), ("livrer", {"recu_par": "M. Roche"})):
        page = reverse("admin:commandes_commande_transition", args=[commande.pk, nom])
        assert "Ce qui va changer" in _page(client.get(page))
        client.post(page, donnees)
    commande.refresh_from_db()
    assert (commande.etat, commande.livree_le) == ("livree", aujourdhui())


def test_une_livraison_sans_receveur_dit_pourquoi(client: Client, monde: tuple[Cote, Cote]) -> None:
    commande = monde[0].lignes[Commande]
    for nom in ("qualifier", "lancer", "livrer"):
        page = reverse("admin:commandes_commande_transition", args=[commande.pk, nom])
        reponse = client.post(page, {})
    assert "Indiquez qui a reçu la livraison." in _page(reponse)


@pytest.mark.parametrize("chemin", ["change/", "history/", "delete/", "transition/lancer/"])
def test_la_commande_d_une_autre_ecole_n_existe_pas(
    client: Client, monde: tuple[Cote, Cote], chemin: str
) -> None:
    reponse = client.get(f"{LISTE}{monde[1].lignes[Commande].pk}/{chemin}")
    assert reponse.status_code == (403 if chemin == "delete/" else 404)


def test_une_action_de_liste_ignore_les_cles_d_ailleurs(client: Client, monde: tuple[Cote, Cote]) -> None:
    etrangere = monde[1].lignes[Commande]
    envoi = {"action": "qualifier", "_selected_action": [str(etrangere.pk)], "confirmer": "1"}
    client.post(LISTE, envoi)
    etrangere.refresh_from_db()
    assert etrangere.etat == "demande"


def test_ni_la_recherche_ni_les_filtres_ne_montrent_l_autre_ecole(
    client: Client, monde: tuple[Cote, Cote]
) -> None:
    ailleurs = monde[1]
    client_etranger = ailleurs.lignes[ClientDeLEcole]
    for parametres in ({}, {"q": client_etranger.nom}, {"client__id__exact": str(client_etranger.pk)}):
        page = _page(client.get(LISTE, parametres, follow=True))
        assert f'<td class="field-client">{client_etranger.nom}' not in page
    assert Pointage.objects.filter(commande=ailleurs.lignes[Commande]).exists()
