"""Several officers on the same euros, each with a real connection: never one euro too many, none lost."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.db import DatabaseError

from financements.etats import MACHINE, Etat
from financements.models import EcheancePrevue, Engagement, JournalDemande, MouvementEnveloppe
from reseau.nombres import aujourdhui
from reseau.roles import Role
from reseau.socle.etats import Contexte, TransitionRefusee
from tests.bases import en_parallele
from tests.usines_financements import Territoire, mouvement, saisies, territoire

if TYPE_CHECKING:
    from financements.models import Demande

pytestmark = pytest.mark.course
UNE_DEMANDE = Decimal("202200.00")  # 36 x 5 500 + 14 x 300


def accorder(lieu: Territoire, demande: Demande) -> Demande:
    return MACHINE.franchir(demande, "accorder", Contexte(lieu.agents[Role.ORDONNATEUR]))


def visees(lieu: Territoire, nombre: int) -> list[Demande]:
    return [lieu.demande(Etat.VISEE) for _ in range(nombre)]


def tout_se_tient() -> None:
    """Every formula and every chain, as the nightly audit reads them: raises when one is broken."""
    call_command("verifier_invariants")
    call_command("verifier_journal")


def test_deux_officiers_n_accordent_pas_les_memes_euros(base_jetable: str) -> None:
    lieu = territoire(ouvert="300000")
    demandes = visees(lieu, 2)
    issues = en_parallele(*(lambda d=d: accorder(lieu, d) for d in demandes))
    refus = [issue for issue in issues if isinstance(issue, TransitionRefusee)]
    assert len(refus) == 1
    assert "L'enveloppe ne dispose plus que de 97 800,00 €" in str(refus[0]).replace("\u202f", " ").replace(
        "\xa0", " "
    )
    assert "(un autre accord vient d'être enregistré)" in str(refus[0])
    assert lieu.enveloppe.ae_engagees == UNE_DEMANDE
    assert sorted(d.etat for d in map(relire, demandes)) == [Etat.ACCORDEE, Etat.VISEE]
    tout_se_tient()


def relire(demande: Demande) -> Demande:
    demande.refresh_from_db()
    return demande


def test_vingt_quatre_connexions_sur_les_derniers_euros(base_jetable: str) -> None:
    """Eight grants fit in the envelope; the registry is written past Python, as a faulty screen would."""
    lieu = territoire(ouvert=str(UNE_DEMANDE * 8 + 1))
    demandes = visees(lieu, 24)
    issues = en_parallele(*(lambda d=d: accorder(lieu, d) for d in demandes))
    accordees = [issue for issue in issues if not isinstance(issue, Exception)]
    refusees = [issue for issue in issues if isinstance(issue, TransitionRefusee)]
    assert (len(accordees), len(refusees)) == (8, 16)
    assert lieu.enveloppe.ae_engagees == UNE_DEMANDE * 8
    assert Engagement.objects.count() == 8
    assert JournalDemande.objects.filter(evenement="accorder").count() == 8
    tout_se_tient()


def test_le_meme_accord_presse_cinq_fois_ne_compte_qu_une(base_jetable: str) -> None:
    lieu = territoire()
    demande = lieu.demande(Etat.VISEE)
    issues = en_parallele(*(lambda: accorder(lieu, demande) for _ in range(5)))
    assert sum(not isinstance(issue, Exception) for issue in issues) == 1
    assert lieu.enveloppe.ae_engagees == UNE_DEMANDE
    tout_se_tient()


def test_un_retrait_ne_passe_pas_sous_ce_qui_est_engage(base_jetable: str) -> None:
    """A withdrawal and a grant race for the same credits: one of them is refused, whichever comes second."""
    lieu = territoire(ouvert="250000")
    demande = lieu.demande(Etat.VISEE)
    gestionnaire = lieu.agents[Role.GESTIONNAIRE]

    def retirer() -> Any:
        mouvement(lieu.enveloppe, gestionnaire, "-100000", "retrait")

    issues = en_parallele(lambda: accorder(lieu, demande), retirer)
    refus = [issue for issue in issues if isinstance(issue, (TransitionRefusee, DatabaseError))]
    assert len(refus) == 1
    enveloppe = lieu.enveloppe
    assert enveloppe.ae_disponibles >= 0
    assert (enveloppe.ae_ouvertes, enveloppe.ae_engagees) in {
        (Decimal(250_000), UNE_DEMANDE),
        (Decimal(150_000), Decimal(0)),
    }
    tout_se_tient()


def test_des_mouvements_simultanes_s_ajoutent_tous(base_jetable: str) -> None:
    lieu = territoire(ouvert="100")
    gestionnaire, enveloppe = lieu.agents[Role.GESTIONNAIRE], lieu.enveloppe
    issues = en_parallele(*(lambda: mouvement(enveloppe, gestionnaire, "10.01") for _ in range(12)))
    assert not [issue for issue in issues if isinstance(issue, Exception)]
    assert lieu.enveloppe.ae_ouvertes == Decimal("220.12")
    assert MouvementEnveloppe.objects.filter(date_acte=aujourdhui()).count() == 13
    tout_se_tient()


def payer(lieu: Territoire, demande: Demande, cle: Any) -> Demande:
    contexte = Contexte(lieu.agents[Role.LIQUIDATEUR], saisies("payer", cle=cle))
    return MACHINE.franchir(demande, "payer", contexte)


def test_cinq_paiements_identiques_n_en_font_qu_un(base_jetable: str) -> None:
    lieu = territoire()
    # a second part could be taken for the next payment
    parts = [
        EcheancePrevue(campagne=lieu.campagne, rang=rang, nature="acompte", part=50, prevue_le=aujourdhui())
        for rang in (1, 2)
    ]
    EcheancePrevue.objects.bulk_create(parts)
    demande, cle = lieu.demande(Etat.NOTIFIEE), uuid4()
    issues = en_parallele(*(lambda: payer(lieu, demande, cle) for _ in range(5)))
    refus = [str(issue) for issue in issues if isinstance(issue, TransitionRefusee)]
    assert refus == ["Ce paiement est déjà enregistré."] * 4
    assert lieu.enveloppe.cp_payes == UNE_DEMANDE / 2
    tout_se_tient()


def test_les_derniers_cp_ne_paient_qu_une_fois(base_jetable: str) -> None:
    lieu = territoire(ouvert=str(UNE_DEMANDE * 3))
    mouvement(lieu.enveloppe, lieu.agents[Role.GESTIONNAIRE], "1", "complement")
    lieu.enveloppe.mouvements.create(
        nature="retrait", ae=0, cp=-UNE_DEMANDE, reference="CP repris", date_acte=aujourdhui(),
        saisi_par=lieu.agents[Role.GESTIONNAIRE],
    )  # fmt: skip
    demandes = [lieu.demande(Etat.NOTIFIEE) for _ in range(3)]
    issues = en_parallele(*(lambda d=d: payer(lieu, d, uuid4()) for d in demandes))
    refus = [str(issue) for issue in issues if isinstance(issue, TransitionRefusee)]
    assert len(refus) == 1
    assert "crédits de paiement" in refus[0]
    assert lieu.enveloppe.cp_payes == UNE_DEMANDE * 2
    tout_se_tient()
