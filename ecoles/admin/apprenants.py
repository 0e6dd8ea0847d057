"""Learners: pages of their school's staff only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import OuterRef, Subquery

from ecoles.admin.acces import AvecAcces
from ecoles.admin.base import AdminDeLEcole
from ecoles.admin.histoire import AvecHistoireDeLEcole
from ecoles.admin.imports import AvecImportDEcole
from ecoles.exports import EXPORT_APPRENANTS
from ecoles.models import (
    Apprenant,
    AvisAptitude,
    FormationSecurite,
    Inscription,
    RepresentantLegal,
    Titre,
)
from ecoles.places import CHANGEZ, places_de, verrouiller_les_places
from ecoles.regles_inscription import SANS_REPRESENTANT, demande_un_representant
from ecoles.requetes import ecoles_pour
from ecoles.ressources import RessourceApprenants
from reseau.admin.exports import AvecExport
from reseau.admin.recherche import RechercheRepliee
from reseau.models import en_cours
from reseau.nombres import aujourdhui
from reseau.socle.portee import InlinePortee, JeuDeLignes

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest, HttpResponse


class JeuDeRepresentants(JeuDeLignes):
    """Somebody answers for a minor."""

    def clean(self) -> None:
        """Refuse the page of a minor without anybody; what was typed stays on it."""
        super().clean()
        jeune: Apprenant = self.instance
        if any(self.errors) or not jeune.ne_le or jeune.est_parti():
            return
        gardes = [
            ligne
            for ligne in self.forms
            if ligne not in self.deleted_forms and (ligne.has_changed() or not ligne.instance._state.adding)
        ]
        if not gardes and demande_un_representant(jeune.ne_le, aujourdhui()):
            raise ValidationError(SANS_REPRESENTANT)


class RepresentantInline(InlinePortee):
    """Who answers for her, and how to reach them."""

    model = RepresentantLegal
    formset = JeuDeRepresentants
    fields = ("lien", "prenom", "nom", "telephone", "courriel")

    def get_extra(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> int:
        """A new learner is entered in one page."""
        return 1 if obj is None else 0


class JeuDInscriptions(JeuDeLignes):
    """Nobody enters without a place, and two people do not give the last one twice."""

    def clean(self) -> None:
        """Say at the diploma that its places are taken."""
        super().clean()
        if any(self.errors):
            return
        entrees = [
            ligne for ligne in self.forms if ligne not in self.deleted_forms and _prend_une_place(ligne)
        ]
        jeune: Apprenant = self.instance
        if not entrees or jeune.ecole_id is None:
            return
        verrouiller_les_places(jeune.ecole_id)
        places = places_de(jeune.ecole_id)
        for ligne in entrees:
            siens = ligne.instance
            for refus in places.refus_d_entree(siens.titre_id, siens.du, siens.au, jeune.pk):
                ligne.add_error("titre", f"{refus} {CHANGEZ}")


def _prend_une_place(ligne: Any) -> bool:
    """Whether this row is new, moves, begins earlier or ends later: what the database counts."""
    if not ligne.has_changed():
        return False
    avant, apres = ligne.initial, ligne.instance
    if apres._state.adding or avant.get("titre") != apres.titre_id or apres.du < avant["du"]:
        return True
    fin = avant.get("au")
    return fin is not None and (apres.au is None or apres.au > fin)


class InscriptionInline(InlinePortee):
    """Enrolments, in their order."""

    model = Inscription
    formset = JeuDInscriptions
    fields = ("titre", "du", "motif_age", "au", "motif_sortie")
    ordering = ("du",)

    def get_extra(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> int:
        """A new learner is entered in one page."""
        return 1 if obj is None else 0

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Who comes in has not left."""
        return self.fields if obj else ("titre", "du", "motif_age")

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Titles that the schools of this person offer, or that one of their learners is taught."""
        champ = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if champ is not None and db_field.name == "titre":
            utilisateur: Any = request.user
            siennes = ecoles_pour(utilisateur, "apprenant.voir")
            suivis = Titre.objects.filter(inscriptions__apprenant__ecole__in=siennes)
            choix = Titre.objects.proposes_par(siennes).values("pk").union(suivis.order_by().values("pk"))
            champ.queryset = champ.queryset.filter(pk__in=choix).order_by("niveau", "intitule", "code_cfd")
        return champ


class AvisInline(InlinePortee):
    """Medical opinions: fit or not, dates only."""

    model = AvisAptitude
    fields = ("apte", "du", "au")


class FormationInline(InlinePortee):
    """Safety trainings."""

    model = FormationSecurite
    fields = ("travail", "donnee_le", "evaluee_le")


@admin.register(Apprenant)
class ApprenantAdmin(
    AvecAcces, AvecHistoireDeLEcole, RechercheRepliee, AvecExport, AvecImportDEcole, AdminDeLEcole
):
    """Learners of the school, with what proves that they may do a dangerous work."""

    ressource = RessourceApprenants
    export = EXPORT_APPRENANTS
    list_display = ("nom", "prenom", "age", "diplome", "avis_jusqu_au")
    ordering = ("nom", "prenom", "id")
    fields = ("ecole", "prenom", "nom", "ne_le")
    change_form_template = "admin/ecoles/apprenant.html"
    inlines = (RepresentantInline, InscriptionInline, AvisInline, FormationInline)

    def render_change_form(
        self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Offer the change of school, and the data to be given, to who may."""
        utilisateur: Any = request.user
        jeune = context.get("original")
        if jeune is not None:
            context["depart"] = jeune.ecole_id in set(ecoles_pour(utilisateur, "transfert.ajouter"))
            context["acces"] = jeune.ecole_id in set(ecoles_pour(utilisateur, "apprenant.remettre"))
        return super().render_change_form(request, context, *args, **kwargs)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Apprenant]:
        """Add the present diploma and the end of the last opinion, in the same query."""
        jour = aujourdhui()
        inscription = Inscription.objects.filter(en_cours(jour), apprenant=OuterRef("pk"))
        avis = AvisAptitude.objects.filter(apprenant=OuterRef("pk"), apte=True).order_by("-au")
        apprenants: QuerySet[Apprenant] = super().get_queryset(request)
        return apprenants.annotate(
            diplome_actuel=Subquery(inscription.order_by("-du").values("titre__intitule")[:1]),
            fin_avis=Subquery(avis.values("au")[:1]),
        )

    @admin.display(description="âge")
    def age(self, apprenant: Any) -> str:
        """Age in full years today."""
        return f"{apprenant.age_le(aujourdhui())} ans"

    @admin.display(description="diplôme préparé")
    def diplome(self, apprenant: Any) -> str:
        """Diploma of the present enrolment."""
        return apprenant.diplome_actuel or "n'est pas inscrit aujourd'hui"

    @admin.display(description="apte jusqu'au", ordering="fin_avis")
    def avis_jusqu_au(self, apprenant: Any) -> str:
        """Last day of the last opinion, and whether it is over."""
        if apprenant.fin_avis is None:
            return "pas d'avis"
        passe = " (terminé)" if apprenant.fin_avis < aujourdhui() else ""
        return f"{apprenant.fin_avis:%d/%m/%Y}{passe}"
