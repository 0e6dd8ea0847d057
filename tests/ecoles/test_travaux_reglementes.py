"""The regulated works are those of the code, article by article: derogable or not, from which age."""

from __future__ import annotations

from datetime import date

import pytest

from ecoles.models import TravailReglemente
from ecoles.regles import Avis, Declaration, Formation, Jeune, refus_de_l_ecole, refus_de_travail

pytestmark = pytest.mark.django_db
JOUR = date(2026, 10, 12)
# Code du travail, D4153-16 to D4153-37. D4153-15 only announces them.
INTERDITS = {16, 19, 20, 24, 25, 26, 32, 36, 37}
DEROGEABLES = {
    17: 15,
    18: 15,
    21: 16,
    22: 15,
    23: 15,
    **dict.fromkeys(range(27, 32), 15),
    33: 15,
    34: 15,
    35: 15,
}


def jeune(age: int) -> Jeune:
    """Everything that can be shown, for every work; born on the day."""
    avis = (Avis(apte=True, du=date(2026, 9, 15), au=date(2027, 9, 14)),)
    formation = Formation(date(2026, 9, 8), date(2026, 9, 18))
    codes = TravailReglemente.objects.order_by("pk").values_list("pk", flat=True)
    return Jeune("Malo", JOUR.replace(year=JOUR.year - age), avis, dict.fromkeys(codes, formation))


def refus(travail: TravailReglemente, age: int) -> list[str]:
    declarations = [Declaration(date(2026, 1, 5))]
    return [str(r) for r in refus_de_travail(jeune(age), travail, JOUR, declarations, encadre=True)]


def test_les_vingt_deux_articles_y_sont_et_eux_seuls() -> None:
    assert INTERDITS | set(DEROGEABLES) == set(range(16, 38))
    lus = {
        int(t.article.removeprefix("D4153-")): (t.derogeable, t.age_minimal)
        for t in TravailReglemente.objects.all()
    }
    attendus = dict.fromkeys(INTERDITS, (False, 18)) | {n: (True, age) for n, age in DEROGEABLES.items()}
    assert lus == attendus
    assert TravailReglemente.objects.count() == 22


@pytest.mark.parametrize("article", sorted(INTERDITS))
def test_un_travail_interdit_le_reste_avec_toutes_les_pieces(article: int) -> None:
    travail = TravailReglemente.objects.get(article=f"D4153-{article}")
    (phrase,) = refus(travail, 17)
    assert "sans dérogation possible" in phrase
    assert f"(article D4153-{article} du code du travail)" in phrase
    assert phrase.endswith("Malo a 17 ans.")
    assert refus(travail, 18) == []


@pytest.mark.parametrize("article", sorted(DEROGEABLES))
def test_un_travail_derogeable_s_ouvre_a_son_age_avec_ses_pieces(article: int) -> None:
    travail = TravailReglemente.objects.get(article=f"D4153-{article}")
    age = DEROGEABLES[article]
    assert refus(travail, age) == []
    (phrase,) = refus(travail, age - 1)
    assert f"demande {age} ans au moins (article D4153-{article}" in phrase


@pytest.mark.parametrize("article", sorted(DEROGEABLES))
def test_chaque_piece_manquante_est_une_phrase_qui_nomme_le_travail(article: int) -> None:
    travail = TravailReglemente.objects.get(article=f"D4153-{article}")
    nu = Jeune("Inès", date(2010, 1, 1))
    manques = refus_de_travail(nu, travail, JOUR, [], encadre=False)
    assert [r.piece for r in manques] == ["declaration", "avis", "formation", "encadrant"]
    assert all(phrase.startswith("Il manque ") and phrase.endswith(".") for phrase in manques)
    assert all(f"« {travail.libelle} »" in phrase for phrase in manques if phrase.piece != "avis")
    assert [r for r in manques if r.piece in {"declaration", "encadrant"}] == refus_de_l_ecole(
        travail, JOUR, [], encadre=False
    )
