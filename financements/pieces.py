"""The pieces of a request: which are asked for, whether each is there, found clean, and still valid.

Rules and guards share these answers. No model is imported here: models know the state table.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from financements.natures import NaturePiece, Voie
from financements.requetes import pieces_de
from reseau.nombres import aujourdhui, montrer_date

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from financements.models import Campagne, Demande, Piece


def exigees(campagne: Campagne) -> list[str]:
    """Return the kinds of pieces that a school joins: the campaign's, and the law's (loi 2000-321, 10-1)."""
    return list(dict.fromkeys([*campagne.pieces_obligatoires, NaturePiece.CER.value]))


def analyses(demande: Demande) -> dict[str, str]:
    """Return what the analysis says of each kind that is there: clean once one file is, else of the last."""
    dites: dict[str, str] = {}
    for piece in _par_depot(demande):
        if dites.get(piece.nature) != "sain":
            dites[piece.nature] = piece.fichier.analyse
    return dites


def _par_depot(demande: Demande) -> list[Piece]:
    return sorted(pieces_de(demande), key=lambda piece: (piece.fichier.depose_le, piece.pk))


def jointe(demande: Demande, nature: NaturePiece) -> bool:
    """Whether a piece of this kind is there, whatever its analysis says."""
    return any(piece.nature == nature for piece in pieces_de(demande))


def manque(nature: str, dites: dict[str, str]) -> Iterator[str]:
    """Say what keeps a kind of piece from being relied on; nothing when a clean one is there."""
    nom, analyse = NaturePiece(nature).label, dites.get(nature)
    if analyse is None:
        yield f"Il manque une pièce : « {nom} »."
    elif analyse == "en_attente":
        yield f"« {nom} » est en cours d'analyse : réessayez dans quelques instants."
    elif analyse == "refuse":
        yield f"« {nom} » a été refusée à l'analyse : remplacez ce fichier."


def constat_obligatoires(demande: Demande) -> list[str]:
    """A school that never answered may have taken out what it was asked to replace; the commitment apart."""
    if demande.voie != Voie.ECOLE:
        return []
    dites = analyses(demande)
    absentes = [n for n in demande.campagne.pieces_obligatoires if n not in dites and n != NaturePiece.CER]
    if NaturePiece.BUDGET in absentes and demande.budget.all():
        absentes.remove(NaturePiece.BUDGET)  # typed in the portal
    return [phrase for nature in absentes for phrase in manque(nature, dites)]


def constat_engagement(demande: Demande) -> list[str]:
    """The signed commitment comes before any decision: its own piece, found clean."""
    analyse = analyses(demande).get(NaturePiece.CER)
    if analyse == "en_attente":
        return ["Le contrat d'engagement républicain signé est en cours d'analyse."]
    return (
        [] if analyse == "sain" else ["Le contrat d'engagement républicain signé n'est pas dans le dossier."]
    )


def constat_quarantaine(demande: Demande) -> list[str]:
    """Nothing is decided on a file that nobody may open; a clean one of its kind replaces a refused one."""
    saines = {nature for nature, analyse in analyses(demande).items() if analyse == "sain"}
    return [
        f"« {piece.get_nature_display()} » : {piece.fichier.get_analyse_display()}."
        for piece in pieces_de(demande)
        if piece.fichier.analyse == "en_attente"
        or (piece.fichier.analyse == "refuse" and piece.nature not in saines)
    ]


def constat_validite(demande: Demande) -> list[str] | None:
    """A piece that has an end has not passed it; nothing to say where none has one."""
    if all(piece.valable_jusqu_au is None for piece in pieces_de(demande)):
        return None
    return [f"« {NaturePiece(n).label} » : {perimee_depuis(fin)}." for n, fin in perimees(demande).items()]


def perimees(demande: Demande) -> dict[str, date]:
    """Return the kinds whose last piece has expired, with the last day on which it was valid."""
    acceptees = (piece for piece in _par_depot(demande) if piece.fichier.analyse != "refuse")
    dernieres = {piece.nature: piece.valable_jusqu_au for piece in acceptees}
    jour = aujourdhui()
    return {nature: fin for nature, fin in sorted(dernieres.items()) if fin is not None and fin < jour}


def perimee_depuis(fin: date) -> str:
    """Print since when a piece valid until ``fin``, that day included, is no longer."""
    return f"périmée depuis le {montrer_date(fin + timedelta(1))}"


def validite(fin: date | None) -> str:
    """Print until when a piece is valid, or since when it is not; nothing for one without an end."""
    if fin is None:
        return ""
    return perimee_depuis(fin) if fin < aujourdhui() else f"valable jusqu'au {montrer_date(fin)}"
