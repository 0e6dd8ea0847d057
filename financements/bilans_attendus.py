"""What awaits at the end of a file, for the home page: who must write, check, certify, pay, close."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from django.db.models import DecimalField, F, OuterRef, Q, Subquery, Sum, Value
from django.db.models.functions import Coalesce
from django.urls import reverse

from financements import tableau
from financements.etats import LIBELLES_ECOLE, Etat
from financements.models import Campagne, Demande, Paiement, Reversement
from reseau.nombres import aujourdhui, montrer_date_courte, montrer_montant
from reseau.socle.a_faire import Ligne, Rubrique, premieres, total
from reseau.socle.pretes import PreteParPersonne

if TYPE_CHECKING:
    from datetime import date

    from django.db.models import QuerySet

    from reseau.models import Utilisateur

NB_LIGNES = 10
# Verb, heading. A rubric without a row is not shown.
_DEVOIRS = (
    ("rendre", "Bilans à remettre"),
    ("controler", "Bilans à vérifier"),
    ("certifier", "Services faits à certifier"),
    ("liquider", "Soldes à payer"),
    ("reclamer", "Sommes versées en trop"),
    ("clore", "Dossiers à clore"),
)


def bilans_attendus(utilisateur: Utilisateur) -> list[Rubrique]:
    """Return the rubrics of whoever takes the next step of a report; none when nothing awaits."""
    rubriques = [
        _rubrique(utilisateur, verbe, titre)
        for verbe, titre in _DEVOIRS
        if utilisateur.detient(f"demande.{verbe}")
    ]
    return [rubrique for rubrique in rubriques if rubrique.lignes]


def en_attente(verbe: str) -> Q:
    """Return which files await whoever holds ``verbe`` today.

    ``paye`` is what was paid, less what came back or was waived.
    """
    jour = aujourdhui()
    finie = Q(campagne__periode_au__lt=jour) | Q(
        campagne__periode_au__isnull=True, campagne__exercice__lt=jour.year
    )
    sans_reponse = Q(allocation__bilan__reponse_avant_le__lt=jour)
    return {
        "rendre": Q(etat=Etat.BILAN_A_CORRIGER) | Q(etat=Etat.EN_EXECUTION) & finie,
        "controler": Q(etat=Etat.BILAN_DEPOSE) | Q(etat=Etat.BILAN_A_CORRIGER) & sans_reponse,
        "certifier": Q(etat=Etat.BILAN_DEPOSE),
        "liquider": Q(etat=Etat.SERVICE_FAIT, montant_final__gte=F("paye")),
        "reclamer": Q(etat=Etat.REVERSEMENT)
        | Q(etat__in=(Etat.SERVICE_FAIT, Etat.RESILIEE), montant_final__lt=F("paye")),
        "clore": Q(etat=Etat.SOLDEE),
    }[verbe]


def _avec_paye(demandes: QuerySet[Demande]) -> QuerySet[Demande]:
    argent = DecimalField(max_digits=14, decimal_places=2)

    def somme(lignes: QuerySet[Any]) -> Coalesce:
        siennes = lignes.filter(allocation__demande=OuterRef("pk")).order_by()
        total = siennes.values("allocation__demande").annotate(n=Sum("montant")).values("n")
        return Coalesce(Subquery(total), Value(0), output_field=argent)

    eteints = Reversement.objects.exclude(nature=Reversement.Nature.ORDRE)
    return demandes.annotate(paye=somme(Paiement.objects.all()) - somme(eteints))


def _qui_attendent(verbe: str, personne: Utilisateur) -> QuerySet[Any, Any]:
    siennes = _avec_paye(Demande.objects.visibles_par(personne, verbe)).filter(en_attente(verbe))
    # The oldest year first, then what has waited longest.
    return premieres(siennes.order_by("campagne__exercice", "depuis_le", "id"), NB_LIGNES, *_LUS)


_LUS = (
    "pk",
    "numero",
    "ecole__nom",
    "etat",
    "montant_propose",
    "montant_final",
    "paye",
    "depuis_le",
    "echeance_le",
    *(f"campagne__{champ}" for champ in ("exercice", "periode_au", "bilan_avant_le")),
)
_ATTENDENT = {verbe: PreteParPersonne(partial(_qui_attendent, verbe)) for verbe, _ in _DEVOIRS}


def _rubrique(utilisateur: Utilisateur, verbe: str, titre: str) -> Rubrique:
    lues = _ATTENDENT[verbe].lire(utilisateur)
    return Rubrique(
        titre=titre,
        entetes=(
            "École",
            "À payer" if verbe == "liquider" else "Accordé",
            *("Montant final", "Étape", "Depuis", "Échéance"),
        ),
        lignes=tuple(_ligne(demande, verbe) for demande in lues),
        vide="",
        total=total(lues),
        tout=reverse("admin:financements_demande_changelist") + "?etape=moi",
    )


def _ligne(demande: Any, verbe: str) -> Ligne:
    limite = demande.echeance_le or (_bilan_du_le(demande) if demande.etat == Etat.EN_EXECUTION else None)
    passee = limite is not None and limite < aujourdhui()
    return Ligne(
        lien=reverse("admin:financements_demande_change", args=[demande.pk]),
        cellules=(
            f"{demande.ecole__nom} ({demande.numero})",
            f"Solde : {montrer_montant(demande.montant_final - demande.paye)}"
            if verbe == "liquider"
            else montrer_montant(demande.montant_propose),
            "—" if demande.montant_final is None else montrer_montant(demande.montant_final),
            LIBELLES_ECOLE[demande.etat] if verbe == "rendre" else Etat(demande.etat).label,
            tableau.depuis(demande),
            montrer_date_courte(limite) + " (dépassée)" * passee if limite else "—",
        ),
        alerte=passee,
    )


def _bilan_du_le(demande: Any) -> date:
    campagne = Campagne(
        exercice=demande.campagne__exercice,
        periode_au=demande.campagne__periode_au,
        bilan_avant_le=demande.campagne__bilan_avant_le,
    )
    return campagne.bilan_du_le
