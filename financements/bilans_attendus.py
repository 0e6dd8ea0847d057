"""What awaits at the end of a file, for the home page: who must write, check, certify, pay, close."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import DecimalField, F, OuterRef, Q, Subquery, Sum, Value
from django.db.models.functions import Coalesce
from django.urls import reverse

from financements import tableau
from financements.etats import Etat
from financements.models import Demande, Paiement, Reversement
from reseau.nombres import aujourdhui, montrer_date_courte, montrer_montant
from reseau.socle.a_faire import Ligne, Rubrique, premieres_et_total

if TYPE_CHECKING:
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


def _rubrique(utilisateur: Utilisateur, verbe: str, titre: str) -> Rubrique:
    siennes = _avec_paye(Demande.objects.visibles_par(utilisateur, verbe)).filter(en_attente(verbe))
    # The oldest year first, then what has waited longest.
    demandes = siennes.select_related("ecole", "campagne", "allocation__bilan").order_by(
        "campagne__exercice", "depuis_le", "id"
    )
    lignes, total = premieres_et_total(demandes, NB_LIGNES)
    return Rubrique(
        titre=titre,
        entetes=(
            "École",
            "À payer" if verbe == "liquider" else "Accordé",
            *("Montant final", "Étape", "Depuis", "Échéance"),
        ),
        lignes=tuple(_ligne(demande, verbe) for demande in lignes),
        vide="",
        total=total,
        tout=reverse("admin:financements_demande_changelist") + "?etape=moi",
    )


def _ligne(demande: Any, verbe: str) -> Ligne:
    limite = demande.echeance_le or (
        demande.campagne.bilan_du_le if demande.etat == Etat.EN_EXECUTION else None
    )
    passee = limite is not None and limite < aujourdhui()
    return Ligne(
        lien=reverse("admin:financements_demande_change", args=[demande.pk]),
        cellules=(
            f"{demande.ecole.nom} ({demande.numero})",
            f"Solde : {montrer_montant(demande.montant_final - demande.paye)}"
            if verbe == "liquider"
            else montrer_montant(demande.montant_propose),
            "—" if demande.montant_final is None else montrer_montant(demande.montant_final),
            demande.etat_pour_l_ecole if verbe == "rendre" else demande.get_etat_display(),
            tableau.depuis(demande),
            montrer_date_courte(limite) + " (dépassée)" * passee if limite else "—",
        ),
        alerte=passee,
    )
