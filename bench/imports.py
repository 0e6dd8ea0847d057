"""A register of schools, staged, checked and accepted, beside the COPY of the same lines."""

from __future__ import annotations

from django.core.files.base import ContentFile

from bench.chrono import chronometrer, copier, memoire

ENTETE = ("Nom de l'école", "Commune", "Dép.", "Filière(s)", "Année ouv.", "Effectif", "Vérifié")


def registre(nb_lignes: int) -> bytes:
    """Return a CSV of ``nb_lignes`` schools in communes that exist."""
    from reseau.models import Commune

    communes = list(Commune.objects.order_by("code").values_list("nom", "departement")[:nb_lignes])
    lignes = [";".join(ENTETE)]
    for n in range(nb_lignes):
        nom, departement = communes[n % len(communes)]
        lignes.append(f"École de mesure {n};{nom};{departement};Industrie;{1990 + n % 36};{n % 90 + 5};oui")
    return "\r\n".join(lignes).encode()


def mesurer(nb_lignes: int) -> dict[str, float]:
    """Return seconds: COPY alone, staged and checked, accepted, and the second import of the same file."""
    from ecoles.ressources import RessourceEcoles
    from reseau.socle.attente import lire_le_lot
    from reseau.socle.lots import accepter, deposer

    contenu = registre(nb_lignes)
    choix = {"publication": "brouillon", "source": "mesure", "releve_le": "2026-11-01"}
    avant = memoire()

    def lot(nom: str) -> object:
        return deposer(RessourceEcoles.nature, ContentFile(contenu, nom), choix, par=None, territoire=None)

    premier, second = lot("un.csv"), lot("deux.csv")
    figures = {"lignes": nb_lignes, "copy": chronometrer(lambda: copier(contenu, len(ENTETE)))}
    figures["analyse"] = chronometrer(lambda: lire_le_lot(premier))
    figures["acceptation"] = chronometrer(lambda: accepter(premier, None))
    figures["seconde_fois"] = chronometrer(lambda: (lire_le_lot(second), accepter(second, None)))
    figures["memoire_mo"] = memoire() - avant
    return figures
