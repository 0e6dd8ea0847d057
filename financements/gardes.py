"""Guards of the state table: each yields one French sentence per refusal, and writes nothing.

They reach every row through the request itself: this module knows no model, so that models may know
the table.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from financements import pieces
from financements.natures import NaturePiece, Voie
from financements.requetes import lignes_de
from reseau.nombres import aujourdhui, exercice_de, maintenant, montrer_date, montrer_montant

if TYPE_CHECKING:
    from collections.abc import Iterable
    from decimal import Decimal

    from financements.models import Demande, Enveloppe
    from reseau.socle.etats import Contexte


# Lines of the journal by which somebody makes the amount that others look at.
_INSTRUIRE: Final = ("instruire", "retenir", "proposer")


def saisie_par_l_ecole(demande: Demande, _contexte: Contexte) -> Iterable[str]:
    """What the service typed from a paper is the service's to hand in."""
    if demande.voie != Voie.ECOLE:
        yield "Cette demande est saisie par la DREETS d'après un document signé."


def saisie_par_le_service(demande: Demande, _contexte: Contexte) -> Iterable[str]:
    """An officer never hands in what a school is still writing."""
    if demande.voie != Voie.SERVICE:
        yield "Cette demande est écrite par l'école : elle seule peut la déposer."


def campagne_ouverte(demande: Demande, _contexte: Contexte) -> Iterable[str]:
    """A school hands in while the campaign is open, days included, Paris time."""
    campagne, jour = demande.campagne, aujourdhui()
    if jour < campagne.ouverte_du:
        yield f"La campagne {campagne.exercice} ouvre le {montrer_date(campagne.ouverte_du)}."
    elif jour > campagne.ouverte_au:
        yield f"La campagne {campagne.exercice} est close depuis le {montrer_date(campagne.ouverte_au)}."


def ecole_ouverte(demande: Demande, _contexte: Contexte) -> Iterable[str]:
    """A school that has closed asks for nothing more."""
    if (fermee_le := demande.ecole.fermee_le) and fermee_le <= aujourdhui():
        yield f"L'école est fermée depuis le {montrer_date(fermee_le)}."


def effectif_demande(demande: Demande, _contexte: Contexte) -> Iterable[str]:
    """At least one learner."""
    if not demande.lignes.filter(effectif_demande__gt=0).exists():
        yield "Ajoutez au moins une ligne avec un jeune."


def identifiants(demande: Demande, _contexte: Contexte) -> Iterable[str]:
    """The State pays a SIRET and an IBAN."""
    if not demande.ecole.siret:
        yield "Il manque le SIRET de l'école."
    if not demande.ecole.coordonnees_bancaires.filter(au__isnull=True).exists():
        yield "Il manque l'IBAN de l'école."


def pieces_presentes(demande: Demande, _contexte: Contexte) -> Iterable[str]:
    """Every piece that the campaign or the law asks for is there, and found clean."""
    dites = pieces.analyses(demande)
    for nature in pieces.exigees(demande.campagne):
        if nature == NaturePiece.BUDGET and nature not in dites and demande.budget.exists():
            continue  # typed in the portal
        yield from pieces.manque(nature, dites)


def certifie(_demande: Demande, contexte: Contexte) -> Iterable[str]:
    """Who hands in certifies."""
    if not contexte.donnees.get("certifie"):
        yield "Cochez la case « Je certifie que ces informations sont exactes »."


def scan_present(demande: Demande, _contexte: Contexte) -> Iterable[str]:
    """An officer enters a request for a school only with the signed paper in the file, found clean."""
    dites = pieces.analyses(demande)
    if NaturePiece.SCAN not in dites:
        yield "Joignez la demande signée, numérisée."
    else:
        yield from pieces.manque(NaturePiece.SCAN, dites)
    if demande.recue_par_courriel_le is None:
        yield "Indiquez quel jour la demande est arrivée."


def motif_ecrit(_demande: Demande, contexte: Contexte) -> Iterable[str]:
    """Sending a file back, or away, is explained."""
    if not str(contexte.donnees.get("motif", "")).strip():
        yield "Écrivez la raison."


def enveloppe_choisie(demande: Demande, _contexte: Contexte) -> Iterable[str]:
    """A proposal names its envelope: of the region of the request, and of its year."""
    enveloppe = demande.enveloppe
    if enveloppe is None:
        yield "Choisissez l'enveloppe."
    elif (enveloppe.service_id, enveloppe.exercice) != (demande.region_id, demande.campagne.exercice):
        yield "L'enveloppe n'est pas celle de la région et de l'exercice de la demande."


