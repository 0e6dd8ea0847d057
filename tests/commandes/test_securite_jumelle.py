"""The rule in Python and the rule in the database say the same, for hundreds of made-up learners and days."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from itertools import combinations
from typing import TYPE_CHECKING, Any

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import HealthCheck, event, example, given, settings
from hypothesis import strategies as st

from commandes.models.declencheurs import HORS_SECURITE
from ecoles.models import (
    Apprenant,
    AvisAptitude,
    DeclarationDerogation,
    Encadrement,
    FormationSecurite,
    MembreEquipe,
    TravailReglemente,
)
from ecoles.preuves import charger_declarations, charger_designations, charger_jeunes
from ecoles.regles import age_le, designes, fin_de_declaration, refus_de_travail
from tests.usines import EcoleUsine, UtilisateurUsine

if TYPE_CHECKING:
    from ecoles.models import Ecole
    from reseau.models import Utilisateur

pytestmark = pytest.mark.django_db
MACHINES, RAYONS, FROID = "machines", "rayons_ionisants", "temperatures"
JOURS = st.dates(date(2024, 1, 1), date(2029, 12, 31))
_EN_BASE = f"""
SELECT NOT ({HORS_SECURITE})
  FROM (SELECT %s::uuid AS apprenant_id, %s::text AS travail_id, %s::date AS jour, %s::uuid AS encadrant_id) p
  JOIN ecoles_apprenant a ON a.id = p.apprenant_id
  JOIN (SELECT %s::uuid AS ecole_id) c ON true
  LEFT JOIN ecoles_travailreglemente t ON t.code = p.travail_id
