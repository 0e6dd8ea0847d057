"""Several small relations of a row, read in one query: a page that shows a dozen of them asks once.

``prefetch_related`` asks a query a relation. Here each relation is an array of JSON objects of one SELECT,
and its rows are put where ``prefetch_related`` would put them: ``objet.relation.all()`` finds them there.
For pages that only show, and relations of some tens of rows: what is written is read again, locked, by the
door.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, Func, GeneratedField, JSONField, UUIDField
from django.db.models.functions import JSONObject

from reseau.socle.pretes import Parametre, Prete

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.db.models import QuerySet


@dataclass(frozen=True, slots=True)
class Relation:
    """The rows of ``nom``, in their order, that hang on the object named ``objet``.

    ``suivies``: the foreign keys that are read with each row, and which of their columns.
    """

    objet: str
    nom: str
    lignes: QuerySet[Any]
    suivies: Mapping[str, Sequence[str]] = field(default_factory=dict)


# What is asked in SQL about an object: name -> expression.
type Questions = Callable[[Any], Mapping[str, Any]]


class _AvecCentimes(json.JSONDecoder):
    """A number of JSON read as a binary one would lose its cents."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options | {"parse_float": Decimal})


class _EnJson(JSONObject):
    """An object whose amounts come back whole."""

    output_field = JSONField(decoder=_AvecCentimes)


class RangEnJson(Func):
    """A whole row as JSON, given its key: one call in SQL, where naming each column costs one each."""

    arity = 1
    output_field = JSONField()

    def as_sql(self, compiler: Any, connection: Any, **extra: Any) -> tuple[str, tuple[()]]:  # type: ignore[override]
        """Name the table by its alias in the query."""
        (cle,) = self.get_source_expressions()
        return f"to_jsonb({connection.ops.quote_name(cle.alias)})", ()


class Ensemble:
    """What a page reads of some objects, written once: see :class:`reseau.socle.pretes.AVenir`.

    ``premier``: the model of the object of which all is asked, a parameter of the same name as its model.
    ``valeurs``: questions, and the object to come to which they are put. They are written once for good: a
    day is a parameter. Columns of JSON hold no number with a fraction, and tables no bytes nor range.
    """

    def __init__(
        self, premier: Any, relations: Sequence[Relation], valeurs: Sequence[tuple[str, Any, Questions]]
    ) -> None:
        self.relations, self.valeurs = relations, [(objet, posees) for objet, _, posees in valeurs]
        questions: dict[str, Any] = {f"relation_{rang}": _question(r) for rang, r in enumerate(relations)}
        for rang, (_, a_venir, posees) in enumerate(valeurs):
            questions |= {f"valeur_{rang}_{nom}": sql for nom, sql in posees(a_venir).items()}
        lui = Parametre(premier._meta.model_name, UUIDField())
        self._prete = Prete(lambda: premier._base_manager.filter(pk=lui).values(**questions))

    def lire(self, objets: Mapping[str, Any], **parametres: Any) -> None:
        """Fill ``objet.nom.all()`` of each relation, and keep the answers on their objects; one query.

        ``objets``: by name; their keys are parameters too. Nothing is filled when the first is not there.
        """
        cles = {nom: objet.pk for nom, objet in objets.items()}
        for ensemble in self._prete.lire(**cles, **parametres):
            lu = ensemble._asdict()
            for rang, relation in enumerate(self.relations):
                lignes = [_ligne(relation, lue) for lue in lu[f"relation_{rang}"]]
                _ranger(objets[relation.objet], relation.nom, lignes)
            for rang, (nom, posees) in enumerate(self.valeurs):
                debut = f"valeur_{rang}_"
                siennes = {cle.removeprefix(debut): lu[cle] for cle in lu if cle.startswith(debut)}
                vars(objets[nom]).setdefault("_valeurs_lues", {})[posees] = siennes


def valeurs_de(objet: Any, questions: Questions) -> Mapping[str, Any]:
    """Return the answers of ``questions(objet)``: those that its page read, else asked now in one query."""
    lues: dict[Questions, Mapping[str, Any]] = objet.__dict__.get("_valeurs_lues", {})
    if questions in lues:
        return lues[questions]
    reponse: Mapping[str, Any] = (
        type(objet)._base_manager.filter(pk=objet.pk).values(**questions(objet)).get()
    )
    return reponse


def _question(relation: Relation) -> ArraySubquery:
    rang = RangEnJson(F("pk"))
    return ArraySubquery(relation.lignes.values(json=_EnJson(rang=rang, **_autour(relation))))


def _autour(relation: Relation) -> dict[str, Any]:
    """What is read with a row: its annotations, and columns of the keys that it follows."""
    autour: dict[str, Any] = {f"avec_{nom}": F(nom) for nom in relation.lignes.query.annotations}
    for cle in relation.suivies:
        siennes = {champ.column: F(f"{cle}__{champ.attname}") for champ in _suivis(relation, cle)}
        autour[f"vers_{cle}"] = JSONObject(**siennes)
    return autour


def _suivis(relation: Relation, cle: str) -> list[Any]:
    """In the order of the model, which is the one that ``from_db`` reads in."""
    vers: Any = relation.lignes.model._meta.get_field(cle)
    return [champ for champ in vers.related_model._meta.fields if champ.name in relation.suivies[cle]]


def _nature(champ: Any) -> Any:
    """A generated column is of the kind of what it computes."""
    return champ.output_field if isinstance(champ, GeneratedField) else champ


def _ligne(relation: Relation, lu: dict[str, Any]) -> Any:
    modele: Any = relation.lignes.model
    ligne = _relire(modele, modele._meta.fields, lu["rang"])
    for nom in relation.lignes.query.annotations:
        setattr(ligne, nom, lu[f"avec_{nom}"])
    for cle in relation.suivies:
        vers = modele._meta.get_field(cle)
        la = lu["rang"][vers.column] is not None
        sienne = _relire(vers.related_model, _suivis(relation, cle), lu[f"vers_{cle}"]) if la else None
        vers.set_cached_value(ligne, sienne)
    return ligne


def _relire(modele: Any, champs: Sequence[Any], lu: Mapping[str, Any]) -> Any:
    valeurs = [_nature(champ).to_python(lu[champ.column]) for champ in champs]
    return modele.from_db("default", [champ.attname for champ in champs], valeurs)


def _ranger(objet: Any, nom: str, lignes: list[Any]) -> None:
    """Where ``prefetch_related`` keeps its rows, each knowing the object it hangs on."""
    retour: Any = objet._meta.get_field(nom).field
    for ligne in lignes:
        retour.set_cached_value(ligne, objet)
    ensemble: Any = getattr(objet, nom).all()
    ensemble._result_cache, ensemble._prefetch_done = lignes, True
    if not hasattr(objet, "_prefetched_objects_cache"):
        objet._prefetched_objects_cache = {}
    objet._prefetched_objects_cache[nom] = ensemble
