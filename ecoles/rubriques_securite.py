"""Safety of minors on the page of a school: only its head reads it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse

from ecoles.diplomes import pluriel
from ecoles.models import DossierInspection
from ecoles.rubriques import Fait, Liens, Section
from reseau.nombres import montrer_date_courte

if TYPE_CHECKING:
    from ecoles.models import Ecole

NB_DOSSIERS = 3


def inspection(ecole: Ecole, liens: Liens) -> list[Section]:
    """The last files made for the labour inspectorate, and the button that makes another."""
    if not liens.utilisateur.has_perm("dossierinspection.voir"):
        return []
    dossiers = DossierInspection.objects.visibles_par(liens.utilisateur).filter(ecole=ecole)
    faits = tuple(
        Fait(
            f"Situation au {montrer_date_courte(dossier.jour)}",
            (f"{pluriel(dossier.nb_jeunes, 'jeune')}, une pièce manque à {dossier.nb_incomplets}",),
            lien=reverse("admin:ecoles_dossierinspection_change", args=[dossier.pk]),
            geste="Ouvrir",
        )
        for dossier in dossiers.order_by("-demande_le", "id")[:NB_DOSSIERS]
    )
    ajouter = liens.ajouter(DossierInspection, "Dossier pour l'inspection du travail")
    return [Section("inspection", "Inspection du travail", faits, "Aucun dossier produit.", ajouter)]
