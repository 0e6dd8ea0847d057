"""Lines of a report inside its page: what the school did, what the service retains, the accounts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.utils.html import format_html

from financements.actes_bilan import formule_retenue, montrer_mois
from financements.admin.lignes import SansIcones
from financements.etats import Etat
from financements.models import LigneRealisee, PosteCompteRendu
from financements.natures import PhaseBilan
from financements.saisies import Plume
from reseau.nombres import montrer_montant
from reseau.socle.portee import InlinePortee

if TYPE_CHECKING:
    from django.http import HttpRequest

PLUS_QUE_LES_MOIS = "Il y a plus de mois avec supplément que de mois."


class _Formulaire(forms.ModelForm[Any]):
    """A row that knows whether a correction is asked: then only the named ones are open."""

    def __init__(self, *args: Any, a_corriger: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if a_corriger and not self._nommee():
            for champ in self.fields.values():
                champ.disabled = True

    def _nommee(self) -> bool:
        return bool(self.instance.a_corriger)


class FormulaireLigneEcole(_Formulaire):
    """What the school did; an amount that differs from enrolments says why."""

    def clean(self) -> dict[str, Any]:
        """At the right field, what the constraints would say above the form."""
        donnees = super().clean() or {}
        mois, majores = donnees.get("mois_realises"), donnees.get("majores_realises")
        if mois is None:
            return donnees
        if majores is None and "majores_realises" not in self.errors:
            self.add_error("majores_realises", "Écrivez zéro s'il n'y en a pas.")
        elif majores is not None and majores > mois:
            self.add_error("majores_realises", PLUS_QUE_LES_MOIS)
        inscrits = self.instance.mois_inscrits
        if inscrits is not None and mois != inscrits and not donnees.get("motif_ecole"):
            raison = f"Les inscriptions disent {inscrits} : écrivez la raison de l'écart."
            self.add_error("motif_ecole", raison)
        return donnees


class FormulaireLigneService(_Formulaire):
    """What the service retains; what differs from the school's word says why."""

    def clean(self) -> dict[str, Any]:
        """At the right field, what the constraints would say above the form."""
        donnees = super().clean() or {}
        mois, majores = donnees.get("mois_retenus"), donnees.get("majores_retenus")
        if mois is None or majores is None:
            for nom in ("mois_retenus", "majores_retenus"):
                if donnees.get(nom) is None and nom not in self.errors:
                    self.add_error(nom, "Écrivez ce qui est retenu, zéro s'il le faut.")
            return donnees
        if majores > mois:
            self.add_error("majores_retenus", PLUS_QUE_LES_MOIS)
        ecole = (self.instance.mois_realises, self.instance.majores_realises)
        if (mois, majores) != ecole and not donnees.get("motif_service"):
            self.add_error("motif_service", "Écrivez la raison de l'écart avec l'école.")
        return donnees


class _Lignes(SansIcones, InlinePortee):
    """What the inlines share: no row more, no row less."""

    model = LigneRealisee
    form = _Formulaire
    verbose_name_plural = "Mois-élèves, par diplôme et par année"
    can_delete = False
    extra = 0
    classes = ("fin-lignes", "bil-lignes")

    def get_queryset(self, request: HttpRequest) -> Any:
        """With the diploma, which each row prints."""
        return super().get_queryset(request).select_related("titre").order_by("titre", "annee")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Rows come from what was agreed and from enrolments."""
        return False

    @admin.display(description="diplôme et année")
    def diplome(self, ligne: LigneRealisee) -> str:
        """The title, and the year of the course."""
        return str(ligne)

    @admin.display(description="convenu")
    def convenu(self, ligne: LigneRealisee) -> str:
        """Learner-months agreed, amendments included."""
        return montrer_mois(ligne.mois_convenus, ligne.majores_convenus)

    @admin.display(description="inscriptions")
    def inscrits(self, ligne: LigneRealisee) -> str:
        """What enrolments say, when the school records them."""
        return "effectif déclaré, non rapproché" if ligne.mois_inscrits is None else str(ligne.mois_inscrits)

    @admin.display(description="réalisé, dit l'école")
    def realise(self, ligne: LigneRealisee) -> str:
        """What the school wrote; what it had written before a correction; why it differs."""
        texte = montrer_mois(ligne.mois_realises, ligne.majores_realises)
        suites = []
        if ligne.mois_avant is not None:
            suites.append(f"Avant correction : {montrer_mois(ligne.mois_avant, ligne.majores_avant)}")
        question = f"Demandé : {ligne.question}" if ligne.question else ""
        suites += [mots for mots in (ligne.motif_ecole, question, ligne.reponse) if mots]
        second = format_html('<span class="fin-second">{}</span>', " ; ".join(suites)) if suites else ""
        return format_html("{}{}", texte, second)

    @admin.display(description="calcul")
    def calcul(self, ligne: LigneRealisee) -> str:
        """The formula and its amount, as saved."""
        if ligne.montant is None:
            return "—"
        return f"{formule_retenue(ligne)} = {montrer_montant(ligne.montant)}"


class LignesEcole(_Lignes):
    """As the school writes them."""

    form = FormulaireLigneEcole
    readonly_fields = ("diplome", "convenu", "inscrits", "a_corriger")

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """A school answers in its own name."""
        champ = super().formfield_for_dbfield(db_field, request, **kwargs)
        if champ is not None and db_field.name == "reponse":
            champ.label = "Votre réponse"
        return champ

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """What is asked, and the answer, once a correction was asked."""
        champs = ("diplome", "convenu", "inscrits", "mois_realises", "majores_realises", "motif_ecole")
        if obj is not None and obj.allocation.demande.etat == Etat.BILAN_A_CORRIGER:
            return (*champs, "a_corriger", "reponse")
        return champs


class LignesService(_Lignes):
    """As the service retains them."""

    form = FormulaireLigneService
    readonly_fields = ("diplome", "convenu", "inscrits", "realise", "calcul")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Nothing more is asked once the adversarial phase took place."""
        champs = ("diplome", "convenu", "inscrits", "realise", "mois_retenus", "majores_retenus")
        demande = () if obj is not None and obj.phase == PhaseBilan.CONTRADICTOIRE else ("a_corriger",)
        return (*champs, "motif_service", *demande, "calcul")


