"""What a school's workshop is made of, read once: who teaches, who learns, and who may do what."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from commandes.models import Client
from ecoles.models import BlocCompetences, Ecole, EtapeParcours, Inscription, MembreEquipe, TravailReglemente
from ecoles.preuves import charger_declarations, charger_jeunes
from ecoles.regles import Declaration, Jeune, refus_de_travail

if TYPE_CHECKING:
    from datetime import date
    from uuid import UUID


@dataclass
class Eleve:
    """A learner of the workshop: the enrolment, and what the safety rule knows."""

    pk: UUID
    titre: str
    du: date
    au: date | None
    preuves: Jeune

    def inscrit(self, jour: date) -> bool:
        """Whether the enrolment holds on that day."""
        return self.du <= jour and (self.au is None or jour <= self.au)


@dataclass
class Atelier:
    """A school as its orders see it."""

    ecole: UUID
    filiere: str
    maitre: UUID
    travaux: dict[str, TravailReglemente]
    blocs: dict[str, list[int]] = field(default_factory=dict)
    declarations: dict[str, list[Declaration]] = field(default_factory=dict)
    clients: list[UUID] = field(default_factory=list)
    eleves: list[Eleve] = field(default_factory=list)

    def manque(self, eleve: Eleve, code: str, jour: date) -> str:
        """Return what the safety rule refuses for this work on that day, or an empty text."""
        envois = self.declarations.get(code, [])
        return " ".join(refus_de_travail(eleve.preuves, self.travaux[code], jour, envois, encadre=True))


def charger_ateliers() -> list[Atelier]:
    """Read every fictional school, in the order of their making: a constant number of queries."""
    filieres = dict(Ecole.filieres.through.objects.values_list("ecole_id", "filiere_id"))
    maitres = dict(
        MembreEquipe.objects.filter(fonction=MembreEquipe.Fonction.MAITRE).values_list(
            "ecole_id", "utilisateur_id"
        )
    )
    travaux = {travail.code: travail for travail in TravailReglemente.objects.order_by("code")}
    cles = Ecole.objects.filter(fictive=True).order_by("siret").values_list("pk", flat=True)
    ateliers = {cle: Atelier(cle, filieres[cle], maitres[cle], travaux) for cle in cles}
    _blocs(ateliers)
    for (ecole, code), envois in charger_declarations(list(ateliers)).items():
        ateliers[ecole].declarations[code] = envois
    # Keys are drawn by chance: rows are put in an order that the seed repeats.
    for ecole, client in Client.objects.order_by("nom", "siret").values_list("ecole_id", "pk"):
        if ecole in ateliers:
            ateliers[ecole].clients.append(client)
    _eleves(ateliers)
    return list(ateliers.values())


def _blocs(ateliers: dict[UUID, Atelier]) -> None:
    par_titre: dict[str, list[int]] = {}
    for titre, bloc in BlocCompetences.objects.order_by("titre_id", "code").values_list("titre_id", "pk"):
        par_titre.setdefault(titre, []).append(bloc)
    etapes = EtapeParcours.objects.filter(parcours__offres__isnull=False).order_by("titre_id")
    for ecole, titre in etapes.values_list("parcours__offres__ecole_id", "titre_id"):
        if ecole in ateliers and titre in par_titre:
            ateliers[ecole].blocs[titre] = par_titre[titre]


def _eleves(ateliers: dict[UUID, Atelier]) -> None:
    inscriptions = list(
        Inscription.objects.filter(apprenant__ecole__fictive=True)
        .select_related("apprenant")
        .order_by("apprenant__nom", "apprenant__prenom", "apprenant__ne_le", "du")
    )
    preuves = charger_jeunes(inscription.apprenant for inscription in inscriptions)
    for i in inscriptions:
        eleve = Eleve(i.apprenant_id, i.titre_id, i.du, i.au, preuves[i.apprenant_id])
        ateliers[i.apprenant.ecole_id].eleves.append(eleve)
