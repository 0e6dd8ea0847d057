"""Print docs/roles.md from the matrix; a test compares the two."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.core.management.base import BaseCommand

from reseau.roles import MATRICE, ROLES_DREETS, ROLES_ECOLE, ROLES_NATIONAUX, Role

_FAMILLES = (
    ("Dans une école", ROLES_ECOLE, "sur son école, du premier au dernier jour de sa fonction"),
    ("Dans un service de l'État", ROLES_DREETS, "sur les écoles et les dossiers de sa région"),
    ("Pour tout le pays", ROLES_NATIONAUX, "sur toutes les régions"),
)


def texte() -> str:
    """Return the whole page, in Markdown."""
    lignes = [
        "# Qui peut quoi",
        "",
        "Page imprimée par `python manage.py imprimer_roles > docs/roles.md`, depuis `reseau/roles.py`.",
        "Un droit ne vaut que là où le rôle est tenu, aux dates où il est tenu.",
        "Ce qui n'est pas écrit est refusé.",
        "Le superutilisateur, compte de secours, passe outre ; ses gestes sont au journal.",
    ]
    for titre, roles, ou in _FAMILLES:
        lignes += ["", f"## {titre}", "", f"Ces droits valent {ou}.", ""]
        lignes += ["| rôle | objet | peut |", "|---|---|---|"]
        lignes += [ligne for role in Role if role in roles for ligne in _lignes(role)]
    return "\n".join(lignes) + "\n"


def _lignes(role: Role) -> list[str]:
    noms = {modele._meta.model_name: str(modele._meta.verbose_name) for modele in apps.get_models()}
    verbes: dict[str, list[str]] = {}
    for droit in sorted(MATRICE[role]):
        objet, _, verbe = droit.partition(".")
        verbes.setdefault(noms[objet], []).append(verbe)
    return [f"| {role.label} | {objet} | {', '.join(liste)} |" for objet, liste in verbes.items()]


class Command(BaseCommand):
    """Who may do what, for people who do not read code."""

    help = "Imprime la page docs/roles.md."

    def handle(self, *args: Any, **options: Any) -> None:
        """Print it."""
        self.stdout.write(texte(), ending="")
