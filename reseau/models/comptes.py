"""Accounts, and the State's own assignments. The staff of a school live in ``ecoles``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.functional import cached_property

from reseau.champs import uuid7
from reseau.models.delegations import DELEGANT_TOUJOURS_LA, DELEGATION_EN_REGLE, refuser_la_delegation
from reseau.models.histoire import historiser
from reseau.models.periodes import en_cours, periode, refuser_les_dates_inversees
from reseau.models.tenues import RolesTenus
from reseau.models.territoires import ServiceRegional
from reseau.nombres import aujourdhui
from reseau.requetes import RequeteReferentiel
from reseau.roles import ROLES_DREETS, ROLES_NATIONAUX, Role

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager

    from reseau.models.filtres import FiltreGarde


DOMAINE_EFFACE = "@compte.invalid"  # address of the accounts that were erased


class GestionnaireUtilisateur(BaseUserManager["Utilisateur"]):
    """Create accounts by e-mail, always stored in lower case."""

    def get_queryset(self) -> RequeteReferentiel[Utilisateur]:
        """Rows with the visibility of reference data: who manages accounts sees them all."""
        return RequeteReferentiel(self.model, using=self._db)

    def create_user(self, courriel: str, password: str | None = None, **champs: Any) -> Utilisateur:
        """Create and return an account; raises ``ValueError`` without an e-mail."""
        if not courriel:
            raise ValueError("Une adresse électronique est nécessaire.")
        compte = self.model(courriel=courriel.strip().lower(), **champs)
        compte.set_password(password)
        compte.save(using=self._db)
        return compte

    def create_superuser(self, courriel: str, password: str | None = None, **champs: Any) -> Utilisateur:
        """Create the break-glass account, the only one that bypasses the matrix."""
        return self.create_user(courriel, password, is_superuser=True, **champs)

    def get_by_natural_key(self, username: str | None) -> Utilisateur:
        """Find an account whatever the case in which the address was typed."""
        return self.get(courriel=(username or "").strip().lower())


class Utilisateur(RolesTenus, AbstractBaseUser, PermissionsMixin):
    """A person with an account. What she may do and where comes from dated assignments only."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    courriel = models.EmailField(
        "adresse électronique",
        unique=True,
        error_messages={"unique": "Un compte existe déjà avec cette adresse."},
    )
    prenom = models.CharField("prénom", max_length=60, blank=True)
    nom = models.CharField("nom", max_length=60, blank=True)
    is_active = models.BooleanField("compte ouvert", default=True)
    cree_le = models.DateTimeField("créé le", auto_now_add=True)
    prevenu_le = models.DateField("prévenu de la fermeture le", null=True, editable=False)

    objects: ClassVar[GestionnaireUtilisateur] = GestionnaireUtilisateur()

    EMAIL_FIELD = "courriel"
    USERNAME_FIELD = "courriel"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    if TYPE_CHECKING:
        affectations: RelatedManager[AffectationDreets]
        filtres: RelatedManager[FiltreGarde]
        affectations_nationales: RelatedManager[AffectationNationale]

    class Meta:
        verbose_name = "utilisateur"
        ordering = ("courriel",)
        constraints = (
            models.CheckConstraint(
                condition=Q(courriel=Lower("courriel")),
                name="utilisateur_courriel_minuscule",
                violation_error_message="L'adresse s'écrit en minuscules.",
            ),
        )

    def __str__(self) -> str:
        return self.get_full_name() or self.courriel

    def clean(self) -> None:
        """Addresses are kept in lower case: one person, one account."""
        self.courriel = self.courriel.strip().lower()

    @property
    def est_efface(self) -> bool:
        """Whether its time has passed: nothing says any more who it was."""
        return self.courriel.endswith(DOMAINE_EFFACE)

    def get_full_name(self) -> str:
        """Return "Prénom Nom", or an empty text."""
        return f"{self.prenom} {self.nom}".strip()

    def get_short_name(self) -> str:
        """Return the first name: what the page says hello to."""
        return self.prenom

    @property
    def is_staff(self) -> bool:
        """Kept for libraries that ask; the site itself asks the roles."""
        return self.is_superuser

    def detient(self, permission: str) -> bool:
        """Whether a role held today, in any territory, grants ``permission`` ("demande.viser").

        Asks the permission backend, which the roof composes from all kinds of membership.
        """
        return self.has_perm(permission)

    @cached_property
    def roles_regionaux(self) -> frozenset[str]:
        """State roles held today in some region; read once per request."""
        affectations = self.affectations.filter(en_cours(aujourdhui())).order_by()
        return frozenset(affectations.values_list("role", flat=True))

    @cached_property
    def roles_nationaux(self) -> frozenset[str]:
        """National roles held today; read once per request."""
        affectations = self.affectations_nationales.filter(en_cours(aujourdhui()))
        return frozenset(affectations.values_list("role", flat=True))


