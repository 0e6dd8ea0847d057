"""The pieces that requests in numbers carry: a blank page under each name, one file a piece."""

from __future__ import annotations

import hashlib
from functools import cache
from io import BytesIO
from typing import TYPE_CHECKING

from django.core.files.base import ContentFile

from financements.models import Piece
from reseau.champs import uuid7
from reseau.management.demonstration.versement import verser
from reseau.models import FichierDepose

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID

    from financements.models import Demande


@cache
def page_blanche() -> bytes:
    """One page, and nothing on it."""
    from pypdf import PdfWriter

    ecrivain, sortie = PdfWriter(), BytesIO()
    ecrivain.add_blank_page(width=595, height=842)
    ecrivain.write(sortie)
    return sortie.getvalue()


def verser_les_pieces(demandes: Iterable[tuple[Demande, UUID, Iterable[str]]]) -> None:
    """Give each draft these kinds of pieces, handed in by this person; nothing is proposed without them."""
    pieces = [
        Piece(demande=demande, nature=nature, fichier=_fichier(nature, par))
        for demande, par, natures in demandes
        for nature in natures
    ]
    verser(FichierDepose, [piece.fichier for piece in pieces])
    verser(Piece, pieces)


def _fichier(nature: str, par: UUID) -> FichierDepose:
    """The page is ours: it is not analysed a thousand times."""
    contenu = page_blanche()
    fichier = FichierDepose(
        nom_origine=f"{nature}.pdf",
        type_mime="application/pdf",
        taille=len(contenu),
        empreinte=hashlib.sha256(contenu).hexdigest(),
        analyse=FichierDepose.Analyse.SAIN,
        depose_par_id=par,
    )
    fichier.fichier.save(f"{uuid7().hex}.pdf", ContentFile(contenu), save=False)
    return fichier
