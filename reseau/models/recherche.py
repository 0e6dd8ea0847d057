"""The folded ``recherche`` column, kept by the database on every path, COPY included."""

from __future__ import annotations

import pgtrigger


def declencheur_recherche(*colonnes: str) -> pgtrigger.Trigger:
    """Return the trigger that folds ``colonnes`` into ``recherche`` at each write of the row."""
    liste = ", ".join(f"NEW.{colonne}" for colonne in colonnes)
    return pgtrigger.Trigger(
        name="plier_recherche",
        operation=pgtrigger.Insert | pgtrigger.Update,
        when=pgtrigger.Before,
        func=f"NEW.recherche := edp_plier(concat_ws(' ', {liste})); RETURN NEW;",
    )
