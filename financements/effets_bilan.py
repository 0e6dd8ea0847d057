"""Effects of a report: prefilled, handed in, sent back, certified; in the transaction, after the guards."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db import IntegrityError, transaction
from django.db.models import F, Q

from commandes.indicateurs import indicateurs
from financements import actes_bilan
from financements.avenants import engage, net_paye
from financements.bilans import bilan_de, empreinte_des_comptes, final, previsions
from financements.comptes import ATELIER, CETTE_DECISION
from financements.natures import PhaseBilan
from financements.regles import ajouter_jours_ouvres
from reseau.nombres import aujourdhui, maintenant
from reseau.socle.etats import TransitionRefusee

if TYPE_CHECKING:
    from collections.abc import Mapping
    from decimal import Decimal

    from financements.models import Allocation, Bilan, Demande
    from reseau.socle.etats import Contexte


def _celui_de(demande: Demande) -> Bilan:
    bilan = bilan_de(demande)
    if bilan is None:
        raise TransitionRefusee(["Ce dossier n'a pas encore de bilan."])
    return bilan


def preparer(demande: Demande, _contexte: Contexte) -> Mapping[str, Any]:
    """Write what the portal knows: months agreed and enrolled, sales of the workshop, what the State paid.

    Done again, it brings enrolments up to date and keeps what the school wrote.
    """
    bilan = bilan_de(demande) or _creer(demande)
    _reprendre_les_inscriptions(bilan, demande.allocation)
    return {"bilan": str(bilan.pk)}


def _creer(demande: Demande) -> Bilan:
    campagne, decision = demande.campagne, demande.allocation
    ventes = indicateurs(demande.ecole_id, campagne.exercice).chiffre_affaires
    bilan: Bilan = apps.get_model("financements", "Bilan").objects.create(
        allocation=decision,
        du=campagne.debut_de_periode,
        au=campagne.fin_de_periode,
        chiffre_affaires=ventes,
    )
    postes = apps.get_model("financements", "PosteCompteRendu")
    lignes = postes.vides(bilan)
    for poste in lignes:
        if poste.compte == ATELIER:
            poste.realise = ventes
        elif poste.compte == CETTE_DECISION:
            poste.prevu, poste.realise = engage(decision), net_paye(decision)
    postes.objects.bulk_create(lignes)
    return bilan


def _reprendre_les_inscriptions(bilan: Bilan, decision: Allocation) -> None:
    """A new line says what enrolments say; a line that the school wrote keeps its numbers and its reason."""
    lignes = {(ligne.titre_id, ligne.annee): ligne for ligne in bilan.lignes.all()}
    for (titre, annee), prevision in previsions(decision).items():
        ligne = lignes.get((titre, annee)) or bilan.lignes.model(bilan=bilan, titre_id=titre, annee=annee)
        telle_quelle = ligne._state.adding or ligne.mois_realises in {None, ligne.mois_inscrits}
        ligne.mois_convenus = prevision.convenu.mois
        ligne.majores_convenus = prevision.convenu.mois_majores
        ligne.mois_inscrits = prevision.inscrits
        if telle_quelle and prevision.inscrits is not None:
            ligne.mois_realises = prevision.inscrits
            ligne.majores_realises = min(prevision.convenu.mois_majores, prevision.inscrits)
        elif ligne.mois_realises != prevision.inscrits and prevision.inscrits is not None:
            ligne.motif_ecole = ligne.motif_ecole or "À expliquer : les inscriptions ont changé."
        ligne.save()


def deposer(demande: Demande, contexte: Contexte) -> Mapping[str, Any]:
    """Freeze what the school certifies; the review starts from what it wrote.

    A line that comes back with an answer and the same numbers keeps what the service retained, and why.
    """
    bilan = _celui_de(demande)
    bilan.depose_le, bilan.depose_par = maintenant(), contexte.utilisateur
    bilan.save()
    lignes = bilan.lignes.exclude(a_corriger="") if bilan.phase else bilan.lignes.all()
    inchangees = Q(mois_realises=F("mois_avant"), majores_realises=F("majores_avant"))
    decidees = inchangees & Q(mois_retenus__isnull=False)
    lignes.exclude(decidees if bilan.phase else Q(pk=None)).update(
        mois_retenus=F("mois_realises"), majores_retenus=F("majores_realises"), motif_service=""
    )
    lignes.update(question=F("a_corriger"), a_corriger="")
    bilan.__class__.objects.filter(pk=bilan.pk).update(a_corriger="")
    demande.echeance_le = None
    document = actes_bilan.figer_recu(demande, bilan)
    return {"bilan": str(bilan.pk), "montant": str(final(demande)), "document": str(document.pk)}


def demander(demande: Demande, contexte: Contexte) -> Mapping[str, Any]:
    """Ask the school, with a delay: amicably first, then for its observations (CRPA L121-1).

    A named line is no longer retained as it stands, unless the service already wrote why it retains less.
    """
    bilan = _celui_de(demande)
    bilan.reponse = ""
    nommees = bilan.lignes.exclude(a_corriger="")
    nommees.update(mois_avant=F("mois_realises"), majores_avant=F("majores_realises"), reponse="")
    nommees.filter(motif_service="").update(mois_retenus=None, majores_retenus=None)
    suivante = PhaseBilan.CONTRADICTOIRE if bilan.phase == PhaseBilan.AMIABLE else PhaseBilan.AMIABLE
    return {**_ouvrir(demande, bilan, suivante), "comptes": empreinte_des_comptes(bilan)}


def relancer(demande: Demande, _contexte: Contexte) -> Mapping[str, Any]:
    """The amicable delay passed: the school has a last one; what it began to write stays."""
    return _ouvrir(demande, _celui_de(demande), PhaseBilan.CONTRADICTOIRE)


def _ouvrir(demande: Demande, bilan: Bilan, phase: PhaseBilan) -> Mapping[str, Any]:
    campagne = demande.campagne
    amiable = phase is PhaseBilan.AMIABLE
    delai = campagne.delai_amiable if amiable else campagne.delai_contradictoire
    bilan.phase = phase
    bilan.reponse_avant_le = ajouter_jours_ouvres(aujourdhui(), delai)
    bilan.save()
    demande.echeance_le = bilan.reponse_avant_le
    return {"phase": phase.value, "echeance": bilan.reponse_avant_le.isoformat()}


def figer_en_l_etat(demande: Demande, _contexte: Contexte) -> Mapping[str, Any]:
    """Nothing was handed in again: the lines are those of the deposit, retained as the service wrote them."""
    bilan = _celui_de(demande)
    bilan.phase = PhaseBilan.FIGEE
    bilan.save()
    for ligne in bilan.lignes.exclude(a_corriger=""):
        ligne.mois_realises, ligne.majores_realises = ligne.mois_avant, ligne.majores_avant
        if ligne.mois_realises != ligne.mois_inscrits:
            ligne.motif_ecole = ligne.motif_ecole or "Comme au dépôt du bilan."
        if ligne.mois_retenus is None:
            ligne.mois_retenus, ligne.majores_retenus = ligne.mois_avant, ligne.majores_avant
        ligne.save()
    demande.echeance_le = None
    return {"montant": str(final(demande))}


def certifier(demande: Demande, contexte: Contexte) -> Mapping[str, Any]:
    """Write the final amount, give back to the envelope what will not be paid, freeze the certificate."""
    bilan, decision = _celui_de(demande), demande.allocation
    demande.montant_final = final(demande)
    bilan.certifie_le, bilan.certifie_par = maintenant(), contexte.utilisateur
    bilan.save()
    rendu = engage(decision) - max(demande.montant_final, net_paye(decision))
    desengager(demande, rendu, contexte)
    _refaire_l_echeancier(demande, demande.montant_final)
    document = actes_bilan.figer_service_fait(demande, bilan, rendu)
    return {
        "montant": str(demande.montant_final),
        "desengage": str(rendu),
        "document": str(document.pk),
    }


def desengager(demande: Demande, montant: Decimal, contexte: Contexte) -> None:
    """Write a signed line of the ledger; the envelope's counter follows in the database."""
    if montant <= 0 or demande.enveloppe is None:
        return
    try:
        with transaction.atomic():
            demande.allocation.engagements.create(
                enveloppe=demande.enveloppe,
                nature="desengagement",
                montant=-montant,
                saisi_par=contexte.utilisateur,
            )
    except IntegrityError as erreur:
        raise TransitionRefusee([str(erreur).splitlines()[0]]) from erreur


def _refaire_l_echeancier(demande: Demande, final: Decimal) -> None:
    """What was paid stays; one part is left, the balance, when there is one (F9)."""
    decision = demande.allocation
    decision.tranches.filter(paiements=None).delete()
    reste = final - net_paye(decision)
    if reste > 0:
        dernier = decision.tranches.order_by("rang").values_list("rang", flat=True).last() or 0
        decision.tranches.create(rang=dernier + 1, nature="solde", montant=reste, prevue_le=aujourdhui())
