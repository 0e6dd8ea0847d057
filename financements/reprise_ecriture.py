"""The birth of files taken over: request, decision, ledgers, schedule, journal, all marked "reprise".

Every table is written once for the whole batch; triggers and checks of the database hold each row.
"""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import connection

from financements.etats import Etat
from financements.models import (
    Allocation,
    Campagne,
    Convention,
    Demande,
    Engagement,
    JournalDemande,
    LigneEffectif,
    Origine,
    Paiement,
    Reprise,
    Tranche,
)
from financements.natures import NatureTranche, Voie
from financements.regles import repartir
from financements.reprise_controle import COMPAREES, en_texte
from financements.reprise_lecture import taux_repris
from reseau.champs import uuid7
from reseau.nombres import PARIS, aujourdhui
from reseau.socle.compteurs import prendre_numeros

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reseau.models import LigneImport, LotImport, Utilisateur

# Two signatories that nobody can name any more.
AVANT_L_OUTIL = "avant l'outil"


class _Dossier:
    """A line of the file and the rows that it becomes."""

    def __init__(self, ligne: LigneImport, numero: int, campagne: Campagne) -> None:
        lu = ligne.lu
        self.ligne, self.lu, self.campagne = ligne, lu, campagne
        self.montant = Decimal(lu["accorde"])
        self.versements = [(date.fromisoformat(jour), Decimal(somme)) for jour, somme in lu["versements"]]
        self.demande = Demande(
            numero=f"{campagne.exercice}-{lu['region']}-{numero:04d}",
            ecole_id=lu["ecole"],
            region_id=lu["region"],
            campagne=campagne,
            enveloppe_id=lu["enveloppe"],
            voie=Voie.REPRISE,
            etat=Etat.EN_EXECUTION if self.versements else Etat.NOTIFIEE,
            montant_propose=self.montant,
            numero_ej=lu["ej"],
        )
        self.allocation = Allocation(
            demande=self.demande,
            region_id=lu["region"],
            montant=self.montant,
            accordee_le=datetime.combine(date.fromisoformat(lu["decision"]), time(12), PARIS),
            origine=Origine.REPRISE,
        )


def ecrire(lot: LotImport) -> None:
    """Write every line to create, through the door named after this batch.

    Raises ``IntegrityError`` when a guard of the database refuses, and nothing is kept.
    """
    if lot.accepte_par is None:
        raise ValueError("Un dossier est repris par quelqu'un.")
    dossiers = list(_dossiers(lot))
    with connection.cursor() as curseur:
        curseur.execute("SELECT set_config('edp.porte', %s, true)", [f"reprise:{lot.pk}"])
        _verser(dossiers, lot, lot.accepte_par)
        curseur.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
        curseur.execute("SELECT set_config('edp.porte', '', true)")
    for dossier in dossiers:
        dossier.ligne.cible = dossier.demande.pk
    lot.lignes.bulk_update([dossier.ligne for dossier in dossiers], ["cible"])


def _dossiers(lot: LotImport) -> Iterator[_Dossier]:
    lignes = list(lot.lignes.filter(verdict="creer").order_by("numero"))
    campagnes = {
        str(campagne.pk): campagne
        for campagne in Campagne.objects.filter(pk__in={ligne.lu["campagne"] for ligne in lignes})
        .prefetch_related("echeances").order_by("exercice")
    }  # fmt: skip
    series = [f"demande:{ligne.lu['exercice']}:{ligne.lu['region']}" for ligne in lignes]
    for ligne, numero in zip(lignes, prendre_numeros(series), strict=True):
        yield _Dossier(ligne, numero, campagnes[ligne.lu["campagne"]])


def _verser(dossiers: Sequence[_Dossier], lot: LotImport, par: Utilisateur) -> None:
    Demande.objects.bulk_create([d.demande for d in dossiers])
    Reprise.objects.bulk_create([_reprise(d, lot, par) for d in dossiers])
    Allocation.objects.bulk_create([d.allocation for d in dossiers])
    Engagement.objects.bulk_create([_engagement(d, par) for d in dossiers])
    LigneEffectif.objects.bulk_create([ligne for d in dossiers for ligne in _lignes(d)])
    tranches = [(d, tranches_reprises(d.allocation, d.campagne, d.versements)) for d in dossiers]
    Tranche.objects.bulk_create([tranche for _, toutes in tranches for tranche in toutes])
    Paiement.objects.bulk_create([p for d, toutes in tranches for p in _paiements(d, toutes, par)])
    Convention.objects.bulk_create([c for d in dossiers for c in _conventions(d, par)])
    JournalDemande.objects.bulk_create([_journal(d, lot, par) for d in dossiers])


