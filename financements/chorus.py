"""The sheet for Chorus: one line a file, in the columns of its campaign. A preparation, never an act."""

from __future__ import annotations

import io
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from django.db.models import Sum

from financements.models import ColonneChorus, Demande
from financements.natures import ContenuChorus
from reseau.nombres import INSECABLE, aujourdhui, montrer_date, montrer_montant
from reseau.socle.documents import rendre_pdf
from reseau.socle.export_classeurs import ecrire_xlsx
from reseau.socle.exports import ColonneExport, Export
from reseau.socle.lettres import montant_en_lettres

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.db.models import QuerySet

# The columns of a campaign that says nothing: fixed values stay empty, to be typed in Chorus.
PAR_DEFAUT: Final[tuple[tuple[str, str], ...]] = (
    ("SIRET", ContenuChorus.SIRET),
    ("Tiers", ContenuChorus.TIERS),
    ("Centre financier", ContenuChorus.FIXE),
    ("Domaine fonctionnel", ContenuChorus.FIXE),
    ("Activité", ContenuChorus.FIXE),
    ("Centre de coûts", ContenuChorus.FIXE),
    ("Groupe de marchandises", ContenuChorus.FIXE),
    ("Montant", ContenuChorus.MONTANT),
    ("N° EJ", ContenuChorus.EJ),
)


def colonnes(campagne: Any) -> list[ColonneChorus]:
    """Return the columns of a campaign, or the usual ones."""
    ecrites = list(campagne.colonnes_chorus.order_by("rang"))
    return ecrites or [
        ColonneChorus(campagne=campagne, rang=rang, titre=titre, contenu=contenu)
        for rang, (titre, contenu) in enumerate(PAR_DEFAUT, 1)
    ]


def decidees(demandes: QuerySet[Demande]) -> QuerySet[Demande]:
    """Keep what has a decision, with what a line prints of it."""
    engages = Sum("allocation__engagements__montant")
    return (
        demandes.filter(allocation__isnull=False)
        .select_related("ecole__gestionnaire", "campagne", "allocation")
        .annotate(engage=engages)
        .order_by("numero")
    )


def ligne(demande: Any, prevues: Sequence[ColonneChorus]) -> list[Any]:
    """Return the cells of a file of :func:`decidees`: texts, and a Decimal of euros for an amount."""
    ecole = demande.ecole
    valeurs = {
        ContenuChorus.SIRET: ecole.siret,
        ContenuChorus.TIERS: ecole.gestionnaire.nom if ecole.gestionnaire else ecole.nom,
        ContenuChorus.MONTANT: demande.engage or Decimal(0),
        ContenuChorus.EJ: demande.numero_ej,
        ContenuChorus.DOSSIER: demande.numero,
        ContenuChorus.EXERCICE: str(demande.campagne.exercice),
    }
    return [valeurs.get(ContenuChorus(colonne.contenu), colonne.valeur) for colonne in prevues]


def fiche_pdf(demande: Any) -> bytes:
    """Return the sheet of a file of :func:`decidees`. Raises ``RenduImpossible``."""
    prevues = colonnes(demande.campagne)
    paires = [
        (colonne.titre, montrer_montant(valeur) if isinstance(valeur, Decimal) else _lisible(colonne, valeur))
        for colonne, valeur in zip(prevues, ligne(demande, prevues), strict=True)
    ]
    contexte = {
        "numero": demande.numero,
        "ecole": demande.ecole.nom,
        "service": demande.region.service.nom,
        "le": montrer_date(aujourdhui()),
        "lignes": paires,
        "en_lettres": montant_en_lettres(demande.engage or Decimal(0)),
        "demonstration": demande.ecole.fictive,
    }
    return rendre_pdf("financements/chorus/fiche.html", contexte)


def _lisible(colonne: ColonneChorus, valeur: str) -> str:
    """A SIRET is read by groups; an empty cell says that it is to be typed."""
    if colonne.contenu == ContenuChorus.SIRET and len(valeur) == 14:
        return INSECABLE.join((valeur[:3], valeur[3:6], valeur[6:9], valeur[9:]))
    return valeur or "à compléter"


def fiche_xlsx(demandes: Sequence[Any]) -> bytes:
    """Return one XLSX, one line a file of :func:`decidees`; the columns are those of the first campaign."""
    prevues = colonnes(demandes[0].campagne)
    titres = tuple(
        ColonneExport(c.titre, "pk", "montant" if c.contenu == ContenuChorus.MONTANT else "texte")
        for c in prevues
    )
    export = Export(nature="chorus", libelle="pour Chorus", permission="demande.voir", colonnes=titres)
    sortie = io.BytesIO()
    ecrire_xlsx(export, (ligne(demande, prevues) for demande in demandes), sortie)
    return sortie.getvalue()
