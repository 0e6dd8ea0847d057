"""Who sees which school, and everything that hangs from a school."""

from __future__ import annotations

from datetime import timedelta
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.db.models import Exists, Model, OuterRef, Q, QuerySet

from reseau.models.periodes import en_cours
from reseau.nombres import aujourdhui
from reseau.requetes import RequetePortee, RequeteReferentiel
from reseau.roles import roles_avec

if TYPE_CHECKING:
    from datetime import date
    from uuid import UUID

    from reseau.models import Utilisateur


def ecoles_pour(utilisateur: Utilisateur, permission: str) -> QuerySet[Any, UUID]:
    """Keys of the schools where a function held today grants ``permission``, as a subquery."""
    appartenances: QuerySet[Any] = utilisateur.appartenances.all()
    return (
        appartenances.filter(en_cours(aujourdhui()), fonction__in=roles_avec(permission))
        .order_by()
        .values_list("ecole_id", flat=True)
    )


def territoire(utilisateur: Utilisateur, permission: str, ecole: str, region: str) -> Q:
    """Rows in a territory where ``permission`` is held: own schools, own regions, or the country.

    ``ecole`` and ``region`` are lookups from the row to the school's key and the region's code;
    an empty text leaves that kind of territory out.
    """
    if utilisateur.detient_au_national(permission):
        return Q()
    conditions = []
    if ecole and utilisateur.peut_a_l_ecole(permission):
        conditions.append(Q(**{f"{ecole}__in": ecoles_pour(utilisateur, permission)}))
    if region and utilisateur.peut_en_region(permission):
        conditions.append(Q(**{f"{region}__in": utilisateur.regions_pour(permission)}))
    return reduce(or_, conditions) if conditions else Q(pk__in=[])


class RequeteTerritoire[M: Model](RequetePortee[M]):
    """Rows that hang from a school: the school's staff and the officers of its region."""

    vers_ecole = "ecole"
    vers_region = "ecole__commune__departement__region"

    def visibles_par(self, utilisateur: Utilisateur, permission: str = "voir") -> Self:
        """Return the rows of the territories where ``<model>.<permission>`` is held today."""
        if not utilisateur.is_active:
            return self.none()
        if utilisateur.is_superuser:
            return self.all()
        droit = f"{self.model._meta.model_name}.{permission}"
        return self.filter(territoire(utilisateur, droit, self.vers_ecole, self.vers_region))


class RequeteDeLEcole[M: Model](RequeteTerritoire[M]):
    """Rows with a key to their school."""


class RequeteInterneALEcole[M: Model](RequeteTerritoire[M]):
    """Rows with a key to their school that its own staff alone sees, whatever the matrix says elsewhere."""

    vers_region = ""


class RequeteCandidatures[M: Model](RequeteInterneALEcole[M]):
    """Applications: the staff of the school; those that were erased are nobody's."""

    def visibles_par(self, utilisateur: Utilisateur, permission: str = "voir") -> Self:
        """Return the applications of the schools where the permission is held, without the erased ones."""
        return super().visibles_par(utilisateur, permission).filter(efface_le__isnull=True)


class RequeteParCandidature[M: Model](RequeteTerritoire[M]):
    """Rows of an application: only the staff of the school."""

    vers_ecole = "candidature__ecole"
    vers_region = ""


class RequeteTransferts[M: Model](RequetePortee[M]):
    """Changes of school: the direction that proposes, and the one that answers; each acts on its side."""

    def visibles_par(self, utilisateur: Utilisateur, permission: str = "voir") -> Self:
        """Return those of the schools where the right is held: left, or (to read, to answer) joined."""
        if not utilisateur.is_active:
            return self.none()
        if utilisateur.is_superuser:
            return self.all()
        ecoles = ecoles_pour(utilisateur, f"transfert.{permission}")
        if permission == "repondre":
            return self.filter(vers__in=ecoles)
        if permission == "voir":
            return self.filter(Q(ecole__in=ecoles) | Q(vers__in=ecoles))
        return self.filter(ecole__in=ecoles)


class RequeteParTransfert[M: Model](RequeteTerritoire[M]):
    """Journal of a change of school: the school that proposed it."""

    vers_ecole = "transfert__ecole"
    vers_region = ""


