"""What the page of a request shows, as plain values: figures, computation, pieces, journal."""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ObjectDoesNotExist

from financements import tableau
from financements.actes import formule
from financements.avenants import avenants_accordes
from financements.comptage import rapprochement
from financements.confirmations import montrer_confirmation
from financements.corrections import natures_ouvertes
from financements.etats import A_ECRIRE, ACCORDEES, MACHINE, Etat
from financements.natures import AVANT_L_OUTIL, NaturePiece, Voie
from financements.pieces import exigees, validite
from financements.requetes import lignes_de, pieces_de
from reseau.francais import de
from reseau.models import FichierDepose
from reseau.nombres import montrer_date_courte, montrer_instant, montrer_montant

if TYPE_CHECKING:
    from collections.abc import Iterable

    from financements.models import Allocation, Demande, JournalDemande, LigneEffectif, Piece

# What a school reads of the journal: its own acts and the answers that it was given.
_POUR_L_ECOLE = frozenset(
    {
        "creer",
        "deposer",
        "deposer_sur_scan",
        "confirmer",
        "demander_complement",
        "completer",
        "completer_sur_scan",
        "constater_silence",
    }
    | {"joindre", "ecarter", "instruire", "accorder", "retirer", "reprendre", "annuler_reprise"}
    | {
        "conventionner",
        "conventionner_notifiee",
        "conventionner_en_cours",
        "conventionner_service_fait",
        "notifier",
        "payer",
        "accorder_avenant",
        "refuser",
        "classer",
        "resilier",
    }
    | {"preparer_bilan", "deposer_bilan", "corriger_bilan", "contredire_bilan", "figer_bilan"}
    | {"reclamer_resiliation", "renoncer_resiliation", "recouvrer_resiliation"}
    | {"redeposer_bilan", "certifier", "solder", "reclamer", "renoncer", "recouvrer", "recouvrer_en_partie"}
    | {"clore"}
)
_MOTIVES = frozenset({Etat.A_COMPLETER, Etat.RETIREE, Etat.REFUSEE, Etat.SANS_SUITE, Etat.RESILIEE})
_PROPOSES = frozenset({Etat.PROPOSEE, Etat.VISEE})


@dataclass(frozen=True)
class LigneDuCalcul:
    """A line of the computation, printed: what was asked, what is retained, how it is counted."""

    diplome: str
    annee: int
    demande: str
    retenu: str
    formule: str
    montant: str
    motif: str


@dataclass(frozen=True)
class Calcul:
    """The computation and its total."""

    lignes: tuple[LigneDuCalcul, ...]
    effectif_demande: int
    effectif_retenu: int | None
    total: str
    titre: str
    rapprochement: str


def calcul(demande: Demande, *, interne: bool) -> Calcul:
    """Print the computation; a school reads the retained numbers once they are decided."""
    decide = interne or demande.etat in ACCORDEES
    lignes = [copy(ligne) for ligne in lignes_de(demande)]  # guards read the same rows
    if not decide:
        for ligne in lignes:
            ligne.effectif_retenu, ligne.nb_majorations, ligne.motif, ligne.montant_retenu = None, 0, "", None
    retenus = [ligne.effectif_retenu for ligne in lignes if ligne.effectif_retenu is not None]
    montants = [_montant(ligne) for ligne in lignes]
    return Calcul(
        lignes=tuple(_imprimer(ligne) for ligne in lignes),
        effectif_demande=sum(ligne.effectif_demande for ligne in lignes),
        effectif_retenu=sum(retenus) if retenus else None,
        total=montrer_montant(sum(montants, Decimal(0))),
        titre="Montant retenu" if retenus else "Montant demandé",
        rapprochement=rapprochement(demande),
    )


def _montant(ligne: LigneEffectif) -> Decimal:
    montant: Decimal = ligne.montant_demande if ligne.montant_retenu is None else ligne.montant_retenu
    return montant


def _imprimer(ligne: LigneEffectif) -> LigneDuCalcul:
    retenu = ligne.effectif_retenu
    return LigneDuCalcul(
        diplome=str(ligne.titre),
        annee=ligne.annee,
        demande=_avec_supplements(ligne.effectif_demande, ligne.majorations_demandees),
        retenu="—" if retenu is None else _avec_supplements(retenu, ligne.nb_majorations),
        formule=formule(ligne),
        montant=montrer_montant(_montant(ligne)),
        motif=ligne.motif,
    )


def _avec_supplements(effectif: int, supplements: int) -> str:
    return f"{effectif}, dont {supplements} avec supplément" if supplements else str(effectif)


@dataclass(frozen=True)
class PieceMontree:
    """A piece of the file, its state in words, and its address once it may be read."""

    cle: str
    nature: str
    nom: str
    etat: str
    attention: bool
    validite: str
    deposee: str
    lisible: bool
    retirable: bool


def pieces(demande: Demande) -> tuple[list[PieceMontree], list[str]]:
    """Return the pieces that are there, and the names of the compulsory ones that are not."""
    presentes = pieces_de(demande)
    la = {piece.nature for piece in presentes}
    reprise = demande.voie == Voie.REPRISE  # what it was decided on is not all here
    attendues = demande.campagne.pieces_obligatoires if reprise else exigees(demande.campagne)
    absentes = [n for n in attendues if n not in la]
    if NaturePiece.BUDGET in absentes and demande.budget.all():
        absentes.remove(NaturePiece.BUDGET)  # typed in the portal
    manquantes = [NaturePiece(n).label for n in absentes]
    natures = set(natures_ouvertes(demande)) if demande.etat in A_ECRIRE else set()
    dernieres = {piece.nature: piece.pk for piece in sorted(presentes, key=lambda p: p.fichier.depose_le)}
    return [
        _montrer_piece(
            piece,
            retirable=piece.nature in natures,
            remplacee=piece.nature != NaturePiece.AUTRE and dernieres[piece.nature] != piece.pk,
        )
        for piece in presentes
    ], manquantes


