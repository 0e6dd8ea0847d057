"""Applications: pages of the school's staff. The direction decides, the secretariat follows them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from ecoles.admin.base import AdminDeLEcole
from ecoles.candidatures import MACHINE, deja_connu, titres_de
from ecoles.etats_candidature import MotifRefus
from ecoles.models import Candidature, DemandeContact, Offre, Parcours
from ecoles.requetes import ecoles_pour
from reseau.admin.recherche import RechercheRepliee
from reseau.admin.transitions import AdminTransitions
from reseau.admin.versions import FormulaireVersion, differences
from reseau.nombres import aujourdhui
from reseau.socle.etats import Contexte
from reseau.socle.portee import visibles

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest, HttpResponse

_JEUNE = ("prenom", "nom", "ne_le", "parcours", "recue_le", "motivation")
_REPONDANT = ("lien", "representant_prenom", "representant_nom", "telephone", "courriel")
_SUITE = ("etat", "visite_le", "essai_du", "essai_au", "motif_refus", "precision_refus", "close_le")


class FormulaireCandidature(FormulaireVersion):
    """What a school knows of a young person who applies."""

    contact = forms.ModelChoiceField(DemandeContact.objects.none(), required=False, widget=forms.HiddenInput)

    def clean_recue_le(self) -> Any:
        """Nobody applied tomorrow."""
        jour = self.cleaned_data["recue_le"]
        if jour > aujourdhui():
            raise ValidationError("Cette date est dans le futur.")
        return jour

    def clean_ne_le(self) -> Any:
        """A birth day is past."""
        jour = self.cleaned_data["ne_le"]
        if jour and jour > aujourdhui():
            raise ValidationError("Cette date est dans le futur.")
        return jour

    def clean_contact(self) -> Any:
        """One application for a question of a family."""
        contact = self.cleaned_data["contact"]
        if contact is not None and Candidature.objects.filter(contact=contact).exists():
            raise ValidationError("Cette demande de contact a déjà sa candidature.")
        return contact

    def clean(self) -> dict[str, Any]:
        """One way to answer; a parcours and a question of this school."""
        donnees = super().clean()
        lus = "telephone" in donnees and not {"telephone", "courriel"} & self.errors.keys()
        if lus and not donnees.get("telephone") and not donnees.get("courriel"):
            self.add_error("telephone", "Indiquez un téléphone ou une adresse électronique.")
        ecole = donnees["ecole"].pk if donnees.get("ecole") else self.instance.ecole_id
        parcours, contact = donnees.get("parcours"), donnees.get("contact")
        if parcours and ecole and not Offre.objects.filter(ecole=ecole, parcours=parcours).exists():
            self.add_error("parcours", "L'école ne propose pas ce parcours.")
        if contact is not None and ecole and contact.ecole_id != ecole:
            self.add_error(None, "Cette demande de contact est celle d'une autre école.")
        return donnees


@admin.register(Candidature)
class CandidatureAdmin(RechercheRepliee, AdminDeLEcole, AdminTransitions):
    """Who applies, and where each one is."""

    machine = MACHINE
    form = FormulaireCandidature
    refus_montres = True
    list_display = ("candidat", "etat", "recue_le", "essai_au", "close_le", "parcours")
    list_filter = ("etat", "motif_refus")
    ordering = ("recue_le", "id")
    change_form_template = "admin/ecoles/candidature.html"
    champs_transition = {
        "visite_le": forms.DateField(label="Visite faite le", initial=aujourdhui),
        "essai_du": forms.DateField(label="Premier jour de la semaine d'essai"),
        "essai_au": forms.DateField(label="Dernier jour"),
        "motif_refus": forms.ChoiceField(label="Raison", choices=[("", "Choisissez"), *MotifRefus.choices]),
        "precision_refus": forms.CharField(
            label="Précision",
            max_length=300,
            required=False,
            help_text="Rien sur la santé ni sur la situation de famille.",
        ),
        "du": forms.DateField(label="Premier jour dans l'école", initial=aujourdhui),
        "motif_age": forms.CharField(
            label="Pourquoi à cet âge",
            max_length=300,
            required=False,
            help_text="Seulement pour une entrée à 14 ans, ou après 18 ans.",
        ),
    }

    @admin.display(description="candidat", ordering="nom")
    def candidat(self, candidature: Candidature) -> str:
        """Name, here or on the learner's page."""
        return str(candidature)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Candidature]:
        """With the parcours, and the learner whose name it bears once enrolled."""
        candidatures: QuerySet[Candidature] = super().get_queryset(request)
        return candidatures.select_related("apprenant", "parcours")

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """A new one says who and why; what follows shows where it is."""
        modifiable = obj is not None and self.has_change_permission(request, obj)
        if obj is None:
            cache: tuple[str, ...] = ("contact",)
            ecole = () if "ecole" in self.get_exclude(request, obj) else ("ecole",)
        else:
            cache, ecole = (("version_lue",) if modifiable else ()), ()
        groupes = [
            ("Le jeune", {"fields": (*cache, *ecole, *_JEUNE)}),
            ("Qui répond de lui", {"fields": _REPONDANT}),
        ]
        return [*groupes, ("Où on en est", {"fields": _SUITE})] if obj is not None else groupes

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Those of the groups."""
        return [champ for _, options in self.get_fieldsets(request, obj) for champ in options["fields"]]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """States move by their buttons."""
        return _SUITE if obj is not None else ()

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """What ended is read."""
        ouverte = obj is None or obj._state.adding or obj.est_ouverte()
        return ouverte and super().has_change_permission(request, obj)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Parcours that the schools of this person offer."""
        champ = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if champ is not None and db_field.name == "parcours":
            utilisateur: Any = request.user
            siennes = ecoles_pour(utilisateur, "candidature.voir")
            champ.queryset = Parcours.objects.filter(
                pk__in=Offre.objects.filter(ecole__in=siennes).order_by().values("parcours")
            ).order_by("niveau_vise", "nom", "code")
        return champ

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """The question of a family is one that this person answers."""
        formulaire: Any = super().get_form(request, obj, change=change, **kwargs)
        if "contact" in formulaire.base_fields:
            formulaire.base_fields["contact"].queryset = visibles(DemandeContact, request, "traiter")
        return formulaire

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Prefilled from the question of a family, when this person may answer it."""
        initiales: dict[str, Any] = super().get_changeform_initial_data(request)
        contact = _contact_demande(request)
        if contact is None:
            return {cle: valeur for cle, valeur in initiales.items() if cle == "ecole"}
        return {
            "contact": contact.pk,
            "ecole": contact.ecole_id,
            "prenom" if contact.qui == DemandeContact.Qui.JEUNE else "representant_prenom": contact.prenom,
            "telephone": contact.telephone,
            "courriel": contact.courriel,
            "recue_le": contact.recue_le.date(),
        }

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """A new application is journalled; so is each change, by the names of its fields."""
        utilisateur: Any = request.user
        contexte = Contexte(utilisateur)
        with transaction.atomic():
            if not change:
                obj.contact = form.cleaned_data.get("contact")
            else:
                obj.version += 1
            super().save_model(request, obj, form, change)
            if not visibles(Candidature, request, "modifier").filter(pk=obj.pk).exists():
                raise PermissionDenied
            donnees = {"champs": form.changed_data} if change else {}
            de = obj.etat if change else ""
            MACHINE.consigner(obj, contexte, "modifier" if change else "creer", de, obj.etat, donnees)

    def champs_de(self, objet: Any, transition: Any) -> Any:
        """Titles of the parcours, to choose where one begins."""
        autres = [nom for nom in transition.champs if nom != "titre"]
        champs: dict[str, forms.Field] = {nom: self.champs_transition[nom] for nom in autres}
        if "titre" in transition.champs:
            choix = [(titre.pk, str(titre)) for titre in titres_de(objet)]
            titre = forms.ChoiceField(label="Diplôme préparé pour commencer", choices=choix)
            champs = {"titre": titre, **champs}
        return champs

    def avant_apres(self, requete: HttpRequest, objet: Any, transition: Any) -> Any:
        """An enrolment says whether somebody comes back."""
        if transition.nom != "inscrire" or objet.ne_le is None:
            return ()
        connu = deja_connu(objet)
        apres = "sa fiche est reprise : il ou elle revient" if connu else "une fiche est créée"
        return (("Fiche du jeune", "existe déjà" if connu else "n'existe pas", apres),)

    def render_change_form(
        self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Add what differs when somebody saved first, and the learner once there is one."""
        formulaire = context["adminform"].form
        if isinstance(formulaire, FormulaireVersion):
            context["differences"] = differences(formulaire, context["inline_admin_formsets"])
        return super().render_change_form(request, context, *args, **kwargs)


def _contact_demande(request: HttpRequest) -> DemandeContact | None:
    """The question named in the address, among those that this person answers."""
    try:
        contact: DemandeContact | None = (
            visibles(DemandeContact, request, "traiter")
            .filter(pk=request.GET.get("contact"), ecole__in=visibles_ecoles(request))
            .first()
        )
    except (ValidationError, ValueError):
        return None
    return contact


def visibles_ecoles(request: HttpRequest) -> Any:
    """Schools where this person may open an application: an officer who answers for a school may not."""
    utilisateur: Any = request.user
    return ecoles_pour(utilisateur, "candidature.ajouter")
