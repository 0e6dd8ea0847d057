"""What the page of a file shows of the money that goes out, as plain values."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.urls import reverse

from financements.avenants import net_paye
from financements.dossier import allocation_de
from financements.etats import Etat
from financements.requetes import actes_de, actes_en_ordre, paiements_de
from reseau.nombres import montrer_date_courte, montrer_montant

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from uuid import UUID

    from django.db.models import QuerySet

    from financements.models import Acte, Allocation, Demande, Tranche

# Certificates are the State's own papers; the school reads what is sent to it.
_POUR_L_ECOLE = (
    *("decision", "convention", "notification", "avenant", "refus", "classement", "resiliation"),
    *("recu_bilan", "service_fait", "ordre", "solde"),
    "recu",
)


@dataclass(frozen=True, slots=True)
class LigneVersement:
    """A part of the schedule: what, how much, from when, when it was paid; for officers, in Chorus."""

    quoi: str
    montant: str
    prevue: str
    paye: str
    numero_dp: str = ""
    rapproche: str = ""


@dataclass(frozen=True, slots=True)
class Versements:
    """The schedule, its totals, the number of the commitment, and the acts to download."""

    lignes: tuple[LigneVersement, ...]
    rendus: tuple[tuple[str, str, str], ...]
    paye: str
    reste: str
    mot_du_reste: str
    interne: bool
    numero_ej: str
    vide: str
    actes: tuple[tuple[str, str], ...]


def versements(demande: Demande, *, interne: bool) -> Versements | None:
    """Return what the page shows once the file is decided; a handful of queries."""
    decision = allocation_de(demande)
    if decision is None and demande.etat not in (Etat.REFUSEE, Etat.SANS_SUITE):
        return None
    tranches = list(decision.tranches.all()) if decision else []
    payes = {p.tranche_id: p for p in paiements_de(decision) if p.tranche_id} if decision else {}
    paye = sum((p.montant for p in payes.values()), Decimal(0))
    reste = reste_a_payer(demande, (t for t in tranches if t.pk not in payes))
    return Versements(
        lignes=tuple(_ligne(t, payes, interne=interne, due=reste > 0) for t in tranches),
        rendus=tuple(_rendus(decision)) if decision and interne else (),
        paye=montrer_montant(paye),
        reste=montrer_montant(reste),
        mot_du_reste=_mot_du_reste(demande),
        interne=interne,
        numero_ej=demande.numero_ej if interne else "",
        vide="L'échéancier est écrit à la notification." if decision else "Rien n'est versé sur ce dossier.",
        actes=liens_des_actes(demande, interne=interne),
    )


def reste_a_payer(demande: Demande, non_payees: Iterable[Tranche]) -> Decimal:
    """Return what is left to pay, EUR: the schedule says it until the final amount is known."""
    if demande.montant_final is not None:
        return max(Decimal(demande.montant_final) - net_paye(demande.allocation), Decimal(0))
    return sum((t.montant for t in non_payees), Decimal(0))


def _mot_du_reste(demande: Demande) -> str:
    """A report that is being read already says another amount than the schedule: each bears its name."""
    lu = demande.etat in (Etat.BILAN_DEPOSE, Etat.BILAN_A_CORRIGER)
    return "Reste à payer, selon l'échéancier" if lu else "Reste à payer"


def _rendus(decision: Allocation) -> Iterator[tuple[str, str, str]]:
    """What was claimed back, given back, waived: words, day, amount."""
    for ligne in decision.reversements.all():
        yield ligne.get_nature_display(), montrer_date_courte(ligne.date_acte), montrer_montant(ligne.montant)


def liens_des_actes(demande: Demande, *, interne: bool) -> tuple[tuple[str, str], ...]:
    """Return the title and the address of each act that this side may read."""
    lisibles = (acte for acte in actes_de(demande) if interne or acte.nature in _POUR_L_ECOLE)
    return tuple(lien for acte in lisibles for lien in _liens(demande, acte))


def _ligne(tranche: Tranche, payes: Mapping[UUID, Any], *, interne: bool, due: bool) -> LigneVersement:
    paiement = payes.get(tranche.pk)
    apres = "après le service fait" if interne else "après la vérification du bilan"
    prevue = apres if tranche.service_fait else montrer_date_courte(tranche.prevue_le)
    dit = (paiement.numero_dp or paiement.dp_chorus or "") if paiement else ""
    return LigneVersement(
        quoi=tranche.get_nature_display(),
        montant=montrer_montant(tranche.montant),
        prevue=prevue,
        paye=montrer_date_courte(paiement.paye_le) if paiement else "pas encore" if due else "n'est plus due",
        numero_dp=dit if interne else "",
        rapproche=_rapproche(paiement) if interne and paiement else "",
    )


def _rapproche(paiement: Any) -> str:
    return "pas encore" if paiement.dp_chorus is None else "oui"


def _liens(demande: Demande, acte: Any) -> Iterator[tuple[str, str]]:
    """The act as it was frozen, then as it came back signed."""
    yield _titre(acte), reverse("admin:financements_demande_acte", args=[demande.pk, acte.pk])
    if acte.signe:
        yield (
            "Convention signée, numérisée" if acte.nature == "convention" else f"{_titre(acte)}, signé",
            reverse("admin:financements_demande_signe", args=[demande.pk, acte.pk]),
        )


def _titre(acte: Acte) -> str:
    return f"{acte.get_nature_display()} {acte.rang}" if acte.rang > 1 else acte.get_nature_display()


def actes_lisibles(demande: Demande, *, interne: bool) -> QuerySet[Acte]:
    """Return the acts of a decided file that this side may read."""
    actes = actes_en_ordre(demande.actes.all())
    return actes if interne else actes.filter(nature__in=_POUR_L_ECOLE)
