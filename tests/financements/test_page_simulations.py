"""Scenarios through the pages: made, changed, compared, applied; who may, and what each refusal says."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from django.urls import reverse

from financements.etats import Etat
from financements.models import Simulation
from reseau.roles import Role
from tests.financements.test_page_versements import texte
from tests.financements.test_simulations import changer, simulation
from tests.usines_financements import Territoire, territoire

if TYPE_CHECKING:
    from django.test import Client

    from financements.models import Demande

pytestmark = pytest.mark.django_db
AJOUT = "admin:financements_simulation_add"


def adresse(mot: str, objet: Any) -> str:
    return reverse(f"admin:financements_simulation_{mot}", args=[objet.pk])


def envoi(essai: Simulation, **lignes: Any) -> dict[str, Any]:
    """What the page of a scenario sends, with some of its inputs changed."""
    essai.refresh_from_db()
    rangs = list(
        essai.lignes.order_by("ligne__demande__ecole__nom", "ligne__demande__numero", "ligne__titre")
    )
    donnees = {
        "version_lue": str(essai.version),
        "nom": essai.nom,
        "motif": essai.motif,
        "lignes-TOTAL_FORMS": str(len(rangs)),
        "lignes-INITIAL_FORMS": str(len(rangs)),
    }
    for rang, ligne in enumerate(rangs):
        donnees |= {
            f"lignes-{rang}-id": str(ligne.pk),
            f"lignes-{rang}-simulation": str(essai.pk),
            f"lignes-{rang}-effectif": str(ligne.effectif),
            f"lignes-{rang}-nb_majorations": str(ligne.nb_majorations),
            f"lignes-{rang}-motif": ligne.motif,
        }
    return donnees | {nom.replace("__", "-"): valeur for nom, valeur in lignes.items()}


@pytest.fixture
def dossier(lieu: Territoire) -> Demande:
    return lieu.demande(Etat.EN_INSTRUCTION)


def test_de_l_enveloppe_au_dossier_en_cinq_pages(client: Client, lieu: Territoire, dossier: Demande) -> None:
    client.force_login(lieu.agents[Role.INSTRUCTEUR])
    enveloppe = reverse("admin:financements_enveloppe_change", args=[lieu.enveloppe.pk])
    comparer = adresse("comparer", lieu.enveloppe)
    assert comparer in texte(client.get(enveloppe))
    assert "Aucune simulation n'est à l'étude" in texte(client.get(comparer))
    valeurs = {"enveloppe": str(lieu.enveloppe.pk), "nom": "Prudente", "depart": "part", "part": "50"}
    reponse = client.post(reverse(AJOUT), valeurs, follow=True)
    essai = Simulation.objects.get()
    assert "« Prudente » est prête" in texte(reponse)
    assert "101 100,00 €" in texte(reponse)
    envoye = envoi(essai, lignes__0__effectif="10", lignes__0__nb_majorations="0", motif="Vu en comité.")
    reponse = client.post(adresse("change", essai), envoye, follow=True)
    assert "recalculée" in texte(reponse)
    assert "55 000,00 €" in texte(reponse)
    assert "1 135 400,00 €" in texte(reponse)
    confirmation = texte(client.get(adresse("appliquer", essai)))
    assert re.search(r">202 200,00 €</td><td[^>]*>55 000,00 €</td>", confirmation)
    reponse = client.post(adresse("appliquer", essai), follow=True)
    assert "1 dossier a maintenant ces effectifs retenus" in texte(reponse)
    dossier.refresh_from_db()
    assert dossier.montant_retenu == 55000
    assert "appliquée le" in texte(client.get(adresse("change", essai)))
    assert client.post(adresse("appliquer", essai)).status_code == 200


def test_appliquer_enregistre_d_abord_ce_qui_est_ecrit(
    client: Client, lieu: Territoire, dossier: Demande
) -> None:
    client.force_login(lieu.agents[Role.INSTRUCTEUR])
    essai = simulation(lieu)
    assert 'form="simulation_form" name="_appliquer"' in texte(client.get(adresse("change", essai)))
    faux = envoi(essai, lignes__0__effectif="-1", motif="Vu en comité.") | {"_appliquer": "1"}
    reponse = client.post(adresse("change", essai), faux)
    assert reponse.status_code == 200
    assert "Vu en comité." in texte(reponse)
    ecrit = envoi(essai, lignes__0__effectif="10", lignes__0__nb_majorations="0", motif="Vu en comité.")
    reponse = client.post(adresse("change", essai), ecrit | {"_appliquer": "1"})
    assert reponse["Location"] == adresse("appliquer", essai)
    assert "55 000,00 €</td>" in texte(client.get(adresse("appliquer", essai)))


@pytest.mark.parametrize(
    ("valeurs", "phrase"),
    [
        ({"depart": "part", "part": ""}, "Indiquez la part retenue"),
        ({"depart": "part", "part": "120"}, "100"),
        ({"nom": ""}, "obligatoire"),
        ({"nom": "Prise"}, "déjà une simulation de ce nom"),
        ({"enveloppe": "0190aaaa-0000-7000-8000-000000000000"}, "Sélectionnez un choix valide"),
    ],
)
def test_une_saisie_refusee_dit_pourquoi(
    client: Client, lieu: Territoire, dossier: Demande, valeurs: dict[str, str], phrase: str
) -> None:
    simulation(lieu, "Prise")
    client.force_login(lieu.agents[Role.INSTRUCTEUR])
    defaut = {"enveloppe": str(lieu.enveloppe.pk), "nom": "Neuve", "depart": "demande"}
    reponse = client.post(reverse(AJOUT), defaut | valeurs)
    assert phrase in texte(reponse)
    assert Simulation.objects.count() == 1


@pytest.mark.parametrize(
    ("valeurs", "phrase"),
    [
        ({"lignes__0__effectif": "3", "lignes__0__nb_majorations": "4"}, "plus de suppléments que de jeunes"),
        ({"lignes__0__effectif": "37"}, "Plus que la demande : écrivez la raison."),
        ({"lignes__0__effectif": "-1"}, "supérieure ou égale à 0"),
        ({"lignes__0__effectif": "1000"}, "Au plus 999 jeunes"),
        ({"lignes__0__effectif": "dix"}, "nombre entier"),
    ],
)
def test_une_ligne_refusee_dit_pourquoi(
    client: Client, lieu: Territoire, dossier: Demande, valeurs: dict[str, str], phrase: str
) -> None:
    essai = simulation(lieu)
    client.force_login(lieu.agents[Role.INSTRUCTEUR])
    reponse = client.post(adresse("change", essai), envoi(essai, **valeurs))
    assert phrase in texte(reponse)
    assert essai.lignes.get().effectif == 36


def test_le_second_a_enregistrer_lit_ce_qui_differe(
    client: Client, lieu: Territoire, dossier: Demande
) -> None:
    essai = simulation(lieu)
    ancien = envoi(essai, lignes__0__effectif="30")
    changer(essai, dossier, 20, 5)
    client.force_login(lieu.agents[Role.INSTRUCTEUR])
    reponse = client.post(adresse("change", essai), ancien)
    assert "Une autre personne a enregistré cette page" in texte(reponse)
    assert essai.lignes.get().effectif == 20


def test_les_demandes_arrivees_depuis_s_ajoutent(client: Client, lieu: Territoire, dossier: Demande) -> None:
    essai = simulation(lieu)
    lieu.demande(Etat.DEPOSEE)
    client.force_login(lieu.agents[Role.INSTRUCTEUR])
    assert "1 demande à instruire n'est pas dans cette simulation" in texte(
        client.get(adresse("change", essai))
    )
    assert client.get(adresse("ajouter", essai)).status_code == 405
    reponse = client.post(adresse("ajouter", essai), follow=True)
    assert "prend toutes les demandes" in texte(reponse)
    assert essai.lignes.count() == 2


def test_une_simulation_qui_depasse_le_dit(client: Client, lieu: Territoire) -> None:
    petit = territoire("32", ouvert="100000", exercice=lieu.campagne)
    petit.demande(Etat.DEPOSEE)
    essai = simulation(petit)
    client.force_login(petit.agents[Role.CHEF_DE_SERVICE])
    assert "il manque 102 200,00 €" in texte(client.get(adresse("change", essai)))
    vue = texte(client.get(adresse("comparer", petit.enveloppe)))
    assert "dépasse l'enveloppe" in vue


def test_comparer_choisit_et_ignore_ce_qui_n_est_pas_une_cle(
    client: Client, lieu: Territoire, dossier: Demande
) -> None:
    essais = [simulation(lieu, f"Essai {rang}") for rang in range(8)]
    client.force_login(lieu.agents[Role.INSTRUCTEUR])
    page = adresse("comparer", lieu.enveloppe)
    vue = texte(client.get(page))
    assert vue.count(" checked") == 6
    vue = texte(client.get(page, {"s": [str(essais[0].pk), "x'y"]}))
    assert vue.count(" checked") == 1


def test_chacun_selon_sa_fonction(client: Client, lieu: Territoire, dossier: Demande) -> None:
    essai = simulation(lieu)
    attendus = {
        Role.INSTRUCTEUR: (200, 200, 302, 200),
        Role.CHEF_DE_SERVICE: (200, 403, 302, 200),
        Role.ORDONNATEUR: (200, 403, 403, 200),
        Role.GESTIONNAIRE: (404, 404, 404, 403),
    }
    for role, (page, appliquer, copier, comparer) in attendus.items():
        client.force_login(lieu.agents[role])
        assert client.get(adresse("change", essai)).status_code in {page, 403 if page == 404 else page}
        assert client.get(adresse("appliquer", essai)).status_code == appliquer
        assert client.post(adresse("copier", essai)).status_code == copier
        assert client.get(adresse("comparer", lieu.enveloppe)).status_code == comparer
    client.force_login(lieu.directions[dossier.ecole])
    assert client.get(adresse("comparer", lieu.enveloppe)).status_code == 403


def test_une_autre_region_ne_voit_rien(client: Client, lieu: Territoire, dossier: Demande) -> None:
    essai = simulation(lieu)
    ailleurs = territoire("32", exercice=lieu.campagne)
    client.force_login(ailleurs.agents[Role.INSTRUCTEUR])
    for mot in ("change", "appliquer", "copier", "ajouter", "delete"):
        assert client.post(adresse(mot, essai)).status_code == 404
    assert client.get(adresse("comparer", lieu.enveloppe)).status_code == 404
    assert "Essai" not in texte(client.get(reverse("admin:financements_simulation_changelist")))


def test_supprimer_une_simulation_ne_change_aucun_dossier(
    client: Client, lieu: Territoire, dossier: Demande
) -> None:
    essai = simulation(lieu)
    client.force_login(lieu.agents[Role.INSTRUCTEUR])
    assert client.get(adresse("delete", essai)).status_code == 200
    reponse = client.post(adresse("delete", essai), {"post": "yes"}, follow=True)
    assert "Aucun dossier n'a changé" in texte(reponse)
    assert dossier.lignes.count() == 1


def test_une_page_ouverte_avant_l_application_ne_la_defait_pas(
    client: Client, lieu: Territoire, dossier: Demande
) -> None:
    from financements.simulations_ecrites import appliquer

    essai = simulation(lieu)
    ancien = envoi(essai, lignes__0__effectif="30")
    appliquer(essai, lieu.agents[Role.INSTRUCTEUR])
    client.force_login(lieu.agents[Role.INSTRUCTEUR])
    assert client.post(adresse("change", essai), ancien).status_code == 403
    assert essai.lignes.get().effectif == 36


def test_la_liste_dit_ce_qui_resterait(client: Client, lieu: Territoire, dossier: Demande) -> None:
    """Granted files are in the counters, drafts are nobody's yet, another region's are not seen."""
    lieu.demande(Etat.DEPOSEE)
    lieu.demande(Etat.PROPOSEE)
    lieu.demande(Etat.ACCORDEE)
    lieu.demande()
    territoire("32", exercice=lieu.campagne).demande(Etat.DEPOSEE)
    client.force_login(lieu.agents[Role.INSTRUCTEUR])
    vue = texte(client.get(reverse("admin:financements_demande_changelist")))
    assert "<strong>988 200,00 €</strong> disponibles, <strong>606 600,00 €</strong> envisagés" in vue
    assert "resterait <strong>381 600,00 €</strong>" in vue


def test_la_liste_dit_ce_qui_manquerait(client: Client, lieu: Territoire) -> None:
    petit = territoire("32", ouvert="100000", exercice=lieu.campagne)
    petit.demande(Etat.DEPOSEE)
    client.force_login(petit.agents[Role.INSTRUCTEUR])
    vue = texte(client.get(reverse("admin:financements_demande_changelist")))
    assert 'il manquerait <strong class="fin-negatif">102 200,00 €</strong>.' in vue
