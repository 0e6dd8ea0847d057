"""From the decision to the money that goes out."""

from __future__ import annotations

from typing import Final

from financements import effets_versements, gardes_versements
from financements.courriels_suites import en_prevenant
from financements.situations import Etat
from reseau.socle.etats import Transition

_CONVENTION: Final = ("signataire_ecole", "signee_ecole_le", "signataire_etat", "signee_etat_le", "scan")

EXECUTION: Final[tuple[Transition, ...]] = (
    Transition(  # 11
        "conventionner",
        (Etat.ACCORDEE,),
        Etat.CONVENTIONNEE,
        "conventionner",
        "Enregistrer la convention signée",
        gardes=(gardes_versements.convention_vraisemblable,),
        effet=effets_versements.noter_convention,
        champs=_CONVENTION,
    ),
    # 11, later: an amendment, or another file of the same managing body, passed the yearly threshold.
    *(
        Transition(
            nom,
            (etat,),
            etat,
            "conventionner",
            "Enregistrer la convention signée",
            gardes=(gardes_versements.convention_manquante, gardes_versements.convention_vraisemblable),
            effet=effets_versements.noter_convention,
            champs=_CONVENTION,
        )
        for nom, etat in (
            ("conventionner_notifiee", Etat.NOTIFIEE),
            ("conventionner_en_cours", Etat.EN_EXECUTION),
            # A file taken over may come to its balance without its convention.
            ("conventionner_service_fait", Etat.SERVICE_FAIT),
        )
    ),
    Transition(  # 12
        "notifier",
        (Etat.ACCORDEE, Etat.CONVENTIONNEE),
        Etat.NOTIFIEE,
        "notifier",
        "Notifier la décision",
        gardes=(
            gardes_versements.decision_produite,
            gardes_versements.convention_si_obligatoire,
            gardes_versements.service_identifie,
            gardes_versements.ej_libre,
        ),
        effet=en_prevenant(effets_versements.notifier, "notification"),
        champs=("numero_ej",),
    ),
    Transition(  # 13 and 14: the first payment begins the execution
        "payer",
        (Etat.NOTIFIEE, Etat.EN_EXECUTION),
        Etat.EN_EXECUTION,
        "liquider",
        "Enregistrer un paiement",
        gardes=(
            gardes_versements.autre_que_l_ordonnateur,
            gardes_versements.pas_deja_enregistre,
            gardes_versements.tranche_affichee,
            gardes_versements.ecole_en_activite,
            gardes_versements.tranche_due,
            gardes_versements.iban_confirme,
            gardes_versements.convention_si_obligatoire,
            gardes_versements.cp_suffisants,
        ),
        effet=effets_versements.payer,
        champs=("cle", "tranche", "paye_le", "numero_dp"),
    ),
)
