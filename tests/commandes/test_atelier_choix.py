"""An entry of the workshop page: in which school, under whom, and what comes back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest

from commandes.etats import MACHINE
from commandes.models import Commande, Pointage
from reseau.nombres import aujourdhui
from reseau.socle.etats import Contexte
from tests.usines import (
    BlocUsine,
    MembreUsine,
    UtilisateurUsine,
    il_y_a,
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


# --- Which school


def test_qui_a_deux_ecoles_choisit_la_sienne(partage: Client, atelier: Atelier, voisin: Atelier) -> None:
    page = texte(partage.get(PAGE))
    assert "Dans quelle école ?" in page
    for lieu in (atelier, voisin):
        assert f"ecole={lieu.ecole.pk}" in page
    seconde = texte(partage.get(PAGE, {"ecole": str(voisin.ecole.pk)}))
    assert voisin.ines.nom in seconde
    assert atelier.ines.nom not in seconde
    assert "Changer d’école" in seconde


def test_l_ecole_choisie_suit_l_envoi_et_le_retour(partage: Client, voisin: Atelier) -> None:
    reponse = partage.post(PAGE, envoi(voisin))
    assert f"ecole={voisin.ecole.pk}" in reponse.url
    assert Pointage.objects.get().commande == voisin.commande
    annulation = partage.post(
        f"/atelier/annuler/{Pointage.objects.get().lot}/", {"ecole": str(voisin.ecole.pk)}
    )
    assert f"ecole={voisin.ecole.pk}" in annulation.url


def test_rien_ne_s_enregistre_dans_une_ecole_qui_n_est_pas_dite(partage: Client, atelier: Atelier) -> None:
    assert partage.post(PAGE, envoi(atelier, ecole="")).status_code == 404
    assert not Pointage.objects.exists()


@pytest.mark.parametrize("cle", ["voisin", "n'importe quoi"])
def test_une_ecole_qui_n_est_pas_la_sienne_n_existe_pas(
    maitre: Client, voisin: Atelier, atelier: Atelier, cle: str
) -> None:
    ecole = str(voisin.ecole.pk) if cle == "voisin" else cle
    assert maitre.get(PAGE, {"ecole": ecole}).status_code == 404
    assert maitre.post(PAGE, envoi(voisin, ecole=ecole)).status_code == 404
    assert not Pointage.objects.exists()


def test_la_commande_d_une_de_ses_ecoles_ne_passe_pas_dans_l_autre(
    partage: Client, atelier: Atelier, voisin: Atelier
) -> None:
    melange = envoi(voisin, commande=str(atelier.commande.pk))
    assert partage.post(PAGE, melange).status_code == 422
    assert not Pointage.objects.exists()


# --- Who supervises


def test_qui_saisit_encadre_sauf_si_un_autre_est_nomme(maitre: Client, atelier: Atelier) -> None:
    maitre.post(PAGE, envoi(atelier))
    maitre.post(PAGE, envoi(atelier, encadrant=str(atelier.direction.pk)))
    encadrants = Pointage.objects.order_by("saisi_le").values_list("encadrant", flat=True)
    assert list(encadrants) == [atelier.maitre.pk, atelier.direction.pk]


def test_la_securite_regarde_la_personne_nommee(maitre: Client, atelier: Atelier) -> None:
    """A master who came today did not supervise last week; the one who was named did."""
    nouveau = MembreUsine(ecole=atelier.ecole, du=aujourdhui()).utilisateur
    maitre.logout()
    maitre.force_login(nouveau)
    semaine_derniere = il_y_a(7).isoformat()
    tour = {f"ligne-{atelier.commande.pk}": str(atelier.tour.pk), "jour": semaine_derniere}
    maitre.post(PAGE, envoi(atelier, **tour))
    assert "Il manque une personne désignée pour encadrer" in Pointage.objects.a_regulariser().get().motif
    maitre.post(PAGE, envoi(atelier, **tour, encadrant=str(atelier.maitre.pk)))
    assert Pointage.objects.valides().get().encadrant == atelier.maitre


def test_le_secretariat_et_l_ancienne_equipe_ne_sont_pas_proposes(maitre: Client, atelier: Atelier) -> None:
    secretariat = MembreUsine(ecole=atelier.ecole, fonction="secretariat").utilisateur
    parti = MembreUsine(ecole=atelier.ecole, au=il_y_a(1)).utilisateur
    proposes = maitre.get(PAGE).context["encadrants"]
    assert {p.pk for p in proposes} == {atelier.maitre.pk, atelier.direction.pk}
    for personne in (secretariat, parti):
        reponse = maitre.post(PAGE, envoi(atelier, encadrant=str(personne.pk)))
        assert reponse.status_code == 422
        assert "Choisissez dans la liste la personne qui encadre." in texte(reponse)
    assert not Pointage.objects.exists()


def test_le_maitre_d_une_autre_ecole_n_encadre_pas(maitre: Client, atelier: Atelier, voisin: Atelier) -> None:
    assert maitre.post(PAGE, envoi(atelier, encadrant=str(voisin.maitre.pk))).status_code == 422
    assert not Pointage.objects.exists()


# --- Nothing is thrown away


def test_un_jeune_sorti_entre_temps_garde_ses_minutes(maitre: Client, atelier: Atelier) -> None:
    atelier.malo.inscriptions.update(au=il_y_a(2), motif_sortie="abandon")
    maitre.post(PAGE, envoi(atelier, apprenants=[str(atelier.malo.pk)]))
    assert "Malo n'est pas inscrit ce jour-là." in Pointage.objects.a_regulariser().get().motif


def test_une_saisie_refusee_revient_avec_tout_ce_qui_etait_coche(maitre: Client, atelier: Atelier) -> None:
    usiner, controler = BlocUsine(code="BC02"), BlocUsine(code="BC03", intitule="Contrôler")
    atelier.commande.blocs.set([usiner, controler])
    titre = atelier.malo.inscriptions.get().titre_id
    champs = {
        f"bloc-{atelier.commande.pk}-{titre}": str(controler.pk),
        "encadrant": str(atelier.direction.pk),
        "minutes": "7",
    }
    page = maitre.post(PAGE, envoi(atelier, **champs))
    assert page.status_code == 422
    premier = page.context["choix"][0]
    assert [t.valeur for t in premier.lignes if t.coche] == [str(atelier.simple.pk)]
    assert [t.libelle for _, _, tuiles in premier.titres for t in tuiles if t.coche] == ["BC03 Contrôler"]
    cochees = [t.libelle for _, _, tuiles, _ in page.context["groupes"] for t in tuiles if t.coche]
    assert cochees == ["Inès"]
    assert page.context["encadrant"] == str(atelier.direction.pk)
    assert 'value="7"' in texte(page)
    assert 'href="#champ-minutes"' in texte(page)


# --- The browser's queue


def en_file(client: Client, donnees: dict[str, Any]) -> Any:
    return client.post(PAGE, donnees, headers={"Accept": "application/json"})


def test_la_file_d_attente_recoit_une_reponse_qu_elle_comprend(maitre: Client, atelier: Atelier) -> None:
    donnees = envoi(atelier)
    for _ in range(2):
        reponse = en_file(maitre, donnees)
        assert (reponse.status_code, reponse.json()["vers"][:9]) == (200, PAGE)
    assert Pointage.objects.count() == 1
    refus = en_file(maitre, envoi(atelier, duree=""))
    assert (refus.status_code, refus.json()["erreurs"]) == (422, ["Choisissez une durée."])


def test_une_saisie_annulee_ne_revient_pas_de_la_file(maitre: Client, atelier: Atelier) -> None:
    """The answer was lost, the person undid the entry on the page, the phone sends it again."""
    donnees = envoi(atelier)
    en_file(maitre, donnees)
    maitre.post(f"/atelier/annuler/{donnees['lot']}/")
    assert en_file(maitre, donnees | {"reprise": "1"}).status_code == 200
    assert not Pointage.objects.exists()


def test_une_commande_close_est_gardee_meme_depuis_la_file(maitre: Client, atelier: Atelier) -> None:
    MACHINE.franchir(
        Commande.objects.get(pk=atelier.commande.pk),
        "classer",
        Contexte(atelier.direction, {"motif": "Renoncé."}),
    )
    assert en_file(maitre, envoi(atelier)).status_code == 200
    assert Pointage.objects.a_regulariser().count() == 1


def test_une_personne_sans_fonction_d_atelier_n_entre_pas(client: Client, atelier: Atelier) -> None:
    client.force_login(UtilisateurUsine())
    assert client.get(PAGE).status_code == 403
