"""Taking back a takeover: ledgers keep each line and its contrary; the school's year is free again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import uuid4

from financements.natures import Origine
from reseau.nombres import maintenant

if TYPE_CHECKING:
    from collections.abc import Mapping

    from financements.models import Demande
    from reseau.socle.etats import Contexte


def annuler(demande: Demande, contexte: Contexte) -> Mapping[str, Any]:
    """Write the contrary of each line, date the takeover's end, drop what was still to pay."""
    reprise, decision = demande.reprise, demande.allocation
    demande.motif = str(contexte.donnees["motif"]).strip()
    demande.echeance_le = None
    reprise.annulee_le, reprise.annulee_par = maintenant(), contexte.utilisateur
    reprise.save(update_fields=["annulee_le", "annulee_par"])
    decision.tranches.filter(paiements=None).delete()
    for paiement in list(decision.paiements.order_by("id")):
        decision.paiements.create(
            cle=uuid4(),
            enveloppe_id=paiement.enveloppe_id,
            montant=-paiement.montant,
            paye_le=paiement.paye_le,
            numero_ej=paiement.numero_ej,
            origine=Origine.REPRISE,
            saisi_par=contexte.utilisateur,
        )
    for engagement in list(decision.engagements.order_by("id")):
        decision.engagements.create(
            enveloppe_id=engagement.enveloppe_id,
            nature="desengagement",
            montant=-engagement.montant,
            origine=Origine.REPRISE,
            saisi_par=contexte.utilisateur,
        )
    return {"montant": str(decision.montant), "lot": str(reprise.lot_id)}
