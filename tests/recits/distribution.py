"""Who and what exists before the year begins: officers, heads of school, schools. All fictional."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import TYPE_CHECKING

from ecoles.models import Ecole, Gestionnaire, InscriptionListe, MembreEquipe, Reconnaissance
from reseau.management.demonstration.identifiants import iban, siret
from reseau.models import AffectationNationale, Utilisateur
from reseau.nombres import PARIS
from reseau.roles import Role
from tests.recits.guichet import Personne, iso

if TYPE_CHECKING:
    from time_machine import Coordinates

REGION, COMMUNE = "84", "42218"
# Created before the first day of the story.
DEPUIS, FIN = date(2025, 1, 1), date(2027, 12, 31)
AUTRE_IBAN = "FR7610011000201234567890188"
OFFICIERS = {
    "nadia": Role.INSTRUCTEUR,
    "paul": Role.CHEF_DE_SERVICE,
    "helene": Role.ORDONNATEUR,
    "luc": Role.GESTIONNAIRE,
    "odile": Role.LIQUIDATEUR,
    "marc": Role.CERTIFICATEUR,
}
ECOLES = {
    "dr": "Atelier des Deux Rives",
    "b": "Fonderie du Plateau",
    "c": "Mécanique de la Dombes",
    "d": "Chaudronnerie de la Limagne",
    **{f"f{rang}": f"Fonderie-école n° {rang}" for rang in range(1, 8)},
    "z": "Serrurerie des Wateringues",
    "e": "Tôlerie du Vercors",
}
# In another region: it counts a learner that the story counts too, and is seen nowhere else.
COMMUNES = {"z": "59350"}


_PRENOMS = {"helene": "Hélène"}


def instant(jour: date, heure: int = 10) -> datetime:
    """Office hours, in Paris."""
    return datetime.combine(jour, time(heure), tzinfo=PARIS)


@dataclass
class Distribution:
    """The cast. ``personnes`` are before their screens; ``ecoles`` by their letter."""

    horloge: Coordinates
    personnes: dict[str, Personne] = field(default_factory=dict)
    ecoles: dict[str, Ecole] = field(default_factory=dict)

    def __getattr__(self, nom: str) -> Personne:
        """``cast.nadia`` is Nadia at her desk."""
        if nom not in self.personnes:
            raise AttributeError(nom)
        return self.personnes[nom]

    def le(self, jour: date, heure: int = 10) -> None:
        """The day that the story tells."""
        self.horloge.move_to(instant(jour, heure))

    def tete(self, lettre: str) -> Personne:
        """The head of a school."""
        return self.personnes["sonia" if lettre == "dr" else f"tete-{lettre}"]

    def iban(self, lettre: str) -> str:
        """The account of a school, in a bank that does not exist."""
        return iban(list(ECOLES).index(lettre))


def compte(nom: str) -> Utilisateur:
    """An account; nobody logs in by its password here."""
    return Utilisateur.objects.create(
        courriel=f"{nom}@essai.invalid", prenom=_PRENOMS.get(nom, nom.capitalize()), nom="Essai", password="!"
    )


def distribuer(horloge: Coordinates) -> Distribution:
    """Set the stage: nothing of the funding exists yet, no learner is enrolled, no bank is known."""
    cast = Distribution(horloge)
    noms = [*OFFICIERS, "karim", "anne"]  # Karim's delegation is recorded in the story
    for rang, (lettre, nom) in enumerate(ECOLES.items()):
        cast.ecoles[lettre] = _ecole(rang, nom, COMMUNES.get(lettre, COMMUNE))
        noms.append("sonia" if lettre == "dr" else f"tete-{lettre}")
    cast.personnes = {nom: Personne(compte(nom)) for nom in noms}
    for lettre, ecole in cast.ecoles.items():
        tete = cast.tete(lettre).utilisateur
        MembreEquipe.objects.create(utilisateur=tete, ecole=ecole, fonction="direction", du=DEPUIS)
    # No page gives the first administrator her role: nobody is above her yet.
    administratrice = cast.anne.utilisateur
    AffectationNationale.objects.create(utilisateur=administratrice, role=Role.ADMINISTRATEUR, du=DEPUIS)
    for nom, role in OFFICIERS.items():
        affecter(cast.anne, cast.personnes[nom], role)
    return cast


def affecter(anne: Personne, agent: Personne, role: Role, **delegation: str) -> Personne:
    """Anne gives a duty in the region, or records by which act it is delegated."""
    anne.aller("/admin/reseau/affectationdreets/add/")
    duree = {"du": iso(DEPUIS)} | delegation
    anne.remplir(utilisateur=str(agent.utilisateur.pk), service=REGION, role=role.value, **duree)
    return anne.appuyer("Enregistrer").lit(f"{agent.utilisateur.prenom} Essai")


def _ecole(rang: int, nom: str, commune: str) -> Ecole:
    """A body of its own, a SIRET that its key accepts."""
    gestionnaire = Gestionnaire.objects.create(nom=f"Association {nom}")
    ecole = Ecole.objects.create(
        nom=nom, slug=f"recit-{rang}", commune_id=commune, siret=siret(rang), gestionnaire=gestionnaire,
        publication=Ecole.Publication.PUBLIEE,
    )  # fmt: skip
    InscriptionListe.objects.create(ecole=ecole, annee=2025, nor="MENE2512345A", du=DEPUIS)
    Reconnaissance.objects.create(ecole=ecole, acte="Arrêté du récit", signee_le=DEPUIS, du=DEPUIS)
    return ecole
