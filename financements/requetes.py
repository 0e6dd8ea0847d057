"""Who sees which request, envelope, campaign. Officers are filtered on the region frozen on the act."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import F, Model, Q

from ecoles.requetes import RequeteTerritoire

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from financements.models import (
        Acte,
        Allocation,
        Demande,
        Enveloppe,  # noqa: F401 - named in generics
        LigneEffectif,
        Paiement,
        Piece,
    )


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
    """Return the lines of a request with their title and scale, in order: guards and screen share them."""
    return _rangees(
        demande, "lignes", lignes_en_ordre(demande.lignes.all()).select_related("titre", "bareme")
    )


def lignes_en_ordre(lignes: QuerySet[LigneEffectif]) -> QuerySet[LigneEffectif]:
    """The lines, as every table prints them."""
    return lignes.order_by("titre", "annee")


def pieces_de(demande: Demande) -> list[Piece]:
    """Return the pieces of a request with their files, kind by kind."""
    return _rangees(demande, "pieces", demande.pieces.select_related("fichier").order_by("nature", "id"))


def actes_de(demande: Demande) -> list[Acte]:
    """Return the acts of a request, kind by kind; ``signe``: whether it came back signed."""
    return _rangees(demande, "actes", actes_en_ordre(demande.actes.all()))


def actes_en_ordre(actes: QuerySet[Acte]) -> QuerySet[Acte]:
    """The same, as a query."""
    return actes.annotate(signe=Q(scan_signe__isnull=False)).order_by("nature", "rang")


def paiements_de(decision: Allocation) -> list[Paiement]:
    """Return the payments of a decision; ``dp_chorus``: the number that Chorus confirmed, or nothing."""
    return _rangees(decision, "paiements", paiements_en_ordre(decision.paiements.all()))


def paiements_en_ordre(paiements: QuerySet[Paiement]) -> QuerySet[Paiement]:
    """The same, as a query: a payment has one line of Chorus at most."""
    return paiements.annotate(dp_chorus=F("rapprochement__numero_dp")).order_by("paye_le", "id")


def _rangees(objet: Any, nom: str, lignes: QuerySet[Any]) -> list[Any]:
    """What a page that only shows has read already (see :mod:`financements.lecture`), else ``lignes``."""
    lues = getattr(objet, "_prefetched_objects_cache", {})
    return list(lues.get(nom, lignes))
