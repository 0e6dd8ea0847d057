"""What the database itself holds from the grant to the first payment, and about what is published.

A state stands on its proof: a signed convention, a number of commitment, a payment. What the open data
repeats (décret 2017-779) stays: a SIRET is corrected, not emptied. A line of a file keeps to its region.
"""

from __future__ import annotations

from typing import Final

import pgtrigger

from financements.models.declencheurs_versements import refuser
from financements.situations import RENDUES, Etat

# The school knows the decision; ended or taken back, a file keeps the number that it had.
_NOTIFIEES: Final = (Etat.NOTIFIEE, Etat.EN_EXECUTION, *RENDUES, Etat.RESILIEE, Etat.RETIREE)
_DECISION: Final = "JOIN financements_allocation a ON a.id = t.allocation_id WHERE a.demande_id = NEW.id"

# The rows of the two SIRETs are held until the end: nobody empties one while its decision is notified.
EXECUTION_ENTIERE = pgtrigger.Trigger(
    name="execution_entiere",
    operation=pgtrigger.Update,
    when=pgtrigger.Before,
    func=f"""
    IF NEW.numero_ej <> '' AND NEW.etat NOT IN ({", ".join(f"'{etat}'" for etat in _NOTIFIEES)}) THEN
        {refuser("Le numéro d'engagement juridique vient avec la notification.")}
    END IF;
    IF NEW.etat = OLD.etat THEN
        RETURN NEW;
    END IF;
    IF NEW.etat = 'conventionnee' AND NOT EXISTS (SELECT FROM financements_convention t {_DECISION}) THEN
        {refuser("Un dossier conventionné a sa convention signée.")}
    END IF;
    IF NEW.etat = 'notifiee' THEN
        IF NEW.numero_ej = '' THEN
            {refuser("Une décision notifiée a son numéro d'engagement juridique.")}
        END IF;
        PERFORM FROM ecoles_ecole WHERE id = NEW.ecole_id AND siret <> '' FOR SHARE;
        IF NOT FOUND THEN
            {refuser("Une décision notifiée est publiée avec le SIRET de l'école : il manque.")}
        END IF;
        PERFORM FROM reseau_serviceregional WHERE region_id = NEW.region_id AND siret <> '' FOR SHARE;
        IF NOT FOUND THEN
            {refuser("Une décision notifiée est publiée avec le SIRET du service : il manque.")}
        END IF;
    END IF;
    IF NEW.etat = 'en_execution' AND NOT EXISTS (SELECT FROM financements_paiement t {_DECISION}) THEN
        {refuser("Un dossier en exécution a son premier paiement.")}
    END IF;
    RETURN NEW;
    """,
)


def siret_publie(phrase: str, decisions: str) -> pgtrigger.Trigger:
    """A SIRET that notified decisions are published with is not emptied; ``decisions`` is SQL on ``d``."""
    return pgtrigger.Trigger(
        name="siret_publie",
        operation=pgtrigger.UpdateOf("siret"),  # type: ignore[no-untyped-call]
        when=pgtrigger.Before,
        condition=pgtrigger.Q(new__siret="") & ~pgtrigger.Q(old__siret=""),
        func=f"""
        IF EXISTS (SELECT FROM financements_demande d JOIN financements_allocation a ON a.demande_id = d.id
                    WHERE {decisions} AND d.numero_ej <> '' AND d.etat <> 'retiree') THEN
            {refuser(phrase)}
        END IF;
        RETURN NEW;
        """,
    )


# F22: the chain of a journal is its region's, so that a region can be read and proved by itself.
CHAINE_DE_SA_REGION = pgtrigger.Trigger(
    name="chaine_de_sa_region",
    operation=pgtrigger.Insert,
    when=pgtrigger.Before,
    func=f"""
    IF NOT EXISTS (SELECT FROM financements_demande
                    WHERE id = NEW.demande_id AND NEW.chaine = 'demande:' || region_id) THEN
        {refuser("Le journal d'un dossier s'écrit dans la chaîne de sa région.")}
    END IF;
    RETURN NEW;
    """,
)

ACTE_DE_SON_DOSSIER = pgtrigger.Trigger(
    name="acte_de_son_dossier",
    operation=pgtrigger.Insert,
    when=pgtrigger.Before,
    condition=pgtrigger.Q(new__allocation__isnull=False),
    func=f"""
    IF NOT EXISTS (SELECT FROM financements_allocation
                    WHERE id = NEW.allocation_id AND demande_id = NEW.demande_id) THEN
        {refuser("Un acte est celui de la décision de son dossier.")}
    END IF;
    RETURN NEW;
    """,
)