def _reprise(dossier: _Dossier, lot: LotImport, par: Utilisateur) -> Reprise:
    return Reprise(
        demande=dossier.demande,
        lot=lot,
        ligne=dossier.ligne.numero,
        numero_ej=dossier.lu["ej"],
        contenu={champ: en_texte(dossier.lu.get(champ)) for champ in COMPAREES},
        reprise_par=par,
    )


def _engagement(dossier: _Dossier, par: Utilisateur) -> Engagement:
    return Engagement(
        allocation=dossier.allocation,
        enveloppe_id=dossier.lu["enveloppe"],
        nature=Engagement.Nature.INITIAL,
        montant=dossier.montant,
        origine=Origine.REPRISE,
        saisi_par=par,
    )


def _lignes(dossier: _Dossier) -> Iterator[LigneEffectif]:
    """The headcount, when it is known, at the rate that the grant comes to."""
    effectif, mois = dossier.lu.get("effectif"), dossier.campagne.mois
    if effectif:
        yield LigneEffectif(
            demande=dossier.demande,
            titre_id=dossier.lu["titre"],
            mois=mois,
            effectif_demande=effectif,
            effectif_retenu=effectif,
            unitaire=taux_repris(dossier.montant, effectif, mois),
        )


def tranches_reprises(
    allocation: Allocation, campagne: Campagne, versements: Sequence[tuple[date, Decimal]]
) -> list[Tranche]:
    """Return what was paid, a part each, then what the campaign's schedule leaves to pay (F9)."""
    faites = [
        (NatureTranche.AVANCE if not rang else NatureTranche.ACOMPTE, montant, jour, False)
        for rang, (jour, montant) in enumerate(versements)
    ]
    paye = sum((montant for _, montant in versements), Decimal(0))
    suite: list[tuple[Any, Decimal, date, bool]] = []
    for nature, montant, jour, service_fait in _prevues(allocation, campagne):
        deja = min(paye, montant)
        paye -= deja
        if montant > deja:
            suite.append((nature, montant - deja, jour, service_fait))
    return [
        Tranche(allocation=allocation, rang=rang, nature=n, montant=m, prevue_le=j, service_fait=s)
        for rang, (n, m, j, s) in enumerate([*faites, *suite], 1)
    ]


def _prevues(allocation: Allocation, campagne: Campagne) -> Iterator[tuple[str, Decimal, date, bool]]:
    echeances = sorted(campagne.echeances.all(), key=lambda echeance: echeance.rang)
    if not echeances:
        yield NatureTranche.SOLDE, allocation.montant, aujourdhui(), False
        return
    montants = repartir(allocation.montant, [echeance.part for echeance in echeances])
    for echeance, montant in zip(echeances, montants, strict=True):
        yield echeance.nature, montant, echeance.prevue_le, echeance.service_fait


def _paiements(dossier: _Dossier, tranches: Sequence[Tranche], par: Utilisateur) -> Iterator[Paiement]:
    for (jour, montant), tranche in zip(dossier.versements, tranches, strict=False):
        yield Paiement(
            cle=uuid7(),
            allocation=dossier.allocation,
            tranche=tranche,
            enveloppe_id=dossier.lu["payeuses"][str(jour.year)],
            montant=montant,
            paye_le=jour,
            numero_ej=dossier.lu["ej"],
            origine=Origine.REPRISE,
            saisi_par=par,
        )


def _conventions(dossier: _Dossier, par: Utilisateur) -> Iterator[Convention]:
    """Signed before the tool: its day is known, who signed and the paper are not."""
    if jour := dossier.lu.get("convention"):
        yield Convention(
            allocation=dossier.allocation,
            montant=dossier.montant,
            signataire_ecole=AVANT_L_OUTIL,
            signataire_etat=AVANT_L_OUTIL,
            signee_ecole_le=date.fromisoformat(jour),
            signee_etat_le=date.fromisoformat(jour),
            origine=Origine.REPRISE,
            saisie_par=par,
        )


def _journal(dossier: _Dossier, lot: LotImport, par: Utilisateur) -> JournalDemande:
    return JournalDemande(
        demande=dossier.demande,
        chaine=f"demande:{dossier.lu['region']}",
        acteur=par,
        evenement="reprendre",
        vers=dossier.demande.etat,
        donnees={"origine": "reprise", "montant": str(dossier.montant), "lot": str(lot.pk)},
    )
