"""Guards of an amendment (row 15, and rows 6 to 8 again): one French sentence per refusal, no write."""

from __future__ import annotations

from typing import TYPE_CHECKING

from financements.avenants import avenant_ouvert, convenu, engage, net_paye
from financements.gardes import exercice_ouvert
from financements.natures import EtapeAvenant, Origine
from reseau.nombres import montrer_montant

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from django.db.models import QuerySet

    from financements.models import Avenant, Demande, JournalDemande
    from reseau.socle.etats import Contexte

_ATTENDU = {
    EtapeAvenant.PREPARE: "Aucun avenant n'est en préparation sur ce dossier.",
    EtapeAvenant.PROPOSE: "Aucun avenant n'attend de visa sur ce dossier.",
    EtapeAvenant.VISE: "Aucun avenant visé n'attend de décision sur ce dossier.",
}


def a_l_etape(*etapes: EtapeAvenant) -> Callable[[Demande, Contexte], Iterable[str]]:
    """Return a guard: the amendment in progress is at one of these steps."""

    def garde(demande: Demande, _contexte: Contexte) -> Iterable[str]:
        avenant = avenant_ouvert(demande)
        if avenant is None or avenant.etape not in etapes:
            yield _ATTENDU[etapes[0]] if len(etapes) == 1 else "Aucun avenant n'est en cours sur ce dossier."

    return garde


def avenant_ecrit(demande: Demande, _contexte: Contexte) -> Iterable[str]:
    """It says what changes and why."""
    avenant = avenant_ouvert(demande)
    if avenant is None:
        return
    if not avenant.lignes.exists():
        yield "Ajoutez au moins une ligne à l'avenant."
    elif avenant.montant == 0:
        yield "L'avenant ne change pas le montant : il n'y a rien à décider."


def mois_convenus(demande: Demande, _contexte: Contexte) -> Iterable[str]:
    """Nothing is taken away that was not agreed; supplements are learner-months too."""
    avenant = avenant_ouvert(demande)
    if avenant is None:
        return
    apres = convenu(demande.allocation, avec=avenant)
    for ligne in avenant.lignes.select_related("titre"):
        compte = apres[ligne.titre_id, ligne.annee]
        if compte.mois < 0 or compte.mois_majores < 0:
            yield f"{ligne} : l'avenant retire plus de mois que la décision n'en compte."
        elif compte.mois_majores > compte.mois:
            yield f"{ligne} : il y aurait plus de mois avec supplément que de mois."


def pas_sous_le_verse(demande: Demande, _contexte: Contexte) -> Iterable[str]:
    """The new total keeps what the school has received."""
    avenant = avenant_ouvert(demande)
    if avenant is None:
        return
    decision = demande.allocation
    total, verse = engage(decision) + avenant.montant, net_paye(decision)
    if total < verse:
        yield (
            f"Le nouveau total, {montrer_montant(total)}, passe sous ce qui est déjà versé, "
            f"{montrer_montant(verse)}."
        )


def preparateurs(avenant: Avenant) -> QuerySet[JournalDemande]:
    """Return the lines of the journal that say who wrote this amendment, or proposed it."""
    journal = avenant.allocation.demande.journal
    return journal.filter(
        evenement__in=("preparer_avenant", "proposer_avenant"), donnees__avenant=str(avenant.pk)
    )


def _a_ecrit(avenant: Avenant, contexte: Contexte) -> bool:
    proposa = avenant.propose_par_id == contexte.utilisateur.pk
    return proposa or preparateurs(avenant).filter(acteur=contexte.utilisateur).exists()


def autre_que_qui_propose(demande: Demande, contexte: Contexte) -> Iterable[str]:
    """Nobody visas her own amendment."""
    avenant = avenant_ouvert(demande)
    if avenant and _a_ecrit(avenant, contexte):
        yield "Vous avez écrit ou proposé cet avenant : une autre personne doit le viser."


def troisieme_personne(demande: Demande, contexte: Contexte) -> Iterable[str]:
    """Three persons again: propose, visa, grant."""
    avenant = avenant_ouvert(demande)
    vise = avenant is not None and avenant.vise_par_id == contexte.utilisateur.pk
    if avenant and (vise or _a_ecrit(avenant, contexte)):
        yield "Vous êtes déjà intervenu sur cet avenant : une troisième personne doit l'accorder."


def pas_qui_a_liquide(demande: Demande, contexte: Contexte) -> Iterable[str]:
    """Who recorded a payment of a decision does not raise or lower it."""
    payes = demande.allocation.paiements.exclude(origine=Origine.REPRISE)
    if payes.filter(saisi_par=contexte.utilisateur).exists():
        yield "Vous avez enregistré un paiement de ce dossier : une autre personne doit accorder l'avenant."


def hausse_dans_l_exercice(demande: Demande, contexte: Contexte) -> Iterable[str]:
    """More is committed during the year of the credits only; less, at any time."""
    if _hausse(avenant_ouvert(demande)):
        yield from exercice_ouvert(demande, contexte)


def enveloppe_suffisante(demande: Demande, _contexte: Contexte) -> Iterable[str]:
    """Asked under the envelope's lock; its CHECK stands behind."""
    avenant, enveloppe = avenant_ouvert(demande), demande.enveloppe
    if avenant is None or enveloppe is None or not _hausse(avenant):
        return
    if enveloppe.ae_disponibles < avenant.montant:
        yield hausse_impossible(avenant, montrer_montant(enveloppe.ae_disponibles))


def hausse_impossible(avenant: Avenant, reste: str) -> str:
    """The sentence of the euro too many."""
    variation = montrer_montant(avenant.montant)
    return f"L'enveloppe ne dispose plus que de {reste}, et l'avenant en prend {variation}."


def _hausse(avenant: Avenant | None) -> bool:
    return avenant is not None and avenant.montant > 0
