"""The one matrix: role -> permissions, as strings.

A permission is ``<object>.<verb>``; the object is a model name in lower case. *What* a person may
do is here; *where* is in ``visibles_par``: the two are never mixed. ``docs/roles.md`` is printed
from this file and a test compares them.
"""

from __future__ import annotations

from functools import cache
from typing import Final

from django.db import models


class Role(models.TextChoices):
    """Every role of the portal; the membership tables say who holds it, where and when."""

    MAITRE = "maitre", "Maître professionnel"
    SECRETARIAT = "secretariat", "Secrétariat, comptabilité"
    DIRECTION = "direction", "Direction de l'école"
    INSTRUCTEUR = "instructeur", "Instructeur"
    CHEF_DE_SERVICE = "chef_de_service", "Chef de service"
    ORDONNATEUR = "ordonnateur", "Ordonnateur"
    GESTIONNAIRE = "gestionnaire", "Gestionnaire"
    CERTIFICATEUR = "certificateur", "Certificateur du service fait"
    LIQUIDATEUR = "liquidateur", "Liquidateur"
    LECTEUR_NATIONAL = "lecteur_national", "Lecteur national"
    FEDERATION = "federation", "Fédération du réseau"
    ADMINISTRATEUR = "administrateur", "Administrateur fonctionnel"


ROLES_ECOLE: Final = frozenset({Role.MAITRE, Role.SECRETARIAT, Role.DIRECTION})
ROLES_DREETS: Final = frozenset(
    {
        Role.INSTRUCTEUR,
        Role.CHEF_DE_SERVICE,
        Role.ORDONNATEUR,
        Role.GESTIONNAIRE,
        Role.CERTIFICATEUR,
        Role.LIQUIDATEUR,
    }
)
ROLES_NATIONAUX: Final = frozenset({Role.LECTEUR_NATIONAL, Role.FEDERATION, Role.ADMINISTRATEUR})


def _droits(objet: str, verbes: str) -> frozenset[str]:
    """Spell out ``objet.verbe`` for each verb of a space-separated list."""
    return frozenset(f"{objet}.{verbe}" for verbe in verbes.split())


# Where a school teaches, what, with which groups, and the acts that it holds.
_ECOLE_EN_DETAIL: Final = (
    _droits("site", "voir")
    | _droits("atelier", "voir")
    | _droits("machine", "voir")
    | _droits("parcours", "voir")
    | _droits("groupe", "voir")
    | _droits("label", "voir")
    | _droits("reconnaissance", "voir")
    | _droits("inscriptionliste", "voir")
    | _droits("agrement", "voir")
)
_ECOLE_COMMUN: Final = (
    _ECOLE_EN_DETAIL
    | _droits("ecole", "voir exporter compter")
    | _droits("offre", "voir")
    | _droits("titre", "voir exporter")
    | _droits("bloccompetences", "voir")
    | _droits("filiere", "voir")
    | _droits("apprenant", "voir")
    | _droits("candidature", "voir")
    | _droits("inscription", "voir")
    | _droits("representantlegal", "voir")
    | _droits("avisaptitude", "voir")
    | _droits("formationsecurite", "voir")
    | _droits("declarationderogation", "voir")
    | _droits("encadrement", "voir")
    | _droits("travailreglemente", "voir")
    | _droits("resultat", "voir")
    | _droits("evenement", "voir")
    | _droits("client", "voir ajouter modifier")
    | _droits("commande", "voir ajouter modifier")
    | _droits("pointage", "voir")
)
_DREETS_COMMUN: Final = (
    _ECOLE_EN_DETAIL
    | _droits("ecole", "voir exporter compter")
    | _droits("offre", "voir")
    | _droits("titre", "voir exporter")
    | _droits("filiere", "voir")
    | _droits("resultat", "voir")
    | _droits("evenement", "voir")
    | _droits("demandecontact", "voir")
    | _droits("campagne", "voir")
    | _droits("bareme", "voir")
    | _droits("enveloppe", "voir")
    | _droits("mouvementenveloppe", "voir")
    | _droits("demande", "voir exporter")
    | _droits("allocation", "voir")
    | _droits("avenant", "voir")
    | _droits("bilan", "voir")
)

