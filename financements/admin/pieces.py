"""Pieces of a file: join one, read one, take one out. One act a page: a refused upload loses nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse

from financements.admin.fermees import rien_d_enregistre
from financements.corrections import natures_ouvertes
from financements.etats import A_ECRIRE, MACHINE
from financements.natures import AVEC_FIN, NaturePiece
from financements.saisies import saisies_ouvertes
from reseau.socle.etats import Contexte
from reseau.socle.fichiers import FichierRefuse, deposer, servir_fichier
from reseau.socle.portee import AdminPortee

if TYPE_CHECKING:
    from django.urls import URLPattern

    from financements.models import Demande, Piece


class FormulairePiece(forms.Form):
    """What the piece proves, and its file."""

    nature = forms.ChoiceField(label="Nature de la pièce")
    televerse = forms.FileField(
        label="Fichier",
        help_text="PDF, PNG ou JPEG, 10 Mo au plus.",
        error_messages={
            "required": "Choisissez un fichier.",
            "empty": "Ce fichier est vide.",
            "missing": "Choisissez un fichier.",
        },
    )
    valable_jusqu_au = forms.DateField(
        label="Valable jusqu'au",
        required=False,
        help_text="Pour une attestation, ou une autre pièce qui porte une date de fin : ce jour-là compris.",
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )

    def __init__(self, demande: Demande, *args: Any, nature: str = "") -> None:
        """``nature``: what the link that leads here says is missing."""
        super().__init__(*args)
        self.initial = {"nature": nature}
        natures = natures_ouvertes(demande)
        champ: Any = self.fields["nature"]
        champ.choices = [(n, NaturePiece(n).label) for n in natures]

    def clean_valable_jusqu_au(self) -> Any:
        """A date where the piece has none would make it expire one day, for nothing."""
        fin = self.cleaned_data["valable_jusqu_au"]
        nature = self.cleaned_data.get("nature")
        if fin and nature and nature not in AVEC_FIN:
            raise ValidationError("Cette pièce n'a pas de date de fin : laissez ce champ vide.")
        return fin


class AdminPieces(AdminPortee):
    """The pages of the pieces, under the page of their request."""

    def get_urls(self) -> list[URLPattern]:
        """Add the addresses of pieces."""
        vue = self.admin_site.admin_view
        return [
            path(
                "<uuid:object_id>/pieces/ajouter/", vue(self.vue_joindre), name="financements_demande_joindre"
            ),
            path(
                "<uuid:object_id>/pieces/<uuid:piece>/",
                vue(self.vue_piece),
                name="financements_demande_piece",
            ),
            path(
                "<uuid:object_id>/pieces/<uuid:piece>/retirer/",
                vue(self.vue_ecarter),
                name="financements_demande_ecarter",
            ),
            *super().get_urls(),
        ]

    def demande_ou_404(self, request: HttpRequest, cle: Any) -> Demande:
        """The request, when this person sees it."""
        demande: Demande | None = self.get_object(request, str(cle))
        if demande is None:
            raise Http404("Cette page n'existe pas.")
        return demande

    def _piece_ou_404(self, request: HttpRequest, cle: Any, piece: Any) -> Piece:
        demande = self.demande_ou_404(request, cle)
        trouvee = demande.pieces.select_related("fichier").filter(pk=piece).order_by("id").first()
        if trouvee is None:
            raise Http404("Cette page n'existe pas.")
        return trouvee

    def vue_piece(self, request: HttpRequest, object_id: Any, piece: Any) -> HttpResponse:
        """The file, once it was found clean."""
        return servir_fichier(self._piece_ou_404(request, object_id, piece).fichier)

    def vue_joindre(self, request: HttpRequest, object_id: Any) -> HttpResponse:
        """GET: the form. POST: store the file and link it, or say at its field why not."""
        demande = self.demande_ou_404(request, object_id)
        if not saisies_ouvertes(demande, request.user).pieces:  # type: ignore[arg-type]
            if request.method == "POST":
                return rien_d_enregistre(request, demande, [])
            raise PermissionDenied
        voulue = request.GET.get("nature", "")
        formulaire = FormulairePiece(demande, request.POST or None, request.FILES or None, nature=voulue)
        if request.method == "POST" and formulaire.is_valid() and _joindre(request, demande, formulaire):
            messages.success(request, f"{demande} : pièce jointe.")
            return HttpResponseRedirect(_page_de(demande))
        return self._page_de_piece(
            request, "piece_ajouter.html", demande, "Joindre une pièce", formulaire=formulaire
        )

    def vue_ecarter(self, request: HttpRequest, object_id: Any, piece: Any) -> HttpResponse:
        """GET: ask. POST: take the piece out of a file that is still being written."""
        trouvee = self._piece_ou_404(request, object_id, piece)
        demande = trouvee.demande
        ouverte = trouvee.nature in natures_ouvertes(demande) and demande.etat in A_ECRIRE
        if not ouverte or not saisies_ouvertes(demande, request.user).pieces:  # type: ignore[arg-type]
            raise PermissionDenied
        if request.method == "POST":
            _ecarter(request, trouvee)
            messages.success(request, f"{demande} : pièce retirée.")
            return HttpResponseRedirect(_page_de(demande))
        return self._page_de_piece(request, "piece_retirer.html", demande, "Retirer une pièce", piece=trouvee)

    def _page_de_piece(
        self, request: HttpRequest, gabarit: str, demande: Demande, titre: str, **valeurs: Any
    ) -> HttpResponse:
        contexte = {
            **self.admin_site.each_context(request),
            "title": f"{titre} : {demande}",
            "opts": self.model._meta,
            "demande": demande,
            "retour": _page_de(demande),
            **valeurs,
        }
        return TemplateResponse(request, f"admin/financements/{gabarit}", contexte)


def _page_de(demande: Demande) -> str:
    return reverse("admin:financements_demande_change", args=[demande.pk])


def _joindre(request: HttpRequest, demande: Demande, formulaire: FormulairePiece) -> bool:
    utilisateur: Any = request.user
    nature = formulaire.cleaned_data["nature"]
    try:
        with transaction.atomic():
            fichier = deposer(formulaire.cleaned_data["televerse"], utilisateur)
            fin = formulaire.cleaned_data["valable_jusqu_au"]
            piece = demande.pieces.create(nature=nature, fichier=fichier, valable_jusqu_au=fin)
            donnees = {"piece": str(piece.pk), "nature": nature}
            MACHINE.consigner(demande, Contexte(utilisateur), "joindre", demande.etat, demande.etat, donnees)
    except FichierRefuse as refus:
        formulaire.add_error("televerse", ValidationError(refus.refus))
        return False
    return True


def _ecarter(request: HttpRequest, piece: Piece) -> None:
    """The file goes with the piece; the journal keeps that there was one."""
    utilisateur: Any = request.user
    demande, fichier = piece.demande, piece.fichier
    nom = str(fichier.fichier.name)
    with transaction.atomic():
        piece.delete()
        fichier.delete()
        MACHINE.consigner(
            demande, Contexte(utilisateur), "ecarter", demande.etat, demande.etat, {"nature": piece.nature}
        )
        transaction.on_commit(lambda: fichier.fichier.storage.delete(nom))
