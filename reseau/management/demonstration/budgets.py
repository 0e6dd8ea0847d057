"""Two budget years in three regions: campaigns, scales, envelopes opened by their movements."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from financements.chorus import PAR_DEFAUT
from financements.models import Bareme, Campagne, EcheancePrevue, Enveloppe, MouvementEnveloppe
from financements.natures import NaturePiece, NatureTranche
from reseau.management.demonstration.identifiants import SERVICES, siret
from reseau.models import AffectationDreets, ServiceRegional, Utilisateur
from reseau.nombres import aujourdhui
from reseau.roles import Role

# What a school joins this year, besides what the law asks for.
PIECES_OBLIGATOIRES = (NaturePiece.BUDGET.value, NaturePiece.STATUTS.value)
REGIONS = ("84", "32", "52")
TITRE_FONDERIE = "40025013"
UNITAIRE, MAJORATION, UNITAIRE_FONDERIE = Decimal(550), Decimal(30), Decimal("549.0480")
_GEL = Decimal("49600.00")
# What each region was notified this year; in 52 one grant leaves too little for the next.
_NOTIFIES = {"84": Decimal(1_240_000), "32": Decimal(420_000), "52": Decimal(140_000)}
# A year that nobody entered yet: who tries the takeover has its schools and its credits.
_NOTIFIE_A_REPRENDRE = Decimal(300_000)
_NOTIFIES_AVANT = {"84": Decimal(1_100_000), "32": Decimal(400_000), "52": Decimal(380_000)}


@dataclass(frozen=True)
class Equipe:
    """The officers of a region, one per duty."""

    instructeur: Utilisateur
    chef: Utilisateur
    ordonnateur: Utilisateur
    gestionnaire: Utilisateur
    liquidateur: Utilisateur


def equipe(region: str) -> Equipe:
    """Return the officers of the demonstration in this region."""
    affectations = AffectationDreets.objects.filter(
        service_id=region, utilisateur__courriel__endswith="@demo.invalid"
    ).select_related("utilisateur")
    tenants = {affectation.role: affectation.utilisateur for affectation in affectations.order_by("-du")}
    return Equipe(
        tenants[Role.INSTRUCTEUR],
        tenants[Role.CHEF_DE_SERVICE],
        tenants[Role.ORDONNATEUR],
        tenants[Role.GESTIONNAIRE],
        tenants.get(Role.LIQUIDATEUR, tenants[Role.GESTIONNAIRE]),
    )


def taux(titre: str) -> tuple[Decimal, Decimal]:
    """Return the rate and the supplement per learner and month, as the scales below say."""
    return (UNITAIRE_FONDERIE, Decimal(0)) if titre == TITRE_FONDERIE else (UNITAIRE, MAJORATION)


def semer_budgets() -> tuple[Campagne, Campagne]:
    """Create what is missing; return last year's campaign and this year's, open today."""
    jour = aujourdhui()
    campagnes = (
        _campagne(jour.year - 1, date(jour.year - 1, 1, 15), date(jour.year - 1, 9, 30)),
        _campagne(
            jour.year,
            min(date(jour.year, 1, 15), jour - timedelta(days=10)),
            max(date(jour.year, 9, 30), jour + timedelta(days=45)),
            PIECES_OBLIGATOIRES,
        ),
    )
    _campagne(jour.year - 2, date(jour.year - 2, 1, 15), date(jour.year - 2, 9, 30))
    _enveloppe(REGIONS[0], jour.year - 2, _NOTIFIE_A_REPRENDRE, Decimal(0))
    _identifier_les_services()
    for region in REGIONS:
        _enveloppe(region, jour.year - 1, _NOTIFIES_AVANT[region], Decimal(0))
        _enveloppe(region, jour.year, _NOTIFIES[region], _GEL if region == "84" else Decimal(0))
    return campagnes


def _identifier_les_services() -> None:
    """Numbers that belong to nobody: the real ones are not in our sources."""
    for rang, service in enumerate(ServiceRegional.objects.filter(siret="").order_by("region")):
        service.siret = siret(SERVICES + rang)
        service.save(update_fields=["siret"])


_CHORUS_INVENTE = {
    "Centre financier": "0000-DEMO-0001",
    "Domaine fonctionnel": "0103-00-00",
    "Activité": "DEMO-ACTIVITE",
    "Centre de coûts": "DEMO-COUTS",
    "Groupe de marchandises": "10.00.00",
}


def _campagne(exercice: int, debut: date, fin: date, pieces: tuple[str, ...] = ()) -> Campagne:
    campagne, creee = Campagne.objects.get_or_create(
        exercice=exercice,
        defaults={"ouverte_du": debut, "ouverte_au": fin, "pieces_obligatoires": list(pieces)},
    )
    if creee:
        for titre in (None, TITRE_FONDERIE):
            unitaire, majoration = taux(titre or "")
            Bareme.objects.create(campagne=campagne, titre_id=titre, unitaire=unitaire, majoration=majoration)
        _colonnes_chorus(campagne)
        EcheancePrevue.objects.bulk_create(
            [
                EcheancePrevue(
                    campagne=campagne, rang=rang, nature=nature, part=part, prevue_le=le, service_fait=fait
                )
                for rang, (nature, part, le, fait) in enumerate(_echeancier(exercice), 1)
            ]
        )
    return campagne


def _colonnes_chorus(campagne: Campagne) -> None:
    """The columns of the sheet for Chorus; the fixed values are invented."""
    for rang, (titre, contenu) in enumerate(PAR_DEFAUT, 1):
        valeur = _CHORUS_INVENTE.get(titre, "")
        campagne.colonnes_chorus.create(rang=rang, titre=titre, contenu=contenu, valeur=valeur)


def _echeancier(exercice: int) -> tuple[tuple[str, Decimal, date, bool], ...]:
    """Half in spring, three tenths in autumn, the rest after the report."""
    return (
        (NatureTranche.AVANCE, Decimal(50), date(exercice, 4, 10), False),
        (NatureTranche.ACOMPTE, Decimal(30), date(exercice, 11, 20), False),
        (NatureTranche.SOLDE, Decimal(20), date(exercice + 1, 6, 30), True),
    )


def _enveloppe(region: str, exercice: int, notifie: Decimal, gel: Decimal) -> None:
    enveloppe, creee = Enveloppe.objects.get_or_create(service_id=region, exercice=exercice)
    if not creee:
        return
    mouvement(enveloppe, MouvementEnveloppe.Nature.NOTIFICATION, notifie, "NOT")
    if gel:
        mouvement(enveloppe, MouvementEnveloppe.Nature.GEL, -gel, "GEL")


def mouvement(enveloppe: Enveloppe, nature: str, montant: Decimal, code: str) -> None:
    """Write a movement of as many AE as CP, by the budget officer of the region."""
    enveloppe.mouvements.create(
        nature=nature,
        ae=montant,
        cp=montant,
        reference=f"{code}-{enveloppe.exercice}-{enveloppe.service_id}",
        date_acte=min(date(enveloppe.exercice, 1, 12), aujourdhui()),
        saisi_par=equipe(enveloppe.service_id).gestionnaire,
    )
