#!/usr/bin/env python
"""Django's command line, beside the embedded PostgreSQL when no DATABASE_URL is given."""

from __future__ import annotations

import os
import sys
from contextlib import AbstractContextManager, nullcontext

# They change the schema, or need more than reading and writing rows: they connect as the owner.
DU_PROPRIETAIRE = {
    "createcachetable",
    "demo",
    "flush",
    "makemigrations",
    "migrate",
    "optimizemigration",
    "pgtrigger",
    "preparer_demo",
    "showmigrations",
    "sqlmigrate",
    "squashmigrations",
}
SANS_BASE = {"collectstatic", "compilemessages", "diffsettings", "findstatic", "help", "version"}
AIDE = {"-h", "--help", "--version"}


def main(arguments: list[str]) -> None:
    """Runs one command with the role and the server that it needs."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "reseau.settings")
    commande = arguments[1] if len(arguments) > 1 else "help"
    if commande in DU_PROPRIETAIRE:
        os.environ.setdefault("EDP_CONNEXION", "proprietaire")
    with _serveur(commande, arguments):
        from django.core.management import execute_from_command_line

        execute_from_command_line(arguments)


def _serveur(commande: str, arguments: list[str]) -> AbstractContextManager[object]:
    """The embedded server, unless the command or the environment does without; production always does."""
    fournie = os.environ.get("DATABASE_URL") or os.environ.get("EDP_PRODUCTION")
    if fournie or commande in SANS_BASE or AIDE.intersection(arguments):
        return nullcontext()
    from reseau.socle.postgres import environnement_embarque

    return environnement_embarque()


if __name__ == "__main__":
    main(sys.argv)
