"""Query bases shared by every model: fail-closed visibility and folded search."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Self

from django.db import models

if TYPE_CHECKING:
    from reseau.models import Utilisateur

_LIGATURES = str.maketrans({"œ": "oe", "Œ": "oe", "æ": "ae", "Æ": "ae", "’": "'", "ß": "ss"})
_SEPARATEURS = re.compile(r"[^0-9a-z]+")


def plier(texte: str) -> str:
    """Fold a text for search: no accent, lower case, one space between words.

    The twin of the SQL function ``edp_plier``; a test compares the two on every commune name.
    """
    sans_accent = unicodedata.normalize("NFKD", texte.translate(_LIGATURES))
    lettres = "".join(c for c in sans_accent if not unicodedata.combining(c)).lower()
    return _SEPARATEURS.sub(" ", lettres).strip()


class RequetePortee[M: models.Model](models.QuerySet[M]):
    """A QuerySet that shows nothing to anybody until its app says otherwise."""

    def visibles_par(self, utilisateur: Utilisateur, permission: str = "voir") -> Self:
        """Return the rows where a current role of ``utilisateur`` grants ``permission``.

        ``permission`` is a verb of the matrix (``"voir"``, ``"modifier"``); the object is the model.
        Fail-closed: the base answers nothing, except to the superuser.
        """
        if utilisateur.is_active and utilisateur.is_superuser:
            return self.all()
        return self.none()


class RequeteReferentiel[M: models.Model](RequetePortee[M]):
    """Reference data without a territory: who holds the right anywhere sees all of it."""

    def visibles_par(self, utilisateur: Utilisateur, permission: str = "voir") -> Self:
        """Return every row to whoever holds ``<model>.<permission>`` in any territory."""
        droit = f"{self.model._meta.model_name}.{permission}"
        return self.all() if utilisateur.detient(droit) else self.none()
