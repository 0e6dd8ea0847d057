"""Everything that the demonstration needs, each step only when it is not done yet."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from ecoles.models import Ecole
from reseau.models import Commune

MAISON = ("reseau", "ecoles", "commandes", "financements")
ECOLES_REELLES = settings.RACINE / "referentiels" / "ecoles_reelles.csv"


class Command(BaseCommand):
    """Orders the steps; each of them is a command of its own, and a step that fails stops everything."""

    help = "Prépare la démonstration : tables, référentiels, écoles réelles, données fictives."
    requires_migrations_checks = False

    def handle(self, *args: Any, **options: Any) -> None:
        """Second start: a few small queries."""
        executeur = MigrationExecutor(connection)
        self._refuser_une_base_trop_ancienne(executeur)
        if executeur.migration_plan(executeur.loader.graph.leaf_nodes()):
            self._etape("Création des tables")
            call_command("migrate", interactive=False, verbosity=0)
        if not Commune.objects.exists():
            self._etape("Chargement des référentiels")
            call_command("charger_referentiels")
        if not Ecole.objects.filter(fictive=False).exists():
            self._etape("Import des écoles réelles")
            call_command("importer_ecoles", str(ECOLES_REELLES))
        if settings.DEMONSTRATION:
            call_command("semer_demo")  # creates what is missing, and always says who may enter

    def _refuser_une_base_trop_ancienne(self, executeur: MigrationExecutor) -> None:
        """Some of the migrations that the first one replaces, not all: no path leads from there to here.

        Django then takes the first one out of the graph, whatever has come after it.
        """
        premieres = {cle for cle in executeur.loader.replacements if cle[0] in MAISON}
        if premieres - set(executeur.loader.graph.nodes):
            raise CommandError(
                "Cette base de démonstration vient d'une version trop ancienne : repartez d'une base vide"
                f" (sans DATABASE_URL, supprimez le dossier {settings.DONNEES})."
            )

    def _etape(self, intitule: str) -> None:
        self.stdout.write(f"{intitule}…")
