"""What pages show of a report, as plain values: on the file, on the report itself, on the home page."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from django.urls import reverse

from financements.actes_bilan import ligne_realisee, montrer_mois
from financements.avenants import net_paye
from financements.bilans import accorde, bilan_de, calcule, final, reste_a_rendre, totaux
from financements.dossier import allocation_de
from financements.etats import Etat
from reseau.nombres import (
    PARIS,
    arrondi_centime,
    aujourdhui,
    montrer_date,
    montrer_date_courte,
    montrer_montant,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from financements.models import Bilan, Demande, LigneRealisee
    from reseau.models import Utilisateur

# The officer's arithmetic is shown to the school once it is certified.
_CERTIFIES = (Etat.SERVICE_FAIT, Etat.REVERSEMENT, Etat.SOLDEE, Etat.CLOSE)


@dataclass(frozen=True, slots=True)
class BilanMontre:
    """The part "Bilan" of a file: ``lien`` opens it; ``montants`` are (what, how much)."""

    lien: str
    situation: str
    alerte: str
    montants: tuple[tuple[str, str], ...]


def bilan_du_dossier(demande: Demande, utilisateur: Utilisateur, *, interne: bool) -> BilanMontre | None:
    """Return what the page of a file in execution, or later, shows; a handful of queries."""
    lit = utilisateur.is_superuser or utilisateur.detient("bilan.voir")
    if allocation_de(demande) is None or not lit:
        return None
    bilan = bilan_de(demande)
    if bilan is None:
        return _pas_prepare(demande)
    return BilanMontre(
        lien=reverse("admin:financements_bilan_change", args=[bilan.pk]),
        situation=_situation(demande, bilan),
        alerte=_alerte(demande, bilan, interne=interne),
        montants=_montants(demande, bilan, interne=interne),
    )


def _pas_prepare(demande: Demande) -> BilanMontre | None:
    if demande.etat != Etat.EN_EXECUTION:
        return None
    campagne = demande.campagne
    texte = (
        f"Le bilan de l'année se remet après le {montrer_date(campagne.fin_de_periode)}, "
        f"au plus tard le {montrer_date(campagne.bilan_du_le)}."
    )
    return BilanMontre("", texte, _retard(demande), ())


def _retard(demande: Demande) -> str:
    passe = aujourdhui() > demande.campagne.bilan_du_le
    return "La date limite est passée." if passe and demande.etat == Etat.EN_EXECUTION else ""


def _situation(demande: Demande, bilan: Bilan) -> str:
    if demande.etat == Etat.EN_EXECUTION:
        return f"En préparation : à déposer au plus tard le {montrer_date(demande.campagne.bilan_du_le)}."
    depot = montrer_date(bilan.depose_le.astimezone(PARIS).date()) if bilan.depose_le else ""
    if bilan.certifie_le:
        fait = montrer_date(bilan.certifie_le.astimezone(PARIS).date())
        return f"Déposé le {depot}. Vérifié par la DREETS le {fait}."
    phase = f" {bilan.get_phase_display()}." if bilan.phase else ""
    return f"Déposé le {depot}.{phase}"


def _alerte(demande: Demande, bilan: Bilan, *, interne: bool) -> str:
    if demande.etat == Etat.BILAN_A_CORRIGER and bilan.reponse_avant_le:
        limite = montrer_date(bilan.reponse_avant_le)
        return f"L'école répond avant le {limite}." if interne else f"À corriger avant le {limite}."
    if demande.etat == Etat.REVERSEMENT:
        return f"Reste à rendre : {montrer_montant(reste_a_rendre(demande))}."
    return _retard(demande)


def _montants(demande: Demande, bilan: Bilan, *, interne: bool) -> tuple[tuple[str, str], ...]:
    if demande.etat == Etat.EN_EXECUTION or not (interne or demande.etat in _CERTIFIES):
        return ()
    montant, paye = final(demande), net_paye(demande.allocation)
    mots = "Montant final" if demande.montant_final is not None else "Montant final envisagé"
    lignes = [
        ("Accordé", montrer_montant(accorde(demande.allocation))),
        ("Calculé sur le réalisé", montrer_montant(calcule(bilan))),
        (mots, montrer_montant(montant)),
        ("Versé, net", montrer_montant(paye)),
    ]
    ecart = montant - paye
    envisage = ", si c'est certifié" if demande.montant_final is None else ""
    if ecart > 0:
        lignes.append((f"Solde à payer{envisage}", montrer_montant(ecart)))
    elif ecart < 0:
        lignes.append((f"Versé en trop{envisage}", montrer_montant(-ecart)))
    return tuple(lignes)


@dataclass(frozen=True, slots=True)
class Comptes:
    """Totals of the accounts, printed; ``manques``: what still prevents the hand-in."""

    charges_prevues: str
    charges: str
    produits_prevus: str
    produits: str
    resultat: str
    lignes: tuple[dict[str, str], ...]
    total: dict[str, str]
    calcule: str
    accorde: str
    montant_final: str
    manques: tuple[str, ...]


def page_du_bilan(bilan: Bilan, manques: tuple[str, ...], *, calculs: bool) -> Comptes:
    """Return what the page of a report prints beside its form."""
    sommes, demande = totaux(bilan), bilan.allocation.demande
    lignes = list(bilan.lignes.select_related("titre").order_by("titre", "annee")) if calculs else []
    return Comptes(
        charges_prevues=montrer_montant(sommes.charges_prevues),
        charges=montrer_montant(sommes.charges),
        produits_prevus=montrer_montant(sommes.produits_prevus),
        produits=montrer_montant(sommes.produits),
        resultat=montrer_montant(sommes.resultat),
        lignes=tuple(ligne_realisee(ligne) for ligne in lignes),
        total=_total(lignes),
        calcule=montrer_montant(calcule(bilan)),
        accorde=montrer_montant(accorde(bilan.allocation)),
        montant_final=montrer_montant(final(demande)),
        manques=manques,
    )


def _total(lignes: Sequence[LigneRealisee]) -> dict[str, str]:
    """Print learner-months of all the lines, and what is due to supplements; the rest is for months."""
    majores = sum((une.majoration * (une.majores_retenus or 0) for une in lignes), Decimal(0))
    supplements = arrondi_centime(majores)
    montant = sum((une.montant or Decimal(0) for une in lignes), Decimal(0))
    return {
        mot: montrer_mois(
            sum(getattr(une, f"mois_{champ}") or 0 for une in lignes),
            sum(getattr(une, f"majores_{champ}") or 0 for une in lignes),
        )
        for mot, champ in (("convenu", "convenus"), ("realise", "realises"), ("retenu", "retenus"))
    } | {"mois": montrer_montant(montant - supplements), "supplements": montrer_montant(supplements)}


def depose_le(bilan: Bilan) -> str:
    """Print the day of the hand-in, for a list."""
    return montrer_date_courte(bilan.depose_le.astimezone(PARIS).date()) if bilan.depose_le else "—"
