"""Changes of school: proposed by one direction, answered by the other. No file goes from one to the other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db import transaction

from ecoles.contact import a_un_compte
from ecoles.etats_transfert import EtatTransfert, MotifTransfert
from ecoles.models import Apprenant, Ecole, Transfert
from ecoles.requetes import ecoles_pour
from ecoles.transferts import MACHINE, NON_INSCRIT, inscription_a_fermer, titres_proposes
from reseau.admin.transitions import AdminTransitions
from reseau.nombres import aujourdhui, montrer_date
from reseau.socle.etats import Contexte
from reseau.socle.portee import visibles

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest

_LUS = ("qui", "naissance", "diplome", "quittee", "rejointe", "le", "etat", "motif_refus", "demande_le")
_PLUS_MONTRE = "n'est plus montré"


class FormulaireTransfert(forms.ModelForm[Transfert]):
    """Who leaves, for which school, from which day."""

    def clean_vers(self) -> Any:
        """Somebody there must be able to answer."""
        vers = self.cleaned_data["vers"]
        if not a_un_compte(vers):
            raise ValidationError("Personne de cette école n'utilise encore le portail : appelez-la.")
        return vers

    def clean(self) -> dict[str, Any]:
        """One proposal at a time, for somebody who is enrolled here the day before."""
        donnees = super().clean() or {}
        jeune, vers, jour = (donnees.get(champ) for champ in ("apprenant", "vers", "le"))
        if jeune is None:
            return donnees
        self.instance.ecole_id = jeune.ecole_id
        if vers is not None and vers.pk == jeune.ecole_id:
            self.add_error("vers", "Choisissez une autre école que la vôtre.")
        if Transfert.objects.filter(apprenant=jeune, etat=EtatTransfert.PROPOSE).exists():
            self.add_error("apprenant", "Un changement d'école est déjà proposé pour ce jeune.")
        if jour and inscription_a_fermer(Transfert(apprenant=jeune, le=jour)) is None:
            self.add_error("le", NON_INSCRIT)
        return donnees


@admin.register(Transfert)
class TransfertAdmin(AdminTransitions):
    """Both directions read it; names are shown to the other one while it has to answer, no longer."""

    machine = MACHINE
    form = FormulaireTransfert
    refus_montres = True
    list_display = ("le", "qui", "ecole", "vers", "etat", "demande_le")
    list_filter = ("etat",)
    ordering = ("-demande_le", "id")
    fields = ("apprenant", "vers", "le")
    champs_transition = {
        "motif_refus": forms.ChoiceField(
            label="Raison", choices=[("", "Choisissez"), *MotifTransfert.choices]
        ),
    }

    def get_queryset(self, request: HttpRequest) -> QuerySet[Transfert]:
        """With both schools and who changes."""
        lignes: QuerySet[Transfert] = super().get_queryset(request)
        utilisateur: Any = request.user
        request.__dict__.setdefault("_siennes", set(ecoles_pour(utilisateur, "transfert.ajouter")))
        return lignes.select_related("ecole", "vers", "apprenant", "arrivee")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """What is asked, then what is read."""
        if obj is None:
            return self.fields
        refuse = obj.etat == EtatTransfert.REFUSE
        return tuple(champ for champ in _LUS if refuse or champ != "motif_refus")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """A proposal does not change: it is cancelled, and made again."""
        return _LUS if obj is not None else ()

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """Say on the object whether this person may read a name."""
        objet = super().get_object(request, object_id, from_field)
        if objet is not None:
            objet.lisible = self._lisible(objet, request.__dict__["_siennes"])
        return objet

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """The same on each row of a list."""
        liste = super().get_changelist_instance(request)
        for transfert in liste.result_list:
            transfert.lisible = self._lisible(transfert, request.__dict__["_siennes"])
        return liste

    @staticmethod
    def _lisible(transfert: Transfert, siennes: set[Any]) -> bool:
        sans_nom = transfert.etat in {EtatTransfert.REFUSE, EtatTransfert.ANNULE}
        return transfert.ecole_id in siennes or not sans_nom

    @admin.display(description="jeune")
    def qui(self, transfert: Any) -> str:
        """Name, for who has to know it."""
        return str(transfert.arrivee or transfert.apprenant) if transfert.lisible else _PLUS_MONTRE

    @admin.display(description="école quittée")
    def quittee(self, transfert: Any) -> str:
        """Its name alone: the page of another school is not open."""
        return str(transfert.ecole)

    @admin.display(description="nouvelle école")
    def rejointe(self, transfert: Any) -> str:
        """Likewise."""
        return str(transfert.vers)

    @admin.display(description="né ou née le")
    def naissance(self, transfert: Any) -> str:
        """Birth date, likewise."""
        return montrer_date(transfert.apprenant.ne_le) if transfert.lisible else _PLUS_MONTRE

    @admin.display(description="diplôme préparé dans l'école quittée")
    def diplome(self, transfert: Any) -> str:
        """The title of the enrolment that stops, likewise."""
        if not transfert.lisible:
            return _PLUS_MONTRE
        inscription = inscription_a_fermer(transfert)
        return str(inscription.titre) if inscription else "aucun à cette date"

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Learners of one's school who are there; schools that the public knows, by their name."""
        champ = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if champ is not None and db_field.name == "apprenant":
            champ.queryset = visibles(Apprenant, request, "modifier").presents_le(aujourdhui())
            champ.queryset = champ.queryset.order_by("nom", "prenom", "id")
        if champ is not None and db_field.name == "vers":
            champ.queryset = Ecole.objects.publiques().order_by("nom", "id")
            champ.label_from_instance = lambda ecole: f"{ecole.nom} ({ecole.commune.nom})"
            champ.queryset = champ.queryset.select_related("commune")
        return champ

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """A school and a learner are chosen here, not changed."""
        champ: Any = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.is_relation and champ is not None:
            for droit in ("add", "change", "delete", "view"):
                setattr(champ.widget, f"can_{droit}_related", False)
        return champ

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """A proposal is born with its line of the journal."""
        utilisateur: Any = request.user
        with transaction.atomic():
            obj.ecole_id = obj.apprenant.ecole_id
            super().save_model(request, obj, form, change)
            MACHINE.consigner(obj, Contexte(utilisateur), "creer", "", obj.etat)

    def champs_de(self, objet: Any, transition: Any) -> Any:
        """Titles of the new school."""
        if transition.nom != "accepter":
            return super().champs_de(objet, transition)
        choix = [(titre.pk, str(titre)) for titre in titres_proposes(objet)]
        return {"titre": forms.ChoiceField(label="Diplôme préparé dans votre école", choices=choix)}

    def avant_apres(self, requete: HttpRequest, objet: Any, transition: Any) -> Any:
        """What an acceptance does in each school."""
        if transition.nom != "accepter":
            return ()
        jeune = str(objet.apprenant) if getattr(objet, "lisible", False) else _PLUS_MONTRE
        return (
            ("Jeune", f"{jeune}, à {objet.ecole.nom}", f"{jeune}, à {objet.vers.nom}"),
            (
                "Inscription",
                "en cours là-bas",
                f"finie là-bas la veille, ici depuis le {montrer_date(objet.le)}",
            ),
            ("Représentants légaux", "sur la fiche de là-bas", "copiés sur la fiche d'ici"),
        )
