"""What the database itself holds about the money that goes out, and comes back.

The root is locked first, then the envelope: the order of the whole house. Each body begins by the same
lock, so that two payments of one file never add up beyond what the other one left.
"""

from __future__ import annotations

import pgtrigger

_AJOUT_OU_MODIFICATION = pgtrigger.Insert | pgtrigger.Update

_RACINE = """
SELECT d.id, d.etat, d.region_id, d.numero_ej, d.montant_final, a.accordee_le, a.origine
  INTO dossier FROM financements_demande d JOIN financements_allocation a ON a.demande_id = d.id
 WHERE a.id = v_allocation FOR NO KEY UPDATE OF d;
"""
_SOMMES = """
SELECT COALESCE(sum(montant), 0) INTO engage FROM financements_engagement WHERE allocation_id = v_allocation;
SELECT COALESCE(sum(montant), 0) INTO paye FROM financements_paiement WHERE allocation_id = v_allocation;
SELECT COALESCE(sum(montant) FILTER (WHERE nature = 'ordre'), 0),
       COALESCE(sum(montant) FILTER (WHERE nature = 'recouvrement'), 0),
       COALESCE(sum(montant) FILTER (WHERE nature = 'remise'), 0)
  INTO reclame, recouvre, remis FROM financements_reversement WHERE allocation_id = v_allocation;
"""
_VARIABLES = [
    ("v_allocation", "uuid"),
    ("dossier", "record"),
    ("engage", "numeric"),
    ("paye", "numeric"),
    ("reclame", "numeric"),
    ("recouvre", "numeric"),
    ("remis", "numeric"),
]


def refuser(phrase: str) -> str:
    """Spell a refusal in PL/pgSQL."""
    return f"RAISE EXCEPTION '{phrase.replace("'", "''")}' USING ERRCODE = 'check_violation';"


def a_accorde(personne: str, allocation: str) -> str:
    """Spell in SQL that this person granted the decision, or one of its amendments."""
    return (
        f"{personne} IN (SELECT accordee_par_id FROM financements_allocation WHERE id = {allocation}"
        f" UNION ALL SELECT accorde_par_id FROM financements_avenant WHERE allocation_id = {allocation}"
        " AND accorde_par_id IS NOT NULL)"
    )


# F9: when a schedule exists, it adds up to what is committed; looked at when all is written. What was paid,
# then given back, left the commitment and stays in the schedule.
ECHEANCIER_ENTIER = f"""
v_allocation := CASE WHEN TG_OP = 'DELETE' THEN OLD.allocation_id ELSE NEW.allocation_id END;
SELECT COALESCE(sum(montant), 0) INTO engage FROM financements_engagement WHERE allocation_id = v_allocation;
SELECT sum(montant) INTO prevu FROM financements_tranche WHERE allocation_id = v_allocation;
SELECT COALESCE(sum(montant), 0) INTO rendu FROM financements_reversement
 WHERE allocation_id = v_allocation AND nature = 'recouvrement';
IF prevu NOT BETWEEN engage AND engage + rendu AND NOT EXISTS (
    SELECT FROM financements_reprise r JOIN financements_allocation a ON a.demande_id = r.demande_id
     WHERE a.id = v_allocation AND r.annulee_le IS NOT NULL) THEN
    {refuser("Les tranches d'une décision font ensemble le montant engagé.")}
END IF;
RETURN NULL;
"""


def echeancier_entier(operation: pgtrigger.Operation) -> pgtrigger.Trigger:
    """F9, asked at the end of the transaction."""
    return pgtrigger.Trigger(
        name="echeancier_entier",
        operation=operation,
        when=pgtrigger.After,
        timing=pgtrigger.Deferred,
        declare=[
            ("v_allocation", "uuid"),
            ("engage", "numeric"),
            ("prevu", "numeric"),
            ("rendu", "numeric"),
        ],
        func=ECHEANCIER_ENTIER,
    )


# The schedule changes by a transition only, and never what was paid.
TRANCHE_PAR_LA_PORTE = pgtrigger.Trigger(
    name="tranche_par_la_porte",
    operation=_AJOUT_OU_MODIFICATION | pgtrigger.Delete,
    when=pgtrigger.Before,
    declare=[("v_allocation", "uuid"), ("dossier", "record")],
    func=f"""
    v_allocation := CASE WHEN TG_OP = 'DELETE' THEN OLD.allocation_id ELSE NEW.allocation_id END;
    {_RACINE}
    IF TG_OP = 'UPDATE' AND NEW.allocation_id <> OLD.allocation_id THEN
        {refuser("Une tranche ne change pas de décision.")}
    END IF;
    IF current_setting('edp.porte', true) IS DISTINCT FROM 'financements_demande:' || dossier.id
       AND NOT (TG_OP = 'INSERT' AND edp_reprise_ouverte(dossier.id)) THEN
        {refuser("L'échéancier ne change que par une transition.")}
    END IF;
    IF TG_OP <> 'INSERT' AND EXISTS (SELECT FROM financements_paiement WHERE tranche_id = OLD.id) THEN
        {refuser("Une tranche payée ne change plus.")}
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NEW;
    """,
)

