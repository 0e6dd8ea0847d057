"""``manage.py imprimer_registre``: the register of processing, as the code declares it."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from reseau.management.registre import en_lignes, registre

ENTETE = """# Registre des données

Page imprimée par `python manage.py imprimer_registre > docs/registre.md`, depuis les fichiers `registre.py`.
Chaque colonne de la base a sa classe, sa raison et sa durée ; un test refuse celle qui n'est pas déclarée.
Les durées sont celles du projet, à confirmer par le délégué à la protection des données.

L'historique d'une table, écrit par la base à chaque ajout, changement ou retrait, hérite de la classe, de la
raison et de la durée de chaque colonne ; il y ajoute quand, et l'identifiant du compte ou de l'import. Celui
d'un jeune ou d'un compte s'efface avec son nom.

- **public** : tout le monde peut le lire ; **interne** : qui en a la fonction, dans son territoire ;
- **personnel** : une personne adulte ; **mineur** : un jeune ou sa famille ; **financier** : l'argent."""


def texte() -> str:
    """Return the whole page."""
    return "\n".join([ENTETE, *en_lignes(registre())]) + "\n"


class Command(BaseCommand):
    """Print ``docs/registre.md``."""

    help = "Imprime le registre des données : classe, raison et durée de chaque colonne."

    def handle(self, *args: Any, **options: Any) -> None:
        """Write to the standard output."""
        self.stdout.write(texte(), ending="")
