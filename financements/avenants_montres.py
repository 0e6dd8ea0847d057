"""What the page of a file and the home page show of amendments, as plain values."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from django.urls import reverse

from financements.avenants import OUVERTES
from financements.etats import Etat
from financements.models import Avenant
from financements.natures import EtapeAvenant
from reseau.nombres import PARIS, montrer_date_courte, montrer_ecart
from reseau.socle.a_faire import Ligne, Rubrique, premieres, total
from reseau.socle.pretes import PreteParPersonne

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from financements.models import Allocation, Demande
    from reseau.models import Utilisateur

NB_LIGNES = 10
# Verb, step that awaits it, heading, what is said when nothing awaits.
_DEVOIRS = (
    ("proposer", EtapeAvenant.PREPARE, "Avenants à proposer", "Aucun avenant n'est en préparation."),
    ("viser", EtapeAvenant.PROPOSE, "Avenants à viser", "Aucun avenant n'attend votre visa."),
    ("accorder", EtapeAvenant.VISE, "Avenants à accorder", "Aucun avenant n'attend votre décision."),
)


@dataclass(frozen=True, slots=True)
class AvenantMontre:
    """An amendment in one row; ``lien`` opens it."""

    numero: str
    etape: str
    variation: str
    motif: str
    renvoi: str
    lien: str


@dataclass(frozen=True, slots=True)
class Avenants:
    """Those of a file, and where the next one is written, when it may be."""

    lignes: tuple[AvenantMontre, ...]
    preparer: str


def avenants(demande: Demande, decision: Allocation | None, utilisateur: Utilisateur) -> Avenants | None:
    """Return what the page of a decided file shows to an officer; one query."""
    if decision is None or not utilisateur.detient("avenant.voir"):
        return None
    tous = list(decision.avenants.all())
    libre = demande.etat == Etat.EN_EXECUTION and not any(a.etape in OUVERTES for a in tous)
    ajout = reverse("admin:financements_avenant_add") + f"?allocation={decision.pk}"
    return Avenants(
        lignes=tuple(_montrer(avenant) for avenant in tous),
        preparer=ajout if libre and utilisateur.detient("avenant.ajouter") else "",
    )


def _montrer(avenant: Avenant) -> AvenantMontre:
    return AvenantMontre(
        numero=str(avenant),
        etape=avenant.get_etape_display(),
        variation=montrer_ecart(avenant.montant),
        motif=avenant.motif,
        renvoi=avenant.renvoi,
        lien=reverse("admin:financements_avenant_change", args=[avenant.pk]),
    )


def avenants_a_traiter(utilisateur: Utilisateur) -> list[Rubrique]:
    """Return the rubrics of whoever takes the next step; none when nothing awaits."""
    rubriques = [
        _rubrique(utilisateur, etape, titre, vide)
        for verbe, etape, titre, vide in _DEVOIRS
        if utilisateur.detient(f"demande.{verbe}")
    ]
    return [rubrique for rubrique in rubriques if rubrique.lignes]


def _qui_attendent(etape: EtapeAvenant, personne: Utilisateur) -> QuerySet[Any, Any]:
    siens = Avenant.objects.visibles_par(personne).filter(
        etape=etape, allocation__demande__etat=Etat.EN_EXECUTION
    )
    return premieres(siens.order_by("cree_le"), NB_LIGNES, "rang", "montant", "cree_le", *_DU_DOSSIER)


_DU_DOSSIER = tuple(f"allocation__demande__{champ}" for champ in ("pk", "numero", "ecole__nom"))
_ATTENDENT = {etape: PreteParPersonne(partial(_qui_attendent, etape)) for _, etape, *_ in _DEVOIRS}


def _rubrique(utilisateur: Utilisateur, etape: EtapeAvenant, titre: str, vide: str) -> Rubrique:
    lues = _ATTENDENT[etape].lire(utilisateur)
    return Rubrique(
        titre=titre,
        entetes=("École", "Avenant", "Variation", "Préparé le"),
        lignes=tuple(_ligne(avenant) for avenant in lues),
        vide=vide,
        total=total(lues),
        tout=reverse("admin:financements_avenant_changelist") + f"?etape__exact={etape.value}",
    )


def _ligne(avenant: Any) -> Ligne:
    return Ligne(
        lien=reverse("admin:financements_demande_change", args=[avenant.allocation__demande__pk]),
        cellules=(
            f"{avenant.allocation__demande__ecole__nom} ({avenant.allocation__demande__numero})",
            str(Avenant(rang=avenant.rang)),
            montrer_ecart(avenant.montant),
            montrer_date_courte(avenant.cree_le.astimezone(PARIS).date()),
        ),
    )
