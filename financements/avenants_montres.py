"""What the page of a file and the home page show of amendments, as plain values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import reverse

from financements.avenants import OUVERTES
from financements.etats import Etat
from financements.models import Avenant
from financements.natures import EtapeAvenant
from reseau.nombres import PARIS, montrer_date_courte, montrer_ecart
from reseau.socle.a_faire import Ligne, Rubrique, premieres_et_total

if TYPE_CHECKING:
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
        _rubrique(utilisateur, verbe, etape, titre, vide)
        for verbe, etape, titre, vide in _DEVOIRS
        if utilisateur.detient(f"demande.{verbe}")
    ]
    return [rubrique for rubrique in rubriques if rubrique.lignes]


def _rubrique(utilisateur: Utilisateur, verbe: str, etape: EtapeAvenant, titre: str, vide: str) -> Rubrique:
    siens = Avenant.objects.visibles_par(utilisateur).filter(
        etape=etape, allocation__demande__etat=Etat.EN_EXECUTION
    )
    en_ordre = siens.select_related("allocation__demande__ecole").order_by("cree_le")
    lignes, total = premieres_et_total(en_ordre, NB_LIGNES)
    return Rubrique(
        titre=titre,
        entetes=("École", "Avenant", "Variation", "Préparé le"),
        lignes=tuple(_ligne(avenant) for avenant in lignes),
        vide=vide,
        total=total,
        tout=reverse("admin:financements_avenant_changelist") + f"?etape__exact={etape.value}",
    )


def _ligne(avenant: Avenant) -> Ligne:
    demande = avenant.allocation.demande
    return Ligne(
        lien=reverse("admin:financements_demande_change", args=[demande.pk]),
        cellules=(
            f"{demande.ecole.nom} ({demande.numero})",
            str(avenant),
            montrer_ecart(avenant.montant),
            montrer_date_courte(avenant.cree_le.astimezone(PARIS).date()),
        ),
    )
