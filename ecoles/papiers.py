"""Papers that end: declarations, medical opinions, agréments, named supervisors, statuses of the school.

A paper that another one already continues is not told. Days are the last day that a paper holds.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, OuterRef
from django.utils.text import capfirst

from ecoles.models import (
    Agrement,
    AvisAptitude,
    DeclarationDerogation,
    Encadrement,
    Inscription,
    InscriptionListe,
    Label,
    MembreEquipe,
    Reconnaissance,
)
from ecoles.regles import MAJORITE, age_le, fin_de_declaration
from reseau.models import en_cours
from reseau.socle.echeances import PALIERS, Echeance

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator
    from uuid import UUID

    from django.db import models
    from django.db.models import QuerySet

    type Portee = Callable[[type[models.Model]], QuerySet[Any]]

HORIZON = max(PALIERS)
_JAMAIS = date.max


@dataclass(frozen=True)
class Papier(Echeance):
    """A paper of a school. ``quoi``: for its own staff, may name somebody; ``nature`` names nobody.

    ``jeune``: whose it is, for a medical opinion.
    """

    ecole: UUID
    quoi: str
    jeune: UUID | None = None


# Kind -> (one, several): the words of a mail.
NATURES = {
    "declarationderogation": ("déclaration de dérogation", "déclarations de dérogation"),
    "avisaptitude": ("avis d'aptitude", "avis d'aptitude"),
    "agrement": ("agrément", "agréments"),
    "encadrement": ("désignation d'une personne qui encadre", "désignations de personnes qui encadrent"),
    "label": ("label", "labels"),
    "reconnaissance": ("reconnaissance par l'État", "reconnaissances par l'État"),
    "inscriptionliste": ("inscription sur la liste annuelle", "inscriptions sur la liste annuelle"),
}


def papiers(portee: Portee, ecoles: Collection[UUID] | QuerySet[Any], jour: date) -> list[Papier]:
    """Return, soonest first, the papers of these schools that end within 90 days or have ended.

    ``portee`` gives the rows of a model that may be read. The number of queries does not depend on the rows.
    """
    trouves = [
        *_declarations(portee(DeclarationDerogation).filter(ecole__in=ecoles)),
        *_avis(portee(AvisAptitude).filter(apprenant__ecole__in=ecoles), jour),
        *_agrements(portee(Agrement).filter(ecole__in=ecoles), jour),
        *_encadrements(portee(Encadrement).filter(membre__ecole__in=ecoles), jour),
    ]
    for modele in (Label, Reconnaissance, InscriptionListe):
        trouves += _statuts(portee(modele).filter(ecole__in=ecoles))
    limite = jour + timedelta(days=HORIZON)
    proches = [papier for papier in trouves if papier.finit_le <= limite]
    return sorted(proches, key=lambda p: (p.finit_le, p.nature, p.quoi, p.objet))


def _declarations(lignes: QuerySet[Any]) -> Iterator[Papier]:
    """Three years from the sending; one whose works are all declared again for longer is continued."""
    declarations = list(lignes.filter(retiree_le__isnull=True).prefetch_related("travaux"))
    fins: defaultdict[tuple[UUID, str], date] = defaultdict(lambda: date.min)
    for une in declarations:
        for travail in une.travaux.all():
            cle = (une.ecole_id, travail.code)
            fins[cle] = max(fins[cle], fin_de_declaration(une.envoyee_le))
    for une in declarations:
        fin = fin_de_declaration(une.envoyee_le)
        if any(fins[une.ecole_id, travail.code] == fin for travail in une.travaux.all()):
            quoi = f"Déclaration de dérogation : {une.lieu}"
            yield Papier("declarationderogation", une.pk, fin - timedelta(days=1), une.ecole_id, quoi)


def _avis(lignes: QuerySet[Any], jour: date) -> Iterator[Papier]:
    """The last opinion of each learner enrolled that day who still needs one when it ends."""
    presents = Inscription.objects.filter(en_cours(jour), apprenant=OuterRef("apprenant"))
    par_jeune = _derniers(
        lignes.filter(Exists(presents)).select_related("apprenant"), lambda avis: avis.apprenant_id
    )
    for avis in par_jeune:
        jeune = avis.apprenant
        encore_mineur = age_le(jeune.ne_le, max(avis.au + timedelta(days=1), jour)) < MAJORITE
        if avis.apte and encore_mineur:
            quoi = f"Avis d'aptitude : {jeune.prenom} {jeune.nom}"
            yield Papier("avisaptitude", avis.pk, avis.au, jeune.ecole_id, quoi, jeune.pk)


def _derniers(lignes: Iterable[Any], cle: Callable[[Any], Any]) -> list[Any]:
    """Of each group the row that ends last; without an end, it never does."""
    derniers: dict[Any, Any] = {}
    for ligne in lignes:
        autre = derniers.get(cle(ligne))
        if autre is None or (autre.au or _JAMAIS, autre.du) < (ligne.au or _JAMAIS, ligne.du):
            derniers[cle(ligne)] = ligne
    return list(derniers.values())


def _agrements(lignes: QuerySet[Any], jour: date) -> Iterator[Papier]:
    """Those of the people who work there that day."""
    presents = MembreEquipe.objects.filter(
        en_cours(jour), ecole=OuterRef("ecole"), utilisateur=OuterRef("utilisateur")
    )
    tous = lignes.filter(Exists(presents)).select_related("utilisateur")
    for ligne in _derniers(tous, lambda a: (a.ecole_id, a.utilisateur_id, a.fonction, a.filiere_id)):
        if ligne.au is not None:
            quoi = f"Agrément de {ligne.utilisateur} : {ligne.get_fonction_display()}"
            yield Papier("agrement", ligne.pk, ligne.au, ligne.ecole_id, quoi)


def _encadrements(lignes: QuerySet[Any], jour: date) -> Iterator[Papier]:
    """Designations of people who work there; over, one is told only where nobody else supervises."""
    nommes = list(
        lignes.filter(membre__du__lte=jour)
        .exclude(membre__au__lt=jour)
        .select_related("membre__utilisateur")
        .prefetch_related("travaux")
    )
    fins: defaultdict[tuple[Any, ...], date] = defaultdict(lambda: date.min)
    for un in nommes:
        for travail in un.travaux.all():
            for cle in _cles(un, travail.code):
                fins[cle] = max(fins[cle], _fin(un))
    for un in nommes:
        fin = _fin(un)
        rang = 0 if fin >= jour else 1
        if fin < _JAMAIS and any(fins[_cles(un, t.code)[rang]] == fin for t in un.travaux.all()):
            quoi = f"Encadrement : {un.membre.utilisateur}"
            yield Papier("encadrement", un.pk, fin, un.membre.ecole_id, quoi)


def _fin(nomme: Encadrement) -> date:
    """The last day of a designation: hers, or that of the function it was given to."""
    return min(nomme.au or _JAMAIS, nomme.membre.au or _JAMAIS)


def _cles(nomme: Encadrement, travail: str) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
    """Who else continues her: herself named again, or anybody of the school."""
    ecole = nomme.membre.ecole_id
    return (ecole, travail, nomme.membre.utilisateur_id), (ecole, travail)


def _statuts(lignes: QuerySet[Any]) -> Iterator[Papier]:
    """The last of its kind."""
    for ligne in _derniers(lignes, lambda statut: statut.ecole_id):
        if ligne.au is not None:
            nature = ligne._meta.model_name
            yield Papier(nature, ligne.pk, ligne.au, ligne.ecole_id, capfirst(NATURES[nature][0]))
