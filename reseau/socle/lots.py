"""The life of an import: deposited, read, corrected on screen, accepted as a whole or abandoned, undone."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import DatabaseError, IntegrityError, connection, transaction
from django.tasks import task

from reseau.champs import propre
from reseau.models import LotImport
from reseau.nombres import maintenant
from reseau.socle.attente import LONGUE, lire_le_lot, reverifier
from reseau.socle.histoire import ecrit_par_l_import
from reseau.socle.ressources import ressource_de, ressource_de_nature
from reseau.socle.retour import empechements, garder_l_avant, garder_l_empreinte, revenir

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from django.core.files.base import File

    from reseau.models import Utilisateur

TAILLE_MAXIMALE = 20 * 1024 * 1024
# Above this size, reading is left to the task worker and the page tells how far it is.
TAILLE_IMMEDIATE = 1024 * 1024
_DEJA = "Cet import n'attend plus rien : il a déjà été accepté ou abandonné."
_RETENU = "Le portail garde ce que cet import a écrit : un acte, un journal ou un dossier s'appuie dessus."


class ImportRefuse(Exception):
    """What was asked of a batch is not possible; the message is the sentence for the screen."""


def deposer(
    nature: str,
    fichier: File[Any],
    options: Mapping[str, Any],
    *,
    par: Utilisateur | None,
    territoire: Sequence[str] | UUID | None,
) -> LotImport:
    """Keep a file and open its batch; nothing is read yet. Raises :class:`ImportRefuse` when too large.

    ``territoire``: codes of the regions it may write in, ``None`` for the country, or the key of the one
    organisation it is for.
    """
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
        regions=_regions(territoire),
        organisme=territoire if isinstance(territoire, UUID) else None,
        droit=ressource_de_nature(nature).permission,
    )
    lot.fichier.save("", fichier, save=False)
    lot.save()
    return lot


def _regions(territoire: Sequence[str] | UUID | None) -> list[str] | None:
    if isinstance(territoire, UUID):
        return []
    return None if territoire is None else list(territoire)


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


def corriger(lot: LotImport, numero: int, valeurs: Mapping[str, str | None]) -> None:
    """Write cells as a person confirms or types them (``None``: as the file has it), then check again."""
    with transaction.atomic():
        verrouiller(lot)
        champs = {colonne.champ for colonne in ressource_de(lot).colonnes}
        ligne = lot.lignes.select_for_update().filter(numero=numero).first()
        if ligne is None or not valeurs or not valeurs.keys() <= champs:
            raise ImportRefuse("Cette cellule n'est pas dans le fichier.")
        for champ, valeur in valeurs.items():
            ligne.corrections.pop(champ, None)
            if valeur is not None:
                ligne.corrections[champ] = " ".join(propre(valeur).split())[:500]
        ligne.save(update_fields=["corrections"])
        reverifier(lot)


def abandonner(lot: LotImport) -> None:
    """Give the file up; its lines and its bytes go."""
    with transaction.atomic():
        verrouiller(lot, LotImport.Etat.LECTURE, LotImport.Etat.COLONNES, LotImport.Etat.A_VERIFIER)
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
    _un_seul_a_la_fois(lot)
    verrouiller(lot)
    lot.accepte_par = par  # who accepts is known of the last check: nobody gives anything to herself
    ressource_de(lot).verrouiller(lot)
    if reverifier(lot):
        return False
    garder_l_avant(lot)
    with ecrit_par_l_import(lot, par):
        ressource_de(lot).ecrire(lot)
    garder_l_empreinte(lot)
    lot.etat, lot.accepte_le = LotImport.Etat.ACCEPTE, maintenant()
    lot.save(update_fields=["etat", "accepte_par", "accepte_le", "forme"])
    return True


def annuler(lot: LotImport, par: Utilisateur | None) -> None:
    """Take an accepted batch back: what it created goes, what it changed is again as before.

    Raises :class:`ImportRefuse` with a sentence for each thing that depends on it.
    """
    try:
        with transaction.atomic():
            _un_seul_a_la_fois(lot)
            verrouiller(lot, LotImport.Etat.ACCEPTE)
            refus = ressource_de(lot).defaire(lot, par)
            if refus := _revenir_par_les_images(lot, par) if refus is None else refus:
                raise ImportRefuse(" ".join(refus))
            lot.etat, lot.annule_par, lot.annule_le = LotImport.Etat.ANNULE, par, maintenant()
            lot.save(update_fields=["etat", "annule_par", "annule_le"])
    except DatabaseError as erreur:  # a guard of the database, that no foreign key tells
        raise ImportRefuse(_RETENU) from erreur


def _revenir_par_les_images(lot: LotImport, par: Utilisateur | None) -> list[str]:
    refus = empechements(lot)
    if not refus:
        with ecrit_par_l_import(lot, par, annulation=True):
            revenir(lot)
    return refus


def _un_seul_a_la_fois(lot: LotImport) -> None:
    """One writing at a time for a nature: two would create the same record twice."""
    with connection.cursor() as curseur:
        curseur.execute(LONGUE)
        curseur.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"import:{lot.nature}"])


def verrouiller(lot: LotImport, *etats: str) -> None:
    """Lock a batch and read it again; raises :class:`ImportRefuse` in any other state."""
    frais = LotImport.objects.select_for_update(of=("self",)).get(pk=lot.pk)
    if frais.etat not in (etats or (LotImport.Etat.A_VERIFIER,)):
        raise ImportRefuse(_DEJA)
    lot.__dict__.update(
        {champ.attname: getattr(frais, champ.attname) for champ in LotImport._meta.concrete_fields}
    )
