"""No page of ours prints a variable that its view did not give."""

from __future__ import annotations

import re
from copy import deepcopy
from typing import TYPE_CHECKING, Any

import pytest
from django.urls import reverse

from reseau.roles import Role
from tests.maison.test_acces import METIER, PUBLIQUES
from tests.monde import poser_le_monde

if TYPE_CHECKING:
    from django.test import Client

MARQUE = re.compile(r"⟦[^⟧]*⟧")
EN_HTML = [nom for nom in PUBLIQUES if nom not in {"ecoles:fiche_pdf", "financements:subventions"}]


@pytest.fixture
def variables_marquees(settings: Any) -> None:
    """An undefined variable prints its name between marks."""
    gabarits = deepcopy(settings.TEMPLATES)
    gabarits[0]["OPTIONS"]["string_if_invalid"] = "⟦%s⟧"
    settings.TEMPLATES = gabarits


@pytest.mark.django_db
@pytest.mark.parametrize("nom", EN_HTML)
def test_une_page_publique_ne_montre_pas_de_variable_inconnue(
    client: Client, nom: str, variables_marquees: None
) -> None:
    poser_le_monde(execution=True)
    page = client.get(reverse(nom, kwargs=PUBLIQUES[nom])).content.decode()
    assert MARQUE.findall(page) == []


@pytest.mark.django_db
@pytest.mark.parametrize("nom", METIER)
def test_une_page_de_metier_ne_montre_pas_de_variable_inconnue(
    client: Client, nom: str, variables_marquees: None
) -> None:
    ici, _la_bas, _ = poser_le_monde(execution=True)
    client.force_login(ici.personnes[Role.DIRECTION])
    assert MARQUE.findall(client.get(reverse(nom)).content.decode()) == []


def test_la_marque_se_voit(variables_marquees: None) -> None:
    """The guard itself: an unknown variable does print its mark."""
    from django.template import engines

    assert MARQUE.findall(engines["django"].from_string("{{ inconnue }}").render({})) == ["⟦inconnue⟧"]
