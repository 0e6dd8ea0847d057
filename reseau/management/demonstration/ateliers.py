"""What a school's workshop is made of, read once: who teaches, who learns, and who may do what."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from commandes.models import Client
from ecoles.models import (
    AvisAptitude,
    BlocCompetences,
    DeclarationDerogation,
    Ecole,
    FormationSecurite,
    Inscription,
    MembreEquipe,
    Offre,
)

if TYPE_CHECKING:
    from uuid import UUID


@dataclass
class Jeune:
    """A learner: enrolment, majority, and the proofs held."""

    pk: UUID
    prenom: str
    titre: str
    du: date
    au: date | None
    majeur_le: date
    avis: list[tuple[date, date]] = field(default_factory=list)
    formations: dict[str, date] = field(default_factory=dict)

    def inscrit(self, jour: date) -> bool:
        """Whether the enrolment holds on that day."""
        return self.du <= jour and (self.au is None or jour <= self.au)

    def manque(self, travail: str, declares: set[str], jour: date) -> str:
        """Return what the safety rule misses for this work on that day, or an empty text."""
        if jour >= self.majeur_le:
            return ""
        if travail not in declares:
            return "la déclaration de dérogation de l'école"
        if not any(du <= jour <= au for du, au in self.avis):
            return f"l'avis d'aptitude de {self.prenom}"
        evaluee = self.formations.get(travail)
        return "" if evaluee and evaluee <= jour else f"la formation à la sécurité de {self.prenom}"


@dataclass
class Atelier:
    """A school as its orders see it."""

    ecole: UUID
    filiere: str
    maitre: UUID
    blocs: dict[str, list[int]] = field(default_factory=dict)
    declares: set[str] = field(default_factory=set)
    clients: list[UUID] = field(default_factory=list)
    jeunes: list[Jeune] = field(default_factory=list)


def charger_ateliers() -> list[Atelier]:
    """Read every fictional school, in the order of their making: a constant number of queries."""
    filieres = dict(Ecole.filieres.through.objects.values_list("ecole_id", "filiere_id"))
    maitres = dict(
        MembreEquipe.objects.filter(fonction=MembreEquipe.Fonction.MAITRE).values_list(
            "ecole_id", "utilisateur_id"
        )
    )
    cles = Ecole.objects.filter(fictive=True).order_by("siret").values_list("pk", flat=True)
    ateliers = {cle: Atelier(cle, filieres[cle], maitres[cle]) for cle in cles}
    _blocs(ateliers)
    for ecole, code in DeclarationDerogation.objects.values_list("ecole_id", "travaux"):
        if ecole in ateliers:
            ateliers[ecole].declares.add(code)
    # Keys are drawn by chance: rows are put in an order that the seed repeats.
    clients = Client.objects.order_by("nom", "siret").values_list("ecole_id", "pk")
    for ecole, client in clients:
        if ecole in ateliers:
            ateliers[ecole].clients.append(client)
    _jeunes(ateliers)
    return list(ateliers.values())


def _blocs(ateliers: dict[UUID, Atelier]) -> None:
    par_titre: dict[str, list[int]] = {}
    for titre, bloc in BlocCompetences.objects.order_by("titre_id", "code").values_list("titre_id", "pk"):
        par_titre.setdefault(titre, []).append(bloc)
    for ecole, titre in Offre.objects.values_list("ecole_id", "titre_id"):
        if ecole in ateliers and titre in par_titre:
            ateliers[ecole].blocs[titre] = par_titre[titre]


def _jeunes(ateliers: dict[UUID, Atelier]) -> None:
    jeunes: dict[UUID, Jeune] = {}
    inscriptions = Inscription.objects.filter(apprenant__ecole__fictive=True).select_related("apprenant")
    for inscription in inscriptions.order_by("apprenant__nom", "apprenant__prenom", "apprenant__ne_le", "du"):
        apprenant = inscription.apprenant
        jeune = Jeune(
            apprenant.pk,
            apprenant.prenom,
            inscription.titre_id,
            inscription.du,
            inscription.au,
            _majorite(apprenant.ne_le),
        )
        jeunes[apprenant.pk] = jeune
        ateliers[apprenant.ecole_id].jeunes.append(jeune)
    for cle, du, au in AvisAptitude.objects.filter(apte=True).values_list("apprenant_id", "du", "au"):
        if cle in jeunes:
            jeunes[cle].avis.append((du, au))
    formations = FormationSecurite.objects.filter(evaluee_le__isnull=False)
    for cle, travail, jour in formations.values_list("apprenant_id", "travail_id", "evaluee_le"):
        if cle in jeunes and jour:
            jeunes[cle].formations[travail] = jour


def _majorite(ne_le: date) -> date:
    try:
        return ne_le.replace(year=ne_le.year + 18)
    except ValueError:  # born on 29 February: one comes of age on 1 March
        return date(ne_le.year + 18, 3, 1)