"""


@dataclass(frozen=True)
class Cas:
    """A learner, a day, a work, and proofs placed around that day; a number is an offset in days."""

    jour: date
    ne_le: date
    travail: str = MACHINES
    declarations: tuple[tuple[date, int | None], ...] = ()
    avis: tuple[tuple[bool, int, int], ...] = ()
    formation: tuple[int, int | None] | None = None
    designations: tuple[tuple[int, int | None], ...] = field(default=((-900, None),))
    fonction: tuple[int, int | None] = (-900, None)


def anniversaire(ne_le: date, annees: int) -> date:
    """The day one ages: 1 March for who was born on 29 February, in a year that has none."""
    try:
        return ne_le.replace(year=ne_le.year + annees)
    except ValueError:
        return date(ne_le.year + annees, 3, 1)


def trois_ans_avant(jour: date) -> date:
    """The sending whose three years end about this day."""
    return jour.replace(year=jour.year - 3, day=min(jour.day, 28))


PETIT = st.integers(-2, 2)
FIN = st.none() | PETIT
AVIS = st.builds(
    lambda apte, du, duree: (apte, du, du + duree),
    st.booleans(),
    PETIT | st.integers(-367, -362),
    st.integers(0, 2) | st.integers(360, 366),
)
FORMATIONS = st.none() | st.builds(
    lambda donnee, ensuite: (donnee, None if ensuite is None else donnee + ensuite),
    st.integers(-30, 1),
    st.none() | st.integers(0, 31),
)
PERIODES = st.tuples(PETIT | st.just(-500), FIN)


@st.composite
def cas(tirer: Any) -> Cas:
    """Everything in order but one piece or two, near the edges: birthdays, three years, one year."""
    jour = tirer(JOURS | st.sampled_from([date(2024, 2, 29), date(2028, 2, 29), date(2027, 2, 28)]))
    annees = tirer(st.sampled_from([15, 16, 17, 18]))
    base = jour.replace(year=jour.year - annees, day=min(jour.day, 28))
    naissances = st.sampled_from([base + timedelta(n) for n in range(-2, 4)])
    envois = st.sampled_from([trois_ans_avant(jour) + timedelta(n) for n in range(-2, 4)]) | st.sampled_from(
        [jour + timedelta(n) for n in (-30, -1, 0, 1)]
    )
    en_ordre = {
        "ne_le": jour - timedelta(6100), "travail": MACHINES,
        "declarations": ((jour - timedelta(200), None),),
        "avis": ((True, -20, 300),), "formation": (-30, -20), "designations": ((-400, None),),
        "fonction": (-700, None),
    }  # fmt: skip
    bancales = {
        "ne_le": naissances | st.sampled_from([date(2008, 2, 29), date(2012, 2, 29)]),
        "travail": st.sampled_from([RAYONS, FROID]),
        "declarations": st.lists(st.tuples(envois, FIN), max_size=2).map(tuple),
        "avis": st.lists(AVIS, max_size=3).map(tuple),
        "formation": FORMATIONS,
        "designations": st.lists(PERIODES, max_size=2).map(tuple),
        "fonction": PERIODES,
    }
    noms = sorted(bancales)
    touchees = tirer(st.sampled_from([*combinations(noms, 1), *combinations(noms, 2)]))
    return Cas(jour=jour, **(en_ordre | {nom: tirer(bancales[nom]) for nom in touchees}))


def poser(cas: Cas, ecole: Ecole, encadrant: Utilisateur) -> Apprenant:
    """Write the case down, each piece as the pages would."""

    def le(ecart: int | None) -> date | None:
        return None if ecart is None else cas.jour + timedelta(days=ecart)

    apprenant = Apprenant.objects.create(ecole=ecole, prenom="Malo", nom="Fictif", ne_le=cas.ne_le)
    for envoyee, retrait in cas.declarations:
        retiree = None if retrait is None else max(envoyee, cas.jour + timedelta(days=retrait))
        une = DeclarationDerogation.objects.create(
            ecole=ecole, lieu="Atelier", envoyee_le=envoyee, retiree_le=retiree
        )
        une.travaux.add(cas.travail)
    for apte, du, au in cas.avis:
        AvisAptitude.objects.create(apprenant=apprenant, apte=apte, du=le(du), au=le(au))
    if cas.formation:
        donnee, evaluee = cas.formation
        FormationSecurite.objects.create(
            apprenant=apprenant, travail_id=cas.travail, donnee_le=le(donnee), evaluee_le=le(evaluee)
        )
    du, au = cas.fonction
    membre = MembreEquipe.objects.create(
        ecole=ecole, utilisateur=encadrant, fonction="maitre", du=le(du),
        au=None if au is None else le(max(du, au)),
    )  # fmt: skip
    for debut, terme in cas.designations:
        nomme = Encadrement.objects.create(
            membre=membre, competence="CAP", du=le(debut), au=None if terme is None else le(max(debut, terme))
        )
        nomme.travaux.add(cas.travail)
    return apprenant


def en_python(cas: Cas, ecole: Ecole, apprenant: Apprenant, encadrant: Utilisateur) -> list[str]:
    """What the pages would answer, read from the same rows."""
    cle = (ecole.pk, cas.travail)
    nommes = designes(charger_designations([ecole.pk]).get(cle, []), cas.jour)
    return [
        str(refus)
        for refus in refus_de_travail(
            charger_jeunes([apprenant])[apprenant.pk],
            TravailReglemente.objects.get(pk=cas.travail),
            cas.jour,
            charger_declarations([ecole.pk]).get(cle, []),
            encadre=encadrant.pk in nommes,
        )
    ]


def en_base(cas: Cas, ecole: Ecole, apprenant: Apprenant, encadrant: Utilisateur) -> bool:
    """What the trigger would answer of a validated minute of that day."""
    with connection.cursor() as curseur:
        curseur.execute(_EN_BASE, [apprenant.pk, cas.travail, cas.jour, encadrant.pk, ecole.pk])
        return bool(curseur.fetchone()[0])


EN_REGLE = Cas(
    jour=date(2026, 10, 12), ne_le=date(2010, 5, 1), declarations=((date(2024, 3, 18), None),),
    avis=((True, -27, 337),), formation=(-34, -24),
)  # fmt: skip


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@example(EN_REGLE)
@example(Cas(date(2026, 3, 1), date(2008, 2, 29)))  # of age that day, and not the day before
@example(Cas(date(2026, 2, 28), date(2008, 2, 29)))
@example(replace(EN_REGLE, jour=date(2027, 2, 28), declarations=((date(2024, 2, 29), None),)))
@example(replace(EN_REGLE, jour=date(2027, 2, 27), declarations=((date(2024, 2, 29), None),)))
@example(replace(EN_REGLE, avis=((True, -20, 300), (False, -5, 300))))
@example(replace(EN_REGLE, avis=((False, -20, 300), (True, -5, 300))))
@given(cas())
def test_python_et_la_base_repondent_pareil(cas: Cas) -> None:
    with transaction.atomic():
        ecole, encadrant = EcoleUsine(), UtilisateurUsine()
        apprenant = poser(cas, ecole, encadrant)
        refus = en_python(cas, ecole, apprenant, encadrant)
        permis = en_base(cas, ecole, apprenant, encadrant)
        transaction.set_rollback(True)
    event(f"{'majeur' if age_le(cas.ne_le, cas.jour) >= 18 else 'mineur'} {'permis' if permis else 'refusé'}")
    assert (refus == []) == permis, refus


def test_le_cas_en_regle_est_permis_des_deux_cotes_et_chaque_piece_compte() -> None:
    """Otherwise the test above could agree on nothing but refusals."""
    ecole, encadrant = EcoleUsine(), UtilisateurUsine()
    apprenant = poser(EN_REGLE, ecole, encadrant)
    assert en_python(EN_REGLE, ecole, apprenant, encadrant) == []
    assert en_base(EN_REGLE, ecole, apprenant, encadrant)
    for modele in (Encadrement, FormationSecurite, AvisAptitude, DeclarationDerogation):
        with transaction.atomic():
            modele.objects.all().delete()
            assert en_python(EN_REGLE, ecole, apprenant, encadrant)
            assert not en_base(EN_REGLE, ecole, apprenant, encadrant)
            transaction.set_rollback(True)


# --- Days and ages alone


@given(
    st.dates(date(1995, 1, 1), date(2020, 12, 31)) | st.just(date(2008, 2, 29)), st.sampled_from([15, 16, 18])
)
def test_on_a_l_age_le_jour_de_l_anniversaire_29_fevrier_compris(ne_le: date, age: int) -> None:
    jour = anniversaire(ne_le, age)
    assert (age_le(ne_le, jour - timedelta(days=1)), age_le(ne_le, jour)) == (age - 1, age)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dates(date(2000, 1, 1), date(2090, 12, 31)) | st.just(date(2024, 2, 29)))
def test_trois_ans_finissent_le_meme_jour_en_python_et_en_base(envoyee_le: date) -> None:
    with connection.cursor() as curseur:
        curseur.execute("SELECT (%s::date + interval '3 years')::date", [envoyee_le])
        assert curseur.fetchone()[0] == fin_de_declaration(envoyee_le)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dates(date(2020, 1, 1), date(2032, 12, 31)) | st.just(date(2024, 2, 29)), st.integers(360, 370))
def test_un_avis_vaut_un_an_au_plus_meme_bissextile(du: date, duree: int) -> None:
    """366 days: a year from 1 March 2023 ends on 29 February 2024."""
    accepte = True
    with transaction.atomic():
        ecole = EcoleUsine()
        jeune = Apprenant.objects.create(ecole=ecole, prenom="Malo", nom="Fictif", ne_le=date(2010, 1, 1))
        try:
            with transaction.atomic():
                AvisAptitude.objects.create(apprenant=jeune, apte=True, du=du, au=du + timedelta(days=duree))
        except IntegrityError:
            accepte = False
        transaction.set_rollback(True)
    assert accepte is (duree <= 366)
