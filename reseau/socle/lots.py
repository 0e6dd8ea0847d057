"""The life of an import: deposited, read, corrected on screen, accepted as a whole or abandoned."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.tasks import task

from reseau.champs import propre
from reseau.models import LotImport
from reseau.nombres import maintenant
from reseau.socle.ressources import lire_le_lot, ressource_de, reverifier

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from django.core.files.base import File

    from reseau.models import Utilisateur

TAILLE_MAXIMALE = 20 * 1024 * 1024
# Above this size, reading is left to the task worker and the page tells how far it is.
TAILLE_IMMEDIATE = 1024 * 1024
_DEJA = "Cet import n'attend plus rien : il a déjà été accepté ou abandonné."


class ImportRefuse(Exception):
    """What was asked of a batch is not possible; the message is the sentence for the screen."""


def deposer(
    nature: str,
    fichier: File[Any],
    options: Mapping[str, Any],
    *,
    par: Utilisateur | None,
    regions: Sequence[str] | None,
) -> LotImport:
    """Keep a file and open its batch; nothing is read yet. Raises :class:`ImportRefuse` when too large."""
    if fichier.size > TAILLE_MAXIMALE:
        raise ImportRefuse("Ce fichier dépasse 20 Mo : coupez-le en plusieurs fichiers.")
    if not fichier.size:
        raise ImportRefuse("Ce fichier est vide.")
    somme = hashlib.sha256()
    for morceau in fichier.chunks():
        somme.update(morceau)
    nom = propre(str(fichier.name or "fichier").rsplit("/", maxsplit=1)[-1])[:150]
    lot = LotImport(
        nature=nature,
        nom_fichier=nom or "fichier",
        empreinte=somme.hexdigest(),
        options=dict(options),
        depose_par=par,
        regions=None if regions is None else list(regions),
    )
    lot.fichier.save("", fichier, save=False)
    lot.save()
    return lot


def lire_ou_confier(lot: LotImport) -> None:
    """Read a small file at once; leave a large one to the task worker."""
    if lot.fichier.size <= TAILLE_IMMEDIATE:
        lire_le_lot(lot)
    else:
        tache_lire.enqueue(str(lot.pk))


@task()
def tache_lire(cle: str) -> None:
    """Read one batch outside the web workers; safe to run twice."""
    lire_le_lot(LotImport.objects.get(pk=UUID(cle)))


def corriger(lot: LotImport, numero: int, champ: str, valeur: str | None) -> None:
    """Write a cell as a person confirms or types it (``None``: as the file has it), then check again."""
    with transaction.atomic():
        _verrouiller(lot)
        champs = {colonne.champ for colonne in ressource_de(lot).colonnes}
        ligne = lot.lignes.select_for_update().filter(numero=numero).first()
        if ligne is None or champ not in champs:
            raise ImportRefuse("Cette cellule n'est pas dans le fichier.")
        ligne.corrections.pop(champ, None)
        if valeur is not None:
            ligne.corrections[champ] = " ".join(propre(valeur).split())[:500]
        ligne.save(update_fields=["corrections"])
        reverifier(lot)


def abandonner(lot: LotImport) -> None:
    """Give the file up; its lines and its bytes go."""
    with transaction.atomic():
        _verrouiller(lot, LotImport.Etat.LECTURE, LotImport.Etat.A_VERIFIER)
        lot.lignes.all().delete()
        lot.etat = LotImport.Etat.ABANDONNE
        lot.save(update_fields=["etat"])
        transaction.on_commit(lambda: lot.fichier.delete(save=False))


def accepter(lot: LotImport, par: Utilisateur | None) -> bool:
    """Write every line that asks nothing, in one transaction: all of them or none.

    Returns ``False``, having written nothing but a new preview, when the portal has changed since the
    one that was shown. Raises :class:`ImportRefuse` when the batch no longer waits.
    """
    try:
        with transaction.atomic():
            return _accepter(lot, par)
    except IntegrityError:  # somebody created the same row by another door, a moment ago
        with transaction.atomic():
            lot.refresh_from_db()
            reverifier(lot)
        return False


def _accepter(lot: LotImport, par: Utilisateur | None) -> bool:
    with connection.cursor() as curseur:  # one acceptance at a time: two would create the same school twice
        curseur.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"import:{lot.nature}"])
    _verrouiller(lot)
    ressource_de(lot).verrouiller(lot)
    if reverifier(lot):
        return False
    ressource_de(lot).ecrire(lot)
    lot.etat, lot.accepte_par, lot.accepte_le = LotImport.Etat.ACCEPTE, par, maintenant()
    lot.save(update_fields=["etat", "accepte_par", "accepte_le"])
    return True


def _verrouiller(lot: LotImport, *etats: str) -> None:
    frais = LotImport.objects.select_for_update(of=("self",)).get(pk=lot.pk)
    if frais.etat not in (etats or (LotImport.Etat.A_VERIFIER,)):
        raise ImportRefuse(_DEJA)
    lot.__dict__.update(
        {champ.attname: getattr(frais, champ.attname) for champ in LotImport._meta.concrete_fields}
    )
