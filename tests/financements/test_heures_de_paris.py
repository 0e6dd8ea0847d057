"""Hours of Paris on a server that lives in UTC: New Year's night, the last second, both changes of hour."""

from __future__ import annotations

import os
import time
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from django.db import connection

from ecoles.models import Ecole
from financements import tableau
from financements.etats import MACHINE, Etat
from financements.models import Campagne, Demande
from reseau.nombres import INSECABLE, PARIS, montrer_date
from reseau.socle.etats import Contexte, TransitionRefusee
from tests.financements.conftest import a_la_porte
from tests.usines_bilans import ecrire_bilan
from tests.usines_financements import Territoire, campagne, produire_les_documents, saisies, territoire

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


# Each guard that reads today: the last second of 14 June in Paris, then half past midnight, when the server
# still counts the 14th.
VEILLE, JOUR = date(2026, 6, 14), date(2026, 6, 15)
AVANT, APRES = "2026-06-14T23:59:59", "2026-06-15T00:30:00"


def dits(lieu: Territoire, demande: Demande, nom: str, instant: str, **valeurs: Any) -> list[str]:
    """What the door says to who may cross, at an instant of Paris."""
    with time_machine.travel(paris(instant), tick=False):
        fraiche = Demande.objects.get(pk=demande.pk)
        saisie = {cle: v for cle, v in (saisies(nom) | valeurs).items() if v is not None}
        phrases = MACHINE.refus(fraiche, nom, Contexte(lieu.qui(nom, demande.ecole), saisie))
    return [phrase.replace(INSECABLE, " ") for phrase in phrases]


def en_juin(etat: Etat, *puis: str, instant: str = "2026-06-10T10:00:00") -> tuple[Territoire, Demande]:
    """A file brought to this state on 10 June."""
    with time_machine.travel(paris(instant), tick=False):
        lieu = territoire(exercice=campagne(2026, ouverte_du=date(2026, 1, 1), ouverte_au=date(2026, 12, 31)))
        return lieu, lieu.avancer(lieu.demande(etat), *puis)


@pytest.mark.parametrize(("etat", "nom"), [(Etat.BROUILLON, "deposer"), (Etat.NOTIFIEE, "payer")])
def test_une_ecole_ferme_a_minuit(etat: Etat, nom: str) -> None:
    lieu, demande = en_juin(etat)
    Ecole.objects.update(publication="fermee", fermee_le=JOUR)
    assert dits(lieu, demande, nom, AVANT, paye_le=None) == []
    (phrase,) = dits(lieu, demande, nom, APRES, paye_le=None)
    assert phrase.startswith("L'école est fermée depuis le 15 juin 2026")


def test_la_periode_du_bilan_finit_a_minuit() -> None:
    lieu, demande = en_juin(Etat.EN_EXECUTION, "preparer_bilan")
    ecrire_bilan(demande)
    Campagne.objects.update(periode_au=VEILLE)
    (phrase,) = dits(lieu, demande, "deposer_bilan", AVANT)
    assert phrase == "La période financée se termine le 14 juin 2026 : le bilan se dépose après."
    assert dits(lieu, demande, "deposer_bilan", APRES) == []


@pytest.mark.parametrize("tapee", [None, JOUR])
def test_une_tranche_est_due_a_minuit(tapee: date | None) -> None:
    """With a day typed, or with the day that the page reads by itself."""
    lieu, demande = en_juin(Etat.NOTIFIEE)
    with a_la_porte(demande):
        demande.allocation.tranches.update(prevue_le=JOUR)
    assert dits(lieu, demande, "payer", AVANT, paye_le=tapee) != []
    assert dits(lieu, demande, "payer", APRES, paye_le=tapee) == []


def test_une_somme_est_rendue_des_minuit() -> None:
    lieu, demande = en_juin(Etat.REVERSEMENT)
    assert dits(lieu, demande, "recouvrer", AVANT, rendu_le=JOUR) == ["Cette date est dans le futur."]
    assert dits(lieu, demande, "recouvrer", APRES, rendu_le=JOUR) == []


def test_a_minuit_le_jour_dit_pour_la_conservation_n_est_plus_a_venir() -> None:
    lieu, demande = en_juin(Etat.SOLDEE)
    produire_les_documents()
    assert dits(lieu, demande, "clore", AVANT, conserver_jusqu_au=JOUR) == []
    assert dits(lieu, demande, "clore", APRES, conserver_jusqu_au=JOUR) == [
        "Dites jusqu'à quand le dossier est conservé : un jour à venir."
    ]


def test_une_decision_d_apres_minuit_est_de_ce_jour() -> None:
    lieu, demande = en_juin(Etat.ACCORDEE, instant=APRES)
    signee = {"signee_etat_le": JOUR}
    assert dits(lieu, demande, "conventionner", "2026-06-15T10:00:00", signee_ecole_le=VEILLE, **signee) == [
        "La décision est du 15 juin 2026 : la convention est signée ce jour-là ou après."
    ]
    assert dits(lieu, demande, "conventionner", "2026-06-15T10:00:00", signee_ecole_le=JOUR, **signee) == []


def test_les_credits_d_une_annee_s_engagent_jusqu_a_minuit() -> None:
    lieu, demande = en_juin(Etat.VISEE)
    assert dits(lieu, demande, "accorder", "2026-12-31T23:59:59") == []
    assert dits(lieu, demande, "accorder", "2027-01-01T00:30:00") == [
        "Les crédits de 2026 ne s'engagent que pendant l'année 2026."
    ]
