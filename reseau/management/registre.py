"""The register of processing: what the four apps declare, checked against the columns that exist."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.apps import apps

from commandes import registre as commandes
from ecoles import registre as ecoles
from financements import registre as financements
from reseau import registre as reseau
from reseau.socle.registre import Classe, Traitement

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from django.db.models import Model

MODULES = (reseau, ecoles, commandes, financements)


def modeles() -> list[type[Model]]:
    """Return every model that has columns of its own, links of many to many aside."""
    return [m for m in apps.get_models() if m._meta.managed and not m._meta.proxy]


def registre() -> dict[str, Traitement]:
    """Return the declarations of all apps by model label ("ecoles.Apprenant").

    Raises ``ValueError`` when two apps declare the same model.
    """
    tout: dict[str, Traitement] = {}
    for module in MODULES:
        if doubles := set(tout) & set(module.REGISTRE):
            raise ValueError(f"Déclarés deux fois : {', '.join(sorted(doubles))}.")
        tout |= module.REGISTRE
    return tout


def manques() -> list[str]:
    """Return a sentence for each column that is not declared, or declared and absent."""
    declares, phrases = registre(), []
    for modele in modeles():
        prevus = set(declares[modele._meta.label].classes) if modele._meta.label in declares else set()
        reels = {champ.name for champ in modele._meta.local_fields}
        phrases += [f"{modele._meta.label}.{nom} n'est pas déclaré." for nom in sorted(reels - prevus)]
        phrases += [f"{modele._meta.label}.{nom} n'existe pas." for nom in sorted(prevus - reels)]
    inconnus = set(declares) - {modele._meta.label for modele in modeles()}
    return phrases + [f"{label} n'existe pas." for label in sorted(inconnus)]


def en_lignes(declares: Mapping[str, Traitement]) -> Iterable[str]:
    """Print the register as Markdown tables, a model a section."""
    for label in sorted(declares):
        un = declares[label]
        nom = apps.get_model(label)._meta.verbose_name
        yield f"\n## {str(nom).capitalize()} (`{label}`)\n"
        yield f"Pourquoi : {un.finalite}. Durée : {un.conservation.duree}, puis {un.conservation.ensuite}.\n"
        yield "| classe | colonnes |\n|---|---|"
        for classe in Classe:
            noms = [nom for nom, sienne in un.classes.items() if sienne == classe]
            if noms:
                yield f"| {classe.value} | {', '.join(f'`{nom}`' for nom in noms)} |"
