"""What a person may do on a file, asked once for a page that only shows. The door asks again, locked."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, Final

from django.db.models import Exists, OuterRef, UUIDField

from financements.etats import MACHINE
from financements.models import Demande
from reseau.socle.pretes import Parametre, PreteParPersonne

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from reseau.models import AffectationDreets, Utilisateur

# The verbs that open a form of the file, or of its report.
_ECRIRE: Final = frozenset({"deposer", "saisir", "instruire", "rendre", "controler"})
INTERNE: Final = "interne"  # beside the verbs: reads the State's side


def lire_les_droits(demande: Demande, utilisateur: Utilisateur) -> None:
    """Ask every verb of the present state, and the side that is read; one query."""
    verbes = frozenset(t.permission for t in MACHINE.partent_de(demande)) | _ECRIRE
    lues = _droits(verbes).lire(utilisateur, demande=demande.pk)
    lus = frozenset(nom for ligne in lues for nom, vrai in ligne._asdict().items() if vrai)
    demande.__dict__["_droits"] = utilisateur.pk, demande.etat, lus


@cache
def _droits(verbes: frozenset[str]) -> PreteParPersonne:
    """For each verb, whether it is hers on one file."""

    def ecrire(personne: Utilisateur) -> QuerySet[Any, Any]:
        celle_ci = Demande.objects.filter(pk=Parametre("demande", UUIDField())).order_by()
        questions = {verbe: Exists(celle_ci.visibles_par(personne, verbe)) for verbe in sorted(verbes)}
        service = personne.regions_pour("demande.voir").filter(service_id=OuterRef("region"))
        questions[INTERNE] = Exists(service)
        return celle_ci.annotate(**questions).values_list(*questions)

    return PreteParPersonne(ecrire)


def droits_lus(demande: Demande, utilisateur: Utilisateur) -> frozenset[str] | None:
    """Return what was read for this person in this state; nothing when it was not."""
    rien: tuple[None, str, frozenset[str]] = (None, "", frozenset())
    qui, etat, lus = demande.__dict__.get("_droits", rien)
    return lus if (qui, etat) == (utilisateur.pk, demande.etat) else None


def service_de(demande: Demande, utilisateur: Utilisateur) -> QuerySet[AffectationDreets, str]:
    """The assignments by which this person reads the State's side of this file."""
    return utilisateur.regions_pour("demande.voir").filter(service_id=demande.region_id)
