"""One gesture on many files: each for itself, apart from the web, resumable, with today's rights."""

from __future__ import annotations

import io
from datetime import timedelta
from html import unescape
from typing import TYPE_CHECKING, Any

import pytest
from django.core.management import call_command
from django.urls import reverse

from financements.etats import MACHINE, Etat
from financements.models import Demande
from reseau.admin import en_lot
from reseau.admin.en_lot import tache_lot
from reseau.models import ActionEnLot, LigneActionEnLot
from reseau.nombres import maintenant
from reseau.roles import Role
from reseau.socle.actions import avancement, avancer, demander
from tests.financements.conftest import refuse
from tests.usines_financements import Territoire, territoire

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

pytestmark = pytest.mark.django_db
LISTE = "admin:financements_demande_changelist"


def texte(reponse: Any) -> str:
    return unescape(reponse.content.decode()).replace("\xa0", " ")


def action(lieu: Territoire, *demandes: Demande, transition: str = "instruire") -> ActionEnLot:
    cles = [demande.pk for demande in demandes]
    return demander("financements.demande", transition, cles, lieu.agents[Role.INSTRUCTEUR])


def etats(demandes: list[Demande]) -> list[str]:
    return [Demande.objects.get(pk=demande.pk).etat for demande in demandes]


@pytest.fixture
def trois(lieu: Territoire) -> list[Demande]:
    return [lieu.demande(Etat.DEPOSEE) for _ in range(3)]


@pytest.fixture
def immediat(monkeypatch: pytest.MonkeyPatch) -> Callable[[int, int], None]:
    """Smaller limits: a page of one file, a maximum of three."""

    def borner(immediat: int, maximal: int) -> None:
        monkeypatch.setattr(en_lot, "NB_IMMEDIAT", immediat)
        monkeypatch.setattr(en_lot, "NB_LOT_MAXIMAL", maximal)

    return borner


def choisir(client: Client, *demandes: Demande, **valeurs: Any) -> Any:
    donnees = {"action": "instruire", "_selected_action": [str(d.pk) for d in demandes], "index": "0"}
    return client.post(reverse(LISTE), donnees | valeurs, follow=True)


def test_de_la_liste_a_la_page_qui_dit_ou_on_en_est(
    client: Client, lieu: Territoire, trois: list[Demande], immediat: Callable[[int, int], None]
) -> None:
    immediat(2, 500)
    client.force_login(lieu.agents[Role.INSTRUCTEUR])
    vue = texte(choisir(client, *trois))
    assert "le portail les traite l'un après l'autre" in vue
    reponse = choisir(client, *trois, confirmer="1")
    assert "C'est fini :</strong> 3 faits, 0 refusé." in " ".join(texte(reponse).split())
    assert "Refresh" not in reponse
    assert etats(trois) == [Etat.EN_INSTRUCTION] * 3


def test_accorder_en_lot_montre_l_ecole_le_montant_et_le_reste(client: Client, lieu: Territoire) -> None:
    demandes = [lieu.demande(Etat.VISEE, ecole=lieu.ecole(f"École {nom}")) for nom in ("Alpha", "Bêta")]
    client.force_login(lieu.agents[Role.ORDONNATEUR])
    vue = " ".join(texte(choisir(client, *demandes, action="accorder")).split()).replace("\u202f", " ")
    for ecole in ("École Alpha", "École Bêta"):
        assert f"<td>{ecole}</td><td>202 200,00 €</td>" in vue.replace("</td> <td>", "</td><td>")
    assert "Total, 2 dossiers</th><td>404 400,00 €" in vue
    assert "1 190 400,00 €" in vue
    assert "Disponible après accord de tout</th><td>786 000,00 €" in vue
    assert 'name="confirmer"' in vue


def test_quand_tout_est_refuse_rien_ne_se_confirme(
    client: Client, lieu: Territoire, trois: list[Demande]
) -> None:
    lieu.avancer(trois[0], "instruire")
    client.force_login(lieu.agents[Role.INSTRUCTEUR])
    vue = texte(choisir(client, trois[0]))
    assert "Aucun de ces dossiers ne peut changer." in vue
    assert 'name="confirmer"' not in vue
    assert "Total," not in vue
    vue = texte(choisir(client, *trois[:2]))
    assert "Total, 1 dossier<" in vue
    assert 'name="confirmer"' in vue


def test_une_confirmation_seule_nomme_l_ecole(client: Client, lieu: Territoire) -> None:
    demande = lieu.demande(Etat.VISEE, ecole=lieu.ecole("École Alpha"))
    client.force_login(lieu.agents[Role.ORDONNATEUR])
    page = reverse("admin:financements_demande_transition", args=[demande.pk, "accorder"])
    assert f"Accorder : École Alpha ({demande.numero})" in texte(client.get(page))


