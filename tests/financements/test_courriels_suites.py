"""What the school is told by mail: once a file and a kind, to its heads, whatever the mail server does."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
import time_machine
from django.core import mail

from financements.courriels_suites import prevenir
from financements.etats import MACHINE, Etat
from reseau.models import Courriel
from reseau.nombres import maintenant
from reseau.socle.courriels import envoyer_ce_qui_attend
from reseau.socle.etats import Contexte
from tests.usines_financements import personne, preparer_avenant, saisies

if TYPE_CHECKING:
    from pytest_django import DjangoCaptureOnCommitCallbacks

    from tests.usines_financements import Territoire

pytestmark = pytest.mark.django_db
JARGON = ("AE", "CP", "service fait", "engagement", "visa", "reversement", "certifi", "notifi")


def natures() -> list[str]:
    """The kinds of the mails written so far, in their order."""
    return [
        cle.split(":")[0] for cle in Courriel.objects.order_by("cree_le", "id").values_list("cle", flat=True)
    ]


@pytest.mark.parametrize(
    ("etat", "attendues"),
    [
        (Etat.ACCORDEE, []),
        (Etat.NOTIFIEE, ["notification"]),
        (Etat.REFUSEE, ["refus"]),
        (Etat.SANS_SUITE, ["classement"]),
        (Etat.RESILIEE, ["resiliation"]),
        (Etat.SERVICE_FAIT, ["notification", "certification"]),
        (Etat.REVERSEMENT, ["notification", "certification", "ordre"]),
        (Etat.BILAN_A_CORRIGER, ["notification", "correction"]),
    ],
)
def test_l_ecole_apprend_chaque_suite_une_fois(lieu: Territoire, etat: str, attendues: list[str]) -> None:
    demande = lieu.demande(etat)
    assert natures() == attendues
    for courriel in Courriel.objects.all():
        assert courriel.destinataire == lieu.directions[demande.ecole]
        assert demande.numero in courriel.objet
        assert f"/admin/financements/demande/{demande.pk}/change/" in courriel.corps
        assert not [mot for mot in JARGON if mot in courriel.corps]
        assert "€" not in courriel.corps


def test_le_nom_de_l_ecole_s_elide(lieu: Territoire) -> None:
    demande = lieu.demande(Etat.REFUSEE, ecole=lieu.ecole("Atelier du Nord"))
    assert f"La DREETS refuse la demande {demande.numero} d'Atelier du Nord." in Courriel.objects.get().corps


@pytest.mark.parametrize("etat", [Etat.REFUSEE, Etat.SANS_SUITE, Etat.RESILIEE])
def test_un_refus_renvoie_a_la_lettre_et_a_ses_recours(lieu: Territoire, etat: str) -> None:
    lieu.demande(etat)
    assert "comment contester cette décision et jusqu'à quand" in Courriel.objects.get().corps


def test_une_somme_reclamee_apres_une_resiliation_est_dite(lieu: Territoire) -> None:
    demande = lieu.demande(Etat.EN_EXECUTION)
    contexte = Contexte(
        lieu.qui("resilier", demande.ecole), saisies("resilier", montant_acquis=Decimal(1000))
    )
    lieu.avancer(MACHINE.franchir(demande, "resilier", contexte), "reclamer_resiliation")
    assert natures() == ["notification", "resiliation", "ordre"]


def test_la_derniere_phase_d_un_bilan_a_ses_mots_et_son_delai(lieu: Territoire) -> None:
    lieu.avancer(lieu.demande(Etat.BILAN_A_CORRIGER), "contredire_bilan")
    assert natures() == ["notification", "correction", "contradictoire"]
    assert "Répondez avant le " in Courriel.objects.get(cle__startswith="contradictoire").corps


def test_ecrire_deux_fois_la_meme_suite_n_en_fait_qu_une(lieu: Territoire) -> None:
    demande = lieu.demande(Etat.NOTIFIEE)
    prevenir(demande, "notification")
    assert Courriel.objects.count() == 1


def test_une_panne_du_serveur_de_courriel_ne_perd_rien(
    lieu: Territoire,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    def en_panne(*_args: object, **_options: object) -> int:
        raise ConnectionRefusedError

    demande = lieu.demande(Etat.EN_INSTRUCTION)
    with monkeypatch.context() as panne:
        panne.setattr("reseau.socle.courriels.EmailMessage.send", en_panne)
        with django_capture_on_commit_callbacks(execute=True):
            demande = lieu.avancer(demande, "refuser")
        envoyer_ce_qui_attend()
    assert demande.etat == Etat.REFUSEE
    assert mail.outbox == []
    assert Courriel.objects.get().etat == Courriel.Etat.A_ENVOYER
    with time_machine.travel(maintenant() + timedelta(days=1)):
        assert envoyer_ce_qui_attend() == (1, 0)
    assert len(mail.outbox) == 1


def test_qui_n_est_plus_a_la_tete_de_l_ecole_ne_recoit_rien(lieu: Territoire) -> None:
    demande = lieu.demande(Etat.EN_INSTRUCTION)
    demande.ecole.membres.update(fonction="secretariat")
    lieu.directions[demande.ecole] = personne("autre")
    lieu.avancer(demande, "refuser")
    assert not Courriel.objects.exists()


def test_un_avenant_n_annonce_rien_de_plus(lieu: Territoire) -> None:
    demande = lieu.demande(Etat.EN_EXECUTION)
    preparer_avenant(demande)
    lieu.avancer(demande, "proposer_avenant", "viser_avenant", "accorder_avenant")
    assert natures() == ["notification"]
