"""The night reminds schools what to hand in: 30 days, 10 working days before, the day after, once each."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from django.conf import settings
from django.core import mail
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.urls import reverse

from ecoles.models import MembreEquipe
from financements import rappels
from financements.etats import Etat
from financements.models import Campagne
from financements.rappels import palier, rappeler
from financements.regles import ajouter_jours_ouvres, ajouter_mois, retirer_jours_ouvres
from financements.tableau import echeance
from reseau.models import Courriel, RappelEcheance
from reseau.nombres import PARIS, aujourdhui
from reseau.socle.courriels import envoyer_ce_qui_attend

if TYPE_CHECKING:
    from django.test import Client

    from financements.models import Demande
    from tests.usines_financements import Territoire

pytestmark = pytest.mark.django_db

FIN, CONNU = date(2027, 6, 30), date(2026, 12, 31)


def la_nuit() -> str:
    sortie = io.StringIO()
    call_command("rappeler_financements", stdout=sortie)
    return sortie.getvalue()


@pytest.fixture
def attendue(lieu: Territoire) -> Demande:
    """A file sent back to its school, which has fifteen working days; the mails of before are forgotten."""
    demande = lieu.demande(Etat.A_COMPLETER)
    Courriel.objects.all().delete()
    return demande


# --- The days


def test_trente_jours_dix_jours_ouvres_et_le_lendemain_une_fois_chacun() -> None:
    nuits = [FIN + timedelta(n) for n in range(-60, 60)]
    paliers = [palier(FIN, CONNU, nuit) for nuit in nuits]
    premiers = {nombre: nuits[paliers.index(nombre)] for nombre in (30, 10, 0)}
    assert premiers == {30: date(2027, 5, 31), 10: date(2027, 6, 16), 0: date(2027, 7, 1)}
    assert paliers[-1] is None


def test_dix_jours_ouvres_passent_les_feries_de_mai() -> None:
    # 8 May, Ascension (9 May) and Whit Monday (20 May) are not counted.
    assert retirer_jours_ouvres(date(2024, 5, 21), 10) == date(2024, 5, 2)
    assert ajouter_jours_ouvres(date(2024, 5, 2), 10) == date(2024, 5, 21)


def test_un_rappel_d_avant_la_demande_ne_se_donne_pas() -> None:
    """Fifteen working days: the thirtieth day before is already past when the school is asked."""
    demandee = date(2027, 3, 1)
    fin = ajouter_jours_ouvres(demandee, 15)
    assert palier(fin, demandee, demandee) is None
    assert palier(fin, demandee, demandee + timedelta(1)) is None
    assert palier(fin, demandee, retirer_jours_ouvres(fin, 10)) == 10
    court = ajouter_jours_ouvres(demandee, 10)
    assert palier(court, demandee, demandee) is None


def test_le_31_aout_plus_six_mois_est_le_dernier_jour_de_fevrier() -> None:
    assert ajouter_mois(date(2026, 8, 31), 6) == date(2027, 2, 28)
    assert Campagne(exercice=2027, periode_au=date(2027, 8, 31)).bilan_du_le == date(2028, 2, 29)
    assert palier(date(2027, 2, 28), date(2026, 8, 31), date(2027, 1, 29)) == 30


@pytest.mark.parametrize(
    "nuit", [datetime(2027, 3, 27, 23, 30, tzinfo=UTC), datetime(2026, 10, 25, tzinfo=UTC)]
)
def test_les_nuits_du_changement_d_heure_sont_des_jours_de_paris(nuit: datetime) -> None:
    with time_machine.travel(nuit):
        jour = nuit.astimezone(PARIS).date()
        assert aujourdhui() == jour
        assert palier(jour + timedelta(30), date(2026, 1, 1), aujourdhui()) == 30
        assert palier(jour + timedelta(31), date(2026, 1, 1), aujourdhui()) is None


# --- The night


def test_la_direction_recoit_un_courriel_avec_sa_date_et_son_lien(
    attendue: Demande, django_capture_on_commit_callbacks: Any
) -> None:
    assert attendue.echeance_le is not None
    jour = retirer_jours_ouvres(attendue.echeance_le, 10)
    with (
        time_machine.travel(datetime.combine(jour, time(3), PARIS)),
        django_capture_on_commit_callbacks(execute=True),
    ):
        assert la_nuit() == "1 rappel(s) posé(s), 1 courriel(s) écrit(s).\n"
        assert la_nuit() == "0 rappel(s) posé(s), 0 courriel(s) écrit(s).\n"
    (message,) = mail.outbox
    page = reverse("admin:financements_demande_change", args=[attendue.pk])
    assert f"{settings.ADRESSE_DU_PORTAIL}{page}\n" in message.body
    assert f"- Demande {attendue.numero}, éléments à compléter : au plus tard le " in message.body


def test_chaque_palier_une_fois_au_fil_des_nuits(attendue: Demande) -> None:
    fin = attendue.echeance_le
    assert fin is not None
    nuits = [aujourdhui() + timedelta(n) for n in range(80) for _ in range(2)]
    donnes = [nuit for nuit in nuits if rappeler(nuit)[0]]
    assert donnes == [retirer_jours_ouvres(fin, 10), fin + timedelta(1)]
    assert "c'était attendu le" in Courriel.objects.latest("cree_le").corps


def test_qui_a_envoye_n_est_pas_relance(lieu: Territoire, attendue: Demande) -> None:
    fin = attendue.echeance_le
    assert fin is not None
    lieu.avancer(attendue, "completer")
    assert [rappeler(fin + timedelta(n)) for n in range(-40, 31)] == [(0, 0)] * 71


def test_le_bilan_se_rappelle_jusqu_a_son_depot(lieu: Territoire) -> None:
    demande = lieu.demande(Etat.EN_EXECUTION)
    fin = demande.campagne.bilan_du_le
    assert rappeler(fin - timedelta(31)) == (0, 0)
    assert rappeler(fin - timedelta(30)) == (1, 1)
    assert "bilan et compte rendu financier à remettre" in Courriel.objects.latest("cree_le").corps
    lieu.avancer(demande, "preparer_bilan", "deposer_bilan")
    assert rappeler(retirer_jours_ouvres(fin, 10)) == (0, 0)
    assert rappeler(fin + timedelta(1)) == (0, 0)


def test_deux_ecoles_ne_lisent_que_leur_dossier(lieu: Territoire, attendue: Demande) -> None:
    autre = lieu.demande(Etat.A_COMPLETER)
    assert attendue.echeance_le is not None
    assert rappeler(attendue.echeance_le + timedelta(1)) == (2, 2)
    courriels = Courriel.objects.filter(cle__startswith="financement:")
    corps = courriels.get(destinataire=lieu.directions[attendue.ecole]).corps
    assert attendue.numero in corps
    assert autre.numero not in corps


def test_une_ecole_sans_direction_est_rappelee_quand_elle_en_a_une(
    lieu: Territoire, attendue: Demande
) -> None:
    fin = attendue.echeance_le
    assert fin is not None
    MembreEquipe.objects.filter(ecole=attendue.ecole).update(au=aujourdhui() - timedelta(1))
    assert rappeler(fin + timedelta(1)) == (0, 0)
    MembreEquipe.objects.filter(ecole=attendue.ecole).update(au=None)
    assert rappeler(fin + timedelta(2)) == (1, 1)


def test_la_base_refuse_le_meme_rappel_deux_fois(attendue: Demande) -> None:
    """F23."""
    assert attendue.echeance_le is not None
    rappeler(attendue.echeance_le + timedelta(1))
    (rappel,) = RappelEcheance.objects.all()
    with pytest.raises(IntegrityError, match="rappel_une_seule_fois"), transaction.atomic():
        RappelEcheance.objects.create(
            nature=rappel.nature, objet=rappel.objet, finit_le=rappel.finit_le, palier=rappel.palier
        )


def test_une_coupure_entre_le_rappel_et_son_courriel_ne_perd_rien(
    attendue: Demande, monkeypatch: pytest.MonkeyPatch
) -> None:
    def tomber(**_: object) -> bool:
        raise RuntimeError("coupure")

    assert attendue.echeance_le is not None
    lendemain = attendue.echeance_le + timedelta(1)
    with monkeypatch.context() as panne, pytest.raises(RuntimeError):
        panne.setattr(rappels, "ecrire", tomber)
        rappeler(lendemain)
    assert not RappelEcheance.objects.exists()
    assert rappeler(lendemain) == (1, 1)


def test_une_panne_du_serveur_de_courriel_ne_perd_rien(
    attendue: Demande, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert attendue.echeance_le is not None
    rappeler(attendue.echeance_le + timedelta(1))

    def en_panne(*_: object, **__: object) -> int:
        raise ConnectionRefusedError

    with monkeypatch.context() as panne:
        panne.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", en_panne)
        assert envoyer_ce_qui_attend() == (0, 1)
    assert mail.outbox == []
    with time_machine.travel(datetime.now(UTC) + timedelta(hours=1)):
        assert envoyer_ce_qui_attend() == (1, 0)
        assert envoyer_ce_qui_attend() == (0, 0)
    assert len(mail.outbox) == 1


def test_la_nuit_rappelle_avant_d_envoyer() -> None:
    service = (Path(settings.RACINE) / "deploy" / "edp-nuit.service").read_text(encoding="utf-8")
    assert service.index("rappeler_financements") < service.index("envoyer_courriels")


# --- The officer's screen


def test_deux_mois_sans_reponse_l_agent_lit_rejet_implicite(client: Client, lieu: Territoire) -> None:
    demande = lieu.demande(Etat.DEPOSEE)
    fin = demande.echeance_le
    assert fin == ajouter_mois(aujourdhui(), 2)
    for jour, attendu in ((fin, False), (fin + timedelta(1), True)):
        with time_machine.travel(datetime.combine(jour, time(9), PARIS)):
            assert ("rejet implicite" in echeance(demande)[0]) is attendu
            client.force_login(lieu.qui("instruire", demande.ecole))
            page = client.get(reverse("admin:index")).content.decode()
            assert ("dépassée : rejet implicite" in page) is attendu


def test_le_retard_de_l_ecole_n_est_pas_un_rejet(attendue: Demande) -> None:
    assert attendue.echeance_le is not None
    with time_machine.travel(datetime.combine(attendue.echeance_le + timedelta(1), time(9), PARIS)):
        assert echeance(attendue)[0].endswith("(dépassée)")
