"""The ways out that grant nothing, or end what was granted."""

from __future__ import annotations

from typing import Final

from financements import (
    effets_depot,
    effets_refus,
    effets_reprise,
    effets_solde,
    gardes,
    gardes_refus,
    gardes_reprise,
    gardes_solde,
)
from financements.courriels_suites import en_prevenant
from financements.situations import INSTRUITES, Etat
from reseau.socle.etats import Transition

SORTIES: Final[tuple[Transition, ...]] = (
    Transition(  # 9
        "refuser",
        INSTRUITES,
        Etat.REFUSEE,
        "accorder",
        "Refuser",
        gardes=(
            gardes_refus.pas_son_instruction,
            gardes_refus.raison_choisie,
            gardes_refus.explication_ecrite,
        ),
        effet=en_prevenant(effets_refus.refuser, "refus"),
        champs=("raison", "motif"),
    ),
    Transition(  # 9
        "classer",
        INSTRUITES,
        Etat.SANS_SUITE,
        "viser",
        "Classer sans suite",
        gardes=(
            gardes_refus.pas_son_instruction,
            gardes_refus.raison_choisie,
            gardes_refus.explication_ecrite,
        ),
        effet=en_prevenant(effets_refus.classer, "classement"),
        champs=("raison", "motif"),
    ),
    Transition(  # 23
        "resilier",
        (Etat.ACCORDEE, Etat.CONVENTIONNEE, Etat.NOTIFIEE, Etat.EN_EXECUTION),
        Etat.RESILIEE,
        "accorder",
        "Résilier",
        gardes=(gardes_refus.ecole_entendue, gardes_refus.acquis_au_plus_le_verse, gardes.motif_ecrit),
        effet=en_prevenant(effets_refus.resilier, "resiliation"),
        verrou=gardes.verrouiller_enveloppe,
        champs=("entendue_le", "montant_acquis", "motif"),
    ),
    Transition(  # 23, what was paid and is not kept
        "reclamer_resiliation",
        (Etat.RESILIEE,),
        Etat.RESILIEE,
        "reclamer",
        "Réclamer le trop-versé",
        gardes=(gardes_solde.trop_verse, gardes_solde.au_dessus_du_seuil),
        effet=en_prevenant(effets_solde.reclamer, "ordre"),
    ),
    Transition(  # 23, below the threshold
        "renoncer_resiliation",
        (Etat.RESILIEE,),
        Etat.RESILIEE,
        "reclamer",
        "Renoncer au trop-versé",
        gardes=(gardes_solde.trop_verse, gardes_solde.sous_le_seuil, gardes.motif_ecrit),
        effet=effets_solde.renoncer,
        champs=("motif",),
    ),
    Transition(  # 23, all of it or a part
        "recouvrer_resiliation",
        (Etat.RESILIEE,),
        Etat.RESILIEE,
        "reclamer",
        "Enregistrer la somme rendue",
        gardes=(gardes_solde.au_plus_le_reste, gardes_solde.jour_passe),
        effet=effets_solde.recouvrer_en_partie,
        verrou=gardes.verrouiller_enveloppe,
        champs=("montant_rendu", "rendu_le"),
    ),
    Transition(  # 22
        "retirer",
        (Etat.BROUILLON, Etat.DEPOSEE, Etat.A_COMPLETER, Etat.EN_INSTRUCTION, Etat.PROPOSEE),
        Etat.RETIREE,
        "retirer",
        "Retirer la demande",
        gardes=(gardes.motif_ecrit,),
        effet=effets_depot.retirer,
        champs=("motif",),
    ),
    Transition(  # what an import took over by mistake, as long as nothing was built on it
        "annuler_reprise",
        (Etat.NOTIFIEE, Etat.EN_EXECUTION),
        Etat.RETIREE,
        "reprendre",
        "Annuler la reprise",
        gardes=(gardes_reprise.reprise_seulement, gardes_reprise.rien_depuis, gardes.motif_ecrit),
        effet=effets_reprise.annuler,
        verrou=gardes.verrouiller_enveloppe,
        champs=("motif",),
    ),
)
