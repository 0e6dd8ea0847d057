"""All that the page of a file shows, read in one query, whatever the file holds.

Guards, computation and screen then find the same rows through :mod:`financements.requetes` and the relations.
For a page that only shows: a transition reads again, under its lock.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from financements import barre, comptage, comptes_certifies, confirmations
from financements.dossier import allocation_de
from financements.etats import Etat
from financements.requetes import actes_en_ordre, lignes_en_ordre, paiements_en_ordre
from reseau.socle.relations import Relation, lire_ensemble

if TYPE_CHECKING:
    from collections.abc import Iterator

    from financements.models import Allocation, Demande
    from reseau.socle.relations import Questions

_DIPLOME: Final = ("code_cfd", "intitule", "type", "ouvre_le", "ferme_le")
_BAREME: Final = ("id", "version", "plafond")
_FICHIER: Final = ("id", "nom_origine", "empreinte", "analyse", "depose_le")
# While admissibility is asked.
_AVANT_L_INSTRUCTION: Final = (Etat.BROUILLON, Etat.DEPOSEE, Etat.A_COMPLETER)
_SUIVIES: Final = {"titre": _DIPLOME, "bareme": _BAREME}


def lire_le_dossier(demande: Demande) -> None:
    """Read the file, its decision and its report with the rows that hang on them; one query."""
    decision, enveloppe = allocation_de(demande), demande.enveloppe
    relations = [*_de_la_demande(demande), *_de_la_decision(decision)]
    valeurs: list[tuple[Any, Questions]] = [
        (demande, comptage.questions),
        (demande, confirmations.questions),
    ]
    if demande.etat in _AVANT_L_INSTRUCTION:
        relations += _des_regles(demande)
        valeurs.append((demande, comptes_certifies.questions))
    if enveloppe is not None:
        valeurs.append((enveloppe, barre.questions))
    lire_ensemble(relations, valeurs)


def _de_la_demande(demande: Demande) -> Iterator[Relation]:
    yield Relation(demande, "lignes", lignes_en_ordre(demande), _SUIVIES)
    pieces = demande.pieces.order_by("nature", "id")
    yield Relation(demande, "pieces", pieces, {"fichier": _FICHIER})
    yield Relation(demande, "actes", actes_en_ordre(demande))
    yield Relation(demande, "avis", demande.avis.order_by("rendu_le", "id"))
    yield Relation(demande, "corrections", demande.corrections.order_by("id"))
    yield Relation(demande, "depots", demande.depots.order_by("rang"))
    yield Relation(demande, "budget", demande.budget.order_by("poste"))
    yield Relation(demande.campagne, "baremes", demande.campagne.baremes.order_by("version"))


def _des_regles(demande: Demande) -> Iterator[Relation]:
    """What admissibility looks at."""
    ecole = demande.ecole
    yield Relation(demande, "controles", demande.controles.order_by("id"))
    yield Relation(ecole, "inscriptions_liste", ecole.inscriptions_liste.order_by("id"))
    yield Relation(ecole, "reconnaissances", ecole.reconnaissances.order_by("id"))
    yield Relation(ecole, "labels", ecole.labels.order_by("id"))


def _de_la_decision(decision: Allocation | None) -> Iterator[Relation]:
    if decision is None:
        return
    yield Relation(decision, "tranches", decision.tranches.order_by("rang"))
    yield Relation(decision, "paiements", paiements_en_ordre(decision))
    yield Relation(decision, "engagements", decision.engagements.order_by("saisi_le", "id"))
    yield Relation(decision, "reversements", decision.reversements.order_by("saisi_le", "id"))
    yield Relation(decision, "avenants", decision.avenants.order_by("rang"))
    if bilan := getattr(decision, "bilan", None):
        yield Relation(bilan, "lignes", bilan.lignes.order_by("titre", "annee"), {"titre": _DIPLOME})
