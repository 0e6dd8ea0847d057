"""Orders over eighteen months, in batches: each batch is a transaction, so a run may be cut and resumed."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.db import transaction

from commandes.etats import Etat
from commandes.models import Client, Commande, JournalCommande, LigneCommande, Pointage
from reseau.management.demonstration.apprenants import RECIT as JOURS_RECIT
from reseau.management.demonstration.ateliers import Atelier, charger_ateliers
from reseau.management.demonstration.calendrier import jours_ouvres, ouvre
from reseau.management.demonstration.catalogue import ARTICLES, OBJETS, RECIT
from reseau.management.demonstration.clients import SIRET_DU_RECIT, semer_clients
from reseau.management.demonstration.hasard import parts, tirage
from reseau.management.demonstration.noms import personne
from reseau.management.demonstration.pointages import Feuille
from reseau.management.demonstration.versement import franchir_en_masse, sans_attente, verser
from reseau.nombres import aujourdhui
from reseau.socle.compteurs import prendre_numeros

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Iterator

LOT = 2_000
DUREE = 548  # days: eighteen months
# Shares of each state by age of the order, in days.
_ETATS = (
    (20, {Etat.DEMANDE: 30, Etat.QUALIFIEE: 20, Etat.EN_PRODUCTION: 42, Etat.LIVREE: 8}),
    (60, {Etat.DEMANDE: 3, Etat.QUALIFIEE: 8, Etat.EN_PRODUCTION: 40, Etat.LIVREE: 45, Etat.SANS_SUITE: 4}),
    (DUREE + 1, {Etat.LIVREE: 90, Etat.EN_PRODUCTION: 2, Etat.QUALIFIEE: 1, Etat.SANS_SUITE: 7}),
)
# What each transition leaves and reaches, and the transitions on the way to each state.
_PAS: dict[str, tuple[str, str]] = {
    "qualifier": (Etat.DEMANDE, Etat.QUALIFIEE),
    "lancer": (Etat.QUALIFIEE, Etat.EN_PRODUCTION),
    "livrer": (Etat.EN_PRODUCTION, Etat.LIVREE),
    "classer": (Etat.DEMANDE, Etat.SANS_SUITE),
}
_CHEMINS: dict[str, tuple[str, ...]] = {
    Etat.DEMANDE: (),
    Etat.QUALIFIEE: ("qualifier",),
    Etat.EN_PRODUCTION: ("qualifier", "lancer"),
    Etat.LIVREE: ("qualifier", "lancer", "livrer"),
    Etat.SANS_SUITE: ("classer",),
}


@dataclass
class Dossier:
    """An order with what hangs from it, and the state that it will reach."""

    commande: Commande
    atelier: Atelier
    cible: str
    lignes: list[LigneCommande] = field(default_factory=list)
    blocs: list[int] = field(default_factory=list)
    pointages: list[Pointage] = field(default_factory=list)


def semer_commandes(nombre: int, graine: int, dire: Callable[[str], None]) -> int:
    """Bring the orders of fictional schools up to ``nombre``; return how many were added."""
    presentes = Commande.objects.filter(ecole__fictive=True).count()
    if presentes >= nombre:
        return 0
    semer_clients()
    semeur = _Semeur(presentes, nombre, graine)
    for debut in range(presentes, nombre, LOT):
        with transaction.atomic():
            sans_attente()
            semeur.lot(range(debut, min(debut + LOT, nombre)))
        if nombre - presentes > LOT:
            dire(f"  {min(debut + LOT, nombre)} commandes sur {nombre}")
    return nombre - presentes


class _Semeur:
    """Makes orders in the order of their dates, each school in its turn."""

    def __init__(self, debut: int, fin: int, graine: int) -> None:
        self.debut, self.fin, self.graine = debut, fin, graine
        self.jour = aujourdhui()
        self.ateliers = charger_ateliers()
        self.feuille = Feuille()
        self.recit = self._rang_du_recit()

    def _rang_du_recit(self) -> int:
        """The rank of an order of the first school, received on the day of the story."""
        tours = (self.fin * (DUREE - JOURS_RECIT) // DUREE) // len(self.ateliers)
        return tours * len(self.ateliers) if self.debut == 0 else -1

    def lot(self, rangs: range) -> None:
        """Write a batch: rows, then moves; the minutes once in production, before delivery."""
        dossiers = [self._dossier(rang) for rang in rangs]
        series = (f"commande:{d.commande.ecole_id}:{d.commande.recue_le.year}" for d in dossiers)
        for dossier, numero in zip(dossiers, prendre_numeros(series), strict=True):
            dossier.commande.numero = f"CMD-{dossier.commande.recue_le.year}-{numero:04d}"
        verser(Commande, [d.commande for d in dossiers])
        verser(LigneCommande, [ligne for d in dossiers for ligne in d.lignes])
        liens = Commande.blocs.through
        couples = [(d.commande.pk, bloc) for d in dossiers for bloc in d.blocs]
        verser(liens, [liens(commande_id=commande, bloccompetences_id=bloc) for commande, bloc in couples])
        _avancer(dossiers, "qualifier", "lancer", "classer")
        verser(Pointage, [pointage for d in dossiers for pointage in d.pointages])
        _avancer(dossiers, "livrer")
        verser(JournalCommande, [ligne for d in dossiers for ligne in _journal(d)])

    def _dossier(self, rang: int) -> Dossier:
        hasard = tirage(self.graine, "commande", rang)
        atelier = self.ateliers[rang % len(self.ateliers)]
        age = DUREE - DUREE * (rang - self.debut) // max(1, self.fin - self.debut)
        if rang == self.recit:
            return self._dossier_du_recit(atelier)
        etats = next(etats for borne, etats in _ETATS if age < borne)
        cible = parts(etats, hasard)
        commande = self._commande(atelier, self.jour - timedelta(days=age), cible, hasard)
        dossier = Dossier(commande, atelier, cible, blocs=_choisir_blocs(atelier, hasard))
        dossier.lignes = list(_lignes(commande, atelier, hasard))
        if cible in {Etat.EN_PRODUCTION, Etat.LIVREE}:
            dossier.pointages = list(self.feuille.pointer(dossier, hasard, commande.livree_le or self.jour))
        return dossier

    def _commande(self, atelier: Atelier, recue: date, cible: str, hasard: random.Random) -> Commande:
        livree = self._jour_de_livraison(recue, hasard) if cible == Etat.LIVREE else None
        return Commande(
            ecole_id=atelier.ecole,
            client_id=hasard.choice(atelier.clients),
            intitule=hasard.choice(OBJETS[atelier.filiere]),
            filiere_id=atelier.filiere,
            bloc_a_preciser=not atelier.blocs,
            recue_le=recue,
            a_livrer_le=recue + timedelta(days=hasard.randint(12, 45)),
            livree_le=livree,
            recue_par=" ".join(personne(hasard.randrange(1_200))) if livree else "",
            motif="Le client a renoncé." if cible == Etat.SANS_SUITE else "",
            saisie_par_id=atelier.maitre,
        )

    def _jour_de_livraison(self, recue: date, hasard: random.Random) -> date:
        voulu = min(recue + timedelta(days=hasard.randint(6, 40)), self.jour)
        possibles = jours_ouvres(recue, voulu)
        return possibles[-1] if possibles else voulu

    def _dossier_du_recit(self, atelier: Atelier) -> Dossier:
        """The three lines of the story, in production, with the minutes of Inès, Malo and Yanis."""
        recue = self.jour - timedelta(days=JOURS_RECIT)
        commande = Commande(
            ecole_id=atelier.ecole,
            client=Client.objects.get(ecole=atelier.ecole, siret=SIRET_DU_RECIT),
            intitule="120 axes, 40 bagues",
            filiere_id=atelier.filiere,
            recue_le=recue,
            a_livrer_le=recue + timedelta(days=60),
            saisie_par_id=atelier.maitre,
        )
        dossier = Dossier(commande, atelier, Etat.EN_PRODUCTION)
        dossier.blocs = next(iter(atelier.blocs.values()), [])[:3]
        dossier.lignes = [
            LigneCommande(
                commande=commande,
                rang=rang,
                designation=designation,
                quantite=quantite,
                prix_unitaire=prix,
                remise=remise,
                travail_id=travail or None,
            )
            for rang, (designation, quantite, prix, remise, travail) in enumerate(RECIT, 1)
        ]
        debut = next(j for j in jours_ouvres(recue + timedelta(days=7), self.jour) if ouvre(j))
        dossier.pointages = list(self.feuille.pointer_le_recit(dossier, debut))
        return dossier


def _choisir_blocs(atelier: Atelier, hasard: random.Random) -> list[int]:
    return [bloc for blocs in atelier.blocs.values() for bloc in hasard.sample(blocs, k=2)]


def _lignes(commande: Commande, atelier: Atelier, hasard: random.Random) -> Iterator[LigneCommande]:
    articles = ARTICLES[atelier.filiere]
    choisis = hasard.sample(articles, k=hasard.randint(1, min(3, len(articles))))
    for rang, article in enumerate(choisis, 1):
        yield LigneCommande(
            commande=commande,
            rang=rang,
            designation=article.designation,
            quantite=hasard.randint(*article.nombres),
            prix_unitaire=article.prix,
            remise=hasard.choice((0, 0, 0, 5)),
            taux_tva=article.tva,
            travail_id=article.travail or None,
        )


def _avancer(dossiers: list[Dossier], *noms: str) -> None:
    for nom in noms:
        cles = [dossier.commande.pk for dossier in dossiers if nom in _CHEMINS[dossier.cible]]
        franchir_en_masse(Commande, cles, *_PAS[nom])


def _journal(dossier: Dossier) -> Iterator[JournalCommande]:
    pas = [("creer", "", Etat.DEMANDE.value), *((nom, *_PAS[nom]) for nom in _CHEMINS[dossier.cible])]
    for evenement, de, vers in pas:
        yield JournalCommande(
            commande=dossier.commande,
            chaine=f"commande:{dossier.atelier.ecole}",
            acteur_id=dossier.atelier.maitre,
            evenement=evenement,
            de=de,
            vers=vers,
        )
