"""Life of an order: the whole enum from day one, and the moves that are open today."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import models

from reseau.nombres import aujourdhui, montrer_date
from reseau.socle.etats import Contexte, Machine, Transition

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from commandes.models import Commande


class Etat(models.TextChoices):
    """States of an order, in the words of the workshop."""

    DEMANDE = "demande", "Demande reçue"
    QUALIFIEE = "qualifiee", "Prise par l'atelier"
    DEVIS_ENVOYE = "devis_envoye", "Devis envoyé"
    ACCEPTEE = "acceptee", "Acceptée"
    EN_PRODUCTION = "en_production", "En production"
    CONTROLEE = "controlee", "Contrôlée"
    LIVREE = "livree", "Livrée"
    FACTUREE = "facturee", "Facturée"
    PAYEE = "payee", "Payée"
    REFUSEE = "refusee", "Refusée"
    SANS_SUITE = "sans_suite", "Sans suite"
    DEVIS_EXPIRE = "devis_expire", "Devis expiré"
    EN_ATTENTE = "en_attente", "En attente"
    ANNULEE = "annulee", "Annulée"
    LITIGE = "litige", "Litige"


LIVRES = frozenset({Etat.LIVREE, Etat.FACTUREE, Etat.PAYEE})
# Where one may still work on it, and so record minutes.
A_L_ATELIER = frozenset(
    {Etat.DEMANDE, Etat.QUALIFIEE, Etat.DEVIS_ENVOYE, Etat.ACCEPTEE, Etat.EN_PRODUCTION, Etat.CONTROLEE}
)
# Where its lines may still change.
MODIFIABLES = A_L_ATELIER | {Etat.EN_ATTENTE}


def a_une_ligne(commande: Commande, _contexte: Contexte) -> Iterable[str]:
    """An order without a line has nothing to make."""
    if not commande.lignes.exists():
        yield "Ajoutez au moins une ligne : que faut-il fabriquer ?"


def a_un_bloc(commande: Commande, _contexte: Contexte) -> Iterable[str]:
    """What learners learn on it must be said, or be said to be still open."""
    if not commande.bloc_a_preciser and not commande.blocs.exists():
        yield "Indiquez ce que les jeunes y apprennent, ou cochez « bloc à préciser »."


def a_un_motif(_commande: Commande, contexte: Contexte) -> Iterable[str]:
    """Setting an order aside is explained."""
    if not str(contexte.donnees.get("motif", "")).strip():
        yield "Indiquez pourquoi la commande reste sans suite."


def sans_heures(commande: Commande, _contexte: Contexte) -> Iterable[str]:
    """Once learners worked on it, an order had a follow-up."""
    if commande.pointages.exists():
        yield "Des jeunes ont déjà travaillé sur cette commande : elle ne peut plus rester sans suite."


def a_un_receveur(_commande: Commande, contexte: Contexte) -> Iterable[str]:
    """A delivery names who received it."""
    if not str(contexte.donnees.get("recu_par", "")).strip():
        yield "Indiquez qui a reçu la livraison."


def a_une_date_possible(commande: Commande, contexte: Contexte) -> Iterable[str]:
    """A delivery is of a day between the order and today; nothing typed means today."""
    jour = contexte.donnees.get("livree_le")
    if not isinstance(jour, date):
        return
    if jour > aujourdhui():
        yield "La date de livraison est dans le futur."
    if jour < commande.recue_le:
        yield f"La commande est arrivée le {montrer_date(commande.recue_le)} : la livraison est après."


def noter_la_livraison(commande: Commande, contexte: Contexte) -> Mapping[str, Any]:
    """Keep when, and who received; the journal keeps the day only."""
    jour = contexte.donnees.get("livree_le")
    commande.livree_le = jour if isinstance(jour, date) else aujourdhui()
    commande.recue_par = str(contexte.donnees["recu_par"]).strip()
    return {"livree_le": commande.livree_le.isoformat()}


def noter_le_motif(commande: Commande, contexte: Contexte) -> Mapping[str, Any]:
    """Keep why; the journal holds no free text."""
    commande.motif = str(contexte.donnees["motif"]).strip()
    return {}


TRANSITIONS: tuple[Transition, ...] = (
    Transition(
        "qualifier",
        (Etat.DEMANDE,),
        Etat.QUALIFIEE,
        "qualifier",
        "Prendre à l'atelier",
        gardes=(a_un_bloc,),
    ),
    Transition(
        "lancer",
        (Etat.DEMANDE, Etat.QUALIFIEE),
        Etat.EN_PRODUCTION,
        "lancer",
        "Lancer la production",
        gardes=(a_une_ligne, a_un_bloc),
    ),
    Transition(
        "livrer",
        (Etat.EN_PRODUCTION,),
        Etat.LIVREE,
        "livrer",
        "Marquer livrée",
        gardes=(a_un_receveur, a_une_date_possible),
        effet=noter_la_livraison,
        champs=("recu_par", "livree_le"),
    ),
    Transition(
        "classer",
        (Etat.DEMANDE, Etat.QUALIFIEE),
        Etat.SANS_SUITE,
        "classer",
        "Classer sans suite",
        gardes=(a_un_motif, sans_heures),
        effet=noter_le_motif,
        champs=("motif",),
    ),
)

# What happens to an order besides crossing a transition.
EVENEMENTS = {
    "creer": "Création",
    "modifier": "Modification",
    "noter_heures": "Heures d'atelier notées",
    "annuler_heures": "Saisie d'heures annulée",
    "regulariser": "Heures régularisées",
    "retirer_heures": "Heures retirées des comptes",
}

MACHINE = Machine(TRANSITIONS, chaine=lambda commande: f"commande:{commande.ecole_id}", evenements=EVENEMENTS)
