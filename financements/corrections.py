"""What may be asked back from a school, what is still open, and whether each item was answered.

A target is ``effectifs`` (any line, new ones included), ``ligne_<key>`` or ``piece_<nature>``.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from financements.natures import NaturePiece, RaisonCorrection, SilenceCorrection, Voie
from financements.pieces import analyses
from reseau.nombres import aujourdhui, maintenant, montrer_date

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

    from django.db.models import QuerySet

    from financements.models import Correction, Demande
    from reseau.socle.etats import Contexte

EFFECTIFS = "effectifs"
# Names of the inputs of the confirmation pages, one a target.
RAISON, TEXTE, REPONSE = "raison_", "texte_", "reponse_"


def cibles(demande: Demande) -> dict[str, str]:
    """Return what an officer may name: key -> words."""
    lignes = demande.lignes.select_related("titre").order_by("titre", "annee")
    natures = [n for n in NaturePiece if n != NaturePiece.SCAN]
    return {
        EFFECTIFS: "Les effectifs : toutes les lignes, en ajouter ou en retirer",
        **{f"ligne_{ligne.pk.hex}": f"Ligne « {ligne} »" for ligne in lignes},
        **{f"piece_{nature}": f"Pièce « {nature.label} »" for nature in natures},
    }


def raison_accordee(correction: Correction) -> str:
    """Return the reason as French agrees it: "ligne incorrecte", "effectifs incorrects"."""
    mot = correction.get_raison_display()
    if correction.cible == EFFECTIFS:
        return f"{mot}s"
    return "incomplète" if mot == "incomplet" else f"{mot}e"


def ouvertes(demande: Demande) -> QuerySet[Correction]:
    """Return the items that the school still has to answer."""
    return demande.corrections.filter(traitee_le__isnull=True).order_by("id")


def empreinte(demande: Demande, cible: str) -> str:
    """Return a print of what the target holds now."""
    if cible.startswith("piece_"):
        pieces = demande.pieces.filter(nature=cible.removeprefix("piece_")).order_by("fichier__empreinte")
        valeurs: list[Any] = list(pieces.values_list("fichier__empreinte", "id"))
        if cible == "piece_budget":
            valeurs += demande.budget.order_by("poste").values_list("poste", "montant")
    else:
        lignes = demande.lignes.order_by("titre", "annee")
        if cible != EFFECTIFS:
            lignes = lignes.filter(pk=cible.removeprefix("ligne_"))
        champs = ("titre_id", "annee", "mois", "effectif_demande", "majorations_demandees")
        valeurs = list(lignes.values_list(*champs))
    return hashlib.sha256(repr(valeurs).encode()).hexdigest()


def choisies(donnees: Mapping[str, Any], possibles: Iterable[str]) -> dict[str, tuple[str, str]]:
    """Return target -> (reason, text) of what was typed, for targets that exist."""
    lues = {cible: str(donnees.get(RAISON + cible) or "") for cible in possibles}
    return {
        cible: (raison, str(donnees.get(TEXTE + cible) or "").strip())
        for cible, raison in lues.items()
        if raison in RaisonCorrection.values
    }


def au_moins_une(demande: Demande, contexte: Contexte) -> Iterable[str]:
    """Row 3: a file goes back for named items, each with its reason."""
    if contexte.donnees.get("motif") == "?":
        return  # before anything is typed
    if not choisies(contexte.donnees, cibles(demande)):
        yield "Nommez au moins un élément à corriger, avec sa raison."


def toutes_traitees(demande: Demande, contexte: Contexte) -> Iterable[str]:
    """Row 4: each named item was changed, or is answered; all that are not are said together."""
    if contexte.donnees.get("certifie") == "?":
        return
    for correction in ouvertes(demande):
        reponse = str(contexte.donnees.get(REPONSE + correction.cible) or "").strip()
        if not reponse and empreinte(demande, correction.cible) == correction.avant:
            yield f"{correction.libelle} : changez cet élément, ou répondez à la DREETS."


def demander(demande: Demande, contexte: Contexte) -> list[Correction]:
    """Write the named items; returns them in the order of the form."""
    noms = cibles(demande)
    return [
        demande.corrections.create(
            cible=cible,
            libelle=noms[cible],
            raison=raison,
            texte=texte[:300],
            avant=empreinte(demande, cible),
        )
        for cible, (raison, texte) in choisies(contexte.donnees, noms).items()
    ]


def clore(demande: Demande, contexte: Contexte) -> None:
    """Close every open item with its answer."""
    for correction in ouvertes(demande):
        correction.reponse = str(contexte.donnees.get(REPONSE + correction.cible) or "").strip()[:500]
        correction.traitee_le = maintenant()
        correction.save()


def delai_ecoule(demande: Demande) -> bool:
    """Whether the last day on which the school may answer is over, Paris time."""
    return demande.echeance_le is not None and demande.echeance_le < aujourdhui()


def plus_rien_attendu(demande: Demande, _contexte: Contexte) -> Iterable[str]:
    """A silence is noted once the delay that the school was given is over, and not before."""
    if demande.echeance_le is not None and not delai_ecoule(demande):
        yield f"L'école peut répondre jusqu'au {montrer_date(demande.echeance_le)}, jour compris."


def clore_sans_reponse(demande: Demande) -> list[Correction]:
    """Close every open item as unanswered; what the school had begun to change is told from the rest."""
    restees = list(ouvertes(demande))
    for correction in restees:
        intact = empreinte(demande, correction.cible) == correction.avant
        correction.silence = SilenceCorrection.INTACT if intact else SilenceCorrection.COMMENCE
        correction.traitee_le = maintenant()
        correction.save()
    return restees


def restee_sans_reponse(demande: Demande) -> bool:
    """Whether nothing came the last time that this file went back to its school."""
    demandees = list(demande.corrections.all())
    return bool(demandees and demandees[-1].silence)


def deverrouille(demande: Demande) -> set[str] | None:
    """Return the targets that are open to the school; ``None``: everything, in a draft."""
    if demande.etat != "a_completer":
        return None
    return set(ouvertes(demande).values_list("cible", flat=True))


def natures_ouvertes(demande: Demande) -> list[str]:
    """Return the kinds of pieces that may be joined or taken out now."""
    cles = deverrouille(demande)
    natures = [str(n.value) for n in NaturePiece]
    if cles is None:
        return natures
    toujours = {NaturePiece.SCAN.value} if demande.voie == Voie.SERVICE else set()
    if analyses(demande).get(NaturePiece.CER) in {None, "refuse"}:
        toujours.add(NaturePiece.CER.value)
    return [nature for nature in natures if f"piece_{nature}" in cles or nature in toujours]
