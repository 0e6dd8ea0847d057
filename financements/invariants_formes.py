"""The shape of a formula that always holds."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Invariant:
    """A formula: its code, what it says, and the query of its counter-examples (what, detail).

    ``lourd``: it reads every byte of every document, and is asked for apart.
    """

    code: str
    phrase: str
    requete: str
    lourd: bool = False
