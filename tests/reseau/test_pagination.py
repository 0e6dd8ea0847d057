"""Pages read from either end of a list: the same rows, in the same order, each once."""

from __future__ import annotations

import pytest
from django.core.paginator import Paginator
from django.db import connection
from django.test.utils import CaptureQueriesContext

from reseau.models import Region
from reseau.socle.pagination import PaginateurDesDeuxBouts

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("ordre", [("nom",), ("-nom",), ("-code", "nom")])
@pytest.mark.parametrize("par_page", [1, 4, 5, 17, 18, 30])
def test_chaque_page_est_celle_de_django(ordre: tuple[str, ...], par_page: int) -> None:
    regions = Region.objects.order_by(*ordre)
    assert regions.count() > 10
    attendu, lu = Paginator(regions, par_page), PaginateurDesDeuxBouts(regions, par_page)
    for numero in attendu.page_range:
        assert list(lu.page(numero)) == list(attendu.page(numero))


def test_la_derniere_page_se_compte_depuis_la_fin() -> None:
    paginateur = PaginateurDesDeuxBouts(Region.objects.order_by("nom"), 4)
    with CaptureQueriesContext(connection) as capture:
        list(paginateur.page(paginateur.num_pages))
    assert '"nom" DESC' in capture[-1]["sql"]
    assert "OFFSET" not in capture[-1]["sql"]
