"""The legal documents of this trade: what each says is copied when the act is made, then never changes.

No model is imported here: effects of the state table call this module, and models know the table.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from financements.delegations import delegation_de
from reseau.francais import de
from reseau.nombres import (
    INSECABLE,
    PARIS,
    montrer_date,
    montrer_instant,
    montrer_montant,
    montrer_nombre,
)
from reseau.roles import Role, roles_avec
from reseau.socle.documents import figer
from reseau.socle.etats import Contexte
from reseau.socle.lettres import montant_en_lettres

if TYPE_CHECKING:
    from collections.abc import Mapping
    from decimal import Decimal

    from financements.models import Allocation, Demande, LigneEffectif
    from reseau.models import DocumentFige, Utilisateur

GABARITS = {
    "note": "financements/actes/note.html",
    "recu": "financements/actes/recu.html",
    "controle": "financements/actes/controle.html",
    "decision": "financements/actes/decision.html",
    "convention": "financements/actes/convention.html",
    "notification": "financements/actes/notification.html",
    "certificat": "financements/actes/certificat.html",
    "refus": "financements/actes/refus.html",
    "classement": "financements/actes/refus.html",
    "resiliation": "financements/actes/resiliation.html",
    "avenant": "financements/actes/avenant.html",
    "recu_bilan": "financements/actes/recu_bilan.html",
    "service_fait": "financements/actes/service_fait.html",
    "ordre": "financements/actes/ordre.html",
    "solde": "financements/actes/solde.html",
    "cloture": "financements/actes/cloture.html",
}


def figer_decision(decision: Allocation) -> DocumentFige:
    """Freeze the decision's document and link it to the act; to be called inside its transaction."""
    demande = decision.demande
    return figer_acte(demande, "decision", "Décision d'attribution", contexte_decision(decision))


def figer_acte(demande: Demande, nature: str, titre: str, contexte: dict[str, Any]) -> DocumentFige:
    """Freeze a document of a file and link it; a second one of the same kind takes the next rank."""
    rang = demande.actes.filter(nature=nature).count() + 1
    suite = f"-{rang}" if rang > 1 else ""
    document = figer(
        gabarit=GABARITS[nature],
        contexte=contexte,
        titre=f"{titre} {demande.numero}",
        nom_fichier=f"{nature}-{demande.numero}{suite}.pdf",
    )
    decision = getattr(demande, "allocation", None)
    demande.actes.create(nature=nature, rang=rang, document=document, allocation=decision)
    return document


def entete_d_acte(demande: Demande) -> dict[str, Any]:
    """Return what every act prints of its file, as texts; date and amount are those of the decision."""
    decision: Allocation | None = getattr(demande, "allocation", None)
    return {
        "numero": demande.numero,
        "exercice": str(demande.campagne.exercice),
        "date": montrer_date(decision.accordee_le.astimezone(PARIS).date()) if decision else "",
        "montant": montrer_montant(decision.montant) if decision else "",
        "en_lettres": montant_en_lettres(decision.montant) if decision else "",
        "demonstration": demande.ecole.fictive,
        "ecole": _ecole(demande),
        "service": _service(demande),
    }


def contexte_decision(decision: Allocation) -> dict[str, Any]:
    """Return every value that the decision prints, as texts."""
    demande = decision.demande
    lignes = demande.lignes.filter(effectif_retenu__gt=0).select_related("titre").order_by("titre", "annee")
    return {
        "numero": demande.numero,
        "exercice": str(demande.campagne.exercice),
        "accordee_le": montrer_instant(decision.accordee_le),
        "date": montrer_date(decision.accordee_le.astimezone(PARIS).date()),
        "deposee_le": montrer_instant(demande.deposee_le) if demande.deposee_le else "",
        "montant": montrer_montant(decision.montant),
        "en_lettres": montant_en_lettres(decision.montant),
        "lignes": [ligne_calculee(ligne) for ligne in lignes],
        "demonstration": demande.ecole.fictive,
        "ecole": _ecole(demande),
        "service": _service(demande),
        "personnes": _personnes(decision),
    }


def ligne_calculee(ligne: LigneEffectif) -> dict[str, str]:
    """Return a retained line of the computation as texts, with its formula."""
    return {
        "diplome": str(ligne.titre),
        "annee": str(ligne.annee),
        "effectif": str(ligne.effectif_retenu),
        "formule": formule(ligne),
        "montant": montrer_montant(ligne.montant_retenu),
    }


