"""What the database refuses about schedules, payments, recoveries and conventions: one test per clause."""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection, transaction

from financements.etats import Etat
from financements.models import (
    Demande,
    MouvementEnveloppe,
    Paiement,
    Reversement,
    Tranche,
)
from reseau.models import FichierDepose
from reseau.nombres import aujourdhui
from reseau.roles import Role
from tests.financements.conftest import a_la_porte, refuse
from tests.usines_financements import Territoire, saisies, territoire

pytestmark = pytest.mark.django_db


def paiement(lieu: Territoire, demande: Demande, **valeurs: Any) -> Paiement:
    """What ``payer`` would write, past Python."""
    tranche = demande.allocation.tranches.filter(paiements=None).order_by("rang").first()
    defaut = {
        "cle": uuid4(),
        "allocation": demande.allocation,
        "tranche": tranche,
        "enveloppe": lieu.enveloppe,
        "montant": tranche.montant if tranche else Decimal(1),
        "paye_le": aujourdhui(),
        "numero_ej": demande.numero_ej,
        "saisi_par": lieu.agents[Role.LIQUIDATEUR],
    }
    return Paiement.objects.bulk_create([Paiement(**(defaut | valeurs))])[0]


# --- schedule and payments (F4, F6, F8, F9, F18)


def test_la_notification_ecrit_l_echeancier_de_la_campagne(lieu: Territoire) -> None:
    echeancier(lieu, ("50", "30", "20"))
    demande = lieu.demande(Etat.NOTIFIEE)
    assert list(demande.allocation.tranches.order_by("rang").values_list("nature", "montant")) == [
        ("avance", Decimal("101100.00")),
        ("acompte", Decimal("60660.00")),
        ("solde", Decimal("40440.00")),
    ]
    assert re.fullmatch("21[0-9]{8}", demande.numero_ej)


def echeancier(lieu: Territoire, parts: tuple[str, ...]) -> None:
    natures = ("avance", "acompte", "solde")
    with transaction.atomic():
        for rang, part in enumerate(parts):
            lieu.campagne.echeances.create(
                rang=rang + 1, nature=natures[rang], part=Decimal(part),
                prevue_le=aujourdhui() - timedelta(days=30 - rang), service_fait=False,
            )  # fmt: skip
        connection.check_constraints()


def test_les_parts_d_un_echeancier_font_cent(lieu: Territoire) -> None:
    with refuse("100 pour cent"):
        echeancier(lieu, ("50", "30"))


def test_sans_parametre_l_echeancier_est_un_versement(lieu: Territoire) -> None:
    demande = lieu.demande(Etat.NOTIFIEE)
    assert [t.montant for t in demande.allocation.tranches.all()] == [demande.allocation.montant]


def test_un_echeancier_ne_s_ecrit_pas_a_cote_d_une_transition(lieu: Territoire) -> None:
    demande = lieu.demande(Etat.NOTIFIEE)
    with refuse("que par une transition"):
        Tranche.objects.filter(allocation=demande.allocation).update(prevue_le=date(2030, 1, 1))
    with refuse("que par une transition"):
        Tranche.objects.filter(allocation=demande.allocation).delete()


def test_les_tranches_font_le_montant_engage(lieu: Territoire) -> None:
    demande = lieu.demande(Etat.NOTIFIEE)
    with refuse("font ensemble le montant engagé"), a_la_porte(demande):
        demande.allocation.tranches.create(rang=2, nature="acompte", montant=1, prevue_le=aujourdhui())
    with refuse("font ensemble le montant engagé"):
        demande.allocation.engagements.create(
            enveloppe=lieu.enveloppe, nature="avenant", montant=1, saisi_par=lieu.agents[Role.ORDONNATEUR]
        )


def test_une_tranche_payee_ne_change_plus(lieu: Territoire) -> None:
    demande = lieu.demande(Etat.EN_EXECUTION)
    with refuse("payée ne change plus"), a_la_porte(demande):
        Tranche.objects.filter(allocation=demande.allocation).update(montant=1)


def test_un_paiement_prend_les_cp_de_l_enveloppe(lieu: Territoire) -> None:
    demande = lieu.demande(Etat.EN_EXECUTION)
    assert lieu.enveloppe.cp_payes == demande.allocation.montant
    assert demande.numero_ej == demande.allocation.paiements.get().numero_ej


