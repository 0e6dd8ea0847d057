"""Several teachers at the same moment: a day never overflows, and nobody's minutes are lost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.db import IntegrityError, transaction
from django.db.models import Sum

from commandes.models import Pointage
from reseau.nombres import aujourdhui
from tests.bases import en_parallele
from tests.commandes.conftest import monter

if TYPE_CHECKING:
    from tests.commandes.conftest import Atelier

pytestmark = pytest.mark.course


def ajouter(atelier: Atelier, minutes: int) -> Any:
    """Write past Python, as two telephones would at once."""
    with transaction.atomic():
        return Pointage.objects.bulk_create(
            [
                Pointage(
                    commande=atelier.commande,
                    ligne=atelier.simple,
                    apprenant=atelier.malo,
                    jour=aujourdhui(),
                    minutes=minutes,
                    saisi_par=atelier.maitre,
                    encadrant=atelier.maitre,
                )
            ]
        )


def test_huit_saisies_a_la_fois_ne_depassent_pas_la_journee(base_jetable: str) -> None:
    atelier = monter()
    resultats = en_parallele(*(lambda: ajouter(atelier, 180) for _ in range(8)))
    refuses = [r for r in resultats if isinstance(r, IntegrityError)]
    assert len(refuses) == 6
    assert all("durée permise en un jour" in str(r) for r in refuses)
    assert Pointage.objects.valides().aggregate(total=Sum("minutes"))["total"] == 360
