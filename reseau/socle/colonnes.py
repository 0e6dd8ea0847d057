"""What each column of a file holds: guessed from words, corrected by a person, remembered for the office."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from reseau.models import CorrespondanceColonne, LotImport
from reseau.requetes import plier
from reseau.socle.attente import reverifier
from reseau.socle.lots import ImportRefuse, verrouiller
from reseau.socle.ressources import ressource_de
from reseau.socle.tableurs import noms_connus

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reseau.models import Utilisateur


def associer(lot: LotImport, choix: Mapping[int, str], par: Utilisateur | None) -> None:
    """Take the columns as a person says (index -> field, empty: not taken up), then check every line.

    What differs from our own guess is remembered for the office. Raises :class:`ImportRefuse`.
    """
    with transaction.atomic():
        verrouiller(lot, LotImport.Etat.COLONNES, LotImport.Etat.A_VERIFIER)
        colonnes = {colonne.champ: colonne for colonne in ressource_de(lot).colonnes}
        retenus = {rang: champ for rang, champ in choix.items() if champ}
        _refuser(lot, retenus, set(colonnes))
        absentes = [
            c.libelle for c in colonnes.values() if c.indispensable and c.champ not in retenus.values()
        ]
        if absentes:
            noms = " et ".join(f"« {nom} »" for nom in absentes)
            raise ImportRefuse(f"Indiquez aussi quelle colonne est {noms}.")
        lot.forme["colonnes"] = {champ: rang for rang, champ in sorted(retenus.items())}
        lot.etat = LotImport.Etat.A_VERIFIER
        lot.save(update_fields=["forme", "etat"])
        _retenir(lot, choix, par)
        reverifier(lot)


def _refuser(lot: LotImport, retenus: Mapping[int, str], connus: set[str]) -> None:
    if not set(retenus.values()) <= connus or not all(0 <= r < len(lot.forme["titres"]) for r in retenus):
        raise ImportRefuse("Cette colonne n'est pas dans le fichier.")
    if len(set(retenus.values())) < len(retenus):
        raise ImportRefuse("Deux colonnes ne peuvent pas dire la même chose : gardez-en une seule.")


def _retenir(lot: LotImport, choix: Mapping[int, str], par: Utilisateur | None) -> None:
    """Remember what our words did not guess, forget what they guess by themselves."""
    devinees = noms_connus(ressource_de(lot).colonnes)
    siennes = CorrespondanceColonne.objects.filter(nature=lot.nature, bureau=lot.bureau)
    for rang, titre in enumerate(lot.forme["titres"]):
        entete, champ = plier(titre)[:150], choix.get(rang, "")
        if not entete:
            continue
        if devinees.get(entete, "") == champ:
            siennes.filter(entete=entete).delete()
        else:
            siennes.update_or_create(
                nature=lot.nature, bureau=lot.bureau, entete=entete,
                defaults={"champ": champ, "indiquee_par": par},
            )  # fmt: skip
