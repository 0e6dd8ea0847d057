"""``make demo``: prepares, then serves with two web workers and one task worker until asked to stop."""

from __future__ import annotations

import os
import socket
import sys
from typing import Any

from django.conf import settings
from django.core.management import CommandError, call_command
from django.core.management.base import BaseCommand, CommandParser
from django.db import connections

from reseau.socle.processus import suivre_son_parent, superviser

SIGNAL = 128  # an exit code above it means that somebody asked to stop


class Command(BaseCommand):
    """Runs as the owner to migrate; what it serves runs as the runtime role."""

    help = "Prépare la démonstration et la sert jusqu'à Ctrl-C."
    requires_migrations_checks = False

    def add_arguments(self, parser: CommandParser) -> None:
        """The port may come from the command line or from ``PORT``."""
        parser.add_argument("--port", type=int, default=int(os.environ.get("PORT") or 8000))

    def handle(self, *args: Any, port: int, **options: Any) -> None:
        """Returns when the servers have stopped; CommandError if one of them fell."""
        suivre_son_parent()
        _verifier_port(port)
        call_command("preparer_demo", stdout=self.stdout)
        connections.close_all()
        settings.STATIC_ROOT.mkdir(
            exist_ok=True
        )  # empty here: the finders serve, but its absence is a warning
        code = superviser(
            [
                [
                    sys.executable,
                    "-m",
                    "gunicorn",
                    "--config",
                    str(settings.RACINE / "deploy" / "gunicorn.py"),
                ],
                [sys.executable, str(settings.RACINE / "manage.py"), "db_worker", "--no-startup-delay"],
            ],
            {"PORT": str(port), "EDP_CONNEXION": "application"},
            relancer=True,
        )
        if code < SIGNAL:
            raise CommandError(
                "Un des serveurs de la démonstration s'est arrêté ; sa cause est écrite plus haut."
            )
        self.stdout.write("Démonstration arrêtée.")


def _verifier_port(port: int) -> None:
    with socket.socket() as essai:
        essai.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            essai.bind(("127.0.0.1", port))
        except OSError:
            raise CommandError(
                f"Le port {port} est déjà pris : choisissez-en un autre, par exemple "
                f"« make demo PORT={port + 1} »."
            ) from None
        except OverflowError:
            raise CommandError(f"{port} n'est pas un port : il en faut un entre 1 et 65535.") from None
