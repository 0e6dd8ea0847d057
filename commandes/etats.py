"""Life of an order: the whole enum from day one, and the moves that are open today."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models

from reseau.socle.etats import Contexte, Machine, Transition

if TYPE_CHECKING:
    from collections.abc import Iterable

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


def a_un_receveur(_commande: Commande, contexte: Contexte) -> Iterable[str]:
    """A delivery names who received it."""
    if not str(contexte.donnees.get("recu_par", "")).strip():
        yield "Indiquez qui a reçu la livraison."


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
        gardes=(a_un_receveur,),
        champs=("recu_par",),
    ),
    Transition(
        "classer",
        (Etat.DEMANDE, Etat.QUALIFIEE),
        Etat.SANS_SUITE,
        "classer",
        "Classer sans suite",
        gardes=(a_un_motif,),
        champs=("motif",),
    ),
)

MACHINE = Machine(TRANSITIONS, chaine=lambda commande: f"commande:{commande.ecole_id}")
