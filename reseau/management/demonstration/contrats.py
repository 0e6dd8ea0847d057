"""The signed commitment that every request carries: a blank page under its name, one file a request."""

from __future__ import annotations

import hashlib
from functools import cache
from io import BytesIO
from typing import TYPE_CHECKING

from django.core.files.base import ContentFile

from financements.models import Piece
from financements.natures import NaturePiece
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


def verser_les_contrats(demandes: Iterable[tuple[Demande, UUID]]) -> None:
    """Give each draft its commitment, handed in by this person; nothing is proposed without one."""
    pieces = [Piece(demande=d, nature=NaturePiece.CER, fichier=_fichier(par)) for d, par in demandes]
    verser(FichierDepose, [piece.fichier for piece in pieces])
    verser(Piece, pieces)


def _fichier(par: UUID) -> FichierDepose:
    """The page is ours: it is not analysed a thousand times."""
    contenu = page_blanche()
    fichier = FichierDepose(
        nom_origine="cer.pdf",
        type_mime="application/pdf",
        taille=len(contenu),
        empreinte=hashlib.sha256(contenu).hexdigest(),
        analyse=FichierDepose.Analyse.SAIN,
        depose_par_id=par,
    )
    fichier.fichier.save(f"{uuid7().hex}.pdf", ContentFile(contenu), save=False)
    return fichier