def test_un_refus_n_arrete_pas_les_autres_et_se_dit(
    client: Client, lieu: Territoire, trois: list[Demande], immediat: Callable[[int, int], None]
) -> None:
    immediat(1, 500)
    lieu.avancer(trois[1], "instruire")
    client.force_login(lieu.agents[Role.INSTRUCTEUR])
    vue = texte(choisir(client, *trois, confirmer="1"))
    assert "2 faits, 1 refusé." in " ".join(vue.split())
    assert "n'est pas possible : l'étape est « En instruction »" in vue
    assert reverse("admin:financements_demande_change", args=[trois[1].pk]) in vue
    assert etats(trois) == [Etat.EN_INSTRUCTION] * 3


@pytest.mark.parametrize("seuil", [1, 25])
def test_ce_qui_a_quitte_la_liste_se_dit(
    client: Client,
    lieu: Territoire,
    trois: list[Demande],
    immediat: Callable[[int, int], None],
    seuil: int,
) -> None:
    immediat(seuil, 500)
    lieu.avancer(trois[1], "retirer")
    client.force_login(lieu.agents[Role.INSTRUCTEUR])
    assert "1 dossier n'est plus dans cette liste" in texte(choisir(client, *trois, confirmer="1"))
    assert etats(trois) == [Etat.EN_INSTRUCTION, Etat.RETIREE, Etat.EN_INSTRUCTION]


def test_au_dessus_du_maximum_rien_ne_commence(
    client: Client, lieu: Territoire, trois: list[Demande], immediat: Callable[[int, int], None]
) -> None:
    immediat(1, 2)
    client.force_login(lieu.agents[Role.INSTRUCTEUR])
    assert "2 dossiers à la fois, au plus : filtrez la liste." in texte(choisir(client, *trois))
    assert not ActionEnLot.objects.exists()


def test_la_case_prend_toute_la_liste_sans_script(
    client: Client, lieu: Territoire, trois: list[Demande], monkeypatch: pytest.MonkeyPatch
) -> None:
    from financements.admin import AdminDemande

    monkeypatch.setattr(AdminDemande, "list_per_page", 2)
    client.force_login(lieu.agents[Role.INSTRUCTEUR])
    assert "toute la liste (3), pas seulement cette page" in texte(client.get(reverse(LISTE)))
    vue = texte(choisir(client, select_across="on"))
    assert vue.count('name="_selected_action"') == 3


