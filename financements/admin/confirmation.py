"""Before and after, on the confirmation page of each transition."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from django.db.models import Sum

from financements.admin.confirmation_bilans import LIGNES_DES_BILANS
from financements.avenants import avenant_ouvert, convenu, engage, net_paye
from financements.confirmations import reste_a_confirmer
from financements.conventions import scan_de_la_convention
from financements.corrections import ouvertes
from financements.enchainements import ETAPES
from financements.gardes_versements import prochaine_tranche
from reseau.nombres import montrer_montant, montrer_pourcentage

if TYPE_CHECKING:
    from collections.abc import Callable

    from financements.avenants import Convenu
    from financements.models import Avenant, Demande

type Lignes = list[tuple[str, str, str]]


def avant_apres(demande: Demande, nom: str) -> Lignes:
    """Return the rows (what, before, after) that a transition adds to the change of state."""
    if nom in ETAPES:
        return [ligne for etape in ETAPES[nom][0] for ligne in avant_apres(demande, etape)]
    return _LIGNES[nom](demande) if nom in _LIGNES else []


def _depot(demande: Demande) -> Lignes:
    effectif = demande.lignes.aggregate(n=Sum("effectif_demande"))["n"] or 0
    return [
        ("Nombre de jeunes", str(effectif), str(effectif)),
        (
            "Montant demandé",
            montrer_montant(demande.montant_demande),
            montrer_montant(demande.montant_demande),
        ),
        ("Effectifs et pièces", "modifiables", "ne changent plus"),
    ]


def _silence(demande: Demande) -> Lignes:
    return [
        *((point.libelle, "à corriger par l'école", "resté sans réponse") for point in ouvertes(demande)),
        ("Effectifs et pièces", "modifiables par l'école", "ne changent plus"),
    ]


def _instruction(demande: Demande) -> Lignes:
    effectif = demande.lignes.aggregate(n=Sum("effectif_demande"))["n"] or 0
    return [
        ("Effectif retenu", "—", f"{effectif}, comme demandé ; modifiable ensuite"),
        ("Montant retenu", "—", montrer_montant(demande.montant_demande)),
    ]


def _proposition(demande: Demande) -> Lignes:
    montant = demande.montant_retenu
    lignes: Lignes = [("Montant proposé", "—", montrer_montant(montant)), *_reste(demande, montant)]
    if reste_a_confirmer(demande):
        lignes.append(("Confirmation par l'école", "non confirmée", "la note d'instruction le dit"))
    return lignes


def _confirmation(demande: Demande) -> Lignes:
    return [*_depot(demande)[:2], ("Votre confirmation", "attendue", "inscrite au journal du dossier")]


def _visa(demande: Demande) -> Lignes:
    montant = demande.montant_propose or Decimal(0)
    return [("Montant", montrer_montant(montant), montrer_montant(montant)), *_reste(demande, montant)]


def _accord(demande: Demande) -> Lignes:
    montant = demande.montant_propose or Decimal(0)
    lignes: Lignes = [("Montant accordé", "—", montrer_montant(montant))]
    if demande.enveloppe is not None:
        engagees = demande.enveloppe.ae_engagees
        lignes.append(
            ("Engagé sur l'enveloppe", montrer_montant(engagees), montrer_montant(engagees + montant))
        )
        libres = demande.enveloppe.ae_disponibles
        lignes.append(
            ("Disponible dans l'enveloppe", montrer_montant(libres), montrer_montant(libres - montant))
        )
    return [*lignes, ("Décision", "—", "PDF figé, téléchargeable depuis le dossier")]


def _renvoi(demande: Demande) -> Lignes:
    lignes: Lignes = [("Montant proposé", montrer_montant(demande.montant_propose or Decimal(0)), "—")]
    return [*lignes, ("Visa", "donné", "annulé")] if demande.visee_par_id else lignes


def _reste(demande: Demande, montant: Decimal) -> Lignes:
    """What the envelope would have left if this file were granted."""
    if demande.enveloppe is None:
        return []
    libres = demande.enveloppe.ae_disponibles
    return [
        (
            "Disponible dans l'enveloppe après accord",
            montrer_montant(libres),
            montrer_montant(libres - montant),
        )
    ]


def _convention(demande: Demande) -> Lignes:
    montant = montrer_montant(demande.allocation.montant)
    lignes: Lignes = [("Convention", "pas encore signée", f"signée, pour {montant}")]
    if scan_de_la_convention(demande) is not None:
        lignes.append(("Scan signé", "rattaché au dossier", "le même : rien n'est à joindre"))
    return lignes


def _notification(demande: Demande) -> Lignes:
    echeances = demande.campagne.echeances.order_by("rang")
    parts = " + ".join(montrer_pourcentage(e.part / 100) for e in echeances) or "un versement unique"
    return [
        ("Échéancier", "—", f"{montrer_montant(demande.allocation.montant)} : {parts}"),
        ("Lettre de notification", "—", "PDF figé, téléchargeable depuis le dossier"),
    ]


def _paiement(demande: Demande) -> Lignes:
    tranche = prochaine_tranche(demande)
    if tranche is None:
        return []
    accorde = demande.allocation.montant
    deja = demande.allocation.paiements.aggregate(total=Sum("montant"))["total"] or Decimal(0)
    apres = deja + tranche.montant
    quoi = tranche.get_nature_display().lower()
    return [
        (f"Payé ({quoi})", montrer_montant(deja), montrer_montant(apres)),
        ("Reste à payer", montrer_montant(accorde - deja), montrer_montant(accorde - apres)),
        ("Certificat de paiement", "—", "PDF figé, téléchargeable depuis le dossier"),
    ]


def _retrait(_demande: Demande) -> Lignes:
    return [("Retrait", "—", "définitif : cette demande ne se reprend pas, il faut en faire une autre")]


def _refus(_demande: Demande) -> Lignes:
    return [("Lettre, avec les voies de recours", "—", "PDF figé, téléchargeable depuis le dossier")]


def _resiliation(demande: Demande) -> Lignes:
    deja, paye = engage(demande.allocation), net_paye(demande.allocation)
    return [
        ("Engagé", montrer_montant(deja), montrer_montant(paye)),
        ("Rendu à l'enveloppe", "—", montrer_montant(deja - paye)),
        ("Versé à l'école", montrer_montant(paye), "gardé, ou réclamé au-dessus de ce qu'elle garde"),
        *_refus(demande),
    ]


def _avenant(demande: Demande) -> Lignes:
    avenant = avenant_ouvert(demande)
    if avenant is None:
        return []
    total = engage(demande.allocation)
    return [
        ("Raison", "—", avenant.motif),
        *_lignes_de_l_avenant(demande, avenant),
        ("Montant accordé", montrer_montant(total), montrer_montant(total + avenant.montant)),
        *_reste(demande, avenant.montant),
    ]


def _lignes_de_l_avenant(demande: Demande, avenant: Avenant) -> Lignes:
    """Who visas or grants reads what changes, diploma by diploma."""
    avant, apres = convenu(demande.allocation), convenu(demande.allocation, avenant)
    cles = {(ligne.titre_id, ligne.annee): str(ligne) for ligne in avenant.lignes.select_related("titre")}
    return [(mots, _mois(avant.get(cle)), _mois(apres.get(cle))) for cle, mots in cles.items()]


def _mois(accord: Convenu | None) -> str:
    if accord is None:
        return "—"
    supplements = f", dont {accord.mois_majores} avec supplément" if accord.mois_majores else ""
    return f"{accord.mois} mois-élèves{supplements}"


def _accord_d_avenant(demande: Demande) -> Lignes:
    return [*_avenant(demande), ("Tranches à payer", "celles d'avant", "recalculées sur le nouveau montant")]


_LIGNES: dict[str, Callable[[Demande], Lignes]] = LIGNES_DES_BILANS | {
    "deposer": _depot,
    "deposer_sur_scan": _depot,
    "confirmer": _confirmation,
    "constater_silence": _silence,
    "instruire": _instruction,
    "proposer": _proposition,
    "viser": _visa,
    "accorder": _accord,
    "renvoyer": _renvoi,
    "conventionner": _convention,
    "conventionner_notifiee": _convention,
    "conventionner_en_cours": _convention,
    "conventionner_service_fait": _convention,
    "notifier": _notification,
    "payer": _paiement,
    "proposer_avenant": _avenant,
    "viser_avenant": _avenant,
    "accorder_avenant": _accord_d_avenant,
    "refuser": _refus,
    "classer": _refus,
    "resilier": _resiliation,
    "retirer": _retrait,
}
