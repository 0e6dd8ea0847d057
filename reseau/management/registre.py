"""The register of processing: what the four apps declare, checked against the columns that exist."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.apps import apps

from commandes import registre as commandes
from ecoles import registre as ecoles
from financements import registre as financements
from reseau import registre as reseau
from reseau.models import Histoire
from reseau.models.histoire import colonnes_suivies
from reseau.socle.registre import Classe, Traitement

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from django.db.models import Model

MODULES = (reseau, ecoles, commandes, financements)


def modeles() -> list[type[Model]]:
    """Return every model that has columns of its own, links of many to many aside."""
    return [
        m for m in apps.get_models() if m._meta.managed and not m._meta.proxy and not issubclass(m, Histoire)
    ]


def histoires() -> dict[str, list[type[Histoire]]]:
    """Histories by the label of the model whose declarations they inherit: class, purpose, retention.

    The history of a link between two models is that of the model that holds the link.
    """
    par_modele: dict[str, list[type[Histoire]]] = {}
    for histoire in apps.get_models():
        if issubclass(histoire, Histoire):
            suivi = histoire.pgh_tracked_model
            porteur = suivi._meta.get_field(histoire.racine).related_model if suivi._meta.proxy else suivi
            par_modele.setdefault(porteur._meta.label, []).append(histoire)  # type: ignore[union-attr]
    return par_modele


def _manques_des_histoires(declares: Mapping[str, Traitement]) -> Iterable[str]:
    """A history keeps nothing that its model did not declare, but for keys of a link."""
    for label, siennes in histoires().items():
        for histoire in siennes:
            gardes = {champ.name for champ in colonnes_suivies(histoire)}
            if histoire.pgh_tracked_model._meta.proxy:
                gardes -= {champ.name for champ in histoire.pgh_tracked_model._meta.fields}
            connus = set(declares[label].classes) if label in declares else set()
            yield from (f"{histoire._meta.label}.{nom} n'est pas déclaré." for nom in sorted(gardes - connus))


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
    phrases += [f"{label} n'existe pas." for label in sorted(inconnus)]
    return [*phrases, *_manques_des_histoires(declares)]


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
        yield from _dire_l_histoire(label, un)


def _dire_l_histoire(label: str, un: Traitement) -> Iterable[str]:
    """One line: which columns its history leaves out, and where the history of its links is."""
    siennes = histoires().get(label, [])
    for histoire in siennes:
        if histoire.pgh_tracked_model._meta.proxy:
            continue
        gardes = {champ.name for champ in colonnes_suivies(histoire)}
        sauf = ", ".join(f"`{nom}`" for nom in un.classes if nom not in gardes)
        liens = ", ".join(f"`{h._meta.db_table}`" for h in siennes if h is not histoire)
        exclus = f", sauf {sauf}" if sauf else ""
        autres = f" ; celui de ses liens, {liens}, n'a que des clés" if liens else ""
        yield f"\nSon historique, `{histoire._meta.db_table}`, garde les mêmes colonnes{exclus}{autres}."
