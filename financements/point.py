"""The "Point pour la direction": one line a file of an envelope, totals equal to its counters to the cent."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db.models import DecimalField, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from financements.barre import comptes
from financements.etats import Etat
from financements.models import Demande, Engagement, LigneEffectif, Paiement
from financements.natures import AVANT_L_OUTIL, Voie
from reseau.nombres import aujourdhui, lire_montant, montrer_date, montrer_montant
from reseau.socle.exports import ColonneExport, Export

if TYPE_CHECKING:
    from datetime import date

    from financements.models import Enveloppe

ZERO = Decimal(0)
_EUROS: DecimalField[Any, Any] = DecimalField(max_digits=14, decimal_places=2)
_PROPOSEES = (Etat.PROPOSEE, Etat.VISEE)

COLONNES: tuple[ColonneExport, ...] = (
    ColonneExport("École", "ecole"),
    ColonneExport("Dossier", "numero"),
    ColonneExport("Étape", "etape"),
    ColonneExport("Effectif retenu", "effectif", "entier"),
    ColonneExport("Montant demandé", "demande", "montant"),
    ColonneExport("Proposé, pas encore accordé", "propose", "montant"),
    ColonneExport("Engagé (AE)", "engage", "montant"),
    ColonneExport("Payé sur ces CP", "paye", "montant"),
    ColonneExport("Reste à payer", "reste", "montant"),
)


@dataclass(frozen=True, slots=True)
class LigneDuPoint:
    """A file, in EUR: ``paye`` is what the CP of this envelope paid, ``reste`` what is left of it all.

    ``demande`` is ``None`` for a file taken over: what was asked before the tool is not known.
    """

    ecole: str
    numero: str
    etape: str
    effectif: int | None
    demande: Decimal | None
    propose: Decimal
    engage: Decimal
    paye: Decimal
    reste: Decimal

    @property
    def valeurs(self) -> tuple[Any, ...]:
        """The cells of a spreadsheet."""
        return tuple(getattr(self, str(colonne.source)) for colonne in COLONNES)


@dataclass(frozen=True, slots=True)
class Point:
    """The sheet: its lines, and their totals."""

    titre: str
    le: date
    comptes: tuple[tuple[str, str], ...]
    lignes: tuple[LigneDuPoint, ...]
    total: LigneDuPoint


def point(enveloppe: Enveloppe) -> Point:
    """Return the state of an envelope today, school by school; one query for the lines."""
    lignes = tuple(_ligne(demande) for demande in _dossiers(enveloppe))
    return Point(
        titre=str(enveloppe),
        le=aujourdhui(),
        comptes=comptes(enveloppe),
        lignes=lignes,
        total=_total(lignes),
    )


def _dossiers(enveloppe: Enveloppe) -> QuerySet[Demande]:
    """Files on this envelope, and older ones that its CP paid; drafts and refusals are not money."""
    ici = Q(enveloppe=enveloppe) & ~Q(etat__in=(Etat.RETIREE, Etat.REFUSEE, Etat.SANS_SUITE))
    payes_ici = Paiement.objects.filter(enveloppe=enveloppe).values("allocation__demande")
    lignes = LigneEffectif.objects.filter(demande=OuterRef("pk")).order_by().values("demande")
    return (
        Demande.objects.filter(ici | Q(pk__in=payes_ici))
        .select_related("ecole")
        .annotate(
            effectif=Subquery(lignes.annotate(n=Sum("effectif_retenu")).values("n")),
            engage_ici=_somme(Engagement.objects.filter(enveloppe=enveloppe)),
            engage=_somme(Engagement.objects.all()),
            paye_ici=_somme(Paiement.objects.filter(enveloppe=enveloppe)),
            paye=_somme(Paiement.objects.all()),
        )
        .order_by("ecole__nom", "numero")
    )


def _somme(registre: QuerySet[Any]) -> Coalesce:
    """SQL: what a ledger adds up to for the file of the outer row."""
    lignes = registre.filter(allocation__demande=OuterRef("pk")).order_by().values("allocation__demande")
    total = Subquery(lignes.annotate(n=Sum("montant")).values("n"), output_field=_EUROS)
    return Coalesce(total, Value(ZERO), output_field=_EUROS)


def _ligne(demande: Any) -> LigneDuPoint:
    return LigneDuPoint(
        ecole=demande.ecole.nom,
        numero=demande.numero,
        etape=demande.get_etat_display(),
        effectif=demande.effectif,
        demande=None if demande.voie == Voie.REPRISE else demande.montant_demande,
        propose=demande.montant_propose if demande.etat in _PROPOSEES else ZERO,
        engage=demande.engage_ici,
        paye=demande.paye_ici,
        reste=max(demande.engage - demande.paye, ZERO),
    )


def _total(lignes: tuple[LigneDuPoint, ...]) -> LigneDuPoint:
    return LigneDuPoint(
        ecole="Total",
        numero="",
        etape="",
        effectif=sum(ligne.effectif or 0 for ligne in lignes),
        demande=sum((ligne.demande or ZERO for ligne in lignes), ZERO),
        propose=sum((ligne.propose for ligne in lignes), ZERO),
        engage=sum((ligne.engage for ligne in lignes), ZERO),
        paye=sum((ligne.paye for ligne in lignes), ZERO),
        reste=sum((ligne.reste for ligne in lignes), ZERO),
    )


def en_tableur(feuille: Point) -> list[tuple[Export, list[tuple[Any, ...]]]]:
    """Return the two sheets of a workbook: the lines with their total, then the envelope on its date."""
    dossiers = Export("point", "point pour la direction", "enveloppe.voir", COLONNES)
    colonnes = (
        ColonneExport("Enveloppe", "titre"),
        ColonneExport("Situation au", "le", "date"),
        *(ColonneExport(libelle, libelle, "montant") for libelle, _ in feuille.comptes),
    )
    enveloppe = Export("enveloppe", "enveloppe", "enveloppe.voir", colonnes)
    montants = (lire_montant(montant) for _, montant in feuille.comptes)
    return [
        (dossiers, [*(ligne.valeurs for ligne in feuille.lignes), feuille.total.valeurs]),
        (enveloppe, [(feuille.titre, feuille.le, *montants)]),
    ]


def en_texte(feuille: Point) -> dict[str, Any]:
    """Return the sheet for a page: every amount printed."""
    return {
        "titre": feuille.titre,
        "jour": montrer_date(feuille.le),
        "comptes": feuille.comptes,
        "colonnes": [colonne.titre for colonne in COLONNES],
        "lignes": [_imprimer(ligne) for ligne in feuille.lignes],
        "total": _imprimer(feuille.total),
    }


def _imprimer(ligne: LigneDuPoint) -> dict[str, Any]:
    montants = (ligne.propose, ligne.engage, ligne.paye, ligne.reste)
    demande = AVANT_L_OUTIL if ligne.demande is None else _montant(ligne.demande)
    return {
        "ecole": ligne.ecole,
        "numero": ligne.numero,
        "etape": ligne.etape,
        "effectif": "—" if ligne.effectif is None else str(ligne.effectif),
        "montants": [demande, *(_montant(montant) for montant in montants)],
    }


def _montant(montant: Decimal) -> str:
    return montrer_montant(montant) if montant else "—"
