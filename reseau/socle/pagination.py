"""The last page of a long list costs what the first one costs."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet


class PaginateurDesDeuxBouts(Paginator[Any]):
    """Count from the end past the middle: the database computes all the rows that it skips."""

    def page(self, number: int | str) -> Page[Any]:
        """Return the same rows, in the same order, as Django's."""
        page: Page[Any] = super().page(number)
        lignes, debut = self.object_list, page.start_index() - 1
        if not isinstance(lignes, QuerySet) or not lignes.ordered or debut <= self.count // 2:
            return page
        envers = lignes.reverse()[self.count - page.end_index() : self.count - debut]
        page.object_list = list(envers)[::-1]
        return page