MATRICE: Final[dict[Role, frozenset[str]]] = {
    Role.MAITRE: _ECOLE_COMMUN
    | _droits("commande", "qualifier lancer livrer classer")
    | _droits("pointage", "saisir"),
    Role.SECRETARIAT: _ECOLE_COMMUN
    | _droits("commande", "livrer classer importer exporter")
    | _droits("lotimport", "voir")
    | _droits("evenement", "ajouter modifier")
    | _droits("candidature", "ajouter modifier suivre")
    | _droits("demandecontact", "voir traiter"),
    Role.DIRECTION: _ECOLE_COMMUN
    | _droits("ecole", "modifier presenter")
    | _droits("offre", "ajouter modifier supprimer")
    | _droits("site", "ajouter modifier")
    | _droits("atelier", "ajouter modifier")
    | _droits("machine", "ajouter modifier")
    | _droits("groupe", "ajouter modifier")
    | _droits("membreequipe", "voir exporter")
    | _droits("apprenant", "ajouter modifier importer exporter remettre")
    | _droits("candidature", "ajouter modifier suivre decider")
    | _droits("transfert", "voir ajouter annuler repondre")
    | _droits("lotimport", "voir")
    | _droits("inscription", "ajouter modifier")
    | _droits("representantlegal", "ajouter modifier supprimer")
    | _droits("avisaptitude", "ajouter modifier")
    | _droits("formationsecurite", "ajouter modifier")
    | _droits("declarationderogation", "ajouter modifier")
    | _droits("encadrement", "ajouter modifier")
    | _droits("dossierinspection", "voir ajouter")
    | _droits("resultat", "ajouter modifier")
    | _droits("evenement", "ajouter modifier")
    | _droits("commande", "qualifier lancer livrer classer importer exporter")
    | _droits("pointage", "saisir regulariser")
    | _droits("demandecontact", "voir traiter")
    | _droits("campagne", "voir")
    | _droits("coordonneesbancaires", "voir ajouter supprimer")
    | _droits("bilan", "voir modifier")
    | _droits("apprenantcompte", "voir")
    | _droits("demande", "voir ajouter modifier deposer retirer rendre"),
    Role.INSTRUCTEUR: _DREETS_COMMUN
    | _droits("ecole", "importer modifier")
    | _droits("label", "ajouter modifier")
    | _droits("reconnaissance", "ajouter modifier")
    | _droits("inscriptionliste", "ajouter modifier")
    | _droits("agrement", "ajouter modifier")
    | _droits("lotimport", "voir")
    | _droits("demandecontact", "traiter")
    | _droits("avenant", "ajouter modifier")
    | _droits("bilan", "modifier")
    | _droits("simulation", "voir ajouter modifier supprimer appliquer")
    | _droits("demande", "ajouter modifier saisir instruire proposer controler"),
    Role.CHEF_DE_SERVICE: _DREETS_COMMUN
    | _droits("simulation", "voir ajouter modifier supprimer")
    | _droits("demande", "viser renvoyer"),
    Role.ORDONNATEUR: _DREETS_COMMUN
    | _droits("simulation", "voir")
    | _droits("demande", "accorder renvoyer"),
    Role.GESTIONNAIRE: _DREETS_COMMUN
    | _droits("enveloppe", "ajouter")
    | _droits("mouvementenveloppe", "ajouter")
    | _droits("coordonneesbancaires", "voir confirmer")
    | _droits("depotscans", "voir ajouter")
    | _droits("rapprochement", "voir importer")
    | _droits("reprise", "voir importer")
    | _droits("lotimport", "voir")
    | _droits("demande", "conventionner notifier reclamer clore reprendre"),
    Role.CERTIFICATEUR: _DREETS_COMMUN | _droits("demande", "certifier"),
    Role.LIQUIDATEUR: _DREETS_COMMUN
    | _droits("coordonneesbancaires", "voir")
    | _droits("rapprochement", "voir importer")
    | _droits("lotimport", "voir")
    | _droits("demande", "liquider"),
    Role.LECTEUR_NATIONAL: _DREETS_COMMUN - _droits("demandecontact", "voir"),
    Role.FEDERATION: (_ECOLE_EN_DETAIL - _droits("agrement", "voir"))
    | _droits("ecole", "voir exporter")
    | _droits("offre", "voir")
    | _droits("titre", "voir exporter")
    | _droits("filiere", "voir"),
    Role.ADMINISTRATEUR: _droits("ecole", "voir ajouter modifier presenter tenir importer exporter")
    | _ECOLE_EN_DETAIL
    | _droits("site", "ajouter modifier")
    | _droits("atelier", "ajouter modifier")
    | _droits("machine", "ajouter modifier")
    | _droits("parcours", "ajouter modifier")
    | _droits("groupe", "ajouter modifier")
    | _droits("label", "ajouter modifier")
    | _droits("reconnaissance", "ajouter modifier")
    | _droits("inscriptionliste", "ajouter modifier")
    | _droits("agrement", "ajouter modifier")
    | _droits("gestionnaire", "voir ajouter modifier")
    | _droits("commune", "voir importer")
    | _droits("lotimport", "voir")
    | _droits("offre", "voir ajouter modifier supprimer")
    | _droits("titre", "voir ajouter modifier importer exporter")
    | _droits("bloccompetences", "voir ajouter modifier")
    | _droits("filiere", "voir modifier")
    | _droits("utilisateur", "voir ajouter modifier")
    | _droits("affectationdreets", "voir ajouter modifier")
    | _droits("affectationnationale", "voir")
    | _droits("courriel", "voir")
    | _droits("serviceregional", "voir modifier")
    | _droits("membreequipe", "voir ajouter modifier importer exporter")
    | _droits("campagne", "voir ajouter modifier")
    | _droits("bareme", "voir ajouter"),
}


@cache
def roles_avec(permission: str) -> tuple[Role, ...]:
    """Return the roles that grant ``permission`` (``"demande.viser"``), in declaration order."""
    return tuple(role for role in Role if permission in MATRICE[role])


# Rows that are part of an aggregate answer for its root: to change a line is to change the order.
RACINES: Final[dict[str, str]] = {
    "etapeparcours": "parcours",
    "competence": "bloccompetences",
    "lignecommande": "commande",
    "journalcommande": "commande",
    "journalcandidature": "candidature",
    "journaltransfert": "transfert",
    "ligneeffectif": "demande",
    "controlerecevabilite": "demande",
    "correction": "demande",
    "depotdemande": "demande",
    "avis": "demande",
    "piece": "demande",
    "scansigne": "demande",
    "pagescan": "depotscans",
    "ligneavenant": "avenant",
    "lignerealisee": "bilan",
    "lignesimulee": "simulation",
    "postecompterendu": "bilan",
    "journaldemande": "demande",
    "echeanceprevue": "campagne",
    "colonnechorus": "campagne",
    "ligneimport": "lotimport",
}
