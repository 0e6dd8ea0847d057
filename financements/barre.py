"""The envelope as a bar: paid, committed, proposed, available; figures beside it, never colour alone."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db.models import Q, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from financements.etats import Etat
from financements.models import Demande, Enveloppe, Paiement, Reversement
from reseau.nombres import montrer_montant, montrer_pourcentage
from reseau.socle.relations import valeurs_de

if TYPE_CHECKING:
    from django.db.models import QuerySet

LARGEUR = 100
_CHIFFRE = Decimal("0.01")


@dataclass(frozen=True)
class Part:
    """A piece of the bar: where it begins and how wide it is, out of :data:`LARGEUR`, in SVG numbers."""

    code: str
    libelle: str
    montant: str
    debut: str
    largeur: str
    part: str


@dataclass(frozen=True)
class Barre:
    """What an envelope's bar draws, and the table that says the same."""

    titre: str
    ouvert: str
    parts: tuple[Part, ...]
    disponible: Decimal
    apres: Decimal
    propose: Decimal

    @property
    def alerte(self) -> str:
        """A sentence when what is proposed does not fit."""
        if self.apres >= 0:
            return ""
        return f"Il manque {montrer_montant(-self.apres)} pour accorder tout ce qui est proposé."


def montant_propose(enveloppe: Enveloppe) -> Decimal:
    """Euros proposed or visaed on the envelope, not yet committed; one query."""
    proposees = enveloppe.demandes.filter(etat__in=(Etat.PROPOSEE, Etat.VISEE)).order_by()
    return proposees.aggregate(total=Sum("montant_propose"))["total"] or Decimal(0)


def questions(enveloppe: Enveloppe) -> dict[str, Any]:
    """Return in SQL the euros proposed, and those paid (less what came back) of what these AE commit.

    Not the CP of the envelope: they also pay last year's decisions, and next year's pay the end of these.
    """

    def somme(lignes: QuerySet[Any], champ: str) -> Coalesce:
        total = lignes.order_by().annotate(_tout=Value(1)).values("_tout").annotate(n=Sum(champ)).values("n")
        return Coalesce(Subquery(total), Value(Decimal(0)))

    ici = Q(allocation__demande__enveloppe=enveloppe.pk)
    proposees = Demande.objects.filter(enveloppe=enveloppe.pk, etat__in=(Etat.PROPOSEE, Etat.VISEE))
    rendus = Reversement.objects.filter(ici, nature=Reversement.Nature.RECOUVREMENT)
    return {
        "propose": somme(proposees, "montant_propose"),
        "paye": somme(Paiement.objects.filter(ici), "montant") - somme(rendus, "montant"),
    }


def barre(enveloppe: Enveloppe) -> Barre:
    """Draw the AE of an envelope; what is paid is what was paid of these AE, whatever year's CP paid it."""
    lues = valeurs_de(enveloppe, questions)
    propose, paye = lues["propose"], lues["paye"]
    disponible = enveloppe.ae_disponibles
    restant = max(disponible - propose, Decimal(0))
    morceaux = [
        ("paye", "Payé", paye),
        ("engage", "Engagé, pas encore payé", enveloppe.ae_engagees - paye),
        *([("delegue", "Délégué", enveloppe.ae_deleguees)] if enveloppe.ae_deleguees else []),
        ("propose", "Proposé, pas encore accordé", propose),
        ("disponible", "Disponible après ces propositions", restant),
    ]
    total = sum((montant for _, _, montant in morceaux), Decimal(0))
    return Barre(
        titre=str(enveloppe),
        ouvert=montrer_montant(enveloppe.ae_ouvertes),
        parts=tuple(_disposer(morceaux, total)),
        disponible=disponible,
        apres=disponible - propose,
        propose=propose,
    )


def _disposer(morceaux: list[tuple[str, str, Decimal]], total: Decimal) -> list[Part]:
    parts, debut = [], Decimal(0)
    for code, libelle, montant in morceaux:
        fraction = montant / total if total else Decimal(0)
        largeur = (fraction * LARGEUR).quantize(_CHIFFRE)
        parts.append(
            Part(
                code,
                libelle,
                montrer_montant(montant),
                f"{debut}",
                f"{largeur}",
                montrer_pourcentage(fraction, 0),
            )
        )
        debut += largeur
    return parts


def comptes(enveloppe: Enveloppe) -> tuple[tuple[str, str], ...]:
    """Return the counters of an envelope, printed: AE, then CP; what was delegated when there is some."""
    lignes = [
        ("AE ouvertes", enveloppe.ae_ouvertes),
        ("AE engagées", enveloppe.ae_engagees),
        *([("AE déléguées", enveloppe.ae_deleguees)] if enveloppe.ae_deleguees else []),
        ("AE disponibles", enveloppe.ae_disponibles),
        ("CP ouverts", enveloppe.cp_ouverts),
        ("CP payés", enveloppe.cp_payes),
        *([("CP délégués", enveloppe.cp_delegues)] if enveloppe.cp_delegues else []),
        ("CP disponibles", enveloppe.cp_disponibles),
    ]
    return tuple((libelle, montrer_montant(montant)) for libelle, montant in lignes)
