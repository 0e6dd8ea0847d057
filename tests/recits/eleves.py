"""The learners behind the request of the story: two classes that go on, one that enters, one who changed.

Their schools enrol them: a list, the page of one who needs a reason, a change of school between two heads.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.core.files.uploadedfile import SimpleUploadedFile

from tests.classeurs import csv
from tests.recits.guichet import iso

if TYPE_CHECKING:
    from tests.recits.distribution import Distribution
    from tests.recits.guichet import Personne

METALLIER = "50025439"
# Sixteen at entry; one more of 2023, Alix, entered at 19.
_ENTREES = {2025: 14, 2024: 11, 2023: 11}
_ENTETE = (
    "Nom", "Prénom", "Date de naissance", "Formation", "Date d'entrée", "Représentant légal",
    "Téléphone du représentant",
)  # fmt: skip
_ALIX, _LOU = ("Aubier", "Alix"), ("Essai", "Lou")
ARRIVEE_LE, DIPLOMES_LE = date(2026, 2, 11), date(2026, 6, 30)
type Ligne = tuple[str, ...]


def inscrire_les_eleves(cast: Distribution) -> None:
    """On 5 February: thirty-seven here, one of whom entered at 19; Lou is in another region."""
    for lettre in ("dr", "z"):
        proposer_le_diplome(cast.tete(lettre))
    classes = [_ligne(annee, nom, "Camille") for annee in _ENTREES for nom in _noms(annee)]
    sonia = importer(cast.sonia, [*classes, _ligne(2023, *_ALIX, age=19)])
    sonia.lit("19 ans à l'entrée : il faut un motif, inscrivez ce jeune sur sa fiche.")
    sonia.appuyer("Accepter les 36 lignes sans question").lit("C'est enregistré : 36 créés, 1 laissé de côté")
    inscrire_sur_sa_fiche(sonia)
    importer(cast.tete("z"), [_ligne(2025, *_LOU)]).appuyer("Accepter la ligne sans question")


def proposer_le_diplome(tete: Personne) -> None:
    """A school says what it teaches before it enrols anybody."""
    tete.aller("/admin/ecoles/offre/add/").remplir(parcours=METALLIER).appuyer("Enregistrer")
    tete.lit("CAP Métallier")


def _noms(annee: int) -> list[str]:
    """Who entered that year."""
    return [f"Élève {annee}-{rang:02d}" for rang in range(_ENTREES[annee])]


def _ligne(annee: int, nom: str, prenom: str, age: int = 16) -> Ligne:
    """A row of the list that the school has kept until now."""
    return (nom, prenom, f"01/01/{annee - age}", METALLIER, f"01/09/{annee}", "Ode Essai", "0199000102")


def importer(tete: Personne, lignes: list[Ligne]) -> Personne:
    """Hand in the list; nothing is enrolled before it is accepted."""
    liste = SimpleUploadedFile("classes.csv", csv(_ENTETE, *lignes), "text/csv")
    tete.aller("/admin/ecoles/apprenant/importer/").remplir(fichier=liste)
    return tete.appuyer("Lire ce fichier").lit("Rien n'est encore enregistré.")


def inscrire_sur_sa_fiche(sonia: Personne) -> None:
    """Who entered at 19 has a reason, that only her own page asks for."""
    sonia.aller("/admin/ecoles/apprenant/add/")
    sonia.remplir(nom=_ALIX[0], prenom=_ALIX[1], ne_le="2004-01-01")
    sonia.ligne(
        "inscriptions", 0, titre=METALLIER, du="2023-09-01", motif_age="Décidée avec la famille."
    ).appuyer("Enregistrer")
    sonia.lit("Alix Aubier")


def changer_lou_d_ecole(cast: Distribution) -> None:
    """On 11 February Lou enters the Atelier des Deux Rives: the same person, in two requests."""
    cast.le(ARRIVEE_LE)
    depart = cast.tete("z").aller("/admin/ecoles/apprenant/").suivre("Essai")
    lou = depart.adresse.split("/apprenant/")[1].split("/")[0]
    depart.aller("/admin/ecoles/transfert/add/")
    depart.remplir(apprenant=lou, vers=str(cast.ecoles["dr"].pk), le=iso(ARRIVEE_LE)).appuyer("Enregistrer")
    sonia = cast.sonia.accueil().suivre("Lou Essai").suivre("Accueillir ce jeune")
    sonia.remplir(titre=METALLIER).appuyer("Accueillir ce jeune").lit("c'est fait")


def diplomer_la_troisieme_annee(cast: Distribution) -> None:
    """30/06: the twelve who entered in 2023 leave with their diploma."""
    cast.le(DIPLOMES_LE)
    sonia = cast.sonia.aller("/admin/ecoles/apprenant/")
    for nom in (*_noms(2023), _ALIX[0]):
        sonia.suivre(nom).ligne("inscriptions", 0, au=iso(DIPLOMES_LE), motif_sortie="diplome")
        sonia.appuyer("Enregistrer").lit("a été modifié avec succès")
