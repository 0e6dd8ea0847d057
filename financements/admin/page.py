"""The page of a request as it is read: figures, computation, envelope, one main action, journal, decision."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from financements import dossier, versements
from financements.admin.actes import PagesDesActes
from financements.admin.budgets import AdminBudget
from financements.admin.chorus import liens_chorus
from financements.admin.confirmation import avant_apres
from financements.admin.confirmation_lots import montrer_le_lot
from financements.admin.corrections import champs_de_la_demande, champs_de_la_reponse
from financements.admin.puis import vers_l_etape
from financements.avenants_montres import avenants
from financements.barre import barre
from financements.bilans_montres import bilan_du_dossier
from financements.budgets import BudgetMontre, budget_ouvert, montrer_budget
from financements.conventions import scan_de_la_convention
from financements.droits import lire_les_droits
from financements.enchainements import ETAPES, a_propos
from financements.etats import LIBELLES_ECOLE, MACHINE, SANS_FINANCEMENT
from financements.lecture import lire_le_dossier
from financements.manques import avec_bilan, avec_liens
from financements.natures import Origine
from financements.ou_en_est import ou_en_est
from financements.reprise_montree import reprise_montree
from financements.saisies import saisies_ouvertes, transitions_ouvertes, voit_l_interne
from financements.suivi import suivi
from reseau.admin.enchainements import AvecEnchainements, Enchainement
from reseau.admin.versions import FormulaireVersion, differences

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.db.models import QuerySet

    from financements.models import Demande, JournalDemande
    from financements.saisies import Saisies
    from reseau.admin.en_lot import Montre
    from reseau.socle.etats import Transition


def _une_fois(request: HttpRequest, demande: Demande, question: Callable[[Demande, Any], Any]) -> Any:
    """Ask a question about a request once a page; always again when something was sent."""
    reponses: dict[Any, Any] = request.__dict__.setdefault("_dossier", {})
    cle = (question, demande.pk, demande.etat)
    if cle not in reponses or request.method != "GET":
        reponses[cle] = question(demande, request.user)
    return reponses[cle]


# They undo: never the main action of a page.
_A_REBOURS = frozenset(
    {"retirer", "renvoyer", "refuser", "classer", "resilier", "renvoyer_avenant", "abandonner_avenant"}
    | {"corriger_bilan", "annuler_reprise"}
)


def _deja_passee(demande: Demande, transition: Transition) -> str:
    """A second tab, or a double click: what was to do is done, in the words of the school."""
    return (
        f"« {transition.libelle} » n'est plus à faire, et rien n'a été changé. "
        f"Où en est ce dossier : « {LIBELLES_ECOLE[demande.etat]} »."
    )


class PageDeDemande(AdminBudget, PagesDesActes, AvecEnchainements):
    """What the template is given: plain values only, chosen for the side that reads."""

    machine = MACHINE
    enchainements: ClassVar = {nom: Enchainement(nom, *etapes) for nom, etapes in ETAPES.items()}
    change_form_template = "admin/financements/demande/change_form.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Demande]:
        """The school, the campaign and the envelope are on every page of a request."""
        demandes: QuerySet[Demande] = super().get_queryset(request)
        return demandes.select_related("ecole", "campagne", "enveloppe__service", "allocation__bilan")

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        """What is only shown is read at once; what is sent is read again at each step."""
        if request.method == "GET" and (demande := self.get_object(request, object_id)) is not None:
            lire_les_droits(demande, request.user)  # type: ignore[arg-type]
            lire_le_dossier(demande)
        return super().change_view(request, object_id, *args, **kwargs)

    def saisies(self, request: HttpRequest, demande: Demande) -> Saisies:
        """What this person may write now."""
        ouvertes: Saisies = _une_fois(request, demande, saisies_ouvertes)
        return ouvertes

    def interne(self, request: HttpRequest, demande: Demande) -> bool:
        """Whether this person reads the State's side."""
        oui: bool = _une_fois(request, demande, voit_l_interne)
        return oui

    def _ouvertes(self, request: HttpRequest, demande: Demande) -> list[Transition]:
        ouvertes: list[Transition] = _une_fois(request, demande, transitions_ouvertes)
        return ouvertes

    def render_change_form(
        self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """One button to save: the page stays on the file."""
        demande: Demande | None = context.get("original")
        context |= {"title": f"Demande {demande}" if demande else "Nouvelle demande", "subtitle": None}
        context |= {"show_save_and_add_another": False, "show_save_and_continue": False}
        context["vivante"] = None if demande else self._vivante(request)
        if demande is not None:
            context |= self._page_du_dossier(request, demande, [ligne for ligne, _ in context["journal"]])
        formulaire = context["adminform"].form
        if isinstance(formulaire, FormulaireVersion):
            context["differences"] = differences(formulaire, context["inline_admin_formsets"])
        return super().render_change_form(request, context, *args, **kwargs)

    def _vivante(self, request: HttpRequest) -> Demande | None:
        """The request that the only school of this person already has in the open campaign."""
        depart = self.get_changeform_initial_data(request)
        if not isinstance(depart.get("ecole"), UUID) or depart.get("campagne") is None:
            return None
        vivantes = self.model.objects.visibles_par(request.user).exclude(etat__in=SANS_FINANCEMENT)
        trouvee: Demande | None = (
            vivantes.filter(ecole=depart["ecole"], campagne=depart["campagne"]).order_by("id").first()
        )
        return trouvee

    def _page_du_dossier(
        self, request: HttpRequest, demande: Demande, journal: list[JournalDemande]
    ) -> dict[str, Any]:
        interne, saisies = self.interne(request, demande), self.saisies(request, demande)
        presentes, manquantes = dossier.pieces(demande)
        lien = reverse("admin:financements_demande_decision", args=[demande.pk])
        decision = dossier.allocation_de(demande)
        utilisateur: Any = request.user
        verses = versements.versements(demande, interne=interne)
        return {
            "suivi": None if verses else self._suivi(request, demande, retenu=saisies.retenu),
            "budget": self._budget(demande, saisies),
            "dossier": dossier.entete(demande, interne=interne),
            "ou_en_est": None if interne else ou_en_est(demande),
            "calcul": dossier.calcul(demande, interne=interne),
            "calcul_ecrit": saisies.ouvertes,
            "calcul_montre": not saisies.ouvertes or not saisies.lignes_libres,
            "pieces": presentes,
            "pieces_manquantes": manquantes,
            "pieces_ouvertes": saisies.pieces,
            "barre": barre(demande.enveloppe) if interne and demande.enveloppe else None,
            "journal_montre": dossier.journal(journal, interne=interne, renvoi=demande.renvoi),
            "decision": lien if decision and decision.origine == Origine.OUTIL else "",
            "reprise": reprise_montree(demande, interne=interne),
            "avenants": avenants(demande, decision, utilisateur),
            "bilan": bilan_du_dossier(demande, utilisateur, interne=interne),
            "chorus": liens_chorus(request, demande),
            "versements": verses,
            "principale": self._principale(request, demande),
        }

    def _suivi(self, request: HttpRequest, demande: Demande, *, retenu: bool) -> Any:
        """What is read before the decision; more for who reviews."""
        instruit = retenu or any(t.permission == "instruire" for t in self._ouvertes(request, demande))
        return suivi(demande, interne=self.interne(request, demande), instruit=instruit)

    @staticmethod
    def _budget(demande: Demande, saisies: Saisies) -> BudgetMontre:
        lien = reverse("admin:financements_demande_budget", args=[demande.pk])
        return montrer_budget(demande, lien if saisies.pieces and budget_ouvert(demande) else "")

    def _principale(self, request: HttpRequest, demande: Demande) -> dict[str, Any] | None:
        """The one main action, with every reason why it is not possible yet."""
        ouvertes = [t for t in self._ouvertes(request, demande) if t.nom not in _A_REBOURS]
        if not ouvertes:
            return None
        phrases = self._empechements(request, demande, ouvertes[0])
        if ouvertes[0].permission in {"deposer", "rendre"}:
            refus = avec_liens(demande, phrases)
        else:
            refus = avec_bilan(demande, phrases)
        return {"libelle": ouvertes[0].libelle, "nom": ouvertes[0].nom, "refus": refus}

    def _boutons(self, requete: HttpRequest, objet: Any) -> list[dict[str, Any]]:
        """A step forward is a button of the form, where there is one: what was just typed goes with it."""
        lien, ouvertes = "admin:financements_demande_transition", self._ouvertes(requete, objet)
        a_enregistrer = self.saisies(requete, objet).ouvertes
        boutons: list[dict[str, Any]] = [
            {
                "libelle": t.libelle,
                "lien": reverse(lien, args=[objet.pk, t.nom]),
                "nom": t.nom,
                "enregistre": a_enregistrer and t.nom not in _A_REBOURS,
            }
            for t in ouvertes
        ]
        ensemble = self.enchainements_ouverts(objet, ouvertes, requete.user)
        return [
            *boutons,
            *({"libelle": e.libelle, "lien": self.lien_ensemble(objet, e), "nom": e.nom} for e in ensemble),
        ]

    def enchainement_a_propos(self, objet: Any, enchainement: Enchainement) -> bool:
        """A balance is not paid where something is to be given back."""
        return a_propos(objet, enchainement.nom)

    def nommer(self, objet: Any) -> str:
        """A number says little: the school comes first."""
        return f"{objet.ecole.nom} ({objet})"

    def montrer_le_lot(self, objets: list[Any], possibles: list[Any], transition: Transition) -> Montre:
        """On many files: the school, the amount, and the envelope."""
        return montrer_le_lot(objets, possibles, transition.nom)

    def avant_apres(self, requete: HttpRequest, objet: Any, transition: Transition) -> Any:
        """What changes besides the state."""
        return avant_apres(objet, transition.nom)

    def _confirmation(
        self, requete: HttpRequest, objet: Any, transition: Transition, *suite: Any
    ) -> HttpResponse:
        """A school reads states in its own words; a refusal leads to where it is put right."""
        reponse: Any = super()._confirmation(requete, objet, transition, *suite)
        reponse.context_data["refus"] = avec_bilan(objet, reponse.context_data["refus"])
        reponse.context_data["ecole"] = objet.ecole.nom
        if not self.interne(requete, objet):
            etats = ("État", LIBELLES_ECOLE[objet.etat], LIBELLES_ECOLE[transition.vers(objet.etat)])
            reponse.context_data["lignes"][0] = etats
            if reponse.context_data["passee"]:
                reponse.context_data["refus"] = [_deja_passee(objet, transition)]
        return reponse  # type: ignore[no-any-return]

    def response_add(
        self, request: HttpRequest, obj: Any, post_url_continue: str | None = None
    ) -> HttpResponse:
        """To the file: pieces come next."""
        messages.success(request, f"La demande {obj} est enregistrée. Joignez les pièces, puis déposez-la.")
        return HttpResponseRedirect(self._page(obj))

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        """Stay on the file, or go to the step that the button named."""
        messages.success(request, f"Le dossier {obj} est enregistré.")
        return vers_l_etape(request, obj) or HttpResponseRedirect(self._page(obj))

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The admin's own history names officers and what they typed: the State's side only."""
        if not self.interne(request, self.demande_ou_404(request, object_id)):
            raise Http404("Cette page n'existe pas.")
        return super().history_view(request, object_id, extra_context)

    def champs_de(self, objet: Any, transition: Transition) -> Any:
        """Inputs that depend on the file: named items, answers; a convention already scanned is not asked."""
        champs = super().champs_de(objet, transition)
        if transition.nom == "demander_complement":
            return champs_de_la_demande(objet)
        if transition.nom == "completer":
            return {**champs_de_la_reponse(objet), **champs}
        if "scan" in champs and scan_de_la_convention(objet) is not None:
            return {nom: champ for nom, champ in champs.items() if nom != "scan"}
        return champs
