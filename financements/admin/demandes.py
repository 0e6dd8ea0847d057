"""Requests in the admin: what each side may type, and how a request is born and saved."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied

from ecoles.requetes import ecoles_pour, territoire
from financements.admin.champs_bilans import CHAMPS_DES_BILANS, champs_de_fin
from financements.admin.champs_lettres import texte_de_lettre
from financements.admin.champs_versements import CHAMPS_DES_REFUS, CHAMPS_DES_VERSEMENTS
from financements.admin.chorus import AvecFicheChorus
from financements.admin.fermees import AvecPageFermee
from financements.admin.lignes import SansIcones, lots_ouverts
from financements.admin.liste import ListeDemandes
from financements.admin.page import PageDeDemande
from financements.admin.refus import AdminRefus
from financements.comptage import remplir
from financements.etats import MACHINE, SANS_FINANCEMENT, Etat
from financements.gardes import campagne_ouverte
from financements.models import Campagne, Demande, LigneEffectif
from financements.natures import Voie
from financements.ouverture import naitre
from financements.recevabilite import refus_de_liste
from reseau.admin.versions import FormulaireVersion
from reseau.models import Utilisateur
from reseau.nombres import aujourdhui
from reseau.socle.etats import Contexte

if TYPE_CHECKING:
    from django.db.models import Model
    from django.http import HttpRequest

    from ecoles.models import Ecole


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
                self.add_error("campagne", f"{ecole} a déjà la demande {numero} pour cette campagne.")
            if "recue_par_courriel_le" not in self.fields:
                self._ecole_en_droit(ecole, campagne)
        return donnees

    def _ecole_en_droit(self, ecole: Ecole, campagne: Campagne) -> None:
        """Row 1: a school asks while the campaign is open, and while it is on the yearly list."""
        future, contexte = Demande(ecole=ecole, campagne=campagne), Contexte(Utilisateur())
        for phrase in campagne_ouverte(future, contexte):
            self.add_error("campagne", phrase)
        for phrase in refus_de_liste(future):
            self.add_error("ecole", phrase)


@admin.register(Demande)
class AdminDemande(ListeDemandes, SansIcones, AdminRefus, AvecPageFermee, AvecFicheChorus, PageDeDemande):
    """A request, for the school that makes it and for the officers who decide."""

    form = FormulaireDemande
    modeles_lies = (LigneEffectif,)
    champs_transition = (
        CHAMPS_DES_VERSEMENTS
        | CHAMPS_DES_REFUS
        | CHAMPS_DES_BILANS
        | {
            "certifie": forms.BooleanField(
                label="Je certifie que ces informations sont exactes", required=False
            ),
            "motif": texte_de_lettre("Raison", 500, mot="Cette raison"),
        }
    )

    class Media:
        css = {"all": ("css/financements.css",)}

    def champs_de(self, objet: Any, transition: Any) -> Any:
        """At the end of a file, what is asked depends on its balance."""
        return champs_de_fin(objet, transition.nom, super().champs_de(objet, transition))

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
        """A request is made where this person may make one, for fictional schools or for real ones."""
        champ = super()._borner(champ, db_field, request)
        utilisateur: Any = request.user
        if db_field.name == "ecole":
            permis = territoire(utilisateur, "demande.ajouter", "pk", "commune__departement__region")
            ici = champ.queryset.filter(fictive=settings.DEMONSTRATION)
            champ.queryset = ici if utilisateur.is_superuser else ici.filter(permis)
        elif (
            db_field.name == "campagne"
            and request.method == "GET"
            and not request.user.has_perm("demande.saisir")
        ):
            jour = aujourdhui()
            champ.queryset = champ.queryset.filter(ouverte_du__lte=jour, ouverte_au__gte=jour)
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
        """The open campaign, and the only school of who has one."""
        jour = aujourdhui()
        ouvertes = Campagne.objects.filter(ouverte_du__lte=jour, ouverte_au__gte=jour).order_by("-exercice")
        siennes = list(ecoles_pour(request.user, "demande.ajouter").distinct()[:2])  # type: ignore[arg-type]
        seule = {"ecole": siennes[0]} if len(siennes) == 1 else {}
        return {"campagne": ouvertes.first(), **seule, **super().get_changeform_initial_data(request)}

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
        """A draft without a line fills from enrolments; a review applies the scale of the day."""
        super().save_related(request, form, formsets, change)
        demande: Demande = form.instance
        vide = demande.etat == Etat.BROUILLON and demande.voie == Voie.ECOLE and not demande.lignes.exists()
        if vide and remplir(demande):
            messages.info(request, "Les lignes sont remplies avec vos inscriptions : relisez-les.")
        if not change or not self.saisies(request, demande).retenu:
            return
        avant = demande.montant_retenu
        for ligne in demande.lignes.order_by("id"):
            ligne.save()
        demande.refresh_from_db()
        ecrites = any(ligne.has_changed() for lot in formsets for ligne in lot.forms)
        # Who only reread, or wrote a note, did not make the amount: she may still visa it.
        if not ecrites and "enveloppe" not in form.changed_data and demande.montant_retenu == avant:
            return
        utilisateur: Any = request.user
        donnees = {"montant": str(demande.montant_retenu)}
        MACHINE.consigner(demande, Contexte(utilisateur), "retenir", demande.etat, demande.etat, donnees)
