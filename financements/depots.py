"""The photograph of a request at each deposit, and what differs between two of them, in words."""

from __future__ import annotations

import hashlib
import json
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from financements.budgets import lire
from financements.natures import NaturePiece, PosteBudget
from financements.requetes import lignes_de, pieces_de
from reseau.nombres import montrer_date, montrer_montant

if TYPE_CHECKING:
    from collections.abc import Iterator

    from financements.models import Demande, LigneEffectif, Piece
    from reseau.models import Utilisateur


def photographier(demande: Demande, par: Utilisateur) -> None:
    """Keep what is handed in; inside the transaction of the deposit."""
    garde = contenu(demande)
    canonique = json.dumps(garde, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    demande.depots.create(
        rang=demande.depots.count() + 1,
        contenu=garde,
        empreinte=hashlib.sha256(canonique.encode()).hexdigest(),
        depose_par=par,
    )


def contenu(demande: Demande) -> dict[str, Any]:
    """Return the request as plain values: identifiers, lines, pieces with their prints."""
    compte = demande.ecole.coordonnees_bancaires.filter(au__isnull=True).order_by("-du").first()
    return {
        "ecole": demande.ecole.nom,
        "siret": demande.ecole.siret,
        "iban": _masquer(str(compte.iban)) if compte else "",
        "montant": str(demande.montant_demande),
        "budget": {poste: str(montant) for poste, montant in lire(demande).items()},
        "lignes": [_photo_de_ligne(ligne) for ligne in lignes_de(demande)],
        "pieces": [_photo_de_piece(piece) for piece in pieces_de(demande)],
    }


def _photo_de_ligne(ligne: LigneEffectif) -> dict[str, Any]:
    return {
        "titre": ligne.titre_id,
        "intitule": str(ligne.titre),
        "annee": ligne.annee,
        "mois": ligne.mois,
        "effectif": ligne.effectif_demande,
        "supplements": ligne.majorations_demandees,
    }


def _photo_de_piece(piece: Piece) -> dict[str, str]:
    return {
        "nature": piece.nature,
        "nom": piece.fichier.nom_origine,
        "empreinte": piece.fichier.empreinte,
        "valable_jusqu_au": piece.valable_jusqu_au.isoformat() if piece.valable_jusqu_au else "",
    }


def _masquer(iban: str) -> str:
    """As :func:`ecoles.ibans.masquer`, which models cannot import: they know this table."""
    return f"{iban[:4]} … {iban[-4:]}"


_IDENTIFIANTS = (("ecole", "Nom de l'école"), ("siret", "SIRET"), ("iban", "IBAN"))
_NOMBRES = (("effectif", "jeunes"), ("supplements", "suppléments"), ("mois", "mois"))


def differences(avant: dict[str, Any], apres: dict[str, Any]) -> list[str]:
    """Say in sentences what changed from a deposit to the next."""
    return [
        *_identifiants(avant, apres),
        *_lignes(avant, apres),
        *_pieces(avant, apres),
        *_budget(avant, apres),
        *_montant(avant, apres),
    ]


def _identifiants(avant: dict[str, Any], apres: dict[str, Any]) -> Iterator[str]:
    for cle, mot in _IDENTIFIANTS:
        if avant[cle] != apres[cle]:
            yield f"{mot} : {avant[cle] or 'vide'}, maintenant {apres[cle] or 'vide'}."


def _lignes(avant: dict[str, Any], apres: dict[str, Any]) -> Iterator[str]:
    anciennes, nouvelles = (
        {(n["titre"], n["annee"]): n for n in photo["lignes"]} for photo in (avant, apres)
    )
    for cle in dict.fromkeys((*anciennes, *nouvelles)):
        ancienne, nouvelle = anciennes.get(cle), nouvelles.get(cle)
        presente = nouvelle or ancienne or {}
        nom = f"{presente['intitule']}, année {presente['annee']}"
        if ancienne is None:
            yield f"{nom} : ligne ajoutée, {presente['effectif']} jeunes."
        elif nouvelle is None:
            yield f"{nom} : ligne retirée ({presente['effectif']} jeunes)."
        else:
            yield from (
                f"{nom} : {ancienne[champ]} {mot}, maintenant {nouvelle[champ]}."
                for champ, mot in _NOMBRES
                if ancienne[champ] != nouvelle[champ]
            )


def _pieces(avant: dict[str, Any], apres: dict[str, Any]) -> Iterator[str]:
    avant_la, apres_la = ({_piece(p) for p in photo["pieces"]} for photo in (avant, apres))
    for nature, _, nom, _ in sorted(avant_la - apres_la):
        yield f"Pièce retirée : « {NaturePiece(nature).label} » ({nom})."
    for nature, _, nom, fin in sorted(apres_la - avant_la):
        jusqu_au = f", valable jusqu'au {montrer_date(date.fromisoformat(fin))}" if fin else ""
        yield f"Pièce jointe : « {NaturePiece(nature).label} » ({nom}{jusqu_au})."


def _piece(photo: dict[str, str]) -> tuple[str, str, str, str]:
    """The oldest photographs know no last day."""
    return photo["nature"], photo["empreinte"], photo["nom"], photo.get("valable_jusqu_au", "")


def _budget(avant: dict[str, Any], apres: dict[str, Any]) -> Iterator[str]:
    anciens, nouveaux = (photo.get("budget", {}) for photo in (avant, apres))
    for poste in PosteBudget:
        ancien, nouveau = (Decimal(m.get(poste.value, 0)) for m in (anciens, nouveaux))
        if ancien != nouveau:
            yield f"Budget, {poste.label} : {montrer_montant(ancien)}, maintenant {montrer_montant(nouveau)}."


def _montant(avant: dict[str, Any], apres: dict[str, Any]) -> Iterator[str]:
    if avant["montant"] != apres["montant"]:
        ancien, nouveau = (montrer_montant(Decimal(photo["montant"])) for photo in (avant, apres))
        yield f"Montant demandé : {ancien}, maintenant {nouveau}."


def changements(demande: Demande) -> list[str]:
    """Return what changed with the last deposit; nothing for a first one."""
    photos = [depot.contenu for depot in demande.depots.all()][-2:]
    if len(photos) < 2:
        return []
    return differences(*photos) or ["Rien n'a changé."]


def jamais_renvoyes(demande: Demande) -> list[str]:
    """Return what the file holds that its last deposit does not."""
    photos = [depot.contenu for depot in demande.depots.all()]
    return differences(photos[-1], contenu(demande)) if photos else []
