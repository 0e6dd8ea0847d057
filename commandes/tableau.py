"""What the workshop page offers for a day: open orders, learners present, each as something to tap.

A constant number of queries, whatever the size of the school.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from django.db.models import Case, F, Prefetch, Value, When
from django.utils.text import capfirst

from commandes.etats import Etat
from commandes.models import Commande, LigneCommande
from ecoles.models import Apprenant, BlocCompetences, Inscription, Titre
from reseau.models import en_cours

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from django.db.models import QuerySet

    from commandes.journee import Lot
    from ecoles.models import Ecole

NB_COMMANDES = 30
MOIS_DE_RENTREE = 9


@dataclass(frozen=True)
class Coches:
    """What is ticked: keys, as texts. ``ligne`` empty: work without a dangerous machine; None: the first."""

    commande: str = ""
    ligne: str | None = None
    blocs: frozenset[str] | None = None
    jeunes: frozenset[str] | None = None

    @classmethod
    def comme(cls, lot: Lot) -> Coches:
        """The same order, line, blocs and group as an entry."""
        premier = lot.premier
        return cls(
            str(premier.commande_id),
            str(premier.ligne_id or ""),
            frozenset(str(p.bloc_id) for p in lot.pointages if p.bloc_id),
            frozenset(str(p.apprenant_id) for p in lot.pointages),
        )


@dataclass(frozen=True)
class Tuile:
    """Something to tap."""

    valeur: str
    libelle: str
    detail: str = ""
    coche: bool = False


@dataclass(frozen=True)
class Choix:
    """An order: its lines, its blocs by title, and the titles of the day that have none on it."""

    tuile: Tuile
    lignes: list[Tuile]
    titres: list[tuple[str, str, list[Tuile]]]
    a_preciser: list[str]


@dataclass(frozen=True)
class Groupe:
    """Learners of a title in the same year of it; ``nom`` is as short as it can: "CAP, 1re année"."""

    cle: str
    nom: str
    titre: Titre
    jeunes: list[Apprenant]


@dataclass
class Tableau:
    """The day of a school; every set is bounded by the school."""

    ecole: Ecole
    jour: date
    coches: Coches

    @property
    def de_l_ecole(self) -> QuerySet[Commande]:
        """Every order of the school: one that closed while its page was open still takes its minutes."""
        return Commande.objects.filter(ecole=self.ecole)

    @property
    def jeunes(self) -> QuerySet[Apprenant]:
        """Every learner of the school: the minutes of who left meanwhile are kept, à régulariser."""
        return Apprenant.objects.filter(ecole=self.ecole)

    @property
    def blocs(self) -> QuerySet[BlocCompetences]:
        """Blocs of the titles that the school teaches."""
        return BlocCompetences.objects.filter(titre__in=Titre.objects.proposes_par(self.ecole.pk))

    @cached_property
    def groupes(self) -> list[Groupe]:
        """Learners enrolled that day, by title and year."""
        inscriptions = Inscription.objects.filter(en_cours(self.jour), apprenant__ecole=self.ecole)
        liste: list[Any] = sorted(
            inscriptions.select_related("apprenant", "titre").order_by(
                "apprenant__prenom", "apprenant__nom", "pk"
            ),
            key=self._rang,
        )
        types = Counter(titre.type for titre in {i.titre for i in liste})
        return [self._groupe(list(membres), types) for _, membres in groupby(liste, key=self._rang)]

    def _rang(self, inscription: Inscription) -> tuple[int, str, str, int]:
        titre = inscription.titre
        return titre.niveau, titre.intitule, titre.pk, self._annee(inscription.du)

    def _annee(self, entree: date) -> int:
        """Which year of the title: 1 for who entered since September."""
        rentree, premiere = (jour.year - (jour.month < MOIS_DE_RENTREE) for jour in (self.jour, entree))
        return rentree - premiere + 1

    def _groupe(self, membres: list[Inscription], types: Counter[str]) -> Groupe:
        """The kind of diploma names the title, unless the school teaches two of that kind."""
        titre, annee = membres[0].titre, self._annee(membres[0].du)
        diplome = capfirst(titre.get_type_display() if types[titre.type] == 1 else str(titre))
        nom = f"{diplome}, {'1re' if annee == 1 else f'{annee}e'} année"
        return Groupe(f"{titre.pk}-{annee}", nom, titre, [i.apprenant for i in membres])

    def tuiles_des_groupes(self) -> list[tuple[Groupe, list[Tuile]]]:
        """Learners to tick, group by group; everybody is ticked unless somebody was chosen."""
        choisis = self.coches.jeunes
        return [
            (
                groupe,
                [
                    Tuile(str(a.pk), a.prenom, a.nom, choisis is None or str(a.pk) in choisis)
                    for a in groupe.jeunes
                ],
            )
            for groupe in self.groupes
        ]

    def choix(self) -> list[Choix]:
        """Orders one could work on that day: the chosen one first, then those in production, by urgency."""
        rang = Case(When(etat=Etat.EN_PRODUCTION, then=Value(1)), default=Value(2))
        commandes: Any = self.de_l_ecole
        lignes = LigneCommande.objects.select_related("travail").order_by("rang", "id")
        blocs = BlocCompetences.objects.select_related("titre").order_by("titre__niveau", "titre_id", "code")
        triees = (
            commandes.a_l_atelier(self.jour)
            .select_related("client")
            .order_by(rang, F("a_livrer_le").asc(nulls_last=True), "-recue_le", "id")
            .prefetch_related(Prefetch("lignes", lignes), Prefetch("blocs", blocs))
        )
        choix = [self._choix(commande) for commande in triees[:NB_COMMANDES]]
        return sorted(choix, key=lambda c: not c.tuile.coche)

    def _choix(self, commande: Commande) -> Choix:
        choisie = str(commande.pk) == self.coches.commande
        titres = [(t, list(blocs)) for t, blocs in groupby(commande.blocs.all(), key=attrgetter("titre"))]
        dits = {titre.pk for titre, _ in titres}
        presents = {groupe.titre.pk: str(groupe.titre) for groupe in self.groupes}
        return Choix(
            Tuile(str(commande.pk), commande.intitule, _precision(commande), choisie),
            self._lignes(list(commande.lignes.all()), choisie=choisie),
            [
                (titre.pk, str(titre), self._blocs(blocs, choisie=choisie))
                for titre, blocs in titres
                if not presents or titre.pk in presents
            ],
            [nom for cle, nom in presents.items() if cle not in dits],
        )

    def _lignes(self, lignes: list[LigneCommande], *, choisie: bool) -> list[Tuile]:
        """Lines, and what is not a dangerous machine; nothing to choose when there is one plain line."""
        voulue = self.coches.ligne if choisie else None
        cles = [str(ligne.pk) for ligne in lignes]
        if voulue is None or voulue not in {*cles, ""}:
            voulue = cles[0] if cles else ""
        tuiles = [
            Tuile(str(li.pk), li.designation, li.travail.libelle if li.travail else "", voulue == str(li.pk))
            for li in lignes
        ]
        autre = Tuile("", "Autre travail, sans machine dangereuse", "", not voulue)
        return [*tuiles, autre] if tuiles else []

    def _blocs(self, blocs: Iterable[BlocCompetences], *, choisie: bool) -> list[Tuile]:
        voulus = self.coches.blocs if choisie else None
        liste = [(str(bloc.pk), str(bloc)) for bloc in blocs]
        coche = liste[0][0] if voulus is None else next((cle for cle, _ in liste if cle in voulus), "")
        tuiles = [Tuile(cle, nom, "", cle == coche) for cle, nom in liste]
        return [*tuiles, Tuile("", "Bloc à préciser", "", not coche)]


def _precision(commande: Commande) -> str:
    texte = f"{commande.numero}, {commande.client.nom}"
    if commande.a_livrer_le is not None:
        texte += f", à livrer le {commande.a_livrer_le:%d/%m}"
    return texte


def cles_du_groupe(groupes: Iterable[Groupe], qui: str) -> frozenset[str] | None:
    """Return whom a link ticks: nobody, everybody, or one group; None when it names nobody known."""
    if qui == "personne":
        return frozenset()
    retenus = [g for g in groupes if qui in {g.cle, "tous"}]
    return frozenset(str(a.pk) for g in retenus for a in g.jeunes) if retenus else None