class RequeteDuSite[M: Model](RequeteTerritoire[M]):
    """Workshops of a site."""

    vers_ecole = "site__ecole"
    vers_region = "site__ecole__commune__departement__region"


class RequeteDeLAtelier[M: Model](RequeteTerritoire[M]):
    """Machines of a workshop."""

    vers_ecole = "atelier__site__ecole"
    vers_region = "atelier__site__ecole__commune__departement__region"


class RequeteDeLOffre[M: Model](RequeteTerritoire[M]):
    """Groups of a parcours that a school offers."""

    vers_ecole = "offre__ecole"
    vers_region = "offre__ecole__commune__departement__region"


class RequeteMaitresDuGroupe[M: Model](RequeteTerritoire[M]):
    """Who leads which group."""

    vers_ecole = "groupe__offre__ecole"
    vers_region = "groupe__offre__ecole__commune__departement__region"


class RequeteParMembre[M: Model](RequeteTerritoire[M]):
    """Rows of a person of the staff: only the staff of the same school."""

    vers_ecole = "membre__ecole"
    vers_region = ""


class RequeteParApprenant[M: Model](RequeteTerritoire[M]):
    """Rows of a learner: only the staff of the school, whatever the matrix says elsewhere."""

    vers_ecole = "apprenant__ecole"
    vers_region = ""


class RequeteTitres[M: Model](RequeteReferentiel[M]):
    """Titles: reference data, offered by schools through their parcours."""

    def proposes_par(self, ecole: UUID | QuerySet[Any]) -> Self:
        """Keep the titles of the steps that a school (its key, or a subquery of keys) offers, once each."""
        etapes: Any = self.model._meta.get_field("etapes").related_model
        cles = ecole if isinstance(ecole, QuerySet) else [ecole]
        liees = etapes.objects.filter(titre=OuterRef("pk"), parcours__offres__ecole__in=cles)
        return self.filter(Exists(liees))


class RequeteApprenants[M: Model](RequeteTerritoire[M]):
    """Learners: only the staff of their school sees an identity.

    Three months after a learner left, only who may correct the record still sees it; after a year it has
    no name any more and nobody sees it (``ecoles.effacement``).
    """

    vers_region = ""

    def visibles_par(self, utilisateur: Utilisateur, permission: str = "voir") -> Self:
        """Return the learners of the schools where the permission is held, those who left aside."""
        visibles = super().visibles_par(utilisateur, permission).filter(anonyme_le__isnull=True)
        if utilisateur.is_superuser:
            return visibles
        corrige = Q(ecole__in=ecoles_pour(utilisateur, "apprenant.modifier"))
        return visibles.filter(corrige | ~Q(self._partis()))

    def _partis(self) -> Q:
        """Enrolled once, and no more for longer than they are shown."""
        inscription: Any = self.model._meta.get_field("inscriptions").related_model
        siennes = inscription.objects.filter(apprenant=OuterRef("pk"))
        depuis = aujourdhui() - timedelta(days=settings.CONSERVATIONS["apprenant_montre"])
        encore = siennes.filter(Q(au__isnull=True) | Q(au__gte=depuis))
        return Q(Exists(siennes)) & ~Q(Exists(encore))

    def presents_le(self, jour: date) -> Self:
        """Keep the learners enrolled on ``jour``."""
        inscription: Any = self.model._meta.get_field("inscriptions").related_model
        return self.filter(Exists(inscription.objects.filter(en_cours(jour), apprenant=OuterRef("pk"))))


class RequeteContacts[M: Model](RequeteTerritoire[M]):
    """Questions of families: the school, and the officers of the region frozen on the row."""

    vers_region = "region"


class RequeteEcoles[M: Model](RequeteTerritoire[M]):
    """Schools, on both sides of the door."""

    vers_ecole = "pk"
    vers_region = "commune__departement__region"

    def publiques(self) -> Self:
        """Schools that families may see: the fictional ones under demonstration, else the real ones."""
        return self.filter(publication="publiee", fictive=settings.DEMONSTRATION)

    def connues(self) -> Self:
        """Schools whose address answers something: published, suspended or closed; never a draft."""
        return self.filter(fictive=settings.DEMONSTRATION).exclude(publication="brouillon")
