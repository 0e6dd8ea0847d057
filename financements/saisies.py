"""Who may write what in a request, and cross what, now. The door and the database ask again."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from financements.avenants import OUVERTES, avenant_ouvert
from financements.bilans import a_reclamer, bilan_de, reste_a_rendre, solde
from financements.confirmations import reste_a_confirmer
from financements.corrections import EFFECTIFS, delai_ecoule, deverrouille, natures_ouvertes
from financements.droits import INTERNE, droits_lus, service_de
from financements.etats import A_ECRIRE, MACHINE, Etat
from financements.gardes_versements import prochaine_tranche
from financements.natures import EtapeAvenant, PhaseBilan, Voie

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from uuid import UUID

    from financements.models import Avenant, Bilan, Demande
    from reseau.models import Utilisateur
    from reseau.socle.etats import Transition


# At which step of an amendment each of its transitions is pressed.
ETAPES_D_AVENANT: Final[dict[str, tuple[str, ...]]] = {
    "proposer_avenant": (EtapeAvenant.PREPARE,),
    "viser_avenant": (EtapeAvenant.PROPOSE,),
    "accorder_avenant": (EtapeAvenant.VISE,),
    "renvoyer_avenant": (EtapeAvenant.PROPOSE, EtapeAvenant.VISE),
    "abandonner_avenant": OUVERTES,
}


@dataclass(frozen=True)
class Saisies:
    """What is open: asked numbers (``demande``), retained numbers (``retenu``), pieces."""

    demande: bool = False
    retenu: bool = False
    pieces: bool = False
    cibles: frozenset[str] | None = None  # what the DREETS named; nothing: all of it

    def ligne_ouverte(self, cle: UUID) -> bool:
        """Whether this line is among what was named."""
        return self.cibles is None or EFFECTIFS in self.cibles or f"ligne_{cle.hex}" in self.cibles

    @property
    def lignes_libres(self) -> bool:
        """Whether lines may be added and taken out."""
        return self.cibles is None or EFFECTIFS in self.cibles

    @property
    def ouvertes(self) -> bool:
        """Whether the page has anything to save."""
        return self.demande or self.retenu


def saisies_ouvertes(demande: Demande, utilisateur: Utilisateur) -> Saisies:
    """Return what ``utilisateur`` may write in ``demande`` in its present state; at most two queries."""
    if demande.etat in A_ECRIRE:
        ecrit = any(_dans_le_territoire(demande, utilisateur, verbe) for verbe in _verbes_d_ecriture(demande))
        cles = deverrouille(demande) if ecrit else None
        if cles is None:
            return Saisies(demande=ecrit, pieces=ecrit)
        lignes = any(not cle.startswith("piece_") for cle in cles)
        return Saisies(demande=lignes, pieces=bool(natures_ouvertes(demande)), cibles=frozenset(cles))
    if demande.etat in {Etat.DEPOSEE, Etat.EN_INSTRUCTION}:
        instruit = _dans_le_territoire(demande, utilisateur, "instruire")
        return Saisies(retenu=instruit and demande.etat == Etat.EN_INSTRUCTION, pieces=instruit)
    return Saisies()


def _verbes_d_ecriture(demande: Demande) -> tuple[str, ...]:
    """The school writes its own; the service what it types from a paper; a school may then complete it."""
    if demande.voie == Voie.ECOLE:
        return ("deposer",)
    return ("saisir", "deposer") if demande.etat == Etat.A_COMPLETER else ("saisir",)


def transitions_ouvertes(demande: Demande, utilisateur: Utilisateur) -> list[Transition]:
    """Transitions that leave the present state and that this person may cross here."""
    lus = droits_lus(demande, utilisateur)
    if lus is None:
        ouvertes = MACHINE.ouvertes(demande, utilisateur)
    else:
        ouvertes = [t for t in MACHINE.partent_de(demande) if t.permission in lus]
    return [t for t in ouvertes if _a_propos(t, demande)]


def _a_propos(transition: Transition, demande: Demande) -> bool:
    """A button that could only answer "this is not yours" is not shown."""
    if voie := _VOIES.get(transition.nom):
        return demande.voie == voie
    if question := _QUESTIONS.get(transition.nom):
        return question(demande)
    if transition.nom in _BILANS:
        return _bilan_a_propos(transition.nom, demande)
    if transition.nom in ETAPES_D_AVENANT:
        return _avenant_a_l_etape(demande, ETAPES_D_AVENANT[transition.nom])
    if transition.nom.startswith("conventionner"):
        return demande.allocation.convention_manque()
    return True


_VOIES = {
    "deposer": Voie.ECOLE,
    "deposer_sur_scan": Voie.SERVICE,
    "completer_sur_scan": Voie.SERVICE,
    "annuler_reprise": Voie.REPRISE,
}
_QUESTIONS: Final[Mapping[str, Callable[[Demande], bool]]] = {
    "confirmer": reste_a_confirmer,
    "constater_silence": delai_ecoule,
    "payer": lambda demande: prochaine_tranche(demande) is not None,
}


_RESILIATION = frozenset({"reclamer_resiliation", "renoncer_resiliation", "recouvrer_resiliation"})
_BILANS = _RESILIATION | frozenset(
    {"deposer_bilan", "corriger_bilan", "contredire_bilan", "figer_bilan"}
    | {"solder", "reclamer", "renoncer", "recouvrer_en_partie"}
)


def _bilan_a_propos(nom: str, demande: Demande) -> bool:
    """The steps that this report, and this balance, can still take."""
    if nom in _RESILIATION:
        return nom == _suite_de_resiliation(demande)
    bilan = bilan_de(demande)
    if bilan is None:
        return False
    if nom in {"solder", "reclamer", "renoncer"}:
        trop, seuil = -solde(demande), demande.campagne.seuil_reversement
        attendue = "solder" if trop <= 0 else "renoncer" if trop < seuil else "reclamer"
        return nom == attendue
    return {
        "corriger_bilan": bilan.phase in {PhaseBilan.AUCUNE, PhaseBilan.AMIABLE},
        "contredire_bilan": bilan.phase == PhaseBilan.AMIABLE,
        "figer_bilan": bilan.phase == PhaseBilan.CONTRADICTOIRE,
    }.get(nom, True)


def _suite_de_resiliation(demande: Demande) -> str:
    """The one step that a terminated file still takes: what is claimed comes back, then nothing is left."""
    if reste_a_rendre(demande) > 0:
        return "recouvrer_resiliation"
    trop, seuil = a_reclamer(demande), demande.campagne.seuil_reversement
    if demande.montant_final is None or trop <= 0:
        return ""
    return "reclamer_resiliation" if trop >= seuil else "renoncer_resiliation"


class Plume(StrEnum):
    """Which side writes in a report now, for this person."""

    ECOLE = "ecole"
    SERVICE = "service"
    PERSONNE = "personne"


def plume_du_bilan(demande: Demande, bilan: Bilan, utilisateur: Utilisateur) -> Plume:
    """Return the side that may write in ``bilan`` now, if this person is on it; one query at most."""
    if demande.etat in {Etat.EN_EXECUTION, Etat.BILAN_A_CORRIGER}:
        return Plume.ECOLE if _dans_le_territoire(demande, utilisateur, "rendre") else Plume.PERSONNE
    if demande.etat == Etat.BILAN_DEPOSE and bilan.phase != PhaseBilan.FIGEE:
        return Plume.SERVICE if _dans_le_territoire(demande, utilisateur, "controler") else Plume.PERSONNE
    return Plume.PERSONNE


def _avenant_a_l_etape(demande: Demande, etapes: tuple[str, ...]) -> bool:
    """The steps of an amendment are shown when there is one, at that step."""
    if not hasattr(demande, "_avenant_ouvert"):
        demande._avenant_ouvert = avenant_ouvert(demande)  # type: ignore[attr-defined]
    ouvert: Avenant | None = demande._avenant_ouvert  # type: ignore[attr-defined]
    return ouvert is not None and ouvert.etape in etapes


def _dans_le_territoire(demande: Demande, utilisateur: Utilisateur, verbe: str) -> bool:
    lus = droits_lus(demande, utilisateur)
    if lus is not None:
        return verbe in lus
    if not utilisateur.detient(f"demande.{verbe}") and not utilisateur.is_superuser:
        return False
    portee = type(demande).objects.visibles_par(utilisateur, verbe)
    return portee.filter(pk=demande.pk).exists()


def voit_l_interne(demande: Demande, utilisateur: Utilisateur) -> bool:
    """Whether this person reads the State's side: envelope, notes, proposals before the decision."""
    if utilisateur.is_superuser or utilisateur.detient_au_national("demande.voir"):
        return True
    lus = droits_lus(demande, utilisateur)
    return service_de(demande, utilisateur).exists() if lus is None else INTERNE in lus
