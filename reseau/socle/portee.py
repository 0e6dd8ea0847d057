"""The admin mixin that closes every door by which an admin leaks.

Overriding ``get_queryset`` alone leaks through six doors, all proven: names in ``list_filter``,
drop-downs of foreign keys, a POST of another school's key, and three ways of importing over another
school's row. What one may do is asked of the matrix; where, of ``visibles_par``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.contrib.admin import ActionLocation
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME, ActionForm
from django.contrib.admin.options import BaseModelAdmin
from django.core.exceptions import PermissionDenied, ValidationError
from django.forms import BaseInlineFormSet, BooleanField, CheckboxInput, ModelChoiceField
from django.http import Http404, HttpRequest
from django.utils.html import format_html
from django.utils.text import capfirst

from reseau.socle.pagination import PaginateurDesDeuxBouts

if TYPE_CHECKING:
    from django.db import models
    from django.http import HttpResponse
    from django.utils.functional import _StrPromise
    from django.utils.safestring import SafeString


def visibles(modele: type[models.Model], requete: HttpRequest, permission: str = "voir") -> Any:
    """Rows of ``modele`` that this person may reach; nothing when the model has no such rule."""
    ensemble = modele._default_manager.get_queryset()
    if not hasattr(ensemble, "visibles_par"):
        return ensemble.none()
    return ensemble.visibles_par(requete.user, permission)


class FiltrePortee(admin.RelatedFieldListFilter):
    """A filter on a foreign key that offers only what this person may see."""

    def field_choices(
        self, field: Any, request: HttpRequest, model_admin: admin.ModelAdmin[Any]
    ) -> list[tuple[str, str | _StrPromise]]:
        """Choices of the filter, scoped."""
        portee = visibles(field.remote_field.model, request)
        return [(ligne.pk, str(ligne)) for ligne in portee.order_by(*field.remote_field.model._meta.ordering)]


# Longer than an address or a name: a text that is pasted as often as typed.
TEXTE_LONG = 255


def laisser_entier(champ: Any) -> None:
    """Send what is typed whole, or refuse it with its length: a browser cuts beyond a ``maxlength``."""
    if (getattr(champ, "max_length", None) or 0) >= TEXTE_LONG:
        champ.widget.attrs.pop("maxlength", None)


class PorteeDeBase(BaseModelAdmin[Any]):
    """What a page and its inlines share."""

    def get_queryset(self, request: HttpRequest) -> Any:
        """Only what this person may see."""
        portee = visibles(self.model, request)
        return portee.order_by(*self.get_ordering(request)) if self.get_ordering(request) else portee

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """A text of some sentences is never cut."""
        champ = super().formfield_for_dbfield(db_field, request, **kwargs)
        laisser_entier(champ)
        return champ

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """A drop-down, and so a POST, accepts only the keys that this person may see."""
        champ: ModelChoiceField[Any] | None = super().formfield_for_foreignkey(db_field, request, **kwargs)
        return self._borner(champ, db_field, request)

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """The same for several keys."""
        champ = super().formfield_for_manytomany(db_field, request, **kwargs)
        return self._borner(champ, db_field, request)

    def _borner(self, champ: Any, db_field: Any, request: HttpRequest) -> Any:
        if champ is not None:
            champ.queryset = champ.queryset & visibles(db_field.remote_field.model, request)
        return champ

    def _permis(self, request: HttpRequest, verbe: str, objet: models.Model | None) -> bool:
        """The matrix says what; on an object, ``visibles_par`` says where."""
        droit = f"{self.model._meta.app_label}.{verbe}_{self.model._meta.model_name}"
        if not request.user.has_perm(droit):
            return False
        if objet is None or objet._meta.model is not self.model or objet._state.adding:
            return True
        mot = {"view": "voir", "change": "modifier", "delete": "supprimer"}[verbe]
        # Asked many times a page; reading changes nobody's territory.
        reponses: dict[Any, bool] = request.__dict__.setdefault("_portee", {})
        cle = (self.model, objet.pk, mot)
        if cle not in reponses or request.method != "GET":
            reponses[cle] = bool(visibles(self.model, request, mot).filter(pk=objet.pk).exists())
        return reponses[cle]

    def has_view_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        """See: or change, which includes it."""
        return self._permis(request, "view", obj)

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        """Change this row."""
        return self._permis(request, "change", obj)

    def has_add_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        """Add a row, in some territory; the form's keys say which."""
        return self._permis(request, "add", None)

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        """Delete this row; few roles ever may."""
        return self._permis(request, "delete", obj)


class ChoixDesLignes(ActionForm):
    """The gesture, and whether it is for the whole filtered list: a box, since not every page has scripts."""

    select_across = BooleanField(
        label="toute la liste, pas seulement cette page", required=False, widget=CheckboxInput
    )


