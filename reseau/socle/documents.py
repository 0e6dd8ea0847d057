"""Frozen documents: prepared with the act, rendered once after it, served for ever as they were."""

from __future__ import annotations

import hashlib
import json
import logging
import re
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.http import HttpResponse
from django.tasks import task
from django.template.loader import get_template, render_to_string

from reseau.models import DocumentFige
from reseau.nombres import maintenant
from reseau.socle.imprimeur import IMPRIMEUR, RenduImpossible

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.http import HttpRequest

__all__ = ["RenduImpossible", "figer", "produire", "rendre_pdf", "servir"]

_traces = logging.getLogger(__name__)

# What every document is made of, besides its own template.
_COMMUNS = ("templates/documents/base.html", "static/css/documents.css")
_FEUILLES = re.compile(r"statique:(css/[\w-]+\.css)")
_INCLUS = re.compile(r"{% include \"([\w/-]+\.html)\"")


def rendre_pdf(gabarit: str, contexte: Mapping[str, Any]) -> bytes:
    """Return the PDF/UA of a template. Raises :class:`RenduImpossible` with a French sentence."""
    # The bundled font has no narrow no-break space: on paper the ordinary one does the same.
    return IMPRIMEUR.imprimer(render_to_string(gabarit, dict(contexte)).replace("\u202f", "\u00a0"))


def version_du_gabarit(gabarit: str) -> str:
    """Return the SHA-256 of a template, its parts, its base and its style sheets: what it was made with."""
    source = _source(gabarit)
    somme = hashlib.sha256(source.encode())
    for inclus in _INCLUS.findall(source):
        somme.update(_source(inclus).encode())
    siennes = (f"static/{feuille}" for feuille in _FEUILLES.findall(source))
    for fichier in (*_COMMUNS, *siennes):
        somme.update((settings.RACINE / fichier).read_bytes())
    return somme.hexdigest()


def _source(gabarit: str) -> str:
    source: str = get_template(gabarit).template.source  # type: ignore[attr-defined]
    return source


def figer(
    *, gabarit: str, contexte: Mapping[str, Any], titre: str, nom_fichier: str, effacable: bool = False
) -> DocumentFige:
    """Keep, inside the act's transaction, what its document will be made from; render it after commit.

    ``contexte`` holds plain values (texts, numbers as texts): it is stored as JSON and never changes.
    The act stands even if rendering fails: ``manage.py produire_documents`` tries again.
    ``effacable``: a picture that names people, not an act: it will be erased with their names.
    """
    document = DocumentFige.objects.create(
        gabarit=gabarit,
        version_gabarit=version_du_gabarit(gabarit),
        contexte=dict(contexte),
        titre=titre,
        nom_fichier=nom_fichier,
        effacable=effacable,
    )
    # robust: a queue that fails after the commit must not look like an act that failed
    transaction.on_commit(lambda: tache_produire.enqueue(str(document.pk)), robust=True)
    return document


@task()
def tache_produire(cle: str) -> None:
    """Render one document outside the web workers."""
    produire(UUID(cle))


def produire(cle: UUID) -> DocumentFige:
    """Render a document that is not produced yet, and freeze its bytes.

    Safe to call twice, also at the same moment: one renders, the other returns what it saw.
    """
    with transaction.atomic():
        restants = DocumentFige.objects.exclude(etat=DocumentFige.Etat.PRODUIT)
        document = restants.select_for_update(skip_locked=True).filter(pk=cle).first()
        if document is None:
            return DocumentFige.objects.get(pk=cle)
        document.nb_essais += 1
        _imprimer(document)
        document.save()
    return document


def identite(document: DocumentFige) -> dict[str, str]:
    """Return what a document prints of itself: its key, the mark of its pages, the print of its content.

    ``empreinte_contenu`` is the SHA-256 of the frozen values and of the template's version, known before
    there are bytes: a paper and the row of the portal are compared by it.
    """
    fige = json.dumps([document.version_gabarit, document.contexte], sort_keys=True, ensure_ascii=False)
    return {
        "reference": str(document.pk),
        "marque": f"EDP1/{document.pk.hex.upper()}",
        "empreinte_contenu": hashlib.sha256(fige.encode()).hexdigest(),
    }


def _imprimer(document: DocumentFige) -> None:
    """Whatever prevents the rendering, the act stands: the reason goes to the logs, the rest waits."""
    try:
        contenu = rendre_pdf(document.gabarit, document.contexte | identite(document))
    except Exception as accident:  # noqa: BLE001 - the document is tried again, whatever the accident
        cause = type(accident.__cause__ or accident).__name__
        _traces.warning("Document %s non produit (essai %s) : %s", document.pk, document.nb_essais, cause)
        document.etat = DocumentFige.Etat.ECHEC
        return
    document.etat = DocumentFige.Etat.PRODUIT
    document.contenu = contenu
    document.empreinte = hashlib.sha256(contenu).hexdigest()
    document.produit_le = maintenant()


def servir(document: DocumentFige, requete: HttpRequest) -> HttpResponse:
    """Answer the frozen bytes, or a 503 that says to come back when they are not ready."""
    if document.etat != DocumentFige.Etat.PRODUIT or document.contenu is None:
        contenu = render_to_string("documents/en_preparation.html", {"document": document}, requete)
        return HttpResponse(contenu, status=503, headers={"Retry-After": "10"})
    marque = f'"{document.empreinte}"'
    if requete.headers.get("If-None-Match") == marque:
        return HttpResponse(status=304, headers={"ETag": marque})
    return HttpResponse(
        bytes(document.contenu),
        content_type="application/pdf",
        headers={
            "ETag": marque,
            "Cache-Control": "private, no-store",
            "Content-Disposition": f'inline; filename="{document.nom_fichier}"',
        },
    )
