"""May this learner do this work on this day? One test a clause; dates at their edges."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import uuid4

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ecoles.models import TravailReglemente
from ecoles.regles import (
    Avis,
    Declaration,
    Designation,
    Formation,
    Jeune,
    age_le,
    alertes_de_duree,
    designes,
    fin_de_declaration,
    plafond_du_jour,
    refus_de_duree,
    refus_de_travail,
)

TOUR = TravailReglemente(code="machines", libelle="Tour", article="D4153-28", derogeable=True, age_minimal=15)
FROID = TravailReglemente(code="temperatures", libelle="Grand froid", article="D4153-36", derogeable=False)
RAYONS = TravailReglemente(
    code="rayons", libelle="Rayons X", article="D4153-21", derogeable=True, age_minimal=16
)
JOUR = date(2026, 10, 12)
ENVOI = date(2024, 3, 18)
AVIS = Avis(apte=True, du=date(2026, 9, 15), au=date(2027, 9, 14))
FORMATION = Formation(date(2026, 9, 8), date(2026, 9, 18))
NE_LE = date(2010, 5, 1)


def jeune(
    prenom: str = "Inès", *, ne_le: date = NE_LE, avis: object = (AVIS,), formation: object = FORMATION
) -> Jeune:
    formations = dict.fromkeys(("machines", "rayons", "temperatures"), formation) if formation else {}
    return Jeune(prenom, ne_le, avis, formations)  # type: ignore[arg-type]


def refus(qui: Jeune, travail: TravailReglemente = TOUR, jour: date = JOUR, **autres: object) -> list[str]:
    declarations = [
        d if isinstance(d, Declaration) else Declaration(d)
        for d in autres.get("declarations", [ENVOI])  # type: ignore[attr-defined]
    ]
    return refus_de_travail(qui, travail, jour, declarations, encadre=bool(autres.get("encadre", True)))  # type: ignore[arg-type]


def test_ines_qui_a_tout_peut_travailler_au_tour() -> None:
    assert refus(jeune()) == []


def test_malo_dont_l_avis_est_fini_est_refuse_puis_admis() -> None:
    fini = Avis(apte=True, du=date(2025, 10, 1), au=date(2026, 9, 30))
    assert refus(jeune("Malo", avis=(fini,))) == [
        "Il manque l'avis d'aptitude de Malo (fini le 30\u00a0septembre 2026)."
    ]
    nouveau = Avis(apte=True, du=date(2026, 10, 14), au=date(2027, 10, 13))
    assert refus(jeune("Malo", avis=(fini, nouveau)), jour=date(2026, 10, 14)) == []
    assert refus(jeune("Malo", avis=(fini, nouveau)), jour=date(2026, 10, 13)) != []


def test_yanis_majeur_n_a_besoin_de_rien() -> None:
    yanis = jeune("Yanis", ne_le=date(2008, 10, 2), avis=(), formation=None)
    assert refus(yanis, declarations=[], encadre=False) == []
    assert refus(yanis, FROID) == []
    assert refus(yanis, jour=date(2026, 10, 1)) != []
    assert refus(yanis, jour=date(2026, 10, 2), declarations=[]) == []


def test_un_travail_interdit_l_est_sans_remede_avec_son_article() -> None:
    (phrase,) = refus(jeune(), FROID)
    assert "interdit avant 18 ans, sans dérogation possible" in phrase
    assert "D4153-36" in phrase


def test_l_age_minimal_d_une_derogation() -> None:
    assert "demande 16 ans au moins" in refus(jeune(ne_le=date(2010, 10, 13)), RAYONS)[0]
    assert refus(jeune(ne_le=date(2010, 10, 12)), RAYONS) == []


def test_sans_declaration() -> None:
    assert refus(jeune(), declarations=[]) == [
        "Il manque la déclaration de dérogation de l'école pour « Tour »."
    ]


@pytest.mark.parametrize(
    ("jour", "couvert"),
    [(ENVOI, True), (ENVOI - timedelta(1), False), (date(2027, 3, 17), True), (date(2027, 3, 18), False)],
)
def test_une_declaration_vaut_du_jour_d_envoi_a_la_veille_des_trois_ans(jour: date, couvert: bool) -> None:
    toujours = Avis(apte=True, du=date(2020, 1, 1), au=date(2030, 1, 1))
    ancienne = Formation(date(2020, 1, 1), date(2020, 1, 1))
    sans_age = TravailReglemente(code="machines", libelle="Tour", derogeable=True, age_minimal=10)
    phrases = refus(jeune(avis=(toujours,), formation=ancienne), sans_age, jour)
    assert (phrases == []) == couvert


def test_une_declaration_finie_dit_depuis_quand() -> None:
    assert "(finie le 18\u00a0mars 2024)" in refus(jeune(), declarations=[date(2021, 3, 18)])[0]


def test_une_declaration_envoyee_un_29_fevrier() -> None:
    assert fin_de_declaration(date(2024, 2, 29)) == date(2027, 2, 28)


def test_le_dernier_avis_l_emporte() -> None:
    inapte = Avis(apte=False, du=date(2026, 10, 1), au=date(2027, 9, 30))
    assert refus(jeune(avis=(AVIS, inapte))) == ["Le dernier avis médical d'Inès est « inapte »."]
    assert refus(jeune(avis=(AVIS, inapte)), jour=date(2026, 9, 30)) == []
    retour = Avis(apte=True, du=date(2026, 10, 5), au=date(2027, 9, 30))
    assert refus(jeune(avis=(AVIS, inapte, retour))) == []


def test_de_deux_avis_du_meme_jour_l_inapte_decide() -> None:
    contraire = Avis(apte=False, du=AVIS.du, au=AVIS.au)
    assert refus(jeune(avis=(contraire, AVIS))) != []
    assert refus(jeune(avis=(AVIS, contraire))) != []


def test_un_avis_vaut_ses_deux_bornes_comprises() -> None:
    assert refus(jeune(formation=Formation(ENVOI, ENVOI)), jour=AVIS.du) == []
    assert "Il manque l'avis d'aptitude d'Inès." in refus(jeune(), jour=AVIS.du - timedelta(1))


def test_la_formation_est_donnee_puis_evaluee() -> None:
    assert refus(jeune(formation=None)) == ["Il manque la formation à la sécurité d'Inès pour « Tour »."]
    attente = Formation(date(2026, 10, 1))
    phrase = "Il manque l'évaluation de la formation à la sécurité d'Inès pour « Tour »."
    assert refus(jeune(formation=attente)) == [phrase]
    assert refus(jeune(formation=Formation(date(2026, 10, 1), JOUR + timedelta(1)))) == [phrase]
    assert refus(jeune(formation=Formation(JOUR, JOUR))) == []
    assert "la formation" in refus(jeune(formation=Formation(JOUR + timedelta(1))))[0]


def test_une_personne_encadre() -> None:
    assert refus(jeune(), encadre=False) == [
        "Il manque une personne désignée pour encadrer « Tour » ce jour-là."
    ]


def test_une_designation_vaut_ses_deux_bornes_comprises_et_pour_elle_seule() -> None:
    marc, lea = uuid4(), uuid4()
    deux_jours = [Designation(marc, JOUR, JOUR + timedelta(1)), Designation(lea, ENVOI, ENVOI)]
    assert [designes(deux_jours, JOUR + timedelta(n)) for n in (-1, 0, 1, 2)] == [
        set(),
        {marc},
        {marc},
        set(),
    ]
    assert designes(deux_jours, ENVOI) == {lea}
    assert designes([Designation(marc, JOUR)], JOUR + timedelta(9_000)) == {marc}


@pytest.mark.parametrize(("ecart", "couvert"), [(-1, True), (0, False), (1, False)])
def test_une_declaration_retiree_ne_couvre_plus(ecart: int, couvert: bool) -> None:
    retiree = Declaration(ENVOI, JOUR - timedelta(ecart))
    assert (refus(jeune(), declarations=[retiree]) == []) is couvert


def test_tout_ce_qui_manque_est_dit_a_la_fois() -> None:
    assert len(refus(jeune(avis=(), formation=None), declarations=[], encadre=False)) == 4


# --- Ages


@given(st.dates(date(1990, 1, 1), date(2020, 12, 31)), st.integers(0, 40))
def test_on_change_d_age_le_jour_de_son_anniversaire_pas_la_veille(ne_le: date, annees: int) -> None:
    assume((ne_le.month, ne_le.day) != (2, 29))
    anniversaire = ne_le.replace(year=ne_le.year + annees)
    assert age_le(ne_le, anniversaire) == annees
    assert age_le(ne_le, anniversaire - timedelta(1)) == annees - 1


def test_ne_un_29_fevrier_on_est_majeur_le_1er_mars() -> None:
    assert age_le(date(2008, 2, 29), date(2026, 2, 28)) == 17
    assert age_le(date(2008, 2, 29), date(2026, 3, 1)) == 18
    assert age_le(date(2008, 2, 29), date(2028, 2, 29)) == 20


@given(st.dates(date(1995, 1, 1), date(2015, 1, 1)), st.dates(date(2015, 1, 1), date(2060, 1, 1)))
def test_l_age_ne_recule_jamais(ne_le: date, jour: date) -> None:
    assert 0 <= age_le(ne_le, jour + timedelta(1)) - age_le(ne_le, jour) <= 1


@pytest.mark.django_db
def test_la_base_compte_les_ages_comme_nous() -> None:
    from django.db import connection

    naissances = [
        date(2008, 2, 28),
        date(2008, 2, 29),
        date(2008, 3, 1),
        date(2009, 12, 31),
        date(2010, 1, 1),
    ]
    jours = [date(annee, mois, jour) for annee in (2026, 2028) for mois, jour in ((2, 28), (3, 1), (12, 31))]
    paires = [(n, j) for n in naissances for j in (*jours, date(2028, 2, 29))]
    with connection.cursor() as curseur:
        curseur.execute(
            "SELECT date_part('year', age(j::timestamp, n::timestamp))::int"
            " FROM unnest(%s::date[], %s::date[]) WITH ORDINALITY AS t (n, j, rang) ORDER BY rang",
            [[n for n, _ in paires], [j for _, j in paires]],
        )
        base = [age for (age,) in curseur.fetchall()]
    assert base == [age_le(n, j) for n, j in paires]


# --- Durations


def test_sept_heures_avant_seize_ans_huit_ensuite() -> None:
    assert (plafond_du_jour(15), plafond_du_jour(16), plafond_du_jour(19)) == (420, 480, 480)


def test_le_plafond_du_jour_se_tient_a_la_minute() -> None:
    assert refus_de_duree(jeune(), JOUR, 480, 480) == []
    assert refus_de_duree(jeune("Malo"), JOUR, 485, 485) == [
        "Malo ferait 8\u00a0h\u00a005 ce jour-là : c'est plus que 8\u00a0h\u00a000."
    ]


def test_le_plafond_de_la_semaine() -> None:
    assert refus_de_duree(jeune(), JOUR, 300, 2_100) == []
    assert (
        "cette semaine-là : c'est plus que 35\u00a0h\u00a000." in refus_de_duree(jeune(), JOUR, 300, 2_105)[0]
    )


def test_une_alerte_vient_a_quatre_vingts_pour_cent() -> None:
    assert alertes_de_duree(jeune(), JOUR, 383, 1_679) == []
    assert len(alertes_de_duree(jeune(), JOUR, 384, 1_680)) == 2
    assert alertes_de_duree(jeune(), JOUR, 485, 0) == []
