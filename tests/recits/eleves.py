"""The learners behind the request of the story: two classes that go on, one that enters, one who changed."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from ecoles.models import Apprenant, Offre
from reseau.champs import uuid7

if TYPE_CHECKING:
    from tests.recits.distribution import Distribution

METALLIER = "50025439"
# Born so as to be 16 at entry; one of them entered at 19.
_ENTREES = {2025: 14, 2024: 11, 2023: 12}
PARTIE_LE, ARRIVEE_LE = date(2026, 2, 10), date(2026, 2, 11)
DIPLOMES_LE = date(2026, 6, 30)


def inscrire_les_eleves(cast: Distribution) -> None:
    """On 5 February: thirty-seven here, one of whom entered at 19; Lou is in another region."""
    for ecole in (cast.ecoles["dr"], cast.ecoles["z"]):
        Offre.objects.create(ecole=ecole, parcours_id=METALLIER)
    for annee, nombre in _ENTREES.items():
        for rang in range(nombre):
            age = 19 if (annee, rang) == (2023, 0) else 16
            sortie = {"au": DIPLOMES_LE, "motif_sortie": "diplome"} if annee == 2023 else {}
            _inscrire(cast.ecoles["dr"], f"Élève {annee}-{rang}", date(annee, 9, 1), age, **sortie)
    _inscrire(cast.ecoles["z"], "Lou", date(2025, 9, 1), 16)


def changer_lou_d_ecole(cast: Distribution) -> None:
    """On 11 February Lou enters the Atelier des Deux Rives: the same person, in two requests."""
    avant = Apprenant.objects.get(prenom="Lou", ecole=cast.ecoles["z"])
    avant.inscriptions.update(au=PARTIE_LE, motif_sortie="transfert")
    avant.refresh_from_db()
    _inscrire(cast.ecoles["dr"], "Lou", ARRIVEE_LE, 16, personne=avant.personne)


def _inscrire(ecole: Any, prenom: str, du: date, age: int, personne: Any = None, **sortie: Any) -> None:
    jeune = Apprenant.objects.create(
        ecole=ecole, prenom=prenom, nom="Essai", ne_le=date(du.year - age, 1, 1), personne=personne or uuid7()
    )
    jeune.representants.create(lien="mere", nom="Essai", telephone="0199000102")
    jeune.inscriptions.create(titre_id=METALLIER, du=du, motif_age="Décidée avec la famille.", **sortie)
