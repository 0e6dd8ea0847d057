"""Pages around a scenario: what it comes to, side by side with others, and the step that applies it."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import OperationalError
from django.http import Http404, HttpResponseNotAllowed, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from psycopg.errors import LockNotAvailable

from financements.models import Enveloppe, Simulation
from financements.simulations import (
    chiffrer_ligne,
    disponible,
    lignes_de,
    nb_nouvelles,
    taux_du_jour,
    totaliser,
)
from financements.simulations_ecrites import (
    SimulationRefusee,
    appliquer,
    copier,
    prevoir,
    refus,
    remplir,
)
from financements.simulations_montrees import comparaison, compter
from reseau.nombres import montrer_instant, montrer_montant
from reseau.socle.portee import AdminPortee, visibles

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse
    from django.urls import URLPattern

_OCCUPE = "Une autre personne écrit dans un de ces dossiers en ce moment. Réessayez dans un instant."


class PagesDeSimulation(AdminPortee):
    """Addresses under a scenario, and one under its envelope."""

    def get_urls(self) -> list[URLPattern]:
        """Add them."""
        portes = {"appliquer": self.vue_appliquer, "copier": self.vue_copier, "ajouter": self.vue_ajouter}
        siennes = [
            path(
                f"<uuid:object_id>/{mot}/",
                self.admin_site.admin_view(vue),
                name=f"financements_simulation_{mot}",
            )
            for mot, vue in portes.items()
        ]
        comparer = self.admin_site.admin_view(self.vue_comparer)
        return [
            path("comparer/<uuid:enveloppe>/", comparer, name="financements_simulation_comparer"),
            *siennes,
            *super().get_urls(),
        ]

    @staticmethod
    def page(simulation: Simulation, mot: str = "change") -> str:
        """Return the address of a page of a scenario."""
        return reverse(f"admin:financements_simulation_{mot}", args=[simulation.pk])

    def constat(self, request: HttpRequest, simulation: Simulation) -> dict[str, Any]:
        """What the page of a scenario says above its rows; amounts printed."""
        enveloppe, appliquee = simulation.enveloppe, simulation.appliquee_le
        contexte: dict[str, Any] = {
            "enveloppe": enveloppe,
            "lien_enveloppe": reverse("admin:financements_enveloppe_change", args=[enveloppe.pk]),
            "lien_comparer": reverse("admin:financements_simulation_comparer", args=[enveloppe.pk]),
            "peut_ecrire": _peut(request, simulation, "modifier"),
            "peut_appliquer": _peut(request, simulation, "appliquer") and not appliquee,
        }
        if appliquee:
            return contexte | {
                "appliquee": f"{montrer_instant(appliquee)} par {simulation.appliquee_par}",
            }
        taux, libres = taux_du_jour(enveloppe.exercice), disponible(enveloppe)
        total = totaliser(simulation, lignes_de(simulation), taux, libres)
        return contexte | {
            "total": compter(total),
            "disponible": montrer_montant(libres),
            "manque": montrer_montant(-total.reste) if total.reste < 0 else "",
            "nb_nouvelles": nb_nouvelles(simulation),
        }

    def _simulation(self, request: HttpRequest, object_id: Any, verbe: str) -> Simulation:
        """Outside the territory, nothing; inside without the duty, a refusal."""
        simulation: Simulation | None = self.get_object(request, str(object_id))
        if simulation is None:
            raise Http404("Cette page n'existe pas.")
        if not _peut(request, simulation, verbe):
            raise PermissionDenied
        return simulation

    def vue_comparer(self, request: HttpRequest, enveloppe: Any) -> HttpResponse:
        """Scenarios of an envelope side by side."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        trouvee = visibles(Enveloppe, request).select_related("service").filter(pk=enveloppe).first()
        if trouvee is None:
            raise Http404("Cette page n'existe pas.")
        creer = reverse("admin:financements_simulation_add") + f"?enveloppe={trouvee.pk}"
        contexte = {
            **self.admin_site.each_context(request),
            **comparaison(trouvee, request.GET.getlist("s")),
            "title": "Simulations comparées",
            "opts": self.model._meta,
            "lien_enveloppe": reverse("admin:financements_enveloppe_change", args=[trouvee.pk]),
            "lien_creer": creer if self.has_add_permission(request) else "",
        }
        return TemplateResponse(request, "admin/financements/simulation/comparer.html", contexte)

    def vue_copier(self, request: HttpRequest, object_id: Any) -> HttpResponse:
        """A second scenario from the first."""
        simulation = self._simulation(request, object_id, "ajouter")
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        copie = copier(simulation, request.user)  # type: ignore[arg-type]
        messages.success(request, f"« {copie} » est une copie : changez-la sans toucher à la première.")
        return HttpResponseRedirect(self.page(copie))

    def vue_ajouter(self, request: HttpRequest, object_id: Any) -> HttpResponse:
        """Take in the requests that came since."""
        simulation = self._simulation(request, object_id, "modifier")
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if simulation.appliquee_le is not None:
            messages.error(request, "Cette simulation a été appliquée : copiez-la pour la reprendre.")
        else:
            remplir(simulation)
            messages.success(request, f"« {simulation} » prend toutes les demandes à instruire.")
        return HttpResponseRedirect(self.page(simulation))

    def vue_appliquer(self, request: HttpRequest, object_id: Any) -> HttpResponse:
        """GET: each file before and after. POST: all of them in one step, or every refusal."""
        simulation = self._simulation(request, object_id, "appliquer")
        utilisateur: Any = request.user
        prevu = prevoir(simulation, utilisateur)
        phrases = refus(simulation, prevu)
        if request.method == "POST":
            try:
                fait = appliquer(simulation, utilisateur)
            except SimulationRefusee as erreur:
                phrases = erreur.refus
            except OperationalError as erreur:
                if not isinstance(erreur.__cause__, LockNotAvailable):
                    raise
                phrases = [_OCCUPE]
            else:
                nombre = len(fait.appliquees)
                mots = f"{nombre} dossiers ont" if nombre > 1 else "1 dossier a"
                messages.success(request, f"« {simulation} » : {mots} maintenant ces effectifs retenus.")
                return HttpResponseRedirect(reverse("admin:financements_demande_changelist"))
        return self._confirmer(request, simulation, prevu, phrases)

    def _confirmer(
        self, request: HttpRequest, simulation: Simulation, prevu: Any, phrases: list[str]
    ) -> HttpResponse:
        taux, libres = taux_du_jour(simulation.enveloppe.exercice), disponible(simulation.enveloppe)
        lignes = [simulee for _, simulees in prevu.appliquees for simulee in simulees]
        total = totaliser(simulation, lignes, taux, libres)
        contexte = {
            **self.admin_site.each_context(request),
            "title": f"Appliquer : {simulation}",
            "opts": self.model._meta,
            "simulation": simulation,
            "refus": phrases,
            "sans_raison": any("raison" in phrase for phrase in phrases),
            "dossiers": [
                {
                    "ecole": demande.ecole.nom,
                    "numero": demande.numero,
                    "avant": montrer_montant(demande.montant_retenu),
                    "apres": montrer_montant(sum((chiffrer_ligne(s, taux) for s in simulees), Decimal(0))),
                    "effectif": sum(simulee.effectif for simulee in simulees),
                }
                for demande, simulees in prevu.appliquees
            ],
            "laisses": [
                {"ecole": demande.ecole.nom, "numero": demande.numero, "raison": raison}
                for demande, raison in prevu.laissees
            ],
            "total": compter(total),
            "disponible": montrer_montant(libres),
            "manque": montrer_montant(-total.reste) if total.reste < 0 else "",
            "retour": self.page(simulation),
        }
        return TemplateResponse(request, "admin/financements/simulation/appliquer.html", contexte)


def _peut(request: HttpRequest, simulation: Simulation, verbe: str) -> bool:
    """Whether this person holds that duty in the service of the envelope."""
    return bool(visibles(Simulation, request, verbe).filter(pk=simulation.pk).exists())
