"""The page of an import: what the file would do, line by line; answer, accept as a whole, take back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse

from reseau.admin.apercu import colonnes, fiche, onglets, rangees, totaux
from reseau.socle.attente import lire_le_lot
from reseau.socle.colonnes import associer
from reseau.socle.lots import ImportRefuse, abandonner, accepter, annuler, corriger
from reseau.socle.portee import AdminPortee
from reseau.socle.ressources import ressource_de

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.urls import URLPattern

    from reseau.models import LotImport

LIGNES_PAR_PAGE = 25
# Seconds between two looks at a long reading, for who asked to follow it.
CADENCE = 5
_CHANGE = "Depuis cet aperçu, des fiches ont changé : le voici mis à jour, vérifiez-le avant d'accepter."


class LotImportAdmin(AdminPortee):
    """Batches of the territory; the page of one is its preview."""

    list_display = ("nom_fichier", "contenu", "etat", "resultat", "depose_par", "depose_le")
    list_filter = ("etat",)
    list_select_related = ("depose_par",)
    ordering = ("-depose_le",)

    @admin.display(description="contenu")
    def contenu(self, lot: LotImport) -> str:
        """What the file lists."""
        return ressource_de(lot).libelle

    @admin.display(description="résultat")
    def resultat(self, lot: LotImport) -> str:
        """Totals."""
        return "rien n'en reste" if lot.etat == lot.Etat.ANNULE else lot.refus or totaux(lot)

    def get_urls(self) -> list[URLPattern]:
        """Add what may be asked of a batch; each is a POST."""
        gestes = {
            "corriger": self._corriger, "accepter": self._accepter, "abandonner": self._abandonner,
            "reprendre": self._reprendre, "colonnes": self._associer, "annuler": self._annuler,
        }  # fmt: skip
        adresses = [
            path(
                f"<path:object_id>/{nom}/",
                self.admin_site.admin_view(_geste(self, geste)),
                name=f"reseau_lotimport_{nom}",
            )
            for nom, geste in gestes.items()
        ]
        return [*adresses, *super().get_urls()]

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """The preview; while the file is read, it comes back by itself to who asks for it."""
        lot = self.lot(request, object_id)
        page = TemplateResponse(request, "admin/imports/apercu.html", self._contexte(request, lot))
        if "suivre" in request.GET and lot.etat == lot.Etat.LECTURE:
            page["Refresh"] = str(CADENCE)
        return page

    def lot(self, request: HttpRequest, cle: str) -> LotImport:
        """The batch, when this person may see it; else 403 without the right, 404 outside the territory."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        lot: LotImport | None = self.get_object(request, cle)
        if lot is None:
            raise Http404("Cette page n'existe pas.")
        return lot

    def _contexte(self, request: HttpRequest, lot: LotImport) -> dict[str, Any]:
        choix = onglets(lot, request.GET.get("voir", ""))
        actif = next((o for o in choix if o["actif"]), None)
        lignes = lot.lignes.filter(verdict__in=actif["verdicts"] if actif else ()).order_by("numero")
        page = Paginator(lignes, LIGNES_PAR_PAGE).get_page(request.GET.get("page"))
        return {
            **self.admin_site.each_context(request),
            "title": f"Import de « {lot.nom_fichier} »",
            "opts": self.model._meta,
            "lot": lot,
            "contenu": ressource_de(lot).libelle,
            "retour": ressource_de(lot).retour,
            "totaux": totaux(lot),
            "onglets": choix,
            "actif": actif["code"] if actif else "",
            "page": page,
            "rangees": rangees(lot, page.object_list),
            "ecrites": lot.bilan.get("creer", 0) + lot.bilan.get("modifier", 0),
            "questions": lot.bilan.get("a_confirmer", 0) + lot.bilan.get("a_corriger", 0),
            "peut": request.user.has_perm(ressource_de(lot).permission),
            "suivie": "suivre" in request.GET,
            "colonnes": colonnes(lot),
            "fiche": fiche(lot, request.GET.get("ligne", "")),
        }

    def _corriger(self, request: HttpRequest, lot: LotImport) -> None:
        numero = request.POST.get("ligne", "")
        rang = int(numero) if numero.isascii() and numero.isdigit() else 0
        corriger(lot, rang, _valeurs(lot, rang, request.POST))
        messages.success(request, f"Ligne {numero} : c'est noté, les lignes sont de nouveau vérifiées.")

    def _associer(self, request: HttpRequest, lot: LotImport) -> None:
        titres = range(len(lot.forme.get("titres", ())))
        associer(lot, {rang: request.POST.get(f"colonne-{rang}", "") for rang in titres}, request.user)  # type: ignore[arg-type]
        messages.success(request, "C'est noté, et retenu pour vos prochains fichiers.")

    def _accepter(self, request: HttpRequest, lot: LotImport) -> None:
        if accepter(lot, request.user):  # type: ignore[arg-type]
            messages.success(request, f"C'est enregistré : {totaux(lot)}.")
        else:
            messages.warning(request, _CHANGE)

    def _annuler(self, request: HttpRequest, lot: LotImport) -> None:
        annuler(lot, request.user)  # type: ignore[arg-type]
        contraires = "ce qu'il avait écrit a ses lignes contraires"
        suite = contraires if ressource_de(lot).retour else "tout est comme avant lui"
        messages.success(request, f"L'import est annulé : {suite}.")

    def _abandonner(self, request: HttpRequest, lot: LotImport) -> None:
        abandonner(lot)
        messages.success(request, "L'import est abandonné : rien n'a été enregistré.")

    def _reprendre(self, request: HttpRequest, lot: LotImport) -> None:
        lire_le_lot(lot)


def _valeurs(lot: LotImport, numero: int, recues: Mapping[str, str]) -> dict[str, str | None]:
    """What a person answers: one cell from its question, or the cells that were changed on the whole line."""
    champ = recues.get("champ", "")
    if "annuler" in recues:
        return {champ: None}
    if champ:
        return {champ: recues.get("valeur", recues.get("saisie", ""))}
    entiere = fiche(lot, str(numero))
    saisies = {c: recues.get(f"cellule-{c.champ}", c.valeur) for c in (entiere.cellules if entiere else ())}
    # What is as the file has it is no longer a correction.
    return {c.champ: None if t == c.fichier else t for c, t in saisies.items() if t != c.valeur}


def _geste(page: LotImportAdmin, geste: Any) -> Any:
    """A view that does one thing to a batch, then shows its preview again."""

    def vue(request: HttpRequest, object_id: str) -> HttpResponse:
        lot = page.lot(request, object_id)
        if not request.user.has_perm(ressource_de(lot).permission):
            raise PermissionDenied
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        try:
            geste(request, lot)
        except ImportRefuse as refus:
            messages.error(request, str(refus))
        suite = {"voir": request.POST.get("voir", ""), "page": request.POST.get("page", "")}
        adresse = reverse(
            "admin:reseau_lotimport_change", args=[lot.pk], query={c: v for c, v in suite.items() if v}
        )
        return HttpResponseRedirect(adresse)

    return vue