# F6, F8, F13, F18, and who may be paid what, when.
PAIEMENT_EN_REGLE = pgtrigger.Trigger(
    name="paiement_en_regle",
    operation=pgtrigger.Insert,
    when=pgtrigger.Before,
    declare=[*_VARIABLES, ("enveloppe", "financements_enveloppe%ROWTYPE"), ("prevu", "numeric")],
    func=f"""
    v_allocation := NEW.allocation_id;
    {_RACINE}
    SELECT * INTO enveloppe FROM financements_enveloppe WHERE id = NEW.enveloppe_id;
    IF (enveloppe.service_id, enveloppe.exercice)
       <> (dossier.region_id, extract(year FROM NEW.paye_le)::int) THEN
        {refuser("Un paiement prend les CP de sa région et de son année.")}
    END IF;
    {_SOMMES}
    IF paye + NEW.montant > engage OR paye + NEW.montant < 0 THEN
        {refuser("On ne paie pas plus que ce qui est engagé.")}
    END IF;
    IF NEW.origine = 'reprise' THEN
        IF dossier.origine <> 'reprise' THEN
            {refuser("Un paiement d'avant l'outil se reprend sur une décision d'avant l'outil.")}
        END IF;
        IF NEW.numero_ej <> dossier.numero_ej THEN
            {refuser("Le paiement porte le numéro d'engagement juridique de la décision.")}
        END IF;
        RETURN NEW;
    END IF;
    IF dossier.etat NOT IN ('notifiee', 'en_execution', 'service_fait') THEN
        {refuser("On ne paie qu'une décision notifiée.")}
    END IF;
    IF NEW.numero_ej <> dossier.numero_ej THEN
        {refuser("Le paiement porte le numéro d'engagement juridique de la décision.")}
    END IF;
    IF {a_accorde("NEW.saisi_par_id", "v_allocation")} THEN
        {refuser("Qui a accordé ne liquide pas.")}
    END IF;
    SELECT montant INTO prevu FROM financements_tranche
     WHERE id = NEW.tranche_id AND allocation_id = v_allocation;
    IF prevu IS NULL OR prevu <> NEW.montant THEN
        {refuser("Un paiement est celui d'une tranche de sa décision, à son montant.")}
    END IF;
    IF NEW.paye_le < (dossier.accordee_le AT TIME ZONE 'Europe/Paris')::date THEN
        {refuser("Un paiement ne précède pas la décision.")}
    END IF;
    IF reclame > 0 THEN
        {refuser("Une somme est à rendre : il n'y a plus rien à payer.")}
    END IF;
    IF edp_convention_manque(v_allocation) THEN
        {refuser("Au-dessus du seuil de l'année, rien n'est payé sans convention signée.")}
    END IF;
    RETURN NEW;
    """,
)

PAIEMENT_AU_COMPTEUR = pgtrigger.Trigger(
    name="porter_au_compteur",
    operation=pgtrigger.Insert,
    when=pgtrigger.After,
    func="""
    UPDATE financements_enveloppe SET cp_payes = cp_payes + NEW.montant WHERE id = NEW.enveloppe_id;
    RETURN NEW;
    """,
)

# F6 and F13: what is claimed is what was paid beyond the final amount; what comes back, what was claimed.
REVERSEMENT_EN_REGLE = pgtrigger.Trigger(
    name="reversement_en_regle",
    operation=pgtrigger.Insert,
    when=pgtrigger.Before,
    declare=_VARIABLES,
    func=f"""
    v_allocation := NEW.allocation_id;
    {_RACINE}
    {_SOMMES}
    IF NEW.nature = 'ordre' AND (dossier.montant_final IS NULL
       OR reclame + NEW.montant > paye - dossier.montant_final) THEN
        {refuser("On ne réclame que ce qui a été payé au-dessus du montant final.")}
    END IF;
    IF NEW.nature <> 'ordre' AND recouvre + remis + NEW.montant > reclame THEN
        {refuser("On ne rend pas plus que la somme réclamée.")}
    END IF;
    RETURN NEW;
    """,
)
