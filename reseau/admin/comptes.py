"""Accounts and the State's assignments, for the functional administrator.

She opens accounts and hands out duties in the regions. She never gives herself one, never touches an
account of the whole country or the break-glass one, and never sees or chooses a password.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from allauth.account.adapter import get_adapter
from allauth.account.forms import default_token_generator
from allauth.account.models import EmailAddress
from allauth.account.utils import user_pk_to_url_str
from allauth.core.context import request_context
from django.contrib import admin, messages
from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from reseau.admin.histoire import AvecHistoire
from reseau.models import AffectationDreets, AffectationNationale, Utilisateur
from reseau.socle.portee import AdminPortee

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest


def proteges() -> Q:
    """Accounts that only the superuser may touch: her own kind, and the roles of the whole country."""
    nationales = AffectationNationale.objects.filter(utilisateur=OuterRef("pk"))
    return Q(Q(is_superuser=True) | Q(Exists(nationales)))


def est_protege(compte: Utilisateur) -> bool:
    """Whether :func:`proteges` holds of one account."""
    return Utilisateur.objects.filter(proteges(), pk=compte.pk).exists()


def inviter(compte: Utilisateur, requete: HttpRequest) -> None:
    """Send the link, good for three days, by which this person chooses her first password."""
    cle = f"{user_pk_to_url_str(compte)}-{default_token_generator.make_token(compte)}"
    with request_context(requete):
        poste = get_adapter()
        contexte = {"lien": poste.get_reset_password_from_key_url(cle)}
        poste.send_mail("account/email/invitation", compte.courriel, contexte)


@admin.register(Utilisateur)
class UtilisateurAdmin(AdminPortee):
    """Open an account, close it, invite again. Passwords belong to their owner."""

    list_display = ("courriel", "nom", "prenom", "is_active", "last_login")
    list_filter = ("is_active",)
    search_fields = ("courriel", "nom", "prenom")
    ordering = ("courriel",)
    actions = ("inviter_de_nouveau",)

    def get_fields(self, request: HttpRequest, obj: Utilisateur | None = None) -> tuple[str, ...]:
        """Opening an account asks who; the rest comes with its life."""
        qui = ("courriel", "prenom", "nom")
        return qui if obj is None else (*qui, "is_active", "last_login", "cree_le")

    def get_readonly_fields(self, request: HttpRequest, obj: Utilisateur | None = None) -> tuple[str, ...]:
        """An address never moves to somebody else: that would be handing over the account."""
        lus = ("last_login", "cree_le")
        return lus if obj is None else ("courriel", *lus)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never an account above one's own, nor one's own."""
        if not super().has_change_permission(request, obj):
            return False
        utilisateur: Any = request.user
        return obj is None or utilisateur.is_superuser or not (obj.pk == utilisateur.pk or est_protege(obj))

    def save_model(self, request: HttpRequest, obj: Utilisateur, form: Any, change: bool) -> None:
        """A new account has no password: its owner chooses it, by the link that she receives."""
        if change:
            super().save_model(request, obj, form, change)
            return
        obj.set_unusable_password()
        super().save_model(request, obj, form, change)
        EmailAddress.objects.create(user=obj, email=obj.courriel, primary=True, verified=False)
        transaction.on_commit(lambda: inviter(obj, request), robust=True)
        self.message_user(request, f"Une invitation part vers {obj.courriel}.", messages.SUCCESS)

    @admin.action(description="Renvoyer l'invitation", permissions=("change",))
    def inviter_de_nouveau(self, request: HttpRequest, queryset: QuerySet[Utilisateur]) -> None:
        """Only accounts whose owner never came: others use "Mot de passe oublié"."""
        attendus = queryset.filter(is_active=True, last_login__isnull=True).exclude(proteges())
        invites = list(attendus[: self.list_per_page])
        for compte in invites:
            inviter(compte, request)
        self.message_user(request, f"{len(invites)} invitation(s) renvoyée(s).", messages.SUCCESS)


class AdminAffectation(AdminPortee):
    """A duty has a first and a last day; it ends, it is never erased."""

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Nobody appoints herself."""
        champ = super().formfield_for_foreignkey(db_field, request, **kwargs)
        utilisateur: Any = request.user
        if champ is not None and db_field.name == "utilisateur" and not utilisateur.is_superuser:
            champ.queryset = champ.queryset.exclude(pk=utilisateur.pk)
            champ.error_messages["invalid_choice"] = (
                "Choisissez une autre personne : nul ne se confie un rôle à soi-même."
            )
        return champ

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Who, what and where never change: another duty is another row."""
        return () if obj is None else self.fixes

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nor does anybody prolong her own duty."""
        utilisateur: Any = request.user
        soi = obj is not None and obj.utilisateur_id == utilisateur.pk and not utilisateur.is_superuser
        return super().has_change_permission(request, obj) and not soi

    fixes: ClassVar[tuple[str, ...]] = ("utilisateur", "role", "du")


@admin.register(AffectationDreets)
class AffectationDreetsAdmin(AvecHistoire, AdminAffectation):
    """Duties in the service of a region."""

    list_filter = ("role",)
    search_fields = ("utilisateur__courriel", "utilisateur__nom")
    ordering = ("utilisateur", "du")
    list_display = ("utilisateur", "role", "service", "du", "au", "delegue_par", "acte")
    list_select_related = ("utilisateur", "service", "delegue_par")
    fields = ("utilisateur", "service", "role", "du", "au", "delegue_par", "acte")
    fixes = ("utilisateur", "service", "role", "du", "delegue_par", "acte")


@admin.register(AffectationNationale)
class AffectationNationaleAdmin(AvecHistoire, AdminAffectation):
    """Roles of the whole country; the matrix lets only the superuser hand them out."""

    list_filter = ("role",)
    search_fields = ("utilisateur__courriel", "utilisateur__nom")
    ordering = ("utilisateur", "du")
    list_display = ("utilisateur", "role", "du", "au")
    list_select_related = ("utilisateur",)
    fields = ("utilisateur", "role", "du", "au")
