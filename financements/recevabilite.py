"""Admissibility: each rule is a row of :data:`REGLES`, with its sentence and its source.

A rule reads the request and answers with what fails, in sentences; an empty list when nothing does; ``None``
when it says nothing of this request. Rules write nothing and reach every row through the request itself.
Sources: articles of law, or a parameter of the campaign.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from stdnum.fr import siret

from financements.comptage import constat_ages, constat_doubles
from financements.comptes_certifies import constat_comptes, constat_comptes_a_venir
from financements.confirmations import constat_confirmation
from financements.natures import NaturePiece, Resultat
from financements.pieces import constat_engagement, constat_quarantaine, constat_validite, jointe
from financements.requetes import lignes_de
from financements.situations import ACCORDEES, RENDUES
from reseau.models import tient_le
from reseau.nombres import PARIS, aujourdhui, montrer_date

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import date

    from ecoles.models import Ecole, Titre
    from financements.models import Demande

type Constat = list[str] | None


@dataclass(frozen=True)
class Regle:
    """A rule of admissibility. ``bloquante``: the review does not begin without a written derogation.

    ``derogeable``: false where the law leaves nothing to decide; then no reason lifts it.
    """

    code: str
    phrase: str
    source: str
    bloquante: bool
    controle: Callable[[Demande], Constat]
    derogeable: bool = True


@dataclass(frozen=True)
class Verdict:
    """What a rule says of a request today."""

    regle: Regle
    resultat: str
    constats: tuple[str, ...]

    @property
    def bloque(self) -> bool:
        """Whether it needs a derogation."""
        return self.resultat == Resultat.ECART and self.regle.bloquante

    @property
    def motivable(self) -> bool:
        """Whether an officer may write why she goes on."""
        return self.resultat == Resultat.ECART and self.regle.derogeable


def jour_du_depot(demande: Demande) -> date:
    """Return the day on which the request came, Paris time; today for one that is still written."""
    if demande.recue_par_courriel_le:
        return demande.recue_par_courriel_le
    return demande.deposee_le.astimezone(PARIS).date() if demande.deposee_le else aujourdhui()


def refus_de_liste(demande: Demande) -> list[str]:
    """Why the school may not ask: the yearly list of the day (row 1)."""
    jour = jour_du_depot(demande)
    if any(tient_le(ligne, jour) for ligne in demande.ecole.inscriptions_liste.all()):
        return []
    return [f"{demande.ecole} n'est pas sur la liste annuelle en vigueur le {montrer_date(jour)}."]


def _reconnaissance(demande: Demande) -> Constat:
    jour = jour_du_depot(demande)
    if any(tient_le(acte, jour) for acte in demande.ecole.reconnaissances.all()):
        return []
    return [f"Aucun acte de reconnaissance n'est en vigueur le {montrer_date(jour)}."]


def _label(demande: Demande) -> Constat:
    if any(tient_le(label, jour_du_depot(demande)) for label in demande.ecole.labels.all()):
        return []
    return ["L'école n'a pas de label en cours."]


def _siret(demande: Demande) -> Constat:
    if siret.is_valid(demande.ecole.siret):
        return []
    return ["Le SIRET de l'école manque ou n'est pas valide."]


def refus_de_compte_rendu(demande: Demande) -> Constat:
    """Last year's grant is accounted for before a new one is asked for."""
    precedente = _precedente(demande)
    if precedente is None:
        return None
    if precedente.etat in RENDUES or jointe(demande, NaturePiece.COMPTE_RENDU):
        return []
    annee = demande.campagne.exercice - 1
    recu = f"L'école a reçu un financement en {annee} (dossier {precedente})"
    return [f"{recu} : son compte rendu financier manque."]


def _precedente(demande: Demande) -> Demande | None:
    demandes = type(demande)._default_manager.filter(
        ecole=demande.ecole_id, campagne__exercice=demande.campagne.exercice - 1, etat__in=ACCORDEES
    )
    return demandes.order_by("id").first()


def _titres(demande: Demande) -> Constat:
    jour = jour_du_depot(demande)
    demandes = (ligne.titre for ligne in lignes_de(demande) if ligne.effectif_demande > 0)
    fermes = {str(titre) for titre in demandes if not titre.ouvert_le(jour)}
    return [f"« {titre} » ne reçoit plus d'élèves à cette date." for titre in sorted(fermes)]


def _places(ecole: Ecole) -> dict[str, int | None]:
    """Return the places of each title offered; ``None`` when one offer does not say. One query."""
    places: dict[str, int | None] = {}
    offres = ecole.offres.order_by().values_list("pk", "parcours__etapes__titre", "capacite").distinct()
    for _, titre, capacite in offres:
        connues = places.get(titre, 0)
        places[titre] = None if connues is None or capacite is None else connues + capacite
    return places