class Affectation(models.Model):
    """What every dated assignment of a role shares: who, and from when to when, both inclusive."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    du = models.DateField("du", default=aujourdhui)
    au = models.DateField("au", null=True, blank=True, help_text="Vide : sans fin prévue. Jour compris.")

    class Meta:
        abstract = True

    def clean(self) -> None:
        """The end follows the beginning."""
        refuser_les_dates_inversees(self)


class AffectationDreets(Affectation):
    """A role held by an officer in the service of one region."""

    utilisateur = models.ForeignKey(Utilisateur, models.PROTECT, related_name="affectations")
    service = models.ForeignKey(ServiceRegional, models.PROTECT, related_name="affectations")
    role = models.CharField(
        "rôle", max_length=20, choices=[(r.value, r.label) for r in Role if r in ROLES_DREETS]
    )
    delegue_par = models.ForeignKey(
        Utilisateur,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="delegations",
        verbose_name="par délégation de",
        help_text="Vide, sauf pour une délégation de signature.",
    )
    acte = models.CharField(
        "acte de délégation",
        max_length=60,
        blank=True,
        default="",
        db_default="",
        help_text="Par exemple : 2026-11.",
    )

    objects = RequeteReferentiel["AffectationDreets"].as_manager()

    class Meta:
        verbose_name = "affectation en DREETS"
        verbose_name_plural = "affectations en DREETS"
        ordering = ("utilisateur", "service", "du")
        constraints = (
            models.CheckConstraint(
                condition=Q(au__isnull=True) | Q(au__gte=F("du")),
                name="affectation_dreets_dates",
                violation_error_message="La fin ne peut pas précéder le début.",
            ),
            models.CheckConstraint(
                condition=Q(delegue_par__isnull=True, acte="")
                | Q(delegue_par__isnull=False, au__isnull=False) & ~Q(acte=""),
                name="affectation_dreets_delegation",
                violation_error_message="Une délégation a son acte, la personne qui délègue et une fin.",
            ),
            models.CheckConstraint(
                condition=Q(delegue_par__isnull=True) | ~Q(delegue_par=F("utilisateur")),
                name="affectation_dreets_delegue_a_un_autre",
                violation_error_message="Nul ne se délègue sa propre signature.",
            ),
            models.CheckConstraint(
                condition=Q(role__in=sorted(ROLES_DREETS)), name="affectation_dreets_role"
            ),
            ExclusionConstraint(
                name="affectation_dreets_sans_doublon",
                expressions=(
                    ("utilisateur", RangeOperators.EQUAL),
                    ("service", RangeOperators.EQUAL),
                    ("role", RangeOperators.EQUAL),
                    (periode(), RangeOperators.OVERLAPS),
                ),
                violation_error_message="Cette personne tient déjà ce rôle à ces dates.",
            ),
        )
        triggers = (DELEGATION_EN_REGLE, DELEGANT_TOUJOURS_LA)

    def __str__(self) -> str:
        return f"{self.get_role_display()}, {self.service}"

    def clean(self) -> None:
        """Say at its field what the database would refuse about a delegation."""
        super().clean()
        refuser_la_delegation(self)


class AffectationNationale(Affectation):
    """A role held over the whole country: reader, federation, functional administrator."""

    utilisateur = models.ForeignKey(Utilisateur, models.PROTECT, related_name="affectations_nationales")
    role = models.CharField(
        "rôle", max_length=20, choices=[(r.value, r.label) for r in Role if r in ROLES_NATIONAUX]
    )

    objects = RequeteReferentiel["AffectationNationale"].as_manager()

    class Meta:
        verbose_name = "affectation nationale"
        verbose_name_plural = "affectations nationales"
        ordering = ("utilisateur", "du")
        constraints = (
            models.CheckConstraint(
                condition=Q(au__isnull=True) | Q(au__gte=F("du")),
                name="affectation_nationale_dates",
                violation_error_message="La fin ne peut pas précéder le début.",
            ),
            models.CheckConstraint(
                condition=Q(role__in=sorted(ROLES_NATIONAUX)), name="affectation_nationale_role"
            ),
        )

    def __str__(self) -> str:
        return self.get_role_display()


# Who held which duty of the State, and who gave it.
historiser(AffectationDreets, "utilisateur")
historiser(AffectationNationale, "utilisateur")