def ligne_demandee(ligne: LigneEffectif) -> dict[str, str]:
    """Return an asked line as texts."""
    return {
        "diplome": str(ligne.titre),
        "annee": str(ligne.annee),
        "effectif": str(ligne.effectif_demande),
        "supplements": str(ligne.majorations_demandees),
        "mois": str(ligne.mois),
        "montant": montrer_montant(ligne.montant_demande),
    }


def formule(ligne: LigneEffectif) -> str:
    """Print "36 élèves × 10 mois × 550,00 € + 14 suppléments × 10 mois × 30,00 €"."""
    effectif = ligne.effectif_retenu if ligne.effectif_retenu is not None else ligne.effectif_demande
    supplements = ligne.nb_majorations if ligne.effectif_retenu is not None else ligne.majorations_demandees
    texte = f"{_compte(effectif, 'élève')} × {_mois(ligne)} × {montrer_taux(ligne.unitaire)}"
    if supplements:
        texte += (
            f" + {_compte(supplements, 'supplément')} × {_mois(ligne)} × {montrer_taux(ligne.majoration)}"
        )
    return texte


def _compte(nombre: int, mot: str) -> str:
    return f"{nombre}{INSECABLE}{mot}{'s' if nombre > 1 else ''}"


def _mois(ligne: LigneEffectif) -> str:
    return f"{ligne.mois}{INSECABLE}mois"


def montrer_taux(taux: Decimal) -> str:
    """A rate keeps its third and fourth decimals when they say something: 550,00 but 549,048."""
    utiles = -int(taux.normalize().as_tuple().exponent)
    return f"{montrer_nombre(taux, max(utiles, 2))}{INSECABLE}€"


def _ecole(demande: Demande) -> Mapping[str, str]:
    ecole = demande.ecole
    postal = next(iter(ecole.commune.codes_postaux), "")
    return {
        "nom": ecole.nom,
        "de": de(ecole.nom),
        "siret": _siret(ecole.siret),
        "gestionnaire": ecole.gestionnaire.nom if ecole.gestionnaire else "",
        "adresse": ", ".join(filter(None, (ecole.adresse, f"{postal} {ecole.commune.nom}".strip()))),
    }


def _siret(siret: str) -> str:
    return INSECABLE.join((siret[:3], siret[3:6], siret[6:9], siret[9:])) if siret else ""


def _service(demande: Demande) -> Mapping[str, str]:
    enveloppe = demande.enveloppe
    service = demande.region.service
    return {
        "nom": service.nom,
        "sigle": service.sigle,
        "region": demande.region.nom,
        "programme": enveloppe.programme if enveloppe else "",
        "action": enveloppe.action if enveloppe else "",
    }


def _personnes(decision: Allocation) -> list[dict[str, str]]:
    """The three persons in the order in which they acted; the act names its author (CRPA L212-1)."""
    trois = (
        ("Instruction", Role.INSTRUCTEUR, decision.instruite_par),
        ("Visa", Role.CHEF_DE_SERVICE, decision.visee_par),
        ("Décision", Role.ORDONNATEUR, decision.accordee_par),
    )
    lignes: list[dict[str, str]] = [
        {"etape": etape, "fonction": role.label, "nom": _nom(personne)} for etape, role, personne in trois
    ]
    lignes[-1]["nom"] += _par_delegation(decision)
    return lignes


def _par_delegation(decision: Allocation) -> str:
    """In whose name the decision is signed, when it is by delegation."""
    if decision.accordee_par is None:
        return ""
    return _au_nom_de(decision, Contexte(decision.accordee_par), "accorder")


def _au_nom_de(dossier: Demande | Allocation, contexte: Contexte, verbe: str) -> str:
    delegant, acte = delegation_de(dossier, contexte, verbe)
    return f", par délégation {de(delegant.get_full_name())} (acte n° {acte})" if delegant else ""


def signataire(demande: Demande, contexte: Contexte, verbe: str) -> dict[str, str]:
    """Who signs and as what, in whose name (CRPA L212-1); ``verbe``: what she was allowed to do."""
    fonction = str(roles_avec(f"demande.{verbe}")[0].label)
    return {
        "personne": contexte.utilisateur.get_full_name(),
        "fonction": f"{fonction[0].lower()}{fonction[1:]}{_au_nom_de(demande, contexte, verbe)}",
    }


def _nom(personne: Utilisateur | None) -> str:
    return personne.get_full_name() if personne else "avant l'outil"
