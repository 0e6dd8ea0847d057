"""What a school gives to a learner, or to her family, of what it holds about her."""

from __future__ import annotations

import io
import json
import zipfile
from typing import TYPE_CHECKING, Any

from ecoles.histoires import suivis_de
from ecoles.models import (
    Apprenant,
    AvisAptitude,
    Candidature,
    DossierInspection,
    FormationSecurite,
    Inscription,
    RepresentantLegal,
    Transfert,
)
from reseau.nombres import aujourdhui, montrer_date, montrer_instant
from reseau.socle.acces import Ligne, Part
from reseau.socle.documents import rendre_pdf
from reseau.socle.lecture_histoire import evenements, raconter

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reseau.models import Utilisateur
    from reseau.socle.lecture_histoire import Geste

GABARIT = "ecoles/acces_pdf.html"
PARTS: tuple[Part, ...] = (
    Part(Apprenant, "Identité", "pk", sans="id personne recherche anonyme_le"),
    Part(RepresentantLegal, "Représentants légaux", "apprenant", sans="id apprenant"),
    Part(Inscription, "Inscriptions", "apprenant", sans="id apprenant personne"),
    Part(Candidature, "Candidature", "apprenant", sans="id apprenant contact version recherche efface_le"),
    Part(Transfert, "Changements d'école, au départ", "apprenant", sans="id apprenant arrivee"),
    Part(Transfert, "Changement d'école, à l'arrivée", "arrivee", sans="id apprenant arrivee"),
    Part(AvisAptitude, "Avis d'aptitude : apte ou inapte, et les dates", "apprenant", sans="id apprenant"),
    Part(FormationSecurite, "Formations à la sécurité", "apprenant", sans="id apprenant"),
    Part(
        DossierInspection.jeunes.through,
        "Dossiers pour l'inspection du travail qui le ou la nomment",
        "apprenant",
        sans="id apprenant dossierinspection",
        aussi={"dossier": lambda ligne: str(ligne.dossierinspection)},
    ),
)


def _historique(jeune: Apprenant, par: Utilisateur) -> list[Ligne]:
    """What was written and corrected, oldest page last; who wrote it is the school's business."""
    lignes, page, encore = [], 1, True
    while encore:
        lus, encore = evenements(suivis_de(jeune, par), jeune, page)
        for moment in raconter(lus):
            gestes = [_geste(geste) for geste in moment.gestes]
            lisible = {"le": montrer_instant(moment.le), "ce qui a été écrit": " ; ".join(gestes)}
            lignes.append(Ligne({"le": moment.le.isoformat(), "ecrit": gestes}, lisible))
        page += 1
    return lignes


def _geste(geste: Geste) -> str:
    changes = ", ".join(f"{d.libelle} : {d.avant or 'rien'} → {d.apres or 'rien'}" for d in geste.differences)
    return f"{geste.geste}, {geste.quoi} ({changes})" if changes else f"{geste.geste}, {geste.quoi}"


def remettre(jeune: Apprenant, parts: Sequence[Part], par: Utilisateur) -> tuple[bytes, int]:
    """Return a zip (a PDF to read, a JSON to use again) and how many rows it holds. Nothing is kept.

    Raises :class:`reseau.socle.documents.RenduImpossible`.
    """
    lues = [(part.titre, part.lignes(jeune.pk)) for part in parts]
    lues.append(("Historique des écritures", _historique(jeune, par)))
    tas = io.BytesIO()
    with zipfile.ZipFile(tas, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("donnees.pdf", rendre_pdf(GABARIT, _contexte(jeune, lues)))
        archive.writestr("donnees.json", json.dumps(_brut(lues), ensure_ascii=False, indent=2))
    return tas.getvalue(), sum(len(lignes) for _, lignes in lues)


def _contexte(jeune: Apprenant, lues: Sequence[tuple[str, list[Ligne]]]) -> dict[str, Any]:
    return {
        "nom": str(jeune),
        "ecole": jeune.ecole.nom,
        "demonstration": jeune.ecole.fictive,
        "jour": montrer_date(aujourdhui()),
        "parts": [
            {"titre": titre, "lignes": [list(ligne.lisible.items()) for ligne in lignes]}
            for titre, lignes in lues
        ],
    }


def _brut(lues: Sequence[tuple[str, list[Ligne]]]) -> dict[str, Any]:
    return {titre: [dict(ligne.brut) for ligne in lignes] for titre, lignes in lues}
