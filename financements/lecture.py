"""All that the page of a file shows, read in one query, whatever the file holds.

Guards, computation and screen then find the same rows through :mod:`financements.requetes` and the relations.
For a page that only shows: a transition reads again, under its lock.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from django.db.models import IntegerField, UUIDField

from ecoles.models import InscriptionListe, Label, Reconnaissance
from financements import barre, comptage, comptes_certifies, confirmations
from financements.dossier import allocation_de
from financements.etats import Etat
from financements.models import (
    Acte,
    Avenant,
    Avis,
    Bareme,
    ControleRecevabilite,
    Correction,
    Demande,
    DepotDemande,
    Engagement,
    LigneBudget,
    LigneEffectif,
    LigneRealisee,
    Paiement,
    Piece,
    Reversement,
    Tranche,
)
from financements.requetes import actes_en_ordre, lignes_en_ordre, paiements_en_ordre
from reseau.socle.pretes import AVenir, Parametre
from reseau.socle.relations import Ensemble, Relation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.db.models import QuerySet

_DIPLOME: Final = ("code_cfd", "intitule", "type", "ouvre_le", "ferme_le")
_BAREME: Final = ("id", "version", "plafond")
_FICHIER: Final = ("id", "nom_origine", "empreinte", "analyse", "depose_le")
# While admissibility is asked.
_AVANT_L_INSTRUCTION: Final = (Etat.BROUILLON, Etat.DEPOSEE, Etat.A_COMPLETER)
_SUIVIES: Final = {"titre": _DIPLOME, "bareme": _BAREME}


@dataclass(frozen=True, slots=True)
class _Forme:
    """What a file has: it is all that its reading depends on, besides its keys."""

    regles: bool
    gestionnaire: bool
    enveloppe: bool
    decision: bool
    bilan: bool


def lire_le_dossier(demande: Demande) -> None:
    """Read the file, its decision and its report with the rows that hang on them; one query."""
    decision, regles = allocation_de(demande), demande.etat in _AVANT_L_INSTRUCTION
    objets: dict[str, Any] = {
        "demande": demande,
        "campagne": demande.campagne,
        "ecole": demande.ecole,
        "enveloppe": demande.enveloppe,
        "decision": decision,
        "bilan": getattr(decision, "bilan", None),
    }
    la = {nom: objet for nom, objet in objets.items() if objet is not None}
    gestionnaire = demande.ecole.gestionnaire_id
    forme = _Forme(
        regles, gestionnaire is not None, *(nom in la for nom in ("enveloppe", "decision", "bilan"))
    )
    _ensemble(forme).lire(la, exercice=demande.campagne.exercice, gestionnaire=gestionnaire)


@cache
def _ensemble(forme: _Forme) -> Ensemble:
    """Write what is read of the files of this shape: a few shapes, each written once."""
    gestionnaire = Parametre("gestionnaire", UUIDField()) if forme.gestionnaire else None
    ecole = AVenir("ecole", gestionnaire_id=gestionnaire)
    campagne = AVenir("campagne", exercice=Parametre("exercice", IntegerField()))
    demande = AVenir("demande", ecole=ecole, ecole_id=ecole.pk, campagne=campagne)
    relations = [*_de_la_demande(demande)]
    valeurs: list[Any] = [
        ("demande", demande, comptage.questions),
        ("demande", demande, confirmations.questions),
    ]
    if forme.regles:
        relations += _des_regles(demande)
        valeurs.append(("demande", demande, comptes_certifies.questions))
    if forme.enveloppe:
        valeurs.append(("enveloppe", AVenir("enveloppe"), barre.questions))
    if forme.decision:
        relations += _de_la_decision()
    if forme.bilan:
        lignes = LigneRealisee.objects.filter(bilan=AVenir("bilan").pk).order_by("titre", "annee")
        relations.append(Relation("bilan", "lignes", lignes, {"titre": _DIPLOME}))
    return Ensemble(Demande, relations, valeurs)


def _de_la_demande(demande: Any) -> Iterator[Relation]:
    def siennes(modele: Any, *ordre: str) -> QuerySet[Any]:
        lignes: QuerySet[Any] = modele.objects.filter(demande=demande.pk)
        return lignes.order_by(*ordre)

    yield Relation("demande", "lignes", lignes_en_ordre(siennes(LigneEffectif)), _SUIVIES)
    yield Relation("demande", "pieces", siennes(Piece, "nature", "id"), {"fichier": _FICHIER})
    yield Relation("demande", "actes", actes_en_ordre(siennes(Acte)))
    yield Relation("demande", "avis", siennes(Avis, "rendu_le", "id"))
    yield Relation("demande", "corrections", siennes(Correction, "id"))
    yield Relation("demande", "depots", siennes(DepotDemande, "rang"))
    yield Relation("demande", "budget", siennes(LigneBudget, "poste"))
    baremes = Bareme.objects.filter(campagne=demande.campagne.pk)
    yield Relation("campagne", "baremes", baremes.order_by("version"))


def _des_regles(demande: Any) -> Iterator[Relation]:
    """What admissibility looks at."""
    controles = ControleRecevabilite.objects.filter(demande=demande.pk)
    yield Relation("demande", "controles", controles.order_by("id"))
    for nom, modele in _DROITS_DE_L_ECOLE.items():
        yield Relation("ecole", nom, modele.objects.filter(ecole=demande.ecole_id).order_by("id"))


_DROITS_DE_L_ECOLE: Final[dict[str, Any]] = {
    "inscriptions_liste": InscriptionListe,
    "reconnaissances": Reconnaissance,
    "labels": Label,
}


def _de_la_decision() -> Iterator[Relation]:
    decision = AVenir("decision")

    def siennes(modele: Any, *ordre: str) -> QuerySet[Any]:
        lignes: QuerySet[Any] = modele.objects.filter(allocation=decision.pk)
        return lignes.order_by(*ordre)

    yield Relation("decision", "tranches", siennes(Tranche, "rang"))
    yield Relation("decision", "paiements", paiements_en_ordre(siennes(Paiement)))
    yield Relation("decision", "engagements", siennes(Engagement, "saisi_le", "id"))
    yield Relation("decision", "reversements", siennes(Reversement, "saisi_le", "id"))
    yield Relation("decision", "avenants", siennes(Avenant, "rang"))
