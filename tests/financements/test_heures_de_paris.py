"""Hours of Paris on a server that lives in UTC: New Year's night, the last second, both changes of hour."""

from __future__ import annotations

import os
import time
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
import time_machine
from django.db import connection

from financements import tableau
from financements.etats import MACHINE, Etat
from financements.models import Demande
from reseau.nombres import INSECABLE, PARIS, montrer_date
from reseau.socle.etats import Contexte, TransitionRefusee
from tests.usines_financements import Territoire, campagne, territoire

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("serveur_en_utc")]


@pytest.fixture
def serveur_en_utc(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The process and the database count in UTC: only the code says Paris."""
    avant = os.environ.get("TZ", "")
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    with connection.cursor() as curseur:
        curseur.execute("SET TIME ZONE 'UTC'")
    yield
    monkeypatch.setenv("TZ", avant)
    time.tzset()


def paris(texte: str) -> datetime:
    """An instant written as a clock of Paris shows it, told to the machine in UTC."""
    return datetime.fromisoformat(texte).replace(tzinfo=PARIS).astimezone(UTC)


def brouillon(du: date, au: date) -> tuple[Territoire, Demande]:
    """A draft ready to be handed in, for a campaign open between these days."""
    lieu = territoire(exercice=campagne(du.year, ouverte_du=du, ouverte_au=au))
    return lieu, lieu.demande()


def deposer(lieu: Territoire, demande: Demande) -> Demande:
    """At the very instant of the test: the clock stands still."""
    return MACHINE.franchir(demande, "deposer", Contexte(lieu.directions[demande.ecole], {"certifie": True}))


def refus(lieu: Territoire, demande: Demande) -> list[str]:
    with pytest.raises(TransitionRefusee) as attrape:
        deposer(lieu, demande)
    return [phrase.replace(INSECABLE, " ") for phrase in attrape.value.refus]


def test_le_1er_janvier_a_minuit_et_demi_est_deja_l_annee_suivante() -> None:
    """At 00:30 in Paris the server's calendar still says 31 December."""
    instant = datetime(2026, 12, 31, 23, 30, tzinfo=UTC)
    with time_machine.travel(instant, tick=False):
        assert datetime.now().date() == date(2026, 12, 31)  # noqa: DTZ005 - what the server itself believes
        lieu, demande = brouillon(date(2027, 1, 1), date(2027, 3, 31))
        demande = deposer(lieu, demande)
    assert (demande.etat, demande.deposee_le) == (Etat.DEPOSEE, instant)
    recu = demande.actes.get(nature="recu").document.contexte
    assert recu["recu_le"].replace(INSECABLE, " ") == "1er janvier 2027 à 0 h 30"
    assert demande.echeance_le == date(2027, 3, 1)
    assert recu["reponse_avant"].replace(INSECABLE, " ") == "1er mars 2027"
    assert demande.depots.get().depose_le == instant


def test_une_seconde_avant_minuit_la_campagne_de_l_annee_suivante_n_est_pas_ouverte() -> None:
    with time_machine.travel(paris("2026-12-31T23:59:59"), tick=False):
        lieu, demande = brouillon(date(2027, 1, 1), date(2027, 3, 31))
        assert refus(lieu, demande) == ["La campagne 2027 ouvre le 1er janvier 2027."]


# The last days: in winter, in summer, and on both nights that change the hour.
@pytest.mark.parametrize(
    "fin", [date(2026, 2, 27), date(2026, 7, 31), date(2026, 3, 29), date(2026, 10, 25)], ids=str
)
def test_la_derniere_seconde_du_dernier_jour_passe_et_pas_la_premiere_du_lendemain(fin: date) -> None:
    with time_machine.travel(paris(f"{fin}T23:59:59"), tick=False):
        lieu, demande = brouillon(date(2026, 1, 1), fin)
        retardataire = lieu.demande()
        assert deposer(lieu, demande).etat == Etat.DEPOSEE
    with time_machine.travel(paris(f"{fin + timedelta(1)}T00:00:01"), tick=False):
        phrase = f"La campagne 2026 est close depuis le {montrer_date(fin)}."
        assert refus(lieu, retardataire) == [phrase.replace(INSECABLE, " ")]


# Night of the change, instants of that night, answer within two months, completed within 15 working days.
NUITS = [
    (date(2026, 3, 29), ("01:59:59", "03:00:00", "03:30:00"), date(2026, 5, 29), date(2026, 4, 20)),
    (date(2026, 10, 25), ("01:59:59", "02:30:00", "03:00:00"), date(2026, 12, 25), date(2026, 11, 16)),
]


@pytest.mark.parametrize(
    ("heure", "nuit", "reponse", "complement"),
    [(heure, nuit, deux, ouvres) for nuit, heures, deux, ouvres in NUITS for heure in heures],
)
def test_les_nuits_de_changement_d_heure_les_delais_se_comptent_en_jours(
    heure: str, nuit: date, reponse: date, complement: date
) -> None:
    with time_machine.travel(paris(f"{nuit}T{heure}"), tick=False):
        lieu, demande = brouillon(date(2026, 1, 1), date(2026, 12, 31))
        demande = deposer(lieu, demande)
        assert demande.deposee_le is not None
        assert demande.deposee_le.astimezone(PARIS).date() == nuit
        assert demande.echeance_le == reponse
        assert lieu.avancer(demande, "demander_complement").echeance_le == complement


@pytest.mark.parametrize("nuit", [date(2026, 3, 29), date(2026, 10, 25)], ids=str)
def test_une_nuit_de_23_ou_25_heures_fait_un_jour(nuit: date) -> None:
    """From 23:30 to 23:30: 23 hours in March, 25 in October, one day both times."""
    veille = nuit - timedelta(1)
    demande = Demande(depuis_le=paris(f"{veille}T23:30:00"))
    for instant, jours in (("00:15:00", 1), ("23:30:00", 1)):
        with time_machine.travel(paris(f"{nuit}T{instant}"), tick=False):
            assert tableau.depuis(demande).endswith(f"({jours} j)")
    with time_machine.travel(paris(f"{veille}T23:59:59"), tick=False):
        assert tableau.depuis(demande) == "aujourd'hui"


@pytest.mark.parametrize("limite", [date(2026, 3, 29), date(2026, 10, 25)], ids=str)
def test_l_echeance_d_une_de_ces_nuits_tient_jusqu_a_minuit(limite: date) -> None:
    demande = Demande(etat=Etat.DEPOSEE, echeance_le=limite)
    lendemain = limite + timedelta(1)
    for instant, passee in ((f"{limite}T23:59:59", False), (f"{lendemain}T00:00:01", True)):
        with time_machine.travel(paris(instant), tick=False):
            assert tableau.echeance(demande)[1] is passee
