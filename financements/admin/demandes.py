"""The page of a request: figures, computation, pieces, envelope, one main action, journal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path, reverse

from ecoles.requetes import territoire
from financements import dossier
from financements.admin.confirmation import avant_apres
from financements.admin.lignes import lots_ouverts
from financements.admin.liste import ListeDemandes
from financements.admin.pieces import AdminPieces
from financements.admin.refus import AdminRefus
from financements.barre import barre
from financements.etats import MACHINE, SANS_FINANCEMENT
from financements.models import Campagne, Demande, LigneEffectif
from financements.natures import Voie
from financements.ouverture import naitre
from financements.saisies import Saisies, saisies_ouvertes, transitions_ouvertes, voit_l_interne
from reseau.admin.transitions import AdminTransitions
from reseau.admin.versions import FormulaireVersion, differences
from reseau.nombres import aujourdhui
from reseau.socle.documents import servir
from reseau.socle.etats import Contexte

if TYPE_CHECKING:
    from django.db.models import Model
    from django.urls import URLPattern

    from reseau.socle.etats import Transition


class FormulaireDemande(FormulaireVersion):
    """What a person types about a request; state and decided amounts are never here."""

    def clean_recue_par_courriel_le(self) -> Any:
        """A paper cannot arrive tomorrow."""
        jour = self.cleaned_data["recue_par_courriel_le"]
        if jour and jour > aujourdhui():
            raise forms.ValidationError("Cette date est dans le futur.")
        return jour

    def clean(self) -> dict[str, Any]:
        """One living request for a school and a campaign."""
        donnees = super().clean()
        ecole, campagne = donnees.get("ecole"), donnees.get("campagne")
        if ecole and campagne:
            vivante = Demande.objects.filter(ecole=ecole, campagne=campagne).exclude(
                etat__in=SANS_FINANCEMENT
            )
            if numero := vivante.order_by("id").values_list("numero", flat=True).first():
                self.add_error(
                    "campagne", f"{ecole} a déjà une demande en cours pour cette campagne : {numero}."
                )
        return donnees


@admin.register(Demande)
class AdminDemande(ListeDemandes, AdminPieces, AdminRefus, AdminTransitions):
    """A request, for the school that makes it and for the officers who decide."""

    machine = MACHINE
    form = FormulaireDemande
    modeles_lies = (LigneEffectif,)
    champs_transition = {
        "certifie": forms.BooleanField(label="Je certifie que ces informations sont exactes", required=False),
        "motif": forms.CharField(
            label="Raison", max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 3})
        ),
    }
    change_form_template = "admin/financements/demande/change_form.html"

    class Media:
        css = {"all": ("css/financements.css",)}

    # --- What is open

    def saisies(self, request: HttpRequest, demande: Demande) -> Saisies:
        """Ask once a request."""
        if not hasattr(demande, "_saisies"):
            demande._saisies = saisies_ouvertes(demande, request.user)  # type: ignore[attr-defined, arg-type]
        ouvertes: Saisies = demande._saisies  # type: ignore[attr-defined]
        return ouvertes

    def interne(self, request: HttpRequest, demande: Demande) -> bool:
        """Whether this person reads the State's side; asked once a request."""
        if not hasattr(demande, "_interne"):
            demande._interne = voit_l_interne(demande, request.user)  # type: ignore[attr-defined, arg-type]
        oui: bool = demande._interne  # type: ignore[attr-defined]
        return oui

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """An object that ``get_object`` found is in the territory: it is not asked a second time."""
        return super().has_view_permission(request, None)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """The page has something to save only where the state leaves something to write."""
        if not super().has_change_permission(request, None):
            return False
        return not isinstance(obj, Demande) or obj._state.adding or self.saisies(request, obj).ouvertes

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """A request is withdrawn, never deleted."""
        return False

    # --- The form

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Only what this person may type now."""
        if obj is None:
            recue = ("recue_par_courriel_le",) if request.user.has_perm("demande.saisir") else ()
            return [(None, {"fields": ("ecole", "campagne", *recue)})]
        saisies = self.saisies(request, obj)
        if saisies.retenu:
            return [("Instruction", {"fields": ("version_lue", "enveloppe", "note_interne")})]
        if saisies.demande and obj.voie == Voie.SERVICE and self.interne(request, obj):
            return [("Document reçu", {"fields": ("version_lue", "recue_par_courriel_le")})]
        return [(None, {"fields": ("version_lue",) if saisies.demande else ()})]

    def get_inlines(self, request: HttpRequest, obj: Any = None) -> Any:
        """Lines, when they are open; the computation shows them otherwise."""
        return lots_ouverts(self.saisies(request, obj) if obj else None)

    def _borner(self, champ: Any, db_field: Any, request: HttpRequest) -> Any:
        """A request is made where this person may make one; its envelope is the region's and the year's."""
        champ = super()._borner(champ, db_field, request)
        utilisateur: Any = request.user
        if db_field.name == "ecole":
            permis = territoire(utilisateur, "demande.ajouter", "pk", "commune__departement__region")
            ici = champ.queryset.filter(fictive=settings.DEMONSTRATION)
            champ.queryset = ici if utilisateur.is_superuser else ici.filter(permis)
        elif db_field.name == "enveloppe":
            champ.queryset = champ.queryset.select_related("service")
        return champ

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """The envelopes offered are those that this request could take."""
        classe = super().get_form(request, obj, change, **kwargs)
        if obj is not None and "enveloppe" in classe.base_fields:
            champ: Any = classe.base_fields["enveloppe"]
            champ.queryset = champ.queryset.filter(service=obj.region_id, exercice=obj.campagne.exercice)
        return classe

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """The open campaign."""
        jour = aujourdhui()
        ouverte = (
            Campagne.objects.filter(ouverte_du__lte=jour, ouverte_au__gte=jour).order_by("-exercice").first()
        )
        return {"campagne": ouverte, **super().get_changeform_initial_data(request)}

    def save_model(self, request: HttpRequest, obj: Demande, form: Any, change: bool) -> None:
        """A new request takes its number and its first journal line with its first save."""
        utilisateur: Any = request.user
        if change:
            super().save_model(request, obj, form, change)
            return
        obj.voie = Voie.SERVICE if utilisateur.has_perm("demande.saisir") else Voie.ECOLE
        naitre(obj, utilisateur)
        if not Demande.objects.visibles_par(utilisateur, "ajouter").filter(pk=obj.pk).exists():
            raise PermissionDenied

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """During the review each save applies the scale of the day and leaves its line in the journal."""
        super().save_related(request, form, formsets, change)
        demande: Demande = form.instance
        if not change or not self.saisies(request, demande).retenu:
            return
        for ligne in demande.lignes.order_by("id"):
            ligne.save()
        demande.refresh_from_db()
        utilisateur: Any = request.user
        donnees = {"montant": str(demande.montant_retenu)}
        MACHINE.consigner(demande, Contexte(utilisateur), "retenir", demande.etat, demande.etat, donnees)

    # --- The page

    def render_change_form(
        self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Give the template plain values only."""
        demande: Demande | None = context.get("original")
        if demande is not None:
            context.update(self._page_du_dossier(request, demande))
            lots = context["inline_admin_formsets"]
            context["differences"] = differences(context["adminform"].form, lots)
        return super().render_change_form(request, context, *args, **kwargs)

    def _page_du_dossier(self, request: HttpRequest, demande: Demande) -> dict[str, Any]:
        interne = self.interne(request, demande)
        presentes, manquantes = dossier.pieces(demande)
        lignes = demande.journal.select_related("acteur").order_by("-rang")[:50]
        allocation = dossier.allocation_de(demande)
        return {
            "dossier": dossier.entete(demande, interne=interne),
            "calcul": dossier.calcul(demande, interne=interne),
            "pieces": presentes,
            "pieces_manquantes": manquantes,
            "pieces_ouvertes": self.saisies(request, demande).pieces,
            "barre": barre(demande.enveloppe) if interne and demande.enveloppe else None,
            "journal_montre": dossier.journal(lignes, interne=interne),
            "decision": reverse("admin:financements_demande_decision", args=[demande.pk])
            if allocation
            else "",
            "principale": self._principale(request, demande),
        }

    def _principale(self, request: HttpRequest, demande: Demande) -> dict[str, Any] | None:
        """The one main action, with every reason why it is not possible yet."""
        ouvertes = self._ouvertes(request, demande)
        if not ouvertes:
            return None
        refus = self._refus_sans_saisie(request, demande, ouvertes[0])
        return {"libelle": ouvertes[0].libelle, "refus": refus}

    def _ouvertes(self, request: HttpRequest, demande: Any) -> list[Transition]:
        if not hasattr(demande, "_ouvertes"):
            demande._ouvertes = transitions_ouvertes(demande, request.user)  # type: ignore[arg-type]
        ouvertes: list[Transition] = demande._ouvertes
        return ouvertes

    def _boutons(self, requete: HttpRequest, objet: Any) -> list[dict[str, str]]:
        lien = "admin:financements_demande_transition"
        return [
            {"libelle": t.libelle, "lien": reverse(lien, args=[objet.pk, t.nom])}
            for t in self._ouvertes(requete, objet)
        ]

    def avant_apres(self, requete: HttpRequest, objet: Any, transition: Transition) -> Any:
        """What changes besides the state."""
        return avant_apres(objet, transition.nom)

    # --- The decision

    def get_urls(self) -> list[URLPattern]:
        """Add the decision's address."""
        vue = self.admin_site.admin_view(self.vue_decision)
        return [
            path("<uuid:object_id>/decision/", vue, name="financements_demande_decision"),
            *super().get_urls(),
        ]

    def vue_decision(self, request: HttpRequest, object_id: Any) -> HttpResponse:
        """The frozen bytes, the same each time."""
        allocation = dossier.allocation_de(self.demande_ou_404(request, object_id))
        acte = allocation.actes.select_related("document").order_by("nature").first() if allocation else None
        if acte is None:
            raise Http404("Cette page n'existe pas.")
        return servir(acte.document, request)
