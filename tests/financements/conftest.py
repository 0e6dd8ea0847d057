"""What the tests of money share: a region ready to work, and what the database refuses."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
from django.db import DatabaseError, connection, transaction

from financements.etats import Etat
from tests.usines_financements import Territoire, territoire
from tests.usines_scans import acte_imprime

if TYPE_CHECKING:
    from collections.abc import Iterator

    from financements.models import Acte, Demande


@pytest.fixture
def lieu() -> Territoire:
    return territoire()


@pytest.fixture
def demande(lieu: Territoire) -> Demande:
    """A granted request, above the threshold of the convention."""
    return lieu.demande(Etat.ACCORDEE)


@pytest.fixture
def convention(demande: Demande) -> Acte:
    """Its convention, really printed."""
    return acte_imprime(demande)


@contextmanager
def refuse(phrase: str) -> Iterator[None]:
    """The database says no with this sentence, and the test goes on; deferred checks are asked now."""
    with pytest.raises(DatabaseError, match=phrase), transaction.atomic():
        yield
        connection.check_constraints()


@contextmanager
def a_la_porte(demande: Demande) -> Iterator[None]:
    """As a transition of this file would write."""
    with connection.cursor() as curseur:
        curseur.execute("SELECT set_config('edp.porte', %s, true)", [f"financements_demande:{demande.pk}"])
    yield
    with connection.cursor() as curseur:
        curseur.execute("SELECT set_config('edp.porte', '', true)")


def codes_des_pages(pdf: bytes) -> list[list[str]]:
    """What a scanner reads on each page, 150 dots an inch."""
    import pypdfium2
    import zxingcpp

    pages = pypdfium2.PdfDocument(pdf)
    return [
        [code.text for code in zxingcpp.read_barcodes(pages[rang].render(scale=150 / 72).to_pil())]
        for rang in range(len(pages))
    ]
