"""Who sees which request, envelope, campaign. Officers are filtered on the region frozen on the act."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Model, Prefetch, prefetch_related_objects

from ecoles.requetes import RequeteTerritoire

if TYPE_CHECKING:
    from financements.models import Demande, Enveloppe, LigneEffectif  # noqa: F401 - named in generics


class RequeteDemandes(RequeteTerritoire["Demande"]):
    """Requests: their school, and the officers of the region frozen when they were made."""

    vers_region = "region"


class RequeteParDemande[M: Model](RequeteTerritoire[M]):
    """Rows of a request."""

    vers_ecole = "demande__ecole"
    vers_region = "demande__region"


class RequeteParDemandeInterne[M: Model](RequeteTerritoire[M]):
    """Rows of a request that the State's side alone reads."""

    vers_ecole = ""
    vers_region = "demande__region"


class RequeteParLigneDeLEcole[M: Model](RequeteTerritoire[M]):
    """Learners behind a line: the staff of the school alone, whatever the matrix says elsewhere."""

    vers_ecole = "ligne__demande__ecole"
    vers_region = ""


class RequeteParAllocation[M: Model](RequeteTerritoire[M]):
    """Rows of a decision."""

    vers_ecole = "allocation__demande__ecole"
    vers_region = "allocation__region"


class RequeteParAvenant[M: Model](RequeteTerritoire[M]):
    """Rows of an amendment."""

    vers_ecole = "avenant__allocation__demande__ecole"
    vers_region = "avenant__allocation__region"


class RequeteParBilan[M: Model](RequeteTerritoire[M]):
    """Rows of a report."""

    vers_ecole = "bilan__allocation__demande__ecole"
    vers_region = "bilan__allocation__region"


class RequeteEnveloppes(RequeteTerritoire["Enveloppe"]):
    """Envelopes: the officers of their region only."""

    vers_ecole = ""
    vers_region = "service"


class RequeteParEnveloppe[M: Model](RequeteTerritoire[M]):
    """Rows of an envelope."""

    vers_ecole = ""
    vers_region = "enveloppe__service"


class RequeteParSimulation[M: Model](RequeteTerritoire[M]):
    """Rows of a simulation."""

    vers_ecole = ""
    vers_region = "simulation__enveloppe__service"


class RequeteParRegion[M: Model](RequeteTerritoire[M]):
    """Rows of a service, where no school looks."""

    vers_ecole = ""
    vers_region = "region"


class RequeteParDepot[M: Model](RequeteTerritoire[M]):
    """Pages of a deposit of signed acts."""

    vers_ecole = ""
    vers_region = "depot__region"


class RequeteParActe[M: Model](RequeteTerritoire[M]):
    """Rows of an act."""

    vers_ecole = "acte__demande__ecole"
    vers_region = "acte__demande__region"


class RequeteParPaiement[M: Model](RequeteTerritoire[M]):
    """Rows of a payment: the service's own accounts, that no school reads."""

    vers_ecole = ""
    vers_region = "paiement__allocation__region"


def lignes_de(demande: Demande) -> list[LigneEffectif]:
    """Return the lines of a request with their title and scale, in order.

    A page that prefetched them (see :func:`lire_les_lignes`) asks no query: guards and screen share them.
    """
    if "lignes" in getattr(demande, "_prefetched_objects_cache", {}):
        return list(demande.lignes.all())
    return list(demande.lignes.select_related("titre", "bareme").order_by("titre", "annee"))


def lire_les_lignes(demande: Demande) -> None:
    """Read the lines once for a page that only shows; never before a transition, which reads them locked."""
    lignes = demande.lignes.select_related("titre", "bareme").order_by("titre", "annee")
    prefetch_related_objects([demande], Prefetch("lignes", lignes))
