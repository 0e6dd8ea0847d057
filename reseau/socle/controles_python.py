"""Checks of an import written in Python, for files of hundreds of lines: each line is read as a form is.

A large register is checked in SQL (:mod:`reseau.socle.controles`); here the readers of ``reseau.nombres``
say at each cell what they say in a form.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db import connection
from psycopg import sql

from reseau.nombres import SaisieInvalide
from reseau.socle.controles import AVERTISSEMENT, ERREUR, REJET, table
from reseau.socle.verdicts import conclure

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from uuid import UUID

_RANGEE = "numero integer, cible uuid, connue boolean, copie integer, lu jsonb, dits jsonb"


@dataclass
class LigneLue:
    """A line under check: its cells as texts, what was read of them, what is said of them.

    ``cible``: the record already there (the line changes nothing); ``copie``: the line that it repeats.
    """

    numero: int
    cellules: dict[str, str]
    lu: dict[str, Any] = field(default_factory=dict)
    messages: list[dict[str, Any]] = field(default_factory=list)
    cible: UUID | None = None
    copie: int | None = None

    def lire[V](self, champ: str, lecteur: Callable[[str], V], *, obligatoire: bool = True) -> V | None:
        """Read a cell; say at this cell why it cannot be."""
        texte = self.cellules.get(champ, "")
        if not texte:
            if obligatoire:
                self.dire(champ, "Cette case est obligatoire.")
            return None
        try:
            return lecteur(texte)
        except SaisieInvalide as refus:
            self.dire(champ, str(refus))
            return None

    def dire(self, champ: str, texte: str, niveau: str = ERREUR) -> None:
        """Say something of a cell: ``ERREUR`` to correct, ``REJET`` that sets the line aside."""
        self.messages.append({"champ": champ, "niveau": niveau, "texte": texte, "propositions": []})

    @property
    def refusee(self) -> bool:
        """Whether something keeps it from being written."""
        graves = {ERREUR, REJET, AVERTISSEMENT}
        return self.copie is not None or any(m["niveau"] in graves for m in self.messages)


def lignes_saisies(champs: Sequence[str]) -> list[LigneLue]:
    """Return the lines of the file under check, in its order."""
    with connection.cursor() as curseur:
        colonnes = sql.SQL(", ").join(map(sql.Identifier, champs))
        curseur.execute(sql.SQL("SELECT numero, {} FROM saisie ORDER BY numero").format(colonnes))
        return [
            LigneLue(numero, {c: v for c, v in zip(champs, valeurs, strict=True) if v})
            for numero, *valeurs in curseur.fetchall()
        ]


def verdicts_de(lignes: Iterable[LigneLue]) -> str:
    """Hand the lines checked to the engine: return the SQL of their verdicts."""
    with connection.cursor() as curseur:
        table("ligne_lue", f"SELECT * FROM jsonb_to_recordset('[]') AS x({_RANGEE})", peser=False)
        with curseur.copy("COPY ligne_lue FROM STDIN") as flux:
            for ligne in lignes:
                flux.write_row(
                    (
                        ligne.numero,
                        ligne.cible,
                        ligne.cible is not None,
                        ligne.copie,
                        json.dumps(ligne.lu),
                        json.dumps(ligne.messages),
                    )
                )
    source = "SELECT *, ARRAY(SELECT jsonb_array_elements(dits)) AS messages FROM ligne_lue"
    return conclure(source, {}, "l.lu", "")