def test_on_ne_paie_qu_une_decision_notifiee(lieu: Territoire) -> None:
    demande = lieu.demande(Etat.CONVENTIONNEE)
    with refuse("décision notifiée|tranche"):
        paiement(lieu, demande, numero_ej="2100012345")


def test_un_paiement_porte_l_engagement_juridique_de_sa_decision(lieu: Territoire) -> None:
    demande = lieu.demande(Etat.NOTIFIEE)
    with refuse("engagement juridique"):
        paiement(lieu, demande, numero_ej="2100099999")
    with refuse("paiement_ej|engagement juridique"):
        paiement(lieu, demande, numero_ej="12")


def test_qui_a_accorde_ne_liquide_pas(lieu: Territoire) -> None:
    demande = lieu.demande(Etat.NOTIFIEE)
    with refuse("accordé ne liquide pas"):
        paiement(lieu, demande, saisi_par=lieu.agents[Role.ORDONNATEUR])


def test_un_paiement_est_d_une_tranche_de_sa_decision_a_son_montant(lieu: Territoire) -> None:
    demande, autre = lieu.demande(Etat.NOTIFIEE), lieu.demande(Etat.NOTIFIEE)
    with refuse("à son montant"):
        paiement(lieu, demande, montant=Decimal(1))
    with refuse("à son montant"):
        paiement(lieu, demande, tranche=autre.allocation.tranches.get())
    with refuse("à son montant|paiement_d_une_tranche"):
        paiement(lieu, demande, tranche=None)


def test_une_tranche_se_paie_une_fois(lieu: Territoire) -> None:
    echeancier(lieu, ("50", "50"))
    demande = lieu.demande(Etat.EN_EXECUTION)
    payee = demande.allocation.paiements.get()
    with refuse("paiement_un_par_tranche"):
        paiement(lieu, demande, tranche=payee.tranche, montant=payee.montant)
    with refuse("financements_paiement_cle"):
        paiement(lieu, demande, cle=payee.cle)


def test_on_ne_paie_pas_plus_que_l_engagement(lieu: Territoire) -> None:
    demande = lieu.demande(Etat.EN_EXECUTION)
    with refuse("plus que ce qui est engagé"):
        paiement(lieu, demande)


def test_un_paiement_prend_les_cp_de_sa_region_et_de_son_annee(lieu: Territoire) -> None:
    demande = lieu.demande(Etat.NOTIFIEE)
    voisine = territoire("32", exercice=lieu.campagne)
    with refuse("sa région et de son année"):
        paiement(lieu, demande, enveloppe=voisine.enveloppe)
    with refuse("sa région et de son année"):
        paiement(lieu, demande, paye_le=date(aujourdhui().year - 1, 6, 1))


def test_les_cp_ne_se_depassent_pas() -> None:
    lieu = territoire(ouvert="1")
    gestionnaire = lieu.agents[Role.GESTIONNAIRE]
    MouvementEnveloppe.objects.create(
        enveloppe=lieu.enveloppe, nature="complement", ae=500_000, cp=100_000, reference="AE sans CP",
        date_acte=aujourdhui(), saisi_par=gestionnaire,
    )  # fmt: skip
    demande = lieu.demande(Etat.NOTIFIEE)
    with refuse("enveloppe_cp_suffisants"):
        paiement(lieu, demande)


def test_sans_convention_rien_n_est_paye_au_dessus_du_seuil(lieu: Territoire) -> None:
    """The guard of ``notifier`` asks for it first: the threshold is lowered afterwards, past it."""
    petite = lieu.campagne
    type(petite).objects.filter(pk=petite.pk).update(seuil_convention=1_000_000)
    demande = lieu.avancer(lieu.demande(Etat.ACCORDEE), "notifier")
    type(petite).objects.filter(pk=petite.pk).update(seuil_convention=23_000)
    with refuse("sans convention signée"):
        paiement(lieu, demande)


def test_le_seuil_compte_par_gestionnaire_et_par_annee(lieu: Territoire) -> None:
    from ecoles.models import Ecole, Gestionnaire

    gestionnaire = Gestionnaire.objects.create(nom="Association commune", siren="732829320")
    type(lieu.campagne).objects.filter(pk=lieu.campagne.pk).update(seuil_convention=300_000)
    premiere = lieu.demande(Etat.ACCORDEE)
    assert premiere.allocation.convention_manque() is False
    seconde = lieu.demande(Etat.ACCORDEE)
    Ecole.objects.filter(pk__in=(premiere.ecole_id, seconde.ecole_id)).update(gestionnaire=gestionnaire)
    assert premiere.allocation.convention_manque() is True
    assert seconde.allocation.convention_manque() is True


