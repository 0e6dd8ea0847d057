"""The admin site: one home per role, made of what awaits this person."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.http import HttpRequest

from reseau.portail.droits import roles_de

if TYPE_CHECKING:
    from django.http import HttpResponse


class Portail(admin.AdminSite):
    """Open to whoever holds a role today; login is allauth's."""

    site_header = "Portail des écoles de production"
    site_title = "Portail des écoles de production"
    index_title = "À traiter"
    index_template = "admin/accueil.html"
    enable_nav_sidebar = False
    login = secure_admin_login(admin.AdminSite.login)  # type: ignore[assignment]

    def has_permission(self, request: HttpRequest) -> bool:
        """A role held today, and nothing else, opens the site."""
        utilisateur: Any = request.user
        return bool(utilisateur.is_active and (utilisateur.is_superuser or roles_de(utilisateur)))

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The home: what awaits this person, composed from each trade's ``a_faire``."""
        from reseau.portail.accueil_pro import a_traiter  # noqa: PLC0415

        contexte = {"rubriques": a_traiter(request.user), **(extra_context or {})}  # type: ignore[arg-type]
        return super().index(request, contexte)
