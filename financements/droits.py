"""What a person may do on a file, asked once for a page that only shows. The door asks again, locked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.db.models import Exists

from financements.etats import MACHINE

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from financements.models import Demande
    from reseau.models import AffectationDreets, Utilisateur

# The verbs that open a form of the file, or of its report.
_ECRIRE: Final = frozenset({"deposer", "saisir", "instruire", "rendre", "controler"})
INTERNE: Final = "interne"  # beside the verbs: reads the State's side


def lire_les_droits(demande: Demande, utilisateur: Utilisateur) -> None:
    """Ask every verb of the present state, and the side that is read; one query."""
    verbes = {t.permission for t in MACHINE.partent_de(demande)} | _ECRIRE
    tenus = {v for v in verbes if utilisateur.is_superuser or utilisateur.detient(f"demande.{v}")}
    interne = Exists(service_de(demande, utilisateur))
    lus = MACHINE.permises(demande, tenus, utilisateur, **{INTERNE: interne})
    demande.__dict__["_droits"] = utilisateur.pk, demande.etat, frozenset(lus)


def droits_lus(demande: Demande, utilisateur: Utilisateur) -> frozenset[str] | None:
    """Return what was read for this person in this state; nothing when it was not."""
    rien: tuple[None, str, frozenset[str]] = (None, "", frozenset())
    qui, etat, lus = demande.__dict__.get("_droits", rien)
    return lus if (qui, etat) == (utilisateur.pk, demande.etat) else None


def service_de(demande: Demande, utilisateur: Utilisateur) -> QuerySet[AffectationDreets, str]:
    """The assignments by which this person reads the State's side of this file."""
    return utilisateur.regions_pour("demande.voir").filter(service_id=demande.region_id)
