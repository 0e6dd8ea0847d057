"""Admissibility: each rule red and green, all failures together, a written reason or no review."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from django.db import DatabaseError, transaction
from django.template.loader import render_to_string
from django.urls import reverse

from ecoles.models import Gestionnaire, Label, Offre, Titre
from financements.etats import MACHINE, Etat
from financements.models import Demande
from financements.recevabilite import PAR_CODE, REGLES, verdicts
from reseau.nombres import aujourdhui
from reseau.roles import Role
from reseau.socle.etats import Contexte, TransitionRefusee
from tests.financements.test_page_versements import texte
from tests.usines_financements import (
    METALLIER,
    Territoire,
    ajouter_ligne,
    ajouter_piece,
    campagne,
    mouvement,
    territoire,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

pytestmark = pytest.mark.django_db
LISTE = "Recevabilité, École sur la liste annuelle : "


def dit(demande: Demande, code: str) -> Any:
    """What a rule says of a request read again."""
    return PAR_CODE[code].controle(Demande.objects.get(pk=demande.pk))


def page(demande: Demande) -> str:
    return reverse("admin:financements_demande_recevabilite", args=[demande.pk])


def _sans_liste(demande: Demande) -> None:
    demande.ecole.inscriptions_liste.update(au=date(2020, 12, 31))


def _sans_reconnaissance(demande: Demande) -> None:
    demande.ecole.reconnaissances.all().delete()


def _sans_siret(demande: Demande) -> None:
    demande.ecole.siret = "73282932000075"
    demande.ecole.save()


def _titre_ferme(demande: Demande) -> None:
    Titre.objects.filter(pk=METALLIER).update(ferme_le=date(2021, 1, 1))


def _hors_fenetre(demande: Demande) -> None:
    demande.campagne.ouverte_au = aujourdhui() - timedelta(1)
    demande.campagne.save()


def _sans_place(demande: Demande) -> None:
    Offre.objects.create(ecole=demande.ecole, parcours_id=METALLIER, capacite=35)


def _sans_label(demande: Demande) -> None:
    demande.ecole.labels.all().delete()


CASSER: dict[str, Callable[[Demande], None]] = {
    "liste": _sans_liste,
    "reconnaissance": _sans_reconnaissance,
    "siret": _sans_siret,
    "titres": _titre_ferme,
    "fenetre": _hors_fenetre,
    "capacite": _sans_place,
    "label": _sans_label,
}


@pytest.mark.parametrize("code", CASSER)
def test_chaque_regle_passe_puis_s_arrete(lieu: Territoire, code: str) -> None:
    demande = lieu.demande(Etat.DEPOSEE)
    Label.objects.create(
        ecole=demande.ecole, evaluee_le=date(2020, 1, 1), nb_criteres=30, du=date(2020, 1, 1)
    )
    assert not dit(demande, code)
    CASSER[code](demande)
    assert len(dit(demande, code)) == 1


def test_le_contrat_d_engagement_est_joint_ou_dans_la_demande_signee(lieu: Territoire) -> None:
    ecole = lieu.ecole()
    demande = lieu.demande(ecole=ecole)
    demande.pieces.all().delete()
    assert dit(demande, "cer")
    piece = ajouter_piece(demande, "cer", lieu.directions[ecole], "refuse")
    assert dit(demande, "cer")
    assert dit(demande, "pieces") == ["« Contrat d'engagement républicain signé » : refusé."]
    piece.delete()
    ajouter_piece(demande, "cer", lieu.directions[ecole])
    assert (dit(demande, "cer"), dit(demande, "pieces")) == ([], [])


def _l_an_dernier(lieu: Territoire, ecole: Any, effectif: int) -> Territoire:
    """The same region a year before, and what it granted to this school."""
    avant = Territoire(lieu.region, campagne(lieu.campagne.exercice - 1), lieu.agents, lieu.directions)
    enveloppe = type(lieu.enveloppe).objects.create(service_id=lieu.region, exercice=avant.campagne.exercice)
    mouvement(enveloppe, lieu.agents[Role.GESTIONNAIRE], "900000")
    _accorder_l_an_dernier(avant, ecole, effectif)
    return avant


def _accorder_l_an_dernier(avant: Territoire, ecole: Any, effectif: int) -> None:
    import time_machine

    with time_machine.travel(date(avant.campagne.exercice, aujourdhui().month, 15)):
        avant.campagne.ouverte_du, avant.campagne.ouverte_au = aujourdhui(), aujourdhui()
        avant.campagne.save()
        avant.demande(Etat.ACCORDEE, ecole=ecole, effectif_demande=effectif, majorations_demandees=0)


def test_le_compte_rendu_de_l_an_dernier_precede_la_demande(lieu: Territoire) -> None:
    ecole = lieu.ecole()
    nouvelle = lieu.demande(ecole=lieu.ecole())
    assert dit(nouvelle, "compte_rendu") is None
    _l_an_dernier(lieu, ecole, 10)
    demande = lieu.demande(ecole=ecole)
    with pytest.raises(TransitionRefusee, match="son compte rendu financier manque"):
        lieu.avancer(demande, "deposer")
    ajouter_piece(demande, "compte", lieu.directions[ecole])
    assert lieu.avancer(demande, "deposer").etat == Etat.DEPOSEE
    assert dit(demande, "compte_rendu") == []


def test_au_dela_du_seuil_les_comptes_sont_certifies(lieu: Territoire) -> None:
    """Per managing body, all its schools together: 153 000 EUR are not above the threshold."""
    corps = Gestionnaire.objects.create(nom="Association Essai")
    ecole, soeur = lieu.ecole(), lieu.ecole()
    for une in (ecole, soeur):
        une.gestionnaire = corps
        une.save()
    avant = _l_an_dernier(lieu, ecole, 20)
    _accorder_l_an_dernier(avant, soeur, 10)
    demande = lieu.demande(ecole=ecole)
    lieu.campagne.seuil_comptes = Decimal(165_000)
    lieu.campagne.save()
    assert dit(demande, "comptes") is None
    lieu.campagne.seuil_comptes = Decimal("164999.99")
    lieu.campagne.save()
    assert "165\u202f000,00\u00a0€ accordés" in dit(demande, "comptes")[0]
    ajouter_piece(demande, "comptes", lieu.directions[ecole])
    assert dit(demande, "comptes") == []


def test_tous_les_manques_sont_dits_ensemble_et_bloquent(lieu: Territoire) -> None:
    demande = lieu.demande(Etat.DEPOSEE)
    for code in ("liste", "reconnaissance", "fenetre", "capacite"):
        CASSER[code](demande)
    with pytest.raises(TransitionRefusee) as refus:
        lieu.avancer(demande, "instruire")
    debuts = [phrase.split(" : ")[0] for phrase in refus.value.refus]
    assert debuts == [
        "Recevabilité, École sur la liste annuelle",
        "Recevabilité, École reconnue par l'État",
        "Recevabilité, Demande reçue dans les dates",
    ]


def test_une_regle_non_remplie_a_le_meme_mot_partout(client: Client, lieu: Territoire) -> None:
    demande = lieu.demande(Etat.DEPOSEE)
    _sans_liste(demande)
    client.force_login(lieu.agents[Role.INSTRUCTEUR])
    vue = texte(client.get(page(demande)))
    client.post(page(demande), {"liste": "L'arrêté paraît lundi."})
    demande = lieu.avancer(demande, "instruire", "proposer")
    actes = {acte.nature: acte.document for acte in demande.actes.all()}
    fiche = {regle["resultat"] for regle in actes["controle"].contexte["regles"]}
    assert fiche == {"Conforme", "Non remplie", "Sans objet"}
    assert "Règles non remplies" in render_to_string(actes["note"].gabarit, actes["note"].contexte)
    for mot in fiche:
        assert mot in vue
    assert "À noter" not in vue


def test_une_raison_ecrite_leve_l_obstacle_et_figure_sur_la_fiche(client: Client, lieu: Territoire) -> None:
    demande = lieu.demande(Etat.DEPOSEE)
    _sans_liste(demande)
    client.force_login(lieu.agents[Role.INSTRUCTEUR])
    vue = client.get(page(demande))
    assert "Non remplie, à motiver" in texte(vue)
    assert "Code de l'éducation, L443-6" in texte(vue)
    client.post(page(demande), {"liste": "L'arrêté paraît lundi, le ministère l'a confirmé."})
    demande = lieu.avancer(demande, "instruire")
    controle = demande.controles.get(regle="liste")
    assert (controle.resultat, controle.derogation_par) == ("ecart", lieu.agents[Role.INSTRUCTEUR])
    assert demande.controles.count() == len(REGLES)
    fiche = demande.actes.get(nature="controle").document.contexte
    assert "L'arrêté paraît lundi" in str(fiche["regles"])


def test_une_raison_de_blancs_ne_leve_rien(client: Client, lieu: Territoire) -> None:
    demande = lieu.demande(Etat.DEPOSEE)
    _sans_liste(demande)
    client.force_login(lieu.agents[Role.INSTRUCTEUR])
    client.post(page(demande), {"liste": "   "})
    with pytest.raises(TransitionRefusee, match="liste annuelle"):
        lieu.avancer(demande, "instruire")


def test_la_base_refuse_un_ecart_bloquant_sans_raison(lieu: Territoire) -> None:
    demande = lieu.demande(Etat.DEPOSEE)
    un = {"regle": "liste", "bloquante": True, "resultat": "ecart", "controle_le": demande.depuis_le}
    with pytest.raises(DatabaseError, match="controle_ecart_motive"), transaction.atomic():
        demande.controles.create(**un)
    with pytest.raises(DatabaseError, match="controle_derogation_signee"), transaction.atomic():
        demande.controles.create(**un, derogation="Pour voir.")


def test_apres_l_instruction_un_controle_ne_change_plus(lieu: Territoire) -> None:
    demande = lieu.demande(Etat.EN_INSTRUCTION)
    for geste in (
        lambda: demande.controles.update(constat="Autre"),
        lambda: demande.controles.create(regle="essai", bloquante=False),
        lambda: demande.controles.all().delete(),
    ):
        with pytest.raises(DatabaseError, match=r"avant l'instruction|ne s'efface pas"), transaction.atomic():
            geste()


def test_qui_n_instruit_pas_ici_ne_voit_pas_les_regles(client: Client, lieu: Territoire) -> None:
    demande = lieu.demande(Etat.DEPOSEE)
    voisin = territoire("32", exercice=lieu.campagne)
    for personne, code in (
        (voisin.agents[Role.INSTRUCTEUR], 404),
        (lieu.directions[lieu.ecole()], 404),
        (lieu.directions[demande.ecole], 403),
        (lieu.agents[Role.CHEF_DE_SERVICE], 403),
        (lieu.agents[Role.INSTRUCTEUR], 200),
    ):
        client.force_login(personne)
        assert client.get(page(demande)).status_code == code


def test_les_regles_coutent_autant_pour_une_ligne_que_pour_dix(
    lieu: Territoire, django_assert_num_queries: Any
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    petite, grande = lieu.demande(), lieu.demande()
    for rang in (2, 3, 4):
        ajouter_ligne(grande, annee=rang, effectif_demande=1, majorations_demandees=0)
    for demande in (petite, grande):
        Offre.objects.create(ecole=demande.ecole, parcours_id=METALLIER, capacite=35)
    with CaptureQueriesContext(
        connection,
    ) as lues:
        verdicts(Demande.objects.select_related("ecole", "campagne").get(pk=petite.pk))
    with django_assert_num_queries(len(lues)):
        verdicts(Demande.objects.select_related("ecole", "campagne").get(pk=grande.pk))


def test_hors_de_la_liste_une_ecole_ne_peut_pas_commencer(client: Client, lieu: Territoire) -> None:
    ecole = lieu.ecole()
    ecole.inscriptions_liste.update(au=date(2020, 12, 31))
    client.force_login(lieu.directions[ecole])
    envoi = {"campagne": str(lieu.campagne.pk), "ecole": str(ecole.pk)}
    envoi |= {"lignes-TOTAL_FORMS": "0", "lignes-INITIAL_FORMS": "0"}
    ajout = reverse("admin:financements_demande_add")
    assert "n'est pas sur la liste annuelle en vigueur" in texte(client.post(ajout, envoi))
    ecole.inscriptions_liste.update(au=None)
    lieu.campagne.ouverte_au = aujourdhui() - timedelta(1)
    lieu.campagne.save()
    assert "est close depuis le" in texte(client.post(ajout, envoi))
    assert not Demande.objects.exists()


def test_sortie_de_la_liste_une_ecole_ne_depose_plus(lieu: Territoire) -> None:
    demande = lieu.demande()
    _sans_liste(demande)
    refus = MACHINE.refus(
        Demande.objects.get(pk=demande.pk),
        "deposer",
        Contexte(lieu.directions[demande.ecole], {"certifie": True}),
    )
    assert len(refus) == 1
    assert "n'est pas sur la liste annuelle" in refus[0]
