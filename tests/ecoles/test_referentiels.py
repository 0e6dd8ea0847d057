"""Reference data: complete, repeatable, and folded alike in Python and in the database."""

from __future__ import annotations

import io

import pytest
from django.core.management import call_command

from ecoles.models import Filiere, Titre, TravailReglemente
from reseau.models import AncienneCommune, Commune, Departement, Region, ServiceRegional
from reseau.requetes import plier

pytestmark = pytest.mark.django_db


def _charger() -> str:
    sortie = io.StringIO()
    call_command("charger_referentiels", stdout=sortie)
    return sortie.getvalue()


def test_tout_est_charge() -> None:
    """The template of the tests is loaded as a new installation is."""
    compte = {m: m.objects.count() for m in (Region, ServiceRegional, Departement, Filiere, Titre)}
    assert compte == {Region: 18, ServiceRegional: 18, Departement: 101, Filiere: 6, Titre: 37}
    assert Commune.objects.count() == 34_920
    assert AncienneCommune.objects.get(nom="Cormaranche-en-Bugey").commune_id == "01185"
    assert AncienneCommune.objects.get(nom="Beaumesnil", departement="27").commune_id == "27049"


def test_charger_deux_fois_n_ecrit_rien() -> None:
    assert {ligne.split(" : ")[1] for ligne in _charger().splitlines()} == {"0 ligne(s) écrite(s)"}


def test_une_ligne_changee_est_remise_en_place() -> None:
    Commune.objects.filter(code="42218").update(nom="Sainté")
    assert "communes : 1 ligne" in _charger()
    assert Commune.objects.get(code="42218").nom == "Saint-Étienne"


def test_un_diplome_ferme_connait_son_successeur() -> None:
    ferme = Titre.objects.get(code_cfd="50022139")
    assert (ferme.ferme_le.isoformat(), ferme.remplace_par_id) == ("2025-08-31", "50022146")


def test_le_repli_de_la_base_est_celui_de_python() -> None:
    for nom, repli in Commune.objects.order_by("code").values_list("nom", "recherche"):
        assert repli == plier(nom)


def test_les_interdictions_absolues_ne_souffrent_pas_de_derogation() -> None:
    absolues = TravailReglemente.objects.filter(derogeable=False).order_by("article")
    suffixes = [travail.article.removeprefix("D4153-") for travail in absolues]
    assert suffixes == ["16", "19", "20", "24", "25", "26", "32", "36", "37"]
