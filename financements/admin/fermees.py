"""A form left open in a second tab while its file moved on: a sentence, and what was typed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.http import HttpResponseRedirect
from django.urls import reverse

from ecoles.models import Titre
from financements.admin.lignes import LIGNES_MAXIMUM
from financements.etats import LIBELLES_ECOLE
from financements.natures import PosteBudget
from financements.saisies import voit_l_interne
from reseau.socle.portee import AdminPortee

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.http import HttpRequest, HttpResponse

    from financements.models import Demande

# Names of what is typed in a row, as they are said back.
_DANS_UNE_LIGNE = (
    ("annee", "année"),
    ("effectif_demande", "jeunes"),
    ("majorations_demandees", "avec supplément"),
    ("mois", "mois"),
    ("effectif_retenu", "retenus"),
    ("nb_majorations", "suppléments retenus"),
    ("motif", "raison"),
)


class AvecPageFermee(AdminPortee):
    """The page of a request that is sent back when nothing of it may be written any more."""

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Who sees the file reads where it stands; for who does not, it does not exist."""
        if request.method == "POST" and ACTION_CHECKBOX_NAME not in request.POST:
            demande: Demande | None = self.get_object(request, object_id)
            if demande is not None and not self.has_change_permission(request, demande):
                return rien_d_enregistre(request, demande, saisie_des_lignes(demande, request.POST))
        return super().change_view(request, object_id, form_url, extra_context)


def rien_d_enregistre(request: HttpRequest, demande: Demande, saisie: list[str]) -> HttpResponseRedirect:
    """Go to the page of the file: nothing changed, where it stands, and what was typed, to copy."""
    utilisateur: Any = request.user
    interne = voit_l_interne(demande, utilisateur)
    ou = demande.get_etat_display() if interne else LIBELLES_ECOLE[demande.etat]
    messages.warning(
        request,
        "Rien n'a été enregistré, et rien n'a changé : ce que vous avez envoyé ne se modifie plus."
        f" Où en est ce dossier : « {ou} ».",
    )
    if saisie:
        messages.info(request, f"Votre saisie, à recopier si besoin : {' ; '.join(saisie)}.")
    return HttpResponseRedirect(reverse("admin:financements_demande_change", args=[demande.pk]))


def saisie_des_lignes(demande: Demande, envoi: Mapping[str, str]) -> list[str]:
    """Say back the rows that were sent, and the note of an officer."""
    noms = {str(ligne.pk): str(ligne) for ligne in demande.lignes.select_related("titre").order_by("id")}
    prefixes = [f"lignes-{rang}-" for rang in range(LIGNES_MAXIMUM)]
    codes = {code for prefixe in prefixes if (code := envoi.get(f"{prefixe}titre", "")).isalnum()}
    noms |= {titre.pk: str(titre) for titre in Titre.objects.filter(pk__in=codes).order_by("pk")}
    dites = [_ligne(envoi, prefixe, noms) for prefixe in prefixes]
    note = envoi.get("note_interne", "").strip()
    return [dite for dite in dites if dite] + ([f"note : {note}"] if note else [])


def _ligne(envoi: Mapping[str, str], prefixe: str, noms: Mapping[str, str]) -> str:
    """Name a row by the diploma that was chosen, else by the row that it was."""
    lus = {champ: envoi.get(prefixe + champ, "").strip() for champ, _ in _DANS_UNE_LIGNE}
    valeurs = [f"{mot} : {lus[champ]}" for champ, mot in _DANS_UNE_LIGNE if lus[champ]]
    titre = noms.get(envoi.get(f"{prefixe}titre", ""), "")
    nom = titre or noms.get(envoi.get(f"{prefixe}id", ""), "")
    return f"{nom} ({', '.join(valeurs)})" if nom and valeurs else ""


def saisie_du_budget(envoi: Mapping[str, str]) -> list[str]:
    """Say back the amounts that were sent."""
    return [
        f"{poste.label} : {valeur}" for poste in PosteBudget if (valeur := envoi.get(poste.value, "").strip())
    ]
