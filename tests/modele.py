"""Fills the template database of the tests: run in a process of its own, as the owner of the tables."""

from __future__ import annotations

import django
from django.core.management import call_command, get_commands


def remplir() -> None:
    """Tables and reference data, as a new installation has them."""
    django.setup()
    call_command("migrate", verbosity=0, interactive=False)
    if "charger_referentiels" in get_commands():
        call_command("charger_referentiels", verbosity=0)


if __name__ == "__main__":
    remplir()
