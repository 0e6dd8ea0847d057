"""What the rules ask about minutes, read once for a whole group: queries do not grow with it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from operator import itemgetter
from typing import TYPE_CHECKING

from django.db.models import Sum

from commandes.etats import A_L_ATELIER, Etat
from commandes.models import Pointage
from ecoles.models import Inscription, MembreEquipe
from ecoles.preuves import charger_declarations, charger_designations, charger_jeunes, sans_preuve
from ecoles.regles import Refus, alertes_de_duree, designes, refus_de_duree, refus_de_travail
from reseau.nombres import montrer_date

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from uuid import UUID

    from commandes.models import Commande
    from ecoles.models import Apprenant
    from ecoles.regles import Declaration, Designation, Jeune

# Functions whose holder may supervise a dangerous work; the database's trigger says the same.
ENCADRANTS = (MembreEquipe.Fonction.MAITRE, MembreEquipe.Fonction.DIRECTION)

type Periodes = list[tuple[date, date | None, str]]


def _pendant(periodes: Periodes, jour: date) -> list[str]:
    """Return what holds on ``jour``."""
    return [quoi for du, au, quoi in periodes if du <= jour and (au is None or jour <= au)]


@dataclass
class Registre:
    """What is known of a group: proofs, enrolments, supervisors, validated minutes by day."""

    jeunes: dict[UUID, Jeune]
    inscriptions: dict[UUID, Periodes]
    encadrants: dict[tuple[UUID, UUID], Periodes] = field(default_factory=dict)
    declarations: dict[tuple[UUID, str], list[Declaration]] = field(default_factory=dict)
    designations: dict[tuple[UUID, str], list[Designation]] = field(default_factory=dict)
    minutes: dict[tuple[UUID, date], int] = field(default_factory=dict)

    def titre(self, apprenant: UUID, jour: date) -> str | None:
        """Return the title that this learner is taught on ``jour``, or None when not enrolled."""
        return next(iter(_pendant(self.inscriptions.get(apprenant, []), jour)), None)

    def noms_des_encadrants(self, pointage: Pointage) -> list[tuple[UUID, str]]:
        """Return who was named to supervise this work in this school on that day."""
        ecole = pointage.commande.ecole_id
        nommes = designes(self.designations.get((ecole, pointage.travail_id or ""), []), pointage.jour)
        noms = {cle: _pendant(self.encadrants.get((ecole, cle), []), pointage.jour) for cle in nommes}
        return sorted(((cle, nom[0]) for cle, nom in noms.items() if nom), key=itemgetter(1))

    def compter(self, pointage: Pointage) -> None:
        """Count minutes that have just been validated."""
        cle = (pointage.apprenant_id, pointage.jour)
        self.minutes[cle] = self.minutes.get(cle, 0) + pointage.minutes

    def _totaux(self, pointage: Pointage) -> tuple[int, int]:
        """Validated minutes of the day, and of its week (Monday to Sunday)."""
        lundi = pointage.jour - timedelta(days=pointage.jour.weekday())
        jours = [lundi + timedelta(days=n) for n in range(7)]
        semaine = sum(self.minutes.get((pointage.apprenant_id, jour), 0) for jour in jours)
        return self.minutes.get((pointage.apprenant_id, pointage.jour), 0), semaine

    def refus(self, pointage: Pointage, *, compte: bool = False) -> list[Refus]:
        """Return every reason why these minutes cannot be validated.

        ``compte``: they are validated already, and so in the totals.
        """
        jeune, commande = self.jeunes[pointage.apprenant_id], pointage.commande
        refus = [] if compte else _refus_de_commande(commande, pointage.jour)
        refus += self._refus_d_inscription(pointage) + _refus_de_ligne(pointage)
        if pointage.travail is not None:
            cle = (commande.ecole_id, pointage.travail.pk)
            envois = self.declarations.get(cle, [])
            encadre = pointage.encadrant_id in designes(self.designations.get(cle, []), pointage.jour)
            refus += refus_de_travail(jeune, pointage.travail, pointage.jour, envois, encadre=encadre)
        ajout = 0 if compte else pointage.minutes
        du_jour, semaine = self._totaux(pointage)
        return refus + refus_de_duree(jeune, pointage.jour, du_jour + ajout, semaine + ajout)

    def _refus_d_inscription(self, pointage: Pointage) -> list[Refus]:
        prenom = self.jeunes[pointage.apprenant_id].prenom
        titre = self.titre(pointage.apprenant_id, pointage.jour)
        if titre is None:
            return [Refus(f"{prenom} n'est pas inscrit ce jour-là.", "inscription")]
        if pointage.bloc is not None and pointage.bloc.titre_id != titre:
            phrase = f"Le bloc « {pointage.bloc} » n'est pas du diplôme préparé ce jour-là par {prenom}."
            return [Refus(phrase, "inscription")]
        return []

    def alertes(self, pointage: Pointage) -> list[str]:
        """Return the caps that these minutes bring near, once counted."""
        du_jour, semaine = self._totaux(pointage)
        return alertes_de_duree(self.jeunes[pointage.apprenant_id], pointage.jour, du_jour, semaine)


def _refus_de_commande(commande: Commande, jour: date) -> list[Refus]:
    """An order that was closed meanwhile, or came later: the minutes were worked all the same."""
    if jour < commande.recue_le:
        phrase = f"La commande {commande.numero} n'est arrivée que le {montrer_date(commande.recue_le)}."
        return [Refus(phrase, "commande")]
    livree_apres = commande.etat == Etat.LIVREE and commande.livree_le and commande.livree_le >= jour
    if commande.etat in A_L_ATELIER or livree_apres:
        return []
    phrase = f"La commande {commande.numero} est « {commande.get_etat_display()} »."
    return [Refus(phrase, "commande")]


def _refus_de_ligne(pointage: Pointage) -> list[Refus]:
    """A line declared dangerous after its minutes: they were never looked at for that machine."""
    ligne = pointage.ligne
    if ligne is None or ligne.travail_id is None or ligne.travail_id == pointage.travail_id:
        return []
    phrase = f"« {ligne.designation} » se fait maintenant sur une machine dangereuse."
    return [Refus(phrase, "ligne")]


def charger_registre(
    apprenants: Sequence[Apprenant],
    ecoles: Collection[UUID],
    jours: Collection[date],
    *,
    securite: bool,
) -> Registre:
    """Read what the rules ask for these learners on these days (at least one of each).

    ``securite``: whether somebody works on a dangerous machine, so that proofs are needed.
    """
    return Registre(
        jeunes=charger_jeunes(apprenants) if securite else {a.pk: sans_preuve(a) for a in apprenants},
        inscriptions=_inscriptions(apprenants),
        encadrants=_encadrants(ecoles) if securite else {},
        declarations=charger_declarations(ecoles) if securite else {},
        designations=charger_designations(ecoles) if securite else {},
        minutes=_minutes(apprenants, jours),
    )


def registre_de(pointages: Sequence[Pointage]) -> Registre:
    """Read what the rules ask about these minutes (at least one), with their learner and order."""
    jeunes = {p.apprenant_id: p.apprenant for p in pointages}
    ecoles = {p.commande.ecole_id for p in pointages}
    return charger_registre(list(jeunes.values()), ecoles, {p.jour for p in pointages}, securite=True)


def _inscriptions(apprenants: Iterable[Apprenant]) -> dict[UUID, Periodes]:
    periodes: defaultdict[UUID, Periodes] = defaultdict(list)
    lignes = Inscription.objects.filter(apprenant__in=apprenants).order_by("du")
    for cle, du, au, titre in lignes.values_list("apprenant_id", "du", "au", "titre_id"):
        periodes[cle].append((du, au, titre))
    return periodes


def _encadrants(ecoles: Collection[UUID]) -> dict[tuple[UUID, UUID], Periodes]:
    periodes: defaultdict[tuple[UUID, UUID], Periodes] = defaultdict(list)
    membres = MembreEquipe.objects.filter(ecole__in=ecoles, fonction__in=ENCADRANTS).order_by("du", "id")
    for membre in membres.select_related("utilisateur"):
        periode = (membre.du, membre.au, str(membre.utilisateur))
        periodes[membre.ecole_id, membre.utilisateur_id].append(periode)
    return periodes


def _minutes(apprenants: Iterable[Apprenant], jours: Collection[date]) -> dict[tuple[UUID, date], int]:
    """Validated minutes by learner and day, over the whole weeks of ``jours``."""
    premier, dernier = min(jours), max(jours)
    lundi = premier - timedelta(days=premier.weekday())
    dimanche = dernier + timedelta(days=6 - dernier.weekday())
    faits = Pointage.objects.valides().filter(apprenant__in=apprenants, jour__range=(lundi, dimanche))
    totaux = faits.order_by().values_list("apprenant_id", "jour").annotate(total=Sum("minutes"))
    return {(cle, jour): total for cle, jour, total in totaux}