def ecarts_motives(demande: Demande, _contexte: Contexte) -> Iterable[str]:
    """Each line is decided, and what differs from the request says why."""
    for ligne in lignes_de(demande):
        if ligne.effectif_retenu is None:
            yield f"{ligne} : indiquez l'effectif retenu."
        elif not ligne.motif and (
            ligne.effectif_retenu != ligne.effectif_demande
            or ligne.nb_majorations != ligne.majorations_demandees
        ):
            yield f"{ligne} : écrivez la raison de l'écart avec la demande."


def bareme_en_vigueur(demande: Demande, _contexte: Contexte) -> Iterable[str]:
    """The amounts come from the scale of the day; saving the page takes the new rates."""
    en_vigueur = demande.campagne.baremes_en_vigueur()
    for ligne in lignes_de(demande):
        if ligne.bareme_id != en_vigueur.get(ligne.titre_id, en_vigueur.get(None)):
            yield f"{ligne} : le barème a changé. Enregistrez le dossier pour appliquer le nouveau taux."


def montant_positif(demande: Demande, _contexte: Contexte) -> Iterable[str]:
    """A proposal of nothing is a refusal, which is another decision."""
    if demande.montant_retenu <= 0:
        yield "Le montant retenu est nul : il n'y a rien à proposer."


def a_instruit(demande: Demande, contexte: Contexte) -> bool:
    """Whether this person took the file into review, wrote what is retained, or proposed."""
    siennes = demande.journal.filter(evenement__in=_INSTRUIRE, acteur=contexte.utilisateur)
    return demande.instruite_par_id == contexte.utilisateur.pk or siennes.exists()


def autre_que_l_instructeur(demande: Demande, contexte: Contexte) -> Iterable[str]:
    """Nobody visas her own proposal, nor what she wrote before somebody else proposed it."""
    if demande.instruite_par_id == contexte.utilisateur.pk:
        yield "Vous avez proposé ce montant : une autre personne doit le viser."
    elif a_instruit(demande, contexte):
        yield "Vous avez instruit ce dossier : une autre personne doit le viser."


def troisieme_personne(demande: Demande, contexte: Contexte) -> Iterable[str]:
    """Three persons: instruct, visa, grant."""
    if demande.visee_par_id == contexte.utilisateur.pk or a_instruit(demande, contexte):
        yield "Vous êtes déjà intervenu sur ce dossier : une troisième personne doit accorder."


def montant_inchange(demande: Demande, _contexte: Contexte) -> Iterable[str]:
    """What is visaed and granted is what was proposed."""
    if demande.montant_propose != demande.montant_retenu:
        yield "Le montant a changé depuis la proposition : renvoyez le dossier en instruction."


def exercice_ouvert(demande: Demande, _contexte: Contexte) -> Iterable[str]:
    """Credits of a year are committed during that year, Paris time."""
    exercice = demande.campagne.exercice
    if exercice_de(maintenant()) != exercice:
        yield f"Les crédits de {exercice} ne s'engagent que pendant l'année {exercice}."


def verrouiller_enveloppe(demande: Demande) -> None:
    """Lock the envelope after the request: always in this order."""
    if demande.enveloppe is not None:
        verrou = type(demande.enveloppe)._default_manager.select_for_update(of=("self",))
        demande.enveloppe = verrou.get(pk=demande.enveloppe.pk)


def enveloppe_suffisante(demande: Demande, _contexte: Contexte) -> Iterable[str]:
    """Asked under the envelope's lock; the database's own CHECK stands behind."""
    enveloppe = demande.enveloppe
    if enveloppe is None or demande.montant_propose is None:
        yield "Le dossier n'a pas de montant proposé sur une enveloppe."
    elif enveloppe.ae_disponibles < demande.montant_propose:
        yield reste_insuffisant(demande, enveloppe.ae_disponibles)


def reste_insuffisant(demande: Demande, reste: Decimal) -> str:
    """The sentence of the euro too many; it says when another grant came in between."""
    phrase = f"L'enveloppe ne dispose plus que de {montrer_montant(reste)}"
    if _autre_accord_depuis(demande.enveloppe, demande):
        return f"{phrase} (un autre accord vient d'être enregistré)."
    return f"{phrase}, et la demande en prend {montrer_montant(demande.montant_propose)}."


def _autre_accord_depuis(enveloppe: Enveloppe | None, demande: Demande) -> bool:
    return (
        enveloppe is not None
        and demande.visee_le is not None
        and enveloppe.engagements.filter(saisi_le__gte=demande.visee_le).exists()
    )
