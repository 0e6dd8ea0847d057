"""The record of a school as its staff and its officers read it, and what its public page lacks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ecoles.expirations import section as papiers_qui_expirent
from ecoles.ibans import section_du_compte
from ecoles.models import Ecole
from ecoles.rubriques import Liens, Section, equipe, groupes, parcours, sites, statuts
from ecoles.rubriques_effectifs import effectifs
from ecoles.rubriques_securite import inspection
from reseau.nombres import montrer_date_courte

if TYPE_CHECKING:
    from datetime import date

    from reseau.models import Utilisateur

# What families look for first, and the field of the page that says it.
CHAMPS_CLES = (
    ("telephone", "le téléphone"),
    ("courriel", "l'adresse électronique"),
    ("adresse", "l'adresse"),
    ("cout", "ce que paie la famille"),
    ("internat", "le logement sur place"),
    ("taille_groupe", "la taille des groupes"),
)


@dataclass(frozen=True, slots=True)
class Manque:
    """Something that the public page lacks, and where to give it (or nothing)."""

    texte: str
    lien: str = ""


@dataclass(frozen=True, slots=True)
class Dossier:
    """Everything that the page of a school shows above its form."""

    publication: str
    attention: bool
    page: str
    manques: tuple[Manque, ...]
    sections: tuple[Section, ...]


def _manques(ecole: Ecole, sections: dict[str, Section], modifiables: set[str]) -> tuple[Manque, ...]:
    """What the public page lacks; a field that this person may fill in has its link."""
    manques = [
        Manque(texte, f"#id_{champ}" if champ in modifiables else "")
        for champ, texte in CHAMPS_CLES
        if not getattr(ecole, champ)
    ]
    for cle, texte in (
        ("parcours", "les diplômes"),
        ("sites", "le site où l'on travaille"),
        ("statuts", "l'acte de reconnaissance"),
    ):
        section = sections[cle]
        if not section.faits:
            manques.append(Manque(texte, section.ajouter[0][1] if section.ajouter else ""))
    return tuple(manques)


def _publication(ecole: Ecole, jour: date) -> str:
    if ecole.publication == Ecole.Publication.SUSPENDUE:
        return f"Page suspendue. Les familles lisent : « {ecole.motif_suspension} »"
    if ecole.publication == Ecole.Publication.FERMEE and ecole.fermee_le:
        verbe = "a fermé" if ecole.fermee_le <= jour else "ferme"
        return f"École fermée : elle {verbe} le {montrer_date_courte(ecole.fermee_le)}."
    if ecole.publication == Ecole.Publication.BROUILLON:
        return "Brouillon : les familles ne voient pas cette page."
    return "Page publiée."


def dossier_de(ecole: Ecole, utilisateur: Utilisateur, modifiables: set[str], jour: date) -> Dossier:
    """Return the record of a school for this person; ``modifiables`` are the fields that she may change.

    The number of queries does not depend on the number of rows.
    """
    liens = Liens(ecole, utilisateur)
    sections = (
        *papiers_qui_expirent(ecole, liens, jour),
        effectifs(ecole, liens, jour),
        parcours(ecole, liens, jour),
        groupes(ecole, liens),
        statuts(ecole, liens, jour),
        sites(ecole, liens),
        equipe(ecole, liens, jour),
        *inspection(ecole, liens),
        *section_du_compte(ecole, liens),
    )
    publiee = ecole.publication == Ecole.Publication.PUBLIEE
    return Dossier(
        publication=_publication(ecole, jour),
        attention=not publiee,
        page="" if ecole.publication == Ecole.Publication.BROUILLON else ecole.get_absolute_url(),
        manques=_manques(ecole, {section.cle: section for section in sections}, modifiables),
        sections=sections,
    )
