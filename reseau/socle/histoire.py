"""Sign what is written, read a history, erase one.

The signature is made of settings local to the transaction, ids and nothing else, that the triggers of
``reseau.models.histoire`` copy beside each row. Nothing of it outlives the transaction: a pooled
connection never signs for somebody else.
"""

from __future__ import annotations

import re
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db import connection, transaction

from reseau.models import histoire_de

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from uuid import UUID

    from django.db.models import Model

    from reseau.models import LotImport, Utilisateur

_ECRIT = re.compile(r"\s*(INSERT|UPDATE|DELETE|MERGE|WITH|COPY)\b", re.IGNORECASE)


@dataclass
class Signature:
    """Puts the id of an account before each write of a connection, in the same round trip.

    The library's own context refuses psycopg's composed statements and ``executemany``, and keeps a JSON
    of anything: this one lets them through unsigned, and holds one id.
    """

    par: UUID | None = None

    def __call__(
        self, executer: Callable[..., Any], requete: Any, valeurs: Any, plusieurs: bool, contexte: Any
    ) -> Any:
        """Run the statement, behind its signature when it writes."""
        if self.par is None or plusieurs or not (isinstance(requete, str) and _ECRIT.match(requete)):
            return executer(requete, valeurs, plusieurs, contexte)
        resultat = executer(
            f"SELECT set_config('edp.par', '{self.par}', true); {requete}", valeurs, plusieurs, contexte
        )
        while resultat is not None and resultat.nextset():
            pass
        return resultat


@contextmanager
def signer() -> Iterator[Signature]:
    """Sign what this thread writes; the account may be said later, when it is known."""
    signature = Signature()
    with connection.execute_wrapper(signature):
        yield signature


@contextmanager
def ecrit_par_l_import(
    lot: LotImport, par: Utilisateur | None, *, annulation: bool = False
) -> Iterator[None]:
    """Sign what a batch writes, or what takes it back, inside the caller's transaction."""
    _regler(lot=str(lot.pk), par=str(par.pk) if par else "", annulation="oui" if annulation else "")
    yield
    _regler(lot="", par="", annulation="")


def _regler(**valeurs: str) -> None:
    appels = ", ".join(f"set_config('edp.{nom}', %s, true)" for nom in valeurs)
    with connection.cursor() as curseur:
        curseur.execute(f"SELECT {appels}", list(valeurs.values()))


def effacer(modele: type[Model], **lesquelles: Any) -> int:
    """Erase the history of the rows that these filters choose, and return how many lines went.

    Only the purge does this: the database refuses it from anywhere else.
    """
    histoire = histoire_de(modele)
    if histoire is None:
        return 0
    with transaction.atomic():
        _regler(purge="oui")
        nombre, _ = histoire.objects.filter(**lesquelles).delete()
        _regler(purge="")
    return nombre


@dataclass(frozen=True)
class Suivi:
    """A history to read on a page.

    ``lien``: the field of ``modele`` that holds the key of the page's object, "" when it is that object.
    ``repere``: fields that tell one row from another. ``champs``: the only fields to show, all of them
    when ``None``. ``droit``: the model whose right opens this history, ``modele`` otherwise. ``dire``: how
    to print a field, when its type does not say it.
    """

    modele: type[Model]
    lien: str = ""
    repere: tuple[str, ...] = ()
    champs: frozenset[str] | None = None
    droit: type[Model] | None = None
    dire: dict[str, Callable[[Any], str]] = field(default_factory=dict)