# --- money that comes back (F6, F13)


def test_on_ne_desengage_pas_ce_qui_est_paye(lieu: Territoire) -> None:
    demande = lieu.demande(Etat.EN_EXECUTION)
    with refuse("ce qui est payé"):
        demande.allocation.engagements.create(
            enveloppe=lieu.enveloppe, nature="desengagement", montant=-1,
            saisi_par=lieu.agents[Role.ORDONNATEUR],
        )  # fmt: skip


def reverser(lieu: Territoire, demande: Demande, nature: str, montant: int, **valeurs: Any) -> Reversement:
    defaut = {"date_acte": aujourdhui(), "saisi_par": lieu.agents[Role.GESTIONNAIRE]}
    return demande.allocation.reversements.create(nature=nature, montant=montant, **(defaut | valeurs))


def test_on_ne_reclame_que_ce_qui_depasse_le_montant_final(lieu: Territoire) -> None:
    demande = lieu.demande(Etat.EN_EXECUTION)
    with refuse("au-dessus du montant final"):
        reverser(lieu, demande, "ordre", 1)
    with a_la_porte(demande):
        Demande.objects.filter(pk=demande.pk).update(montant_final=demande.allocation.montant - 1000)
    with refuse("au-dessus du montant final"):
        reverser(lieu, demande, "ordre", 1001)
    reverser(lieu, demande, "ordre", 1000)
    with refuse("plus que la somme réclamée"):
        reverser(lieu, demande, "recouvrement", 1001)
    with refuse("reversement_remise_motivee"):
        reverser(lieu, demande, "remise", 1)
    reverser(lieu, demande, "recouvrement", 900)
    with refuse("plus que la somme réclamée"):
        reverser(lieu, demande, "remise", 101, motif="Sous le seuil.")
    reverser(lieu, demande, "remise", 100, motif="Sous le seuil.")


def test_le_montant_final_ne_depasse_pas_l_accord(lieu: Territoire) -> None:
    demande = lieu.demande(Etat.EN_EXECUTION)
    with refuse("ne dépasse pas le montant accordé"), a_la_porte(demande):
        Demande.objects.filter(pk=demande.pk).update(montant_final=demande.allocation.montant + 1)
    with refuse("que par une transition"):
        Demande.objects.filter(pk=demande.pk).update(montant_final=1)
    with refuse("que par une transition"):
        Demande.objects.filter(pk=demande.pk).update(numero_ej="2100000000")


# --- conventions


@pytest.mark.parametrize(
    ("valeurs", "phrase"),
    [
        ({"scan": None}, "convention_avec_son_scan"),
        ({"signataire_etat": ""}, "convention_deux_signataires"),
        ({"signee_etat_le": date(2025, 12, 31)}, "convention_l_etat_signe_en_dernier"),
    ],
)
def test_une_convention_est_entiere(lieu: Territoire, valeurs: dict[str, Any], phrase: str) -> None:
    demande = lieu.demande(Etat.CONVENTIONNEE)
    convention = demande.allocation.conventions.get()
    autre = lieu.demande(Etat.ACCORDEE)
    copie = {
        champ.name: getattr(convention, champ.name)
        for champ in convention._meta.concrete_fields
        if champ.name not in {"id", "allocation", "scan"}
    }
    scan = FichierDepose.objects.create(
        fichier="depots/convention.pdf", nom_origine="convention.pdf", type_mime="application/pdf", taille=1,
        empreinte="0" * 64, depose_par=lieu.agents[Role.GESTIONNAIRE],
    )  # fmt: skip
    with refuse(phrase):
        autre.allocation.conventions.create(**(copie | {"scan": scan} | valeurs))


def test_une_convention_par_decision(lieu: Territoire) -> None:
    demande = lieu.demande(Etat.CONVENTIONNEE)
    assert (
        saisies("conventionner")["signataire_ecole"] == demande.allocation.conventions.get().signataire_ecole
    )
    with refuse("qu'en ajout"):
        demande.allocation.conventions.update(signataire_ecole="Un autre")
