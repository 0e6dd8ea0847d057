"""What may leave of the requests as a spreadsheet: one line a file, typed."""

from __future__ import annotations

from typing import Any

from django.db.models import Case, DecimalField, F, OuterRef, Subquery, Sum, When

from financements.models import Engagement, LigneEffectif, Paiement
from financements.natures import Voie
from financements.situations import Etat
from reseau.socle.exports import ColonneExport, Export

_EUROS: DecimalField[Any, Any] = DecimalField(max_digits=14, decimal_places=2)


def _effectif(champ: str) -> Subquery:
    lignes = LigneEffectif.objects.filter(demande=OuterRef("pk")).order_by().values("demande")
    return Subquery(lignes.annotate(n=Sum(champ)).values("n"))


def _registre(modele: type[Any]) -> Subquery:
    lignes = (
        modele.objects.filter(allocation__demande=OuterRef("pk")).order_by().values("allocation__demande")
    )
    return Subquery(lignes.annotate(n=Sum("montant")).values("n"), output_field=_EUROS)


# A file taken over was asked before the tool: an empty cell, not an amount that nobody typed.
_DEMANDE = Case(When(voie=Voie.REPRISE, then=None), default=F("montant_demande"), output_field=_EUROS)

EXPORT_DEMANDES = Export(
    nature="demandes",
    libelle="demandes de financement",
    permission="demande.exporter",
    colonnes=(
        ColonneExport("Dossier", "numero"),
        ColonneExport("École", "ecole__nom"),
        ColonneExport("SIRET", "ecole__siret"),
        ColonneExport("Région", "region__nom"),
        ColonneExport("Exercice", "campagne__exercice", "entier"),
        ColonneExport("Étape", "etat", choix={str(etat.value): str(etat.label) for etat in Etat}),
        ColonneExport("Dans cette étape depuis", "depuis_le", "instant"),
        ColonneExport("Déposée le", "deposee_le", "instant"),
        ColonneExport("Échéance", "echeance_le", "date"),
        ColonneExport("Effectif demandé", _effectif("effectif_demande"), "entier"),
        ColonneExport("Effectif retenu", _effectif("effectif_retenu"), "entier"),
        ColonneExport("Montant demandé", _DEMANDE, "montant"),
        ColonneExport("Montant proposé ou accordé", "montant_propose", "montant"),
        ColonneExport("Engagement juridique", "numero_ej"),
        ColonneExport("Engagé", _registre(Engagement), "montant"),
        ColonneExport("Payé", _registre(Paiement), "montant"),
        ColonneExport("Montant final", "montant_final", "montant"),
    ),
)
