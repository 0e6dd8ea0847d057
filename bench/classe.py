"""A class list of one school, staged, checked and accepted, beside the COPY of the same lines."""

from __future__ import annotations

from django.core.files.base import ContentFile

from bench.chrono import chronometrer, copier

ENTETE = (
    "Nom", "Prénom", "Né ou née le", "Diplôme préparé", "Entrée le", "Représentant légal",
    "Téléphone du représentant",
)  # fmt: skip
TITRE = "50025439"


def classe(nb_lignes: int, debut: int = 0) -> bytes:
    """Return a CSV of invented learners."""
    lignes = [
        f"Mesure {n};Camille;{n % 28 + 1:02}/{n % 12 + 1:02}/2010;{TITRE};01/09/2026;Mère {n};0199000102"
        for n in range(debut, debut + nb_lignes)
    ]
    return "\r\n".join([";".join(ENTETE), *lignes]).encode()


def mesurer(nb_lignes: int, nb_petits: int = 20) -> dict[str, float]:
    """Return seconds: COPY alone, staged, accepted; and what a class of twenty costs from end to end."""
    from ecoles.models import Ecole
    from ecoles.ressources import RessourceApprenants
    from reseau.socle.attente import lire_le_lot
    from reseau.socle.lots import accepter, deposer

    ecole = Ecole.objects.order_by("pk").first()
    ecole.offres.get_or_create(parcours_id=TITRE)

    def lot(contenu: bytes) -> object:
        fichier = ContentFile(contenu, "classe.csv")
        return deposer(RessourceApprenants.nature, fichier, {}, par=None, territoire=ecole.pk)

    contenu = classe(nb_lignes)
    grand = lot(contenu)
    figures = {"lignes": nb_lignes, "copy": chronometrer(lambda: copier(contenu, len(ENTETE)))}
    figures["analyse"] = chronometrer(lambda: lire_le_lot(grand))
    figures["acceptation"] = chronometrer(lambda: accepter(grand, None))
    if not ecole.apprenants.exists():
        raise RuntimeError("Aucun jeune n'a été écrit : la mesure ne dirait rien.")
    petits = [lot(classe(20, nb_lignes + 20 * n)) for n in range(nb_petits)]
    durees = sorted(chronometrer(lambda p=p: (lire_le_lot(p), accepter(p, None))) for p in petits)
    figures["vingt"] = durees[len(durees) // 2]
    figures["nb_ecoles"] = Ecole.objects.count()
    return figures