class AdminPortee(PorteeDeBase, admin.ModelAdmin[Any]):
    """The base of every page of the admin. Lists are short and cost the same at any size."""

    change_list_template = "admin/liste.html"
    list_per_page = 25
    paginator = PaginateurDesDeuxBouts
    action_form = ChoixDesLignes
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    save_as = False
    view_on_site = False

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        """A list bears the name of what it lists, where Django would say "select the object".

        The box "the whole list" is a choice by itself: Django would still want a row of the page.
        """
        if request.POST.get("select_across") and not request.POST.getlist(ACTION_CHECKBOX_NAME):
            donnees = request.POST.copy()
            donnees[ACTION_CHECKBOX_NAME] = "liste"
            request.POST = donnees  # type: ignore[assignment]
        titre = str(capfirst(self.model._meta.verbose_name_plural))
        return super().changelist_view(request, {"title": titre, **(extra_context or {})})

    def changeform_view(
        self, request: HttpRequest, object_id: Any = None, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """A page bears the name of what it holds, where Django would say "Modification de école"."""
        nom = str(self.model._meta.verbose_name)
        titre = capfirst(nom) if object_id else f"Ajouter : {nom}"
        contexte = {"title": titre, **(extra_context or {})}
        reponse: HttpResponse = super().changeform_view(request, object_id, form_url, contexte)
        return reponse

    def _get_obj_does_not_exist_redirect(
        self, request: HttpRequest, opts: Any, object_id: str | None
    ) -> HttpResponse:
        """An object outside the territory does not exist: 404, where Django would redirect."""
        raise Http404("Cette page n'existe pas.")

    @admin.display(description="Choisir")
    def action_checkbox(self, obj: models.Model) -> SafeString:
        """Box of a row: the same as Django's, without the template that costs a third of the row."""
        return format_html(
            '<input type="checkbox" name="{}" value="{}" class="action-select" aria-label="{}">',
            ACTION_CHECKBOX_NAME,
            obj.pk,
            f"Choisir {obj} pour une action",
        )

    def construct_change_message(
        self, request: HttpRequest, form: Any, formsets: Any, add: bool = False
    ) -> list[dict[str, Any]]:
        """What changed, by the names of the fields; never the words of the rows."""
        message: list[dict[str, Any]] = super().construct_change_message(request, form, formsets, add)
        for partie in message:
            for detail in partie.values():
                if "object" in detail:
                    detail["object"] = "une ligne"
        return message

    def log_addition(self, request: HttpRequest, obj: models.Model, message: Any) -> Any:
        """A line of the history names its object by its key: it outlives the names."""
        return _sans_nom(super().log_addition(request, obj, message))

    def log_change(self, request: HttpRequest, obj: models.Model, message: Any) -> Any:
        """The same for a change."""
        return _sans_nom(super().log_change(request, obj, message))

    def log_deletions(self, request: HttpRequest, queryset: Any) -> Any:
        """The same for what is taken away."""
        return [_sans_nom(entree) for entree in super().log_deletions(request, queryset) or ()]

    def get_list_filter(self, request: HttpRequest) -> Any:
        """Filters on a foreign key are scoped without having to ask."""
        return [self._filtre_borne(filtre) for filtre in super().get_list_filter(request)]

    def _filtre_borne(self, filtre: Any) -> Any:
        if not isinstance(filtre, str):
            return filtre
        champ = self.model._meta
        for nom in filtre.split("__"):
            dernier = champ.get_field(nom)
            champ = dernier.related_model._meta if dernier.is_relation else champ
        return (filtre, FiltrePortee) if dernier.is_relation else filtre

    def get_actions(
        self, request: HttpRequest, action_location: ActionLocation = ActionLocation.CHANGE_LIST
    ) -> Any:
        """No bulk deletion: what may be deleted is deleted one by one, with its consequences shown."""
        actions = super().get_actions(request, action_location)
        actions.pop("delete_selected", None)
        return actions

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Write, then look: a row that left the territory takes the whole save back.

        A "new" row that carries the key of another would be an UPDATE of that one.
        """
        if not change and self.model._base_manager.filter(pk=obj.pk).exists():
            raise PermissionDenied
        super().save_model(request, obj, form, change)
        if not visibles(self.model, request, "modifier" if change else "ajouter").filter(pk=obj.pk).exists():
            raise PermissionDenied


def _sans_nom(entree: Any) -> Any:
    entree.object_repr = str(entree.object_id)
    entree.save(update_fields=["object_repr"])
    return entree


class JeuDeLignes(BaseInlineFormSet[Any, Any, Any]):
    """Rows of a root, and of no other.

    Our keys are given before a row is stored, so Django would make a new row of a key that is not one
    of the root's: another's, or one that was taken off meanwhile.
    """

    def _construct_form(self, i: int, **kwargs: Any) -> Any:
        """A row of a root that is being created knows it too: Django gives it a key of nothing."""
        ligne = super()._construct_form(i, **kwargs)  # type: ignore[misc]
        if self.instance._state.adding:
            self.fk.set_cached_value(ligne.instance, self.instance)
        return ligne

    def clean(self) -> None:
        """Refuse the whole page; what was typed stays on it."""
        super().clean()
        if any(ligne.instance._state.adding for ligne in self.initial_forms):
            raise ValidationError("Une de ces lignes n'existe plus : rechargez la page.")


class InlinePortee(PorteeDeBase, admin.TabularInline[Any, Any]):
    """Rows inside the page of their root; the root's territory holds, their own keys are bounded."""

    extra = 0
    show_change_link = False
    formset = JeuDeLignes

    def get_queryset(self, request: HttpRequest) -> Any:
        """The root is already scoped: rows follow it, each with what its name is made of."""
        lignes = self.model._default_manager.get_queryset()
        cles = {champ.name for champ in self.model._meta.fields if champ.is_relation}.intersection(
            self.get_fields(request)
        )
        return lignes.select_related(*cles) if cles else lignes

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        """Every row offers the same keys: they are read once, whatever the number of rows."""
        jeu = super().get_formset(request, obj, **kwargs)
        champs: list[Any] = list(jeu.form.base_fields.values())
        for champ in champs:
            liste = isinstance(champ, ModelChoiceField) and hasattr(champ.widget, "choices")
            if liste and not champ.get_limit_choices_to():  # a limit is set later, row by row
                champ.choices = list(iter(champ.choices))  # its length is a query of its own
        return jeu

    def _permis(self, request: HttpRequest, verbe: str, objet: models.Model | None) -> bool:
        droit = f"{self.model._meta.app_label}.{verbe}_{self.model._meta.model_name}"
        return bool(request.user.has_perm(droit))
