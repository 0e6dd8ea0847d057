"""The history of a model: every row as it was after each insert and update, and before each delete.

Triggers write it, once a statement: ``update()``, ``bulk_create``, COPY and raw SQL are seen. Its columns
are bare values, without key, constraint or choice: a history never refuses a write, nothing hangs from it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import pghistory
import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from pghistory.models import Event

# Local settings of a transaction, written by ``reseau.socle.histoire``: ids, and nothing else.
_QUI = [
    ("qui", "uuid := nullif(current_setting('edp.par', true), '')::uuid"),
    ("import", "uuid := nullif(current_setting('edp.lot', true), '')::uuid"),
    ("retour", "boolean := coalesce(current_setting('edp.annulation', true), '') = 'oui'"),
]
_REFUS = """
IF TG_OP = 'INSERT' AND pg_trigger_depth() > 1 THEN
    RETURN NULL;
END IF;
IF TG_OP = 'DELETE' AND current_setting('edp.purge', true) = 'oui' THEN
    RETURN NULL;
END IF;
RAISE EXCEPTION 'L''histoire % ne s''écrit que par la base, et ne s''efface que par la purge.', TG_TABLE_NAME
    USING ERRCODE = 'integrity_constraint_violation';
"""
EXCLUS = ("recherche", "modifiee_le", "personne")  # computed, or a key that means nothing to a reader


class Histoire(Event):
    """What every history adds to the columns of its model: when, what, by which account or import."""

    pgh_id = models.BigAutoField(primary_key=True)
    par = models.UUIDField("écrit par", null=True)
    lot = models.UUIDField("écrit par l'import", null=True)
    annulation = models.BooleanField("import annulé", default=False, db_default=False)

    objects: ClassVar[models.Manager[Any]] = models.Manager()  # type: ignore[assignment]

    if TYPE_CHECKING:
        pgh_tracked_model: type[models.Model]  # type: ignore[assignment]
        racine: str

    class Meta:
        abstract = True


class _Suivi:
    """Write the history once a statement, from the rows that it touched."""

    referencing: pgtrigger.Referencing
    source: str
    label: str
    operation: Any

    def setup(self, histoire: type[Histoire]) -> None:
        """Register the trigger on the tracked model; called by the library when both are ready."""
        pgtrigger.register(
            pgtrigger.Trigger(
                name=f"histoire_{self.label}",
                level=pgtrigger.Statement,
                when=pgtrigger.After,
                operation=self.operation,
                referencing=self.referencing,
                declare=_QUI,
                func=self._ecrire(histoire),
            )
        )(histoire.pgh_tracked_model)

    def _ecrire(self, histoire: type[Histoire]) -> str:
        colonnes = [str(champ.column) for champ in colonnes_suivies(histoire)]
        cibles = ", ".join([*colonnes, "pgh_created_at", "pgh_label", "par", "lot", "annulation"])
        valeurs = ", ".join([*(f"x.{colonne}" for colonne in colonnes), f"now(), '{self.label}', $1, $2, $3"])
        source = self.source.format(
            avant=", ".join(f"a.{colonne}" for colonne in colonnes),
            apres=", ".join(f"x.{colonne}" for colonne in colonnes),
        )
        ordre = f"INSERT INTO {histoire._meta.db_table} ({cibles}) SELECT {valeurs} FROM {source}"  # noqa: S608
        # EXECUTE plans anew: a plan made for one row would visit ten thousand one by one.
        return f"EXECUTE $histoire${ordre}$histoire$ USING qui, import, retour; RETURN NULL;"


class Ajout(_Suivi, pghistory.InsertEvent):
    """Rows that came in."""

    label = "ajout"
    referencing = pgtrigger.Referencing(new="apres")  # type: ignore[no-untyped-call]
    source = "apres AS x"


class Modification(_Suivi, pghistory.UpdateEvent):
    """Rows whose tracked columns changed, as they are now; a key that changes is seen too."""

    label = "modification"
    referencing = pgtrigger.Referencing(old="avant", new="apres")  # type: ignore[no-untyped-call]
    source = "apres AS x LEFT JOIN avant AS a ON a.id = x.id WHERE ({avant}) IS DISTINCT FROM ({apres})"


class Retrait(_Suivi, pghistory.DeleteEvent):
    """Rows that went, as they were."""

    label = "retrait"
    referencing = pgtrigger.Referencing(old="avant")  # type: ignore[no-untyped-call]
    source = "avant AS x"


def colonnes_suivies(histoire: type[Histoire]) -> list[models.Field[Any, Any]]:
    """Columns of the tracked model that its history keeps, in their order."""
    communes = {champ.name for champ in Histoire._meta.fields}
    return [champ for champ in histoire._meta.fields if champ.name not in communes]


def histoire_de(modele: type[models.Model]) -> type[Histoire] | None:
    """Return the history of a model, or nothing when it has none."""
    par_geste: dict[str, type[Histoire]] = getattr(modele, "pgh_event_models", {})
    return par_geste.get(Ajout.label)


def historiser(modele: type[models.Model], racine: str) -> None:
    """Keep the history of ``modele`` in a model ``Histoire<modele>`` of its app.

    ``racine`` is the column by which a page reads it: the key of the row or of what the row belongs to.
    """
    nom = modele._meta.object_name
    colonnes = {champ.name: _nue(champ) for champ in modele._meta.local_fields if champ.name not in EXCLUS}
    if modele._meta.proxy:
        colonnes = {champ.name: _nue(champ) for champ in modele._meta.fields}
    pghistory.track(
        Ajout(),
        Modification(),
        Retrait(),
        fields=list(colonnes),
        obj_field=None,
        context_field=None,  # type: ignore[arg-type]
        append_only=False,
        base_model=Histoire,
        model_name=f"Histoire{nom}",
        attrs={**colonnes, "__doc__": f"History of {nom}.", "racine": racine},
        meta={
            "verbose_name": "histoire",
            "default_permissions": (),
            "indexes": (models.Index(fields=(racine,), name=f"h_{modele._meta.model_name}"),),
            "triggers": [
                pgtrigger.Trigger(
                    name="histoire_protegee",
                    level=pgtrigger.Statement,
                    when=pgtrigger.Before,
                    operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete | pgtrigger.Truncate,
                    func=_REFUS,
                )
            ],
        },
    )(modele)


def _nue(champ: models.Field[Any, Any]) -> models.Field[Any, Any]:
    """The bare column of a field: its values and its name, none of its rules."""
    cible: Any = champ
    while cible.is_relation:
        cible = cible.target_field
    genres: tuple[tuple[type[models.Field[Any, Any]], type[models.Field[Any, Any]]], ...] = (
        (models.UUIDField, models.UUIDField),
        (models.DateField, models.DateField),
        (models.BooleanField, models.BooleanField),
        (models.IntegerField, models.BigIntegerField),
        (models.AutoField, models.BigIntegerField),
    )
    options: dict[str, Any] = {"null": True, "db_column": champ.column}
    if isinstance(cible, ArrayField):
        return ArrayField(models.BigIntegerField(), **options)
    for genre, nue in genres:
        if isinstance(cible, genre):
            return nue(**options)
    return models.TextField(**options)
