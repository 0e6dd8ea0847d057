"""Guards of the report, from the school's hand-in to the certificate: one French sentence per refusal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from financements.avenants import a_accorde, avenant_ouvert
from financements.bilans import bilan_de, empreinte_des_comptes, previsions, totaux
from financements.comptes import EN_NATURE
from financements.natures import PhaseBilan
from reseau.nombres import aujourdhui, montrer_date

if TYPE_CHECKING:
    from collections.abc import Iterable

    from financements.models import Bilan, Demande
    from reseau.socle.etats import Contexte, Garde

PAS_PREPARE = "Préparez d'abord le bilan : le portail le remplit avec ce qu'il sait."


def bilan_prepare(demande: Demande, _contexte: Contexte) -> Iterable[str]:
    """There is something to hand in."""
    if bilan_de(demande) is None:
        yield PAS_PREPARE


def periode_finie(demande: Demande, _contexte: Contexte) -> Iterable[str]:
    """A report tells a year that is over, Paris time."""
    fin = demande.campagne.fin_de_periode
    if aujourdhui() <= fin:
        yield f"La période financée se termine le {montrer_date(fin)} : le bilan se dépose après."


def sans_avenant_ouvert(demande: Demande, _contexte: Contexte) -> Iterable[str]:
    """What was agreed is known before it is reported on."""
    if avenant_ouvert(demande) is not None:
        yield "Un avenant est en cours sur ce dossier : il se termine d'abord."


def lignes_realisees(demande: Demande, _contexte: Contexte) -> Iterable[str]:
    """Every line is written; what differs from enrolments, and from what was agreed, says why."""
    bilan = bilan_de(demande)
    if bilan is None:
        return
    for ligne in bilan.lignes.select_related("titre").order_by("titre", "annee"):
        if ligne.mois_realises is None:
            yield f"{ligne} : écrivez les mois-élèves réalisés, zéro s'il n'y en a pas."
    if not bilan.commentaire.strip():
        yield "Écrivez ce qui a été fait avec la subvention."


def inscriptions_reprises(demande: Demande, _contexte: Contexte) -> Iterable[str]:
    """What the portal wrote from enrolments is still what they say."""
    bilan = bilan_de(demande)
    if bilan is None:
        return
    ecrites = {
        (titre, annee): inscrits
        for titre, annee, inscrits in bilan.lignes.values_list("titre_id", "annee", "mois_inscrits")
    }
    actuelles = {cle: prevision.inscrits for cle, prevision in previsions(demande.allocation).items()}
    if any(ecrites.get(cle) != nombre for cle, nombre in actuelles.items()):
        yield "Les inscriptions ont changé depuis que le bilan est préparé : préparez-le de nouveau."


def compte_rendu_rempli(demande: Demande, _contexte: Contexte) -> Iterable[str]:
    """Expenses and income are there; gifts in kind are the same on both sides (Cerfa 15059*02)."""
    bilan = bilan_de(demande)
    if bilan is None:
        return
    sommes = totaux(bilan)
    if not sommes.charges or not sommes.produits:
        yield "Remplissez le compte rendu financier : les charges et les produits réalisés."
    nature = dict(bilan.postes.filter(compte__in=EN_NATURE).values_list("compte", "realise"))
    if len(set(nature.values())) > 1:
        yield "Les contributions en nature ont la même valeur en charges (86) et en produits (87)."


def corrections_demandees(demande: Demande, _contexte: Contexte) -> Iterable[str]:
    """A report goes back for named reasons only."""
    bilan = bilan_de(demande)
    if bilan and not bilan.a_corriger and not bilan.lignes.exclude(a_corriger="").exists():
        yield "Écrivez ce qui est à corriger : sur une ligne, ou sur le compte rendu financier."


def phase_ouverte(demande: Demande, _contexte: Contexte) -> Iterable[str]:
    """Amicable, then adversarial, then nothing more is asked."""
    bilan = bilan_de(demande)
    if bilan and bilan.phase in {PhaseBilan.CONTRADICTOIRE, PhaseBilan.FIGEE}:
        yield "La phase contradictoire a eu lieu : il reste à certifier ce qui est retenu."


def en_phase(*phases: PhaseBilan) -> Garde:
    """Return a guard: the correction in progress is of one of these phases, and its delay is over."""

    def garde(demande: Demande, _contexte: Contexte) -> Iterable[str]:
        bilan = bilan_de(demande)
        if bilan is None or bilan.phase not in phases:
            yield f"Le bilan n'est pas en {phases[0].label.lower()}."
        elif bilan.reponse_avant_le and aujourdhui() <= bilan.reponse_avant_le:
            yield f"L'école peut répondre jusqu'au {montrer_date(bilan.reponse_avant_le)}."

    return garde


def corrections_faites(demande: Demande, _contexte: Contexte) -> Iterable[str]:
    """Each named line, and the accounts when they are named, is changed or answered."""
    bilan = bilan_de(demande)
    if bilan is None:
        return
    for ligne in bilan.lignes.exclude(a_corriger="").select_related("titre").order_by("titre", "annee"):
        inchangee = (ligne.mois_realises, ligne.majores_realises) == (ligne.mois_avant, ligne.majores_avant)
        if inchangee and not ligne.reponse.strip():
            yield f"{ligne} : « {ligne.a_corriger} » ; corrigez-la, ou répondez à la DREETS."
    if bilan.a_corriger and not bilan.reponse.strip() and not _comptes_changes(demande, bilan):
        remarque = f"« {bilan.a_corriger} »"
        yield f"Compte rendu financier : {remarque} ; corrigez-le, ou répondez à la DREETS."


def _comptes_changes(demande: Demande, bilan: Bilan) -> bool:
    """Whether the accounts are not those of the last request for a correction."""
    derniere = demande.journal.filter(evenement="corriger_bilan").order_by("-rang").first()
    avant = derniere.donnees.get("comptes") if derniere else None
    return avant is not None and avant != empreinte_des_comptes(bilan)


def lignes_retenues(demande: Demande, _contexte: Contexte) -> Iterable[str]:
    """What is certified is decided, line by line."""
    bilan = bilan_de(demande)
    if bilan is None:
        yield PAS_PREPARE
    elif bilan.lignes.filter(mois_retenus__isnull=True).exists() or not bilan.lignes.exists():
        yield "Chaque ligne du bilan a d'abord ses mois retenus."


def autre_que_le_deposant(demande: Demande, contexte: Contexte) -> Iterable[str]:
    """Who handed in does not certify."""
    bilan = bilan_de(demande)
    if bilan and bilan.depose_par_id == contexte.utilisateur.pk:
        yield "Vous avez déposé ce bilan : une autre personne doit certifier."


def autre_que_l_ordonnateur(demande: Demande, contexte: Contexte) -> Iterable[str]:
    """Who granted, the decision or one of its amendments, does not certify."""
    if a_accorde(demande.allocation, contexte.utilisateur):
        yield "Vous avez accordé cette demande ou son avenant : une autre personne doit certifier."
