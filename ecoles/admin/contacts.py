"""Questions of families, and the human answer that each of them gets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.contrib.admin import ActionLocation
from django.urls import reverse
from django.utils.html import format_html

from ecoles.contact import DejaTraitee, coordonnees_visibles, traiter
from ecoles.evenements import en_une_ligne
from ecoles.models import Candidature, DemandeContact
from ecoles.requetes import ecoles_pour
from reseau.socle.portee import AdminPortee

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest

_PARTOUT = (ActionLocation.CHANGE_LIST, ActionLocation.CHANGE_FORM)


@admin.register(DemandeContact)
class DemandeContactAdmin(AdminPortee):
    """Nothing is typed here: a question is read, then its end is said."""

    list_display = ("code", "ecole", "qui", "motif", "recue_le", "repondre_avant_le", "suite")
    list_filter = ("suite", "motif")
    list_select_related = ("ecole", "evenement")
    search_fields = ("code",)
    ordering = ("repondre_avant_le", "id")
    actions = ("a_repondu", "pas_joint", "autre_ecole")
    fieldsets = (
        (None, {"fields": ("code", "ecole", "motif", "date_choisie", "recue_le", "repondre_avant_le")}),
        ("Qui écrit", {"fields": ("qui", "nom_de_la_personne", "joindre", "texte")}),
        ("Suite", {"fields": ("suite", "traitee_par", "traitee_le", "sa_candidature")}),
    )

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Everything: the family's words are not ours to change."""
        return (
            "code", "ecole", "motif", "recue_le", "repondre_avant_le", "qui", "nom_de_la_personne", "joindre",
            "texte", "date_choisie", "suite", "traitee_par", "traitee_le", "sa_candidature",
        )  # fmt: skip

    def get_queryset(self, request: HttpRequest) -> QuerySet[DemandeContact]:
        """Say on each row whether this person may read who wrote."""
        demandes: QuerySet[DemandeContact] = super().get_queryset(request)
        utilisateur: Any = request.user
        return demandes.annotate(lisible=coordonnees_visibles(utilisateur))

    @admin.display(description="vient le")
    def date_choisie(self, demande: DemandeContact) -> str:
        """The open day or trial week that the family chose, and whether it was cancelled."""
        if demande.evenement is None:
            return "—"
        texte = en_une_ligne(demande.evenement)
        return f"{texte} (annulée : à prévenir)" if demande.evenement.annule_le else texte

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """The application is the school's business: its officers do not read of it."""
        if obj is not None and self._peut_ouvrir(request, obj):
            return self.fieldsets
        return [
            (titre, {**options, "fields": [c for c in options["fields"] if c != "sa_candidature"]})
            for titre, options in self.fieldsets
        ]

    @staticmethod
    def _peut_ouvrir(request: HttpRequest, demande: DemandeContact) -> bool:
        utilisateur: Any = request.user
        return demande.ecole_id in set(ecoles_pour(utilisateur, "candidature.ajouter"))

    @admin.display(description="candidature")
    def sa_candidature(self, demande: DemandeContact) -> str:
        """The application that it led to, or the button that opens one, prefilled."""
        candidature = Candidature.objects.filter(contact=demande).first()
        if candidature is not None:
            page = reverse("admin:ecoles_candidature_change", args=[candidature.pk])
            return format_html('<a href="{}">Voir la candidature</a>', page)
        page = reverse("admin:ecoles_candidature_add", query={"contact": demande.pk})
        return format_html('<a class="button" href="{}">Ouvrir une candidature</a>', page)

    @admin.display(description="prénom")
    def nom_de_la_personne(self, demande: Any) -> str:
        """First name, for who answers."""
        return demande.prenom if demande.lisible else "L'école répond elle-même."

    @admin.display(description="joindre")
    def joindre(self, demande: Any) -> str:
        """Telephone and e-mail, for who answers."""
        moyens = " · ".join(filter(None, (demande.telephone, demande.courriel)))
        return moyens if demande.lisible else "L'école répond elle-même."

    @admin.display(description="message")
    def texte(self, demande: Any) -> str:
        """What the family wrote, for who answers."""
        return (demande.message or "—") if demande.lisible else "L'école répond elle-même."

    def has_traiter_permission(self, request: HttpRequest) -> bool:
        """Who may say how a question ended."""
        utilisateur: Any = request.user
        return bool(utilisateur.has_perm("demandecontact.traiter"))

    def _dire(self, request: HttpRequest, demandes: QuerySet[DemandeContact], suite: str) -> None:
        utilisateur: Any = request.user
        for demande in demandes.visibles_par(utilisateur, "traiter"):  # type: ignore[attr-defined]
            try:
                traiter(demande, suite, utilisateur)
            except DejaTraitee as refus:
                self.message_user(request, str(refus), messages.WARNING)
            else:
                self.message_user(request, f"{demande.code} : c'est noté.", messages.SUCCESS)

    @admin.action(description="L'école a répondu", permissions=["traiter"], location=_PARTOUT)
    def a_repondu(self, request: HttpRequest, queryset: QuerySet[DemandeContact]) -> None:
        """The family got its answer."""
        self._dire(request, queryset, DemandeContact.Suite.REPONDU)

    @admin.action(description="Pas joint : rappeler", permissions=["traiter"], location=_PARTOUT)
    def pas_joint(self, request: HttpRequest, queryset: QuerySet[DemandeContact]) -> None:
        """Nobody picked up."""
        self._dire(request, queryset, DemandeContact.Suite.PAS_JOINT)

    @admin.action(description="Une autre école a été proposée", permissions=["traiter"], location=_PARTOUT)
    def autre_ecole(self, request: HttpRequest, queryset: QuerySet[DemandeContact]) -> None:
        """The family was sent to another school."""
        self._dire(request, queryset, DemandeContact.Suite.AUTRE_ECOLE)
