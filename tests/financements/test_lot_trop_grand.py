"""Many grants at once that the envelope cannot hold are said so before anything is confirmed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from financements.etats import Etat
from reseau.roles import Role
from tests.financements.test_actions_en_lot import choisir, texte
from tests.usines_financements import territoire

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db


def test_un_lot_qui_depasse_l_enveloppe_le_dit(client: Client) -> None:
    lieu = territoire(ouvert="300000")
    demandes = [lieu.demande(Etat.VISEE) for _ in range(2)]
    client.force_login(lieu.agents[Role.ORDONNATEUR])
    vue = texte(choisir(client, *demandes, action="accorder")).replace("\u202f", " ")
    assert "dépasse l'enveloppe" in vue
    assert "\u2212 104 400,00 €" in vue
