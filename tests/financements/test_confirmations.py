"""Row 1b: the signed paper is found clean before anything is recorded, and the school confirms later."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.urls import reverse

from financements.courriels import demander_de_confirmer
from financements.etats import MACHINE, Etat
from financements.models import Demande
from financements.ouverture import ouvrir_demande
from reseau.models import Courriel
from reseau.nombres import aujourdhui, montrer_date
from reseau.roles import Role
from reseau.socle.etats import Contexte, TransitionRefusee
from tests.financements.test_page_versements import texte
from tests.usines_financements import Territoire, ajouter_ligne, ajouter_piece, saisies

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db
ATTENTE = "La DREETS l'a saisie pour vous : relisez-la et confirmez-la."


def page(demande: Demande, nom: str = "change", *suite: Any) -> str:
    return reverse(f"admin:financements_demande_{nom}", args=[demande.pk, *suite])


def sur_papier(lieu: Territoire, analyse: str | None = "sain", *, cer: bool = True) -> Demande:
    """What an officer typed from a paper, not recorded yet."""
    agent = lieu.agents[Role.INSTRUCTEUR]
    demande = ouvrir_demande(ecole=lieu.ecole(), campagne=lieu.campagne, par=agent, voie="service")
    ajouter_ligne(demande)
    if analyse:
        ajouter_piece(demande, "scan", agent, analyse)
    if cer:
        ajouter_piece(demande, "cer", agent)
    demande.recue_par_courriel_le = aujourdhui()
    demande.save()
    return demande


def refus(lieu: Territoire, demande: Demande, nom: str, **valeurs: Any) -> list[str]:
    with pytest.raises(TransitionRefusee) as attrape:
        MACHINE.franchir(demande, nom, Contexte(lieu.qui(nom, demande.ecole), saisies(nom, **valeurs)))
    return attrape.value.refus


@pytest.mark.parametrize(
    ("analyse", "phrase"),
    [
        (None, "Joignez la demande signée, numérisée."),
        (
            "en_attente",
            "« Demande signée, numérisée » est en cours d'analyse : réessayez dans quelques instants.",
        ),
        ("refuse", "« Demande signée, numérisée » a été refusée à l'analyse : remplacez ce fichier."),
    ],
)
def test_un_scan_absent_refuse_ou_pas_encore_analyse_n_enregistre_rien(
    lieu: Territoire, analyse: str | None, phrase: str
) -> None:
    assert refus(lieu, sur_papier(lieu, analyse), "deposer_sur_scan") == [phrase]


def test_un_scan_sain_remplace_celui_qui_a_ete_refuse(lieu: Territoire) -> None:
    demande = sur_papier(lieu, "refuse")
    ajouter_piece(demande, "scan", lieu.agents[Role.INSTRUCTEUR])
    assert lieu.avancer(demande, "deposer_sur_scan", "instruire").etat == Etat.EN_INSTRUCTION


@pytest.mark.parametrize("avant", [(), ("instruire",), ("instruire", "proposer")])
def test_l_ecole_confirme_sans_que_l_etat_change_et_le_journal_le_garde(
    lieu: Territoire, avant: tuple[str, ...]
) -> None:
    demande = lieu.avancer(sur_papier(lieu), "deposer_sur_scan", *avant)
    etat, depuis = demande.etat, Demande.objects.get(pk=demande.pk).depuis_le
    demande = lieu.avancer(demande, "confirmer")
    assert (demande.etat, Demande.objects.get(pk=demande.pk).depuis_le) == (etat, depuis)
    ligne = demande.journal.get(evenement="confirmer")
    assert list(MACHINE.transitions["confirmer"].passages()) == []  # the database knows no such move
    assert ligne.acteur == lieu.directions[demande.ecole]
    assert (ligne.de, ligne.vers, ligne.donnees) == (etat, etat, {"depot": str(demande.depots.get().pk)})


def test_on_ne_confirme_qu_une_fois_en_certifiant_ce_que_le_service_a_saisi(lieu: Territoire) -> None:
    demande = lieu.avancer(sur_papier(lieu), "deposer_sur_scan")
    assert refus(lieu, demande, "confirmer", certifie=False) == [
        "Cochez la case « Je certifie que ces informations sont exactes »."
    ]
    demande = lieu.avancer(demande, "confirmer")
    assert refus(lieu, demande, "confirmer") == ["Votre école a déjà confirmé cette demande."]
    assert refus(lieu, lieu.demande(Etat.DEPOSEE), "confirmer") == [
        "Votre école a écrit cette demande elle-même : il n'y a rien à confirmer."
    ]


def test_seule_la_direction_de_cette_ecole_confirme(lieu: Territoire) -> None:
    demande = lieu.avancer(sur_papier(lieu), "deposer_sur_scan")
    for autre in (lieu.agents[Role.INSTRUCTEUR], lieu.directions[lieu.ecole()]):
        with pytest.raises(TransitionRefusee, match="Vos rôles"):
            MACHINE.franchir(demande, "confirmer", Contexte(autre, {"certifie": True}))


def test_un_nouveau_papier_est_a_confirmer_de_nouveau_et_completer_soi_meme_confirme(
    lieu: Territoire,
) -> None:
    demande = lieu.avancer(sur_papier(lieu), "deposer_sur_scan", "confirmer", "demander_complement")
    demande = lieu.avancer(demande, "completer_sur_scan", "confirmer", "demander_complement", "completer")
    assert refus(lieu, demande, "confirmer") == ["Votre école a déjà confirmé cette demande."]


def test_l_ecole_la_voit_qui_l_attend_la_confirme_et_chaque_cote_lit_la_suite(
    client: Client, lieu: Territoire
) -> None:
    demande = lieu.avancer(sur_papier(lieu), "deposer_sur_scan")
    fiche = reverse("admin:ecoles_ecole_change", args=[demande.ecole_id])
    client.force_login(lieu.agents[Role.INSTRUCTEUR])
    assert "Pas encore confirmée par l'école." in texte(client.get(page(demande)))
    client.force_login(lieu.directions[demande.ecole])
    for adresse in (reverse("admin:index"), fiche):
        assert ATTENTE in texte(client.get(adresse))
    vue = texte(client.get(page(demande)))
    assert "d'après votre document signé. Relisez-la, puis confirmez-la." in vue
    geste = page(demande, "transition", "confirmer")
    assert geste in vue
    assert "202 200,00 €" in texte(client.get(geste))
    assert "c'est fait" in texte(client.post(geste, {"certifie": "on"}, follow=True))
    jour = montrer_date(aujourdhui()).replace("\xa0", " ")
    vue = texte(client.get(page(demande)))
    assert f"Votre école l'a confirmée le {jour}." in vue
    assert geste not in vue
    for adresse in (reverse("admin:index"), fiche):
        assert ATTENTE not in texte(client.get(adresse))
    client.force_login(lieu.agents[Role.INSTRUCTEUR])
    assert f"Confirmée par l'école le {jour}." in texte(client.get(page(demande)))


def test_l_ecole_ne_confirme_pas_ce_qu_elle_a_ecrit(client: Client, lieu: Territoire) -> None:
    demande = lieu.demande(Etat.DEPOSEE)
    client.force_login(lieu.directions[demande.ecole])
    assert "Confirmer la demande reçue" not in texte(client.get(page(demande)))
    assert ATTENTE not in texte(client.get(reverse("admin:index")))


def test_non_confirmee_se_note_sur_la_fiche_et_la_note_sans_rien_bloquer(
    client: Client, lieu: Territoire
) -> None:
    demande = lieu.avancer(sur_papier(lieu), "deposer_sur_scan")
    client.force_login(lieu.agents[Role.INSTRUCTEUR])
    regles = page(demande, "recevabilite")
    assert "La demande n'est pas encore confirmée par l'école." in texte(client.get(regles))
    client.post(regles, {"confirmation": "La directrice l'a dit au téléphone."})
    demande = lieu.avancer(demande, "instruire")
    fiche = str(demande.actes.get(nature="controle").document.contexte["regles"])
    assert "La directrice l'a dit au téléphone." in fiche
    vue = texte(client.get(page(demande, "transition", "proposer")))
    assert "non confirmée" in vue
    demande = lieu.avancer(demande, "proposer")
    assert "pas encore confirmée" in str(demande.actes.get(nature="note").document.contexte["ecarts"])


def test_confirmee_depuis_le_controle_la_note_ne_le_reproche_plus(lieu: Territoire) -> None:
    demande = lieu.avancer(sur_papier(lieu), "deposer_sur_scan", "instruire", "confirmer", "proposer")
    assert "confirmée" not in str(demande.actes.get(nature="note").document.contexte["ecarts"])


def demandes_de_confirmer(demande: Demande) -> list[Courriel]:
    return list(Courriel.objects.filter(cle__startswith=f"confirmation:{demande.pk}:").order_by("cree_le"))


def test_un_courriel_demande_de_confirmer_une_fois_par_papier(lieu: Territoire) -> None:
    demande = lieu.avancer(sur_papier(lieu), "deposer_sur_scan")
    demander_de_confirmer(demande)  # said twice, it leaves once
    (courriel,) = demandes_de_confirmer(demande)
    assert courriel.destinataire == lieu.directions[demande.ecole]
    assert courriel.objet == f"Demande {demande} : à relire et à confirmer"
    assert "36 jeunes, 202 200,00 €" in courriel.corps.replace("\u202f", " ").replace("\xa0", " ")
    assert page(demande) in courriel.corps
    assert f"« {MACHINE.transitions['confirmer'].libelle} »" in courriel.corps
    demande = lieu.avancer(demande, "confirmer", "demander_complement")
    assert len(demandes_de_confirmer(demande)) == 1
    lieu.avancer(demande, "completer_sur_scan")
    assert len(demandes_de_confirmer(demande)) == 2


def test_ce_que_l_ecole_envoie_elle_meme_ne_se_confirme_pas_par_courriel(lieu: Territoire) -> None:
    ecrite = lieu.demande(Etat.DEPOSEE)
    assert demandes_de_confirmer(ecrite) == []
    papier = lieu.avancer(sur_papier(lieu), "deposer_sur_scan", "demander_complement", "completer")
    assert len(demandes_de_confirmer(papier)) == 1