def test_une_coupure_ne_perd_ni_ne_repete_rien(
    lieu: Territoire, trois: list[Demande], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed in the middle of the second file: the first stays done, the second is as before."""
    lot, vrai = action(lieu, *trois), MACHINE.franchir

    def tomber(objet: Any, nom: str, contexte: Any) -> Any:
        fait = vrai(objet, nom, contexte)
        if objet.pk == trois[1].pk:
            raise SystemExit
        return fait

    with monkeypatch.context() as panne, pytest.raises(SystemExit):
        panne.setattr(MACHINE, "franchir", tomber)
        avancer(lot, Demande, MACHINE)
    assert etats(trois) == [Etat.EN_INSTRUCTION, Etat.DEPOSEE, Etat.DEPOSEE]
    assert avancement(lot).traitees == 1
    assert avancer(lot, Demande, MACHINE) == 2
    assert etats(trois) == [Etat.EN_INSTRUCTION] * 3
    assert [d.journal.filter(evenement="instruire").count() for d in trois] == [1, 1, 1]
    assert avancer(lot, Demande, MACHINE) == 0


def test_une_coupure_apres_le_passage_et_avant_sa_ligne(
    lieu: Territoire, trois: list[Demande], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file and its row are of one transaction: neither is there without the other."""
    lot = action(lieu, *trois)

    def tomber(*_: Any, **__: Any) -> None:
        raise SystemExit

    with monkeypatch.context() as panne, pytest.raises(SystemExit):
        panne.setattr(LigneActionEnLot, "save", tomber)
        avancer(lot, Demande, MACHINE)
    assert etats(trois) == [Etat.DEPOSEE] * 3
    assert avancer(lot, Demande, MACHINE) == 3


def test_la_nuit_termine_ce_qui_s_est_arrete(lieu: Territoire, trois: list[Demande]) -> None:
    lot = action(lieu, *trois)
    sortie = io.StringIO()
    call_command("terminer_actions", stdout=sortie)
    assert etats(trois) == [Etat.DEPOSEE] * 3
    ActionEnLot.objects.filter(pk=lot.pk).update(demandee_le=maintenant() - timedelta(minutes=11))
    call_command("terminer_actions", stdout=sortie)
    assert sortie.getvalue() == "0 action(s) reprise(s).\n1 action(s) reprise(s).\n"
    assert etats(trois) == [Etat.EN_INSTRUCTION] * 3


def test_un_accident_sur_un_dossier_laisse_les_autres(
    lieu: Territoire, trois: list[Demande], monkeypatch: pytest.MonkeyPatch
) -> None:
    lot, vrai = action(lieu, *trois), MACHINE.franchir

    def casser(objet: Any, nom: str, contexte: Any) -> Any:
        fait = vrai(objet, nom, contexte)
        if objet.pk == trois[0].pk:
            raise LookupError("une clé manque")
        return fait

    monkeypatch.setattr(MACHINE, "franchir", casser)
    avancer(lot, Demande, MACHINE)
    assert etats(trois) == [Etat.DEPOSEE, Etat.EN_INSTRUCTION, Etat.EN_INSTRUCTION]
    assert "ce dossier n'a pas changé" in lot.lignes.get(rang=1).texte


def test_un_role_perdu_entre_temps_arrete_la_suite(lieu: Territoire, trois: list[Demande]) -> None:
    lot = action(lieu, *trois)
    lieu.agents[Role.INSTRUCTEUR].affectations.all().delete()
    avancer(lot, Demande, MACHINE)
    assert etats(trois) == [Etat.DEPOSEE] * 3
    assert set(lot.lignes.values_list("texte", flat=True)) == {
        "Vos rôles ne permettent pas cette action sur ce dossier."
    }


def test_un_compte_ferme_n_agit_plus(lieu: Territoire, trois: list[Demande]) -> None:
    lot, personne = action(lieu, *trois), lieu.agents[Role.INSTRUCTEUR]
    personne.is_active = False
    personne.save()
    avancer(lot, Demande, MACHINE)
    assert etats(trois) == [Etat.DEPOSEE] * 3


def test_une_cle_d_une_autre_region_est_refusee(lieu: Territoire) -> None:
    """A forged list of keys: the right is asked of each row."""
    ailleurs = territoire("32", exercice=lieu.campagne)
    etrangere = ailleurs.demande(Etat.DEPOSEE)
    lot = action(lieu, etrangere)
    avancer(lot, Demande, MACHINE)
    assert etats([etrangere]) == [Etat.DEPOSEE]
    assert avancement(lot).refusees == 1


def test_chacun_suit_les_siennes(client: Client, lieu: Territoire, trois: list[Demande]) -> None:
    lot = action(lieu, *trois)
    page = reverse("admin:financements_demande_lot", args=[lot.pk])
    reprise = reverse("admin:financements_demande_reprendre", args=[lot.pk])
    client.force_login(lieu.agents[Role.CHEF_DE_SERVICE])
    assert client.get(page).status_code == 404
    assert client.post(reprise).status_code == 404
    client.force_login(lieu.agents[Role.INSTRUCTEUR])
    reponse = client.get(page)
    assert reponse["Refresh"] == "3"
    assert "Reprendre" not in texte(reponse)
    assert client.get(reprise).status_code == 405


def test_sans_nouvelle_on_reprend(client: Client, lieu: Territoire, trois: list[Demande]) -> None:
    lot = action(lieu, *trois)
    ActionEnLot.objects.filter(pk=lot.pk).update(demandee_le=maintenant().replace(year=2020))
    client.force_login(lieu.agents[Role.INSTRUCTEUR])
    page = reverse("admin:financements_demande_lot", args=[lot.pk])
    assert "Rien n'avance depuis une minute" in texte(client.get(page))
    vue = texte(client.post(reverse("admin:financements_demande_reprendre", args=[lot.pk]), follow=True))
    assert "reprend où il s'était arrêté" in vue
    assert etats(trois) == [Etat.EN_INSTRUCTION] * 3


def test_la_tache_retrouve_sa_liste(lieu: Territoire, trois: list[Demande]) -> None:
    lot = action(lieu, *trois)
    tache_lot.call(str(lot.pk))
    assert avancement(lot).finie


def test_la_base_tient_les_lignes(lieu: Territoire, trois: list[Demande]) -> None:
    lot = action(lieu, *trois)
    lignes = LigneActionEnLot.objects.filter(action=lot, rang=1)
    with refuse("ligne_action_datee"):
        lignes.update(etat="faite")
    with refuse("ligne_action_refus_dit"):
        lignes.update(etat="refusee", traitee_le=maintenant())
    with refuse("ligne_action_une_fois"):
        lot.lignes.create(rang=9, objet=trois[0].pk)
