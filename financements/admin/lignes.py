"""Lines of a request inside its page: asked numbers before the deposit, retained ones during the review."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper

from ecoles.models import Offre
from ecoles.requetes import ecoles_pour
from ecoles.titres_a_choisir import distinguer
from financements.actes import formule
from financements.models import Bareme, LigneEffectif
from financements.saisies import saisies_ouvertes
from reseau.nombres import montrer_montant
from reseau.socle.portee import InlinePortee, JeuDeLignes, PorteeDeBase

if TYPE_CHECKING:
    from django.db.models import Model
    from django.http import HttpRequest

    from financements.models import Demande
    from financements.saisies import Saisies

LIGNES_MAXIMUM = 20
_MOTS_DE_L_ECOLE = {
    "annee": "Année",
    "mois": "Mois dans l'école",
    "effectif_demande": "Nombre de jeunes",
    "majorations_demandees": "Dont jeunes avec supplément",
}


class FormulaireLigneDemandee(forms.ModelForm[LigneEffectif]):
    """What the school asks for."""

    def clean(self) -> dict[str, Any]:
        """At the right field, what constraints and the scale would say."""
        donnees = super().clean() or {}
        effectif, supplements = donnees.get("effectif_demande"), donnees.get("majorations_demandees")
        if effectif is not None and supplements is not None and supplements > effectif:
            self.add_error("majorations_demandees", "Il y a plus de suppléments que de jeunes.")
        if (titre := donnees.get("titre")) and self._sans_bareme(titre.pk):
            self.add_error("titre", "La campagne n'a pas encore de barème pour ce diplôme.")
        return donnees

    def _sans_bareme(self, titre: str) -> bool:
        demande: Demande = self.instance.demande
        if demande.campagne_id is None:
            return False
        if not hasattr(demande, "_baremes"):
            demande._baremes = demande.campagne.baremes_en_vigueur()  # type: ignore[attr-defined]
        baremes: dict[str | None, Any] = demande._baremes  # type: ignore[attr-defined]
        return titre not in baremes and None not in baremes


class FormulaireLigneRetenue(forms.ModelForm[LigneEffectif]):
    """What the officer retains."""

    def clean(self) -> dict[str, Any]:
        """A gap with what was asked has its reason; supplements are learners too."""
        donnees = super().clean() or {}
        retenu, supplements = donnees.get("effectif_retenu"), donnees.get("nb_majorations")
        if retenu is None:
            if "effectif_retenu" not in self.errors:
                self.add_error("effectif_retenu", "Indiquez l'effectif retenu, zéro s'il le faut.")
            return donnees
        if supplements is not None and supplements > retenu:
            self.add_error("nb_majorations", "Il y a plus de suppléments que de jeunes retenus.")
        ligne = self.instance
        ecart = (retenu, supplements) != (ligne.effectif_demande, ligne.majorations_demandees)
        if ecart and not donnees.get("motif"):
            self.add_error("motif", "Écrivez la raison de l'écart avec la demande.")
        return donnees


class LignesSansRepetition(JeuDeLignes):
    """Rows that repeat each other say it in words."""

    def get_unique_error_message(self, unique_check: Any) -> str:
        """Above the rows."""
        return "Deux lignes disent le même diplôme et la même année."

    def get_form_error(self) -> str:
        """At the row that repeats another."""
        return "Cette ligne répète un diplôme et une année déjà saisis."


class SansIcones(PorteeDeBase):
    """Keys without the icons that open another page: a click there would lose what was typed."""

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Take the wrapper off."""
        champ = super().formfield_for_dbfield(db_field, request, **kwargs)
        if champ is not None and isinstance(champ.widget, RelatedFieldWidgetWrapper):
            champ.widget = champ.widget.widget
        return champ


class _Lignes(SansIcones, InlinePortee):
    """What the two inlines share: rows of this request only, when its state lets this person write them."""

    model = LigneEffectif
    verbose_name_plural = "Effectifs"
    can_delete = True
    max_num = LIGNES_MAXIMUM
    classes = ("fin-lignes", "fin-demandees")

    def get_queryset(self, request: HttpRequest) -> Any:
        """With the diploma, which each row prints."""
        return super().get_queryset(request).select_related("titre").order_by("titre", "annee")

    @admin.display(description="calcul")
    def calcul(self, ligne: LigneEffectif) -> str:
        """The formula and its amount, once the row is saved."""
        if ligne._state.adding:
            return "Calculé à l'enregistrement"
        montant = ligne.montant_demande if ligne.montant_retenu is None else ligne.montant_retenu
        return f"{formule(ligne)} = {montrer_montant(montant)}"