_ANALYSES = {"sain": "vérifiée", "refuse": "refusée"}


def _montrer_piece(piece: Piece, *, retirable: bool, remplacee: bool) -> PieceMontree:
    """Of two pieces of the same kind, the latest counts, as for the deposit."""
    fichier = piece.fichier
    return PieceMontree(
        cle=str(piece.pk),
        nature=piece.get_nature_display(),
        nom=fichier.nom_origine,
        etat="remplacée par la plus récente"
        if remplacee
        else _ANALYSES.get(fichier.analyse, fichier.get_analyse_display()),
        attention=fichier.analyse != FichierDepose.Analyse.SAIN and not remplacee,
        validite=validite(piece.valable_jusqu_au),
        deposee=montrer_instant(fichier.depose_le),
        lisible=fichier.analyse == FichierDepose.Analyse.SAIN,
        retirable=retirable,
    )


def journal(lignes: Iterable[JournalDemande], *, interne: bool, renvoi: str = "") -> list[dict[str, str]]:
    """Print the journal; a school reads what concerns it, and "la DREETS" where an officer acted.

    ``lignes``: the latest first. The journal holds codes only: ``renvoi``, the words of the last send-back,
    is on the file.
    """
    montrees = list(lignes) if interne else [ligne for ligne in lignes if ligne.evenement in _POUR_L_ECOLE]
    dernier = next((ligne for ligne in montrees if ligne.evenement == "renvoyer"), None)
    return [
        {
            "iso": ligne.le.isoformat(),
            "quand": montrer_instant(ligne.le),
            "quoi": MACHINE.libelle(ligne.evenement),
            "qui": _qui(ligne) if interne else "",
            "detail": renvoi if ligne is dernier else _detail(ligne, interne=interne),
        }
        for ligne in montrees
    ]


def _qui(ligne: JournalDemande) -> str:
    """Who acted, and in whose name: "M. B, par délégation de Mme A (acte n° 2026-11)"."""
    acteur = str(ligne.acteur or "le portail")
    if ligne.pour is None:
        return acteur
    return f"{acteur}, par délégation {de(str(ligne.pour))} (acte n° {ligne.donnees.get('delegation', '')})"


def _detail(ligne: JournalDemande, *, interne: bool) -> str:
    montant = ligne.donnees.get("montant") or ligne.donnees.get("montant_demande")
    if montant and (interne or ligne.evenement != "retenir"):
        return montrer_montant(Decimal(montant))
    return ""


def allocation_de(demande: Demande) -> Allocation | None:
    """Return the decision, or nothing before it."""
    if demande.etat not in ACCORDEES:
        return None
    try:
        return demande.allocation
    except ObjectDoesNotExist:
        return None


def montants(demande: Demande, *, interne: bool) -> list[tuple[str, str]]:
    """Return the amounts that this side may read, in the order in which they come to exist."""
    reprise = demande.voie == Voie.REPRISE
    lignes = [("Montant demandé", AVANT_L_OUTIL if reprise else montrer_montant(demande.montant_demande))]
    if demande.etat in ACCORDEES and demande.montant_propose is not None:
        lignes.append(("Montant accordé", montrer_montant(demande.montant_propose)))
        lignes += _apres_avenants(demande, demande.montant_propose)
        if demande.montant_final is not None:
            lignes.append(("Montant final", montrer_montant(demande.montant_final)))
        return lignes
    if interne and demande.etat == Etat.EN_INSTRUCTION:
        lignes.append(("Montant retenu", montrer_montant(demande.montant_retenu)))
    if interne and demande.etat in _PROPOSES and demande.montant_propose is not None:
        lignes.append(("Montant proposé", montrer_montant(demande.montant_propose)))
    return lignes


def _apres_avenants(demande: Demande, accorde: Decimal) -> list[tuple[str, str]]:
    """What the granted amendments make of it, when there are some."""
    decision = allocation_de(demande)
    variation = avenants_accordes(decision) if decision else Decimal(0)
    return [("Montant après avenants", montrer_montant(accorde + variation))] if variation else []


def entete(demande: Demande, *, interne: bool) -> dict[str, Any]:
    """Return the card at the top of the page."""
    texte, passee = tableau.echeance(demande)
    return {
        "ecole": demande.ecole.nom,
        "campagne": str(demande.campagne),
        "etat": demande.get_etat_display() if interne else demande.etat_pour_l_ecole,
        "depuis": montrer_instant(demande.depuis_le),
        "echeance": texte,
        "echeance_passee": passee,
        "montants": montants(demande, interne=interne),
        "voie": demande.get_voie_display(),
        "recue": montrer_date_courte(demande.recue_par_courriel_le) if demande.recue_par_courriel_le else "",
        "deposee": montrer_instant(demande.deposee_le) if demande.deposee_le else "",
        "confirmation": montrer_confirmation(demande, interne=interne),
        "motif": demande.motif if demande.etat in _MOTIVES else "",
        "renvoi": demande.renvoi if interne and demande.etat == Etat.EN_INSTRUCTION else "",
        "note": demande.note_interne if interne else "",
    }
