"""The page "Historique" of what belongs to a school."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ecoles.histoires import suivis_de
from reseau.admin.histoire import AvecHistoire

if TYPE_CHECKING:
    from django.http import HttpRequest

    from reseau.socle.histoire import Suivi


class AvecHistoireDeLEcole(AvecHistoire):
    """The object, and what hangs from it that this person may see in this school."""

    def suivis(self, request: HttpRequest, objet: Any) -> list[Suivi]:
        """Return what this person may read of the history of this object."""
        utilisateur: Any = request.user
        return [self._borne(suivi, request, objet) for suivi in suivis_de(objet, utilisateur)]
