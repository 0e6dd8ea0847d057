"""Walk the resolver: every address of the portal, admin and libraries included."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from django.urls import URLPattern, URLResolver, get_resolver

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True)
class Adresse:
    """One pattern: its route from the root, and its name with namespaces."""

    route: str
    nom: str


def _parcourir(patrons: list[Any], route: str, espace: str) -> Iterator[Adresse]:
    for patron in patrons:
        ici = route + str(patron.pattern)
        if isinstance(patron, URLResolver):
            sous = f"{espace}{patron.namespace}:" if patron.namespace else espace
            yield from _parcourir(patron.url_patterns, ici, sous)
        elif isinstance(patron, URLPattern):
            yield Adresse(ici, f"{espace}{patron.name or ''}")


@cache
def adresses() -> tuple[Adresse, ...]:
    """Every address, in the order of the resolver."""
    return tuple(_parcourir(get_resolver().url_patterns, "", ""))