class LignesDemandees(_Lignes):
    """Asked numbers."""

    form = FormulaireLigneDemandee
    formset = LignesSansRepetition
    fields = ("titre", "annee", "mois", "effectif_demande", "majorations_demandees", "calcul")
    readonly_fields = ("calcul",)

    def get_extra(self, request: HttpRequest, obj: Model | None = None, **kwargs: Any) -> int:
        """Room to write without JavaScript."""
        return 1 if obj else 3

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        """In a file to correct, the named lines only."""
        saisies = saisies_ouvertes(obj, request.user) if obj else None  # type: ignore[arg-type]
        request.__dict__["_lignes_ouvertes"] = saisies
        if saisies and not saisies.lignes_libres:
            kwargs |= {"extra": 0, "max_num": 0, "can_delete": False}
        return super().get_formset(request, obj, **kwargs)

    def get_queryset(self, request: HttpRequest) -> Any:
        """The same."""
        lignes = super().get_queryset(request)
        saisies = request.__dict__.get("_lignes_ouvertes")
        if saisies is None or saisies.lignes_libres:
            return lignes
        ouvertes = [cle for cle in lignes.values_list("pk", flat=True) if saisies.ligne_ouverte(cle)]
        return lignes.filter(pk__in=ouvertes)

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """A school reads its own words."""
        champ = super().formfield_for_dbfield(db_field, request, **kwargs)
        if champ is not None and not request.user.has_perm("enveloppe.voir"):
            champ.label = _MOTS_DE_L_ECOLE.get(db_field.name, champ.label)
        return champ

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Read the diplomas once, not once a row; a school reads those that it may ask for."""
        champ = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if db_field.name == "titre":
            distinguer(champ)
            siens = _titres_de_l_ecole(request)
            choix = [(cle, mot) for cle, mot in champ.choices if not siens or not cle or str(cle) in siens]
            champ.choices = choix
        return champ


def _titres_de_l_ecole(request: HttpRequest) -> set[str]:
    """Return the diplomas that the school offers, those of scales, those of the page; nothing: all."""
    utilisateur: Any = request.user
    if utilisateur.has_perm("demande.saisir"):
        return set()
    offres = Offre.objects.filter(ecole__in=ecoles_pour(utilisateur, "demande.deposer")).order_by()
    siens = set(offres.values_list("parcours__etapes__titre", flat=True)) - {None}
    if not siens:
        return set()
    demande = request.resolver_match.kwargs.get("object_id") if request.resolver_match else None
    page = LigneEffectif.objects.filter(demande=demande) if demande else LigneEffectif.objects.none()
    nommes = Bareme.objects.filter(titre__isnull=False).order_by().values_list("titre", flat=True)
    return {*siens, *nommes, *page.order_by().values_list("titre", flat=True)}


class LignesRetenues(_Lignes):
    """Retained numbers, beside what was asked."""

    form = FormulaireLigneRetenue
    fields = ("diplome", "annee", "initial", "effectif_retenu", "nb_majorations", "motif", "calcul")
    readonly_fields = ("diplome", "annee", "initial", "calcul")
    can_delete = False
    extra = 0

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """The request is what the school asked for: nothing is added to it."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Nothing is taken out of it: zero is retained, with its reason."""
        return False

    @admin.display(description="diplôme")
    def diplome(self, ligne: LigneEffectif) -> str:
        """The title."""
        return str(ligne.titre)

    @admin.display(description="demandé")
    def initial(self, ligne: LigneEffectif) -> str:
        """Asked."""
        if not ligne.majorations_demandees:
            return str(ligne.effectif_demande)
        return f"{ligne.effectif_demande}, dont {ligne.majorations_demandees} avec supplément"


def lots_ouverts(saisies: Saisies | None) -> list[type[_Lignes]]:
    """Return the inline that is open; ``None`` is a request being created."""
    if saisies is None or saisies.demande:
        return [LignesDemandees]
    return [LignesRetenues] if saisies.retenu else []
