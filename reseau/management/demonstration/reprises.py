"""Last year's decisions of any number of schools, taken over as an officer would: one import a region.

They come in by COPY and by the door of the takeovers: triggers, checks and counters all hold.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import connection, transaction

from financements.etats import Etat
from financements.models import (
    Allocation,
    Convention,
    Demande,
    Engagement,
    Enveloppe,
    JournalDemande,
    LigneEffectif,
    Reprise,
)
from financements.models import MouvementEnveloppe as Mouvement
from reseau.management.demonstration.budgets import REGIONS, equipe, mouvement, taux
from reseau.management.demonstration.calendrier import a_midi
from reseau.management.demonstration.demandes_en_nombre import lignes_de, sans_demande
from reseau.management.demonstration.executions import verser_l_execution
from reseau.management.demonstration.versement import differer, sans_attente, verser
from reseau.models import LotImport
from reseau.nombres import arrondi_centime, maintenant
from reseau.socle.compteurs import prendre_numeros

if TYPE_CHECKING:
    from ecoles.models import Ecole
    from financements.models import Campagne
    from reseau.models import Utilisateur

# One file in five came without the day of its convention: its page says what is missing.
_SANS_CONVENTION = 5


def semer_reprises(campagne: Campagne, graine: int) -> int:
    """Give a decision of that year to the fictional schools of the three regions; return how many."""
    nombre = 0
    for region in REGIONS:
        ecoles = sans_demande(campagne, region)
        if not ecoles:
            continue
        with transaction.atomic():
            sans_attente()
            differer()
            _reprendre(ecoles, campagne, region, graine)
        nombre += len(ecoles)
    return nombre


def _reprendre(ecoles: list[Ecole], campagne: Campagne, region: str, graine: int) -> None:
    enveloppe = Enveloppe.objects.get(service_id=region, exercice=campagne.exercice)
    par = equipe(region).gestionnaire
    demandes = [
        Demande(
            ecole=ecole, region_id=region, campagne=campagne, enveloppe=enveloppe, voie=Demande.Voie.REPRISE,
            etat=Etat.EN_EXECUTION, numero=f"{campagne.exercice}-{region}-{numero:04d}",
            numero_ej=f"21{region}00{numero:04d}",
        )
        for ecole, numero in zip(
            ecoles, prendre_numeros([f"demande:{campagne.exercice}:{region}"] * len(ecoles)), strict=True
        )
    ]  # fmt: skip
    lignes = [ligne for demande in demandes for ligne in lignes_de(demande, graine, retenues=True)]
    _accorder(demandes, lignes, campagne)
    _ouvrir_l_enveloppe(enveloppe, sum((d.montant_propose or Decimal(0) for d in demandes), Decimal(0)))
    lot = _lot(region, campagne, len(demandes), par)
    with connection.cursor() as curseur:
        curseur.execute("SELECT set_config('edp.porte', %s, true)", [f"reprise:{lot.pk}"])
    verser(Demande, demandes)
    verser(Reprise, [_reprise(demande, rang, lot, par) for rang, demande in enumerate(demandes, 2)])
    verser(LigneEffectif, lignes)
    _decider(demandes, enveloppe, par, lot)
    with connection.cursor() as curseur:
        curseur.execute("SELECT set_config('edp.porte', '', true)")
    lot.etat = LotImport.Etat.ACCEPTE
    lot.save(update_fields=["etat"])


def _accorder(demandes: list[Demande], lignes: list[LigneEffectif], campagne: Campagne) -> None:
    """What was granted is what the scale says of the learners retained."""
    totaux = {demande.pk: Decimal(0) for demande in demandes}
    for ligne in lignes:
        unitaire, _ = taux(ligne.titre_id)
        totaux[ligne.demande_id] += arrondi_centime(unitaire * ligne.effectif_demande * campagne.mois)
    for demande in demandes:
        demande.montant_propose = totaux[demande.pk]


def _ouvrir_l_enveloppe(enveloppe: Enveloppe, total: Decimal) -> None:
    """What is taken over fits."""
    manque = total - enveloppe.ae_disponibles
    if manque > 0:
        mouvement(enveloppe, Mouvement.Nature.COMPLEMENT, manque, "CPL")


def _lot(region: str, campagne: Campagne, nombre: int, par: Utilisateur) -> LotImport:
    """The import as its page shows it, its lines purged since."""
    return LotImport.objects.create(
        nature="reprises",
        droit="reprise.importer",
        etat=LotImport.Etat.A_VERIFIER,
        nom_fichier=f"reprise-{campagne.exercice}-{region}.xlsx",
        empreinte="0" * 64,
        regions=[region],
        nb_lues=nombre,
        bilan={"creer": nombre},
        depose_par=par,
        accepte_par=par,
        accepte_le=maintenant(),
        purge_le=maintenant(),
    )


def _reprise(demande: Demande, rang: int, lot: LotImport, par: Utilisateur) -> Reprise:
    annee = demande.campagne.exercice
    contenu = {
        "ecole": str(demande.ecole_id),
        "exercice": annee,
        "accorde": str(demande.montant_propose),
        "decision": date(annee, 4, 1).isoformat(),
        "notification": date(annee, 4, 2).isoformat(),
        "convention": date(annee, 4, 1).isoformat() if rang % _SANS_CONVENTION else None,
        "enveloppe": str(demande.enveloppe_id),
    }
    return Reprise(
        demande=demande, lot=lot, ligne=rang, numero_ej=demande.numero_ej, contenu=contenu, reprise_par=par
    )


def _decider(demandes: list[Demande], enveloppe: Enveloppe, par: Utilisateur, lot: LotImport) -> None:
    """Write the decisions, their ledger lines, their conventions, and what was paid."""
    jour = date(enveloppe.exercice, 4, 1)
    decisions = [
        Allocation(
            demande=demande,
            region_id=demande.region_id,
            montant=demande.montant_propose,
            accordee_le=a_midi(jour),
            origine="reprise",
        )
        for demande in demandes
    ]
    verser(Allocation, decisions)
    verser(Engagement, [_engagement(decision, enveloppe, par) for decision in decisions])
    signees = [d for rang, d in enumerate(decisions, 2) if rang % _SANS_CONVENTION]
    verser(Convention, [_convention(decision, jour, par) for decision in signees])
    verser_l_execution(decisions, enveloppe)
    verser(JournalDemande, [_journal(decision, par, lot) for decision in decisions])


def _engagement(decision: Allocation, enveloppe: Enveloppe, par: Utilisateur) -> Engagement:
    return Engagement(
        allocation=decision,
        enveloppe=enveloppe,
        nature=Engagement.Nature.INITIAL,
        montant=decision.montant,
        origine="reprise",
        saisi_par=par,
        saisi_le=decision.accordee_le,
    )


def _convention(decision: Allocation, jour: date, par: Utilisateur) -> Convention:
    return Convention(
        allocation=decision,
        montant=decision.montant,
        signataire_ecole="avant l'outil",
        signataire_etat="avant l'outil",
        signee_ecole_le=jour,
        signee_etat_le=jour,
        origine="reprise",
        saisie_par=par,
    )


def _journal(decision: Allocation, par: Utilisateur, lot: LotImport) -> JournalDemande:
    return JournalDemande(
        demande=decision.demande,
        chaine=f"demande:{decision.region_id}",
        acteur=par,
        evenement="reprendre",
        vers=Etat.EN_EXECUTION,
        donnees={"origine": "reprise", "montant": str(decision.montant), "lot": str(lot.pk)},
    )
