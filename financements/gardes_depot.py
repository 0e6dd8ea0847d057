"""Guards of the deposit and of admissibility: one French sentence a refusal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from financements import pieces
from financements.recevabilite import depassements, refus_de_compte_rendu, refus_de_liste, verdicts
from financements.requetes import lignes_de

if TYPE_CHECKING:
    from collections.abc import Iterable

    from financements.models import Demande
    from reseau.socle.etats import Contexte


def sur_la_liste(demande: Demande, _contexte: Contexte) -> Iterable[str]:
    """A school asks while it is on the yearly list."""
    return refus_de_liste(demande)


def compte_rendu_remis(demande: Demande, _contexte: Contexte) -> Iterable[str]:
    """Last year's account comes before a new request (loi 2000-321, article 10)."""
    return refus_de_compte_rendu(demande) or ()


def recevable(demande: Demande, _contexte: Contexte) -> Iterable[str]:
    """Every blocking failure has its written derogation, where one may be written; the others are said."""
    motivees = {controle.regle for controle in demande.controles.all() if controle.derogation}
    for verdict in verdicts(demande):
        levee = verdict.regle.derogeable and verdict.regle.code in motivees
        if verdict.bloque and not levee:
            yield f"Recevabilité, {verdict.regle.phrase} : {' '.join(verdict.constats)}"


def pieces_sures(demande: Demande, _contexte: Contexte) -> Iterable[str]:
    """No proposal without what must be there, nor on a piece in quarantine; nobody may pass over it."""
    yield from pieces.constat_obligatoires(demande)
    yield from pieces.constat_engagement(demande)
    yield from pieces.constat_quarantaine(demande)


def plafonds_motives(demande: Demande, _contexte: Contexte) -> Iterable[str]:
    """Row 6: retained beyond the places of the school or the ceiling of the scale says why."""
    sans_motif = [ligne for ligne in lignes_de(demande) if not ligne.motif]
    for code, titre, nombre, places in depassements(demande, "effectif_retenu"):
        if any(ligne.titre_id == code for ligne in sans_motif):
            yield f"{titre} : {nombre} élèves retenus pour {places} places. Écrivez la raison sur la ligne."
    for ligne in sans_motif:
        plafond = ligne.bareme.plafond if ligne.bareme else None
        if plafond is not None and (ligne.effectif_retenu or 0) > plafond:
            yield f"{ligne} : le barème plafonne à {plafond} élèves. Écrivez la raison sur la ligne."
