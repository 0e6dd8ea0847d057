"""The admin site: one home per role, made of what awaits this person."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils.functional import SimpleLazyObject, cached_property

from reseau.portail.droits import roles_de
from reseau.socle.portee import AdminPortee

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse
    from django.template.response import TemplateResponse

    from ecoles.models import Ecole
    from reseau.models import Utilisateur
    from reseau.socle.a_faire import Attente
    from reseau.socle.acces import Part


class Portail(admin.AdminSite):
    """Open to whoever holds a role today; login is allauth's."""

    site_header = "Portail des écoles de production"
    site_title = "Portail des écoles de production"
    index_title = "À traiter"
    index_template = "admin/accueil.html"
    enable_nav_sidebar = False

    @cached_property
    def _connexion(self) -> Callable[..., HttpResponse]:
        return secure_admin_login(super().login)  # type: ignore[no-any-return]

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """One login for the whole portal: throttles and second factor are there."""
        if self.has_permission(request):
            return HttpResponseRedirect(reverse("admin:index"))
        return self._connexion(request, extra_context=extra_context)

    def register(
        self,
        model_or_iterable: Any,
        admin_class: type[admin.ModelAdmin[Any]] | None = None,
        **options: Any,
    ) -> None:
        """Take only pages that know their territory: those that libraries register do not."""
        if admin_class is not None and issubclass(admin_class, AdminPortee):
            super().register(model_or_iterable, admin_class, **options)

    def get_urls(self) -> list[Any]:
        """Drop the redirection by content type: it tells whether any object of any school exists."""
        return [url for url in super().get_urls() if getattr(url, "name", "") != "view_on_site"]

    def password_change(  # type: ignore[override]
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """One page to change a password: the accounts' own."""
        return HttpResponseRedirect(reverse("account_change_password"))

    def has_permission(self, request: HttpRequest) -> bool:
        """A role held today, and nothing else, opens the site."""
        utilisateur: Any = request.user
        return bool(utilisateur.is_active and (utilisateur.is_superuser or roles_de(utilisateur)))

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> Any:
        """Every page asks for it, few show it: it is made when it is read."""
        complete = super().get_app_list
        return SimpleLazyObject(lambda: complete(request, app_label))

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        """The home: what awaits this person, composed from each trade's ``a_faire``."""
        # The roof's composition imports every trade, which are not loaded when the site is built.
        from reseau.portail.accueil_pro import a_traiter

        utilisateur: Any = request.user
        contexte = {
            "rubriques": a_traiter(utilisateur),
            "roles": [role.label for role in sorted(roles_de(utilisateur))],
            **(extra_context or {}),
        }
        return super().index(request, contexte)

    def parts_d_acces(self) -> tuple[Part, ...]:
        """What is given to somebody who asks for her data: the page of a learner, below, asks the roof."""
        from reseau.portail.acces import PARTS

        return PARTS

    def attentes_a_l_ecole(self, utilisateur: Utilisateur, ecole: Ecole) -> list[Attente]:
        """What awaits this person at one school: the page of a school, below, asks the roof for it."""
        from reseau.portail.accueil_pro import attentes_a_l_ecole

        return attentes_a_l_ecole(utilisateur, ecole)
