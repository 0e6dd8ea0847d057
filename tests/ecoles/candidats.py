"""Applications for the tests, at the step that one wants."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from ecoles.candidatures import MACHINE
from ecoles.models import Candidature, Ecole, MembreEquipe
from reseau.nombres import aujourdhui
from reseau.socle.etats import Contexte
from tests.usines import CAP_METALLIER, MembreUsine, OffreUsine, il_y_a, ne_il_y_a

CHEMIN = ("visiter", "essayer", "admettre", "inscrire")


def ecole_qui_recoit(**offre: Any) -> Ecole:
    ecole: Ecole = OffreUsine(**offre).ecole
    MembreUsine(ecole=ecole, fonction="direction")
    return ecole


def direction(ecole: Ecole) -> Any:
    return MembreEquipe.objects.get(ecole=ecole, fonction="direction").utilisateur


def candidature(ecole: Ecole, jusqu_a: str = "", **champs: Any) -> Candidature:
    """An application of somebody of 16 who has a mother, moved up to this step."""
    valeurs = {
        "prenom": "Lila", "nom": "Quatremaille", "ne_le": ne_il_y_a(16), "parcours_id": CAP_METALLIER,
        "motivation": "Répare des vélos.", "representant_nom": "Quatremaille", "telephone": "0199887766",
        "lien": "mere", "recue_le": il_y_a(60),
    }  # fmt: skip
    celle = Candidature.objects.create(ecole=ecole, **(valeurs | champs))
    for geste in CHEMIN[: CHEMIN.index(jusqu_a) + 1] if jusqu_a else ():
        celle = avancer(celle, geste)
    return celle


def avancer(celle: Candidature, geste: str, par: Any = None, **saisies: Any) -> Candidature:
    donnees = {"visite_le": il_y_a(40), "essai_du": il_y_a(30), "essai_au": il_y_a(26), "du": aujourdhui()}
    return MACHINE.franchir(celle, geste, Contexte(par or direction(celle.ecole), donnees | saisies))


def dans(jours: int) -> date:
    return aujourdhui() + timedelta(days=jours)