def depassements(demande: Demande, champ: str) -> list[tuple[str, str, int, int]]:
    """Return (code, title, learners, places) where ``champ`` adds up to more than the places known."""
    return _au_dela(demande, champ, _places(demande.ecole))


def _au_dela(
    demande: Demande, champ: str, places: Mapping[str, int | None]
) -> list[tuple[str, str, int, int]]:
    nombres: Counter[Titre] = Counter()
    for ligne in lignes_de(demande):
        nombres[ligne.titre] += getattr(ligne, champ) or 0
    return [
        (titre.pk, titre.intitule, nombre, limite)
        for titre, nombre in nombres.items()
        if (limite := places.get(titre.pk)) is not None and nombre > limite
    ]


def _capacite(demande: Demande) -> Constat:
    if not (places := _places(demande.ecole)):
        return None
    return [
        f"« {titre} » : {nombre} élèves demandés pour {places} places."
        for _, titre, nombre, places in _au_dela(demande, "effectif_demande", places)
    ]


def _fenetre(demande: Demande) -> Constat:
    campagne, jour = demande.campagne, jour_du_depot(demande)
    if campagne.ouverte_du <= jour <= campagne.ouverte_au:
        return []
    du, au = montrer_date(campagne.ouverte_du), montrer_date(campagne.ouverte_au)
    return [f"Demande reçue le {montrer_date(jour)} ; la campagne va du {du} au {au}."]


REGLES: tuple[Regle, ...] = (
    Regle(
        "liste",
        "École sur la liste annuelle",
        "Code de l'éducation, L443-6 et arrêté annuel",
        bloquante=True,
        controle=refus_de_liste,
    ),
    Regle(
        "reconnaissance",
        "École reconnue par l'État",
        "Code de l'éducation, L443-2",
        bloquante=True,
        controle=_reconnaissance,
    ),
    Regle("label", "Label du réseau en cours", "Référentiel du réseau", bloquante=False, controle=_label),
    Regle("siret", "SIRET valide", "Loi 2000-321, article 10", bloquante=True, controle=_siret),
    Regle(
        "cer",
        "Contrat d'engagement républicain signé",
        "Loi 2000-321, article 10-1",
        bloquante=True,
        controle=constat_engagement,
        derogeable=False,
    ),
    Regle(
        "pieces",
        "Pièces vérifiées",
        "Sécurité du portail",
        bloquante=True,
        controle=constat_quarantaine,
        derogeable=False,
    ),
    Regle(
        "validite",
        "Pièces en cours de validité",
        "Date portée sur chaque pièce",
        bloquante=True,
        controle=constat_validite,
    ),
    Regle(
        "confirmation",
        "Demande confirmée par l'école",
        "Demande saisie par la DREETS",
        bloquante=False,
        controle=constat_confirmation,
    ),
    Regle(
        "compte_rendu",
        "Compte rendu financier de l'an dernier",
        "Loi 2000-321, article 10 et arrêté du 11 octobre 2006",
        bloquante=True,
        controle=refus_de_compte_rendu,
    ),
    Regle(
        "titres",
        "Diplômes ouverts aux inscriptions",
        "Répertoire national des certifications",
        bloquante=True,
        controle=_titres,
    ),
    Regle(
        "ages",
        "Élèves de 15 à 18 ans à l'entrée",
        "Code de l'éducation, L443-6",
        bloquante=True,
        controle=constat_ages,
    ),
    Regle(
        "doubles",
        "Élèves comptés une seule fois",
        "Paramètre du réseau : un mois, un financement",
        bloquante=True,
        controle=constat_doubles,
    ),
    Regle(
        "capacite",
        "Effectif dans la capacité d'accueil",
        "Capacité déclarée par l'école",
        bloquante=False,
        controle=_capacite,
    ),
    Regle(
        "comptes",
        "Comptes certifiés de l'an dernier",
        "Code de commerce, L612-4 ; seuil de la campagne",
        bloquante=True,
        controle=constat_comptes,
    ),
    Regle(
        "comptes_a_venir",
        "Comptes à certifier cette année",
        "Code de commerce, L612-4 ; seuil de la campagne",
        bloquante=False,
        controle=constat_comptes_a_venir,
    ),
    Regle(
        "fenetre",
        "Demande reçue dans les dates",
        "Paramètre de la campagne",
        bloquante=True,
        controle=_fenetre,
    ),
)
PAR_CODE = {regle.code: regle for regle in REGLES}


def verdicts(demande: Demande) -> list[Verdict]:
    """Ask every rule; the number of queries does not depend on the number of rows."""
    return list(_verdicts(demande))


def _verdicts(demande: Demande) -> Iterator[Verdict]:
    for regle in REGLES:
        constats = regle.controle(demande)
        if constats is None:
            yield Verdict(regle, Resultat.SANS_OBJET, ())
        else:
            yield Verdict(regle, Resultat.ECART if constats else Resultat.CONFORME, tuple(constats))