class LignesLues(_Lignes):
    """As anybody else reads them."""

    fields = ("diplome", "convenu", "inscrits", "realise")
    readonly_fields = fields

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nothing to write."""
        return False


def lignes_de(plume: Plume) -> type[_Lignes]:
    """Return the inline of this side."""
    return {Plume.ECOLE: LignesEcole, Plume.SERVICE: LignesService, Plume.PERSONNE: LignesLues}[plume]


class FormulairePoste(_Formulaire):
    """A heading of the accounts: open again only when they were named."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Each input says its heading: forty-two of them are not all called "réalisé"."""
        super().__init__(*args, **kwargs)
        if not self.instance._state.adding:
            for champ in self.fields.values():
                champ.label = f"{intitule_du_compte(self.instance)}, {str(champ.label).lower()}"

    def _nommee(self) -> bool:
        return self.instance.bilan_id is not None and bool(self.instance.bilan.a_corriger)


class Postes(SansIcones, InlinePortee):
    """The accounts (Cerfa 15059*02): one row a heading."""

    model = PosteCompteRendu
    form = FormulairePoste
    readonly_fields = ("intitule", "prevu_lu", "realise_lu")
    verbose_name_plural = "Compte rendu financier (Cerfa 15059*02)"
    can_delete = False
    extra = 0
    classes = ("fin-lignes", "bil-postes")

    def get_queryset(self, request: HttpRequest) -> Any:
        """In the order of the form."""
        return super().get_queryset(request).order_by("rang")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """The headings are those of the form."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """The school's own accounts: the service reads them."""
        if not super().has_change_permission(request, obj) or obj is None:
            return False
        demande = obj.allocation.demande
        return demande.etat in {Etat.EN_EXECUTION, Etat.BILAN_A_CORRIGER} and bool(
            request.user.has_perm("demande.rendre")
        )

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Who only reads is shown amounts, where Django would print a bare number."""
        ecrit = self.has_change_permission(request, obj)
        return ("intitule", "prevu", "realise") if ecrit else ("intitule", "prevu_lu", "realise_lu")

    @admin.display(description="prévu")
    def prevu_lu(self, poste: PosteCompteRendu) -> str:
        """Planned."""
        return montrer_montant(poste.prevu)

    @admin.display(description="réalisé")
    def realise_lu(self, poste: PosteCompteRendu) -> str:
        """Done."""
        return montrer_montant(poste.realise)

    @admin.display(description="poste")
    def intitule(self, poste: PosteCompteRendu) -> str:
        """Side, account number and words."""
        return format_html(
            '{} <span class="fin-second">{}</span>', intitule_du_compte(poste), poste.cote.label
        )


def intitule_du_compte(poste: PosteCompteRendu) -> str:
    """Return the number of the account, when it has one, and its words."""
    numero = poste.compte.split("-")[0]
    return str(poste) if numero == "indirectes" else f"{numero} {poste}"
