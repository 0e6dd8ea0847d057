"""What the database itself holds about files that ran before the tool: one door in, one door out.

The door is named, for one transaction, after the import being accepted: ``edp.porte = 'reprise:<lot>'``.
What nobody can prove any more (who reviewed, visaed, granted) is left empty, for these files only.
"""

from __future__ import annotations

import pgtrigger

from financements.models.declencheurs_versements import refuser

# A file may be born beyond the draft only this way; ``etat_par_la_porte`` reads it.
NAISSANCE = "NEW.voie = 'reprise' AND NEW.etat IN ('notifiee', 'en_execution')"
HORS_DE_LA_PORTE = "Un dossier d'avant l'outil n'entre que par l'import de reprise."
_VARIABLES = [("paye", "numeric"), ("engage", "numeric")]

NEE_PAR_LA_REPRISE = pgtrigger.Trigger(
    name="nee_par_la_reprise",
    operation=pgtrigger.Insert,
    when=pgtrigger.Before,
    condition=pgtrigger.Q(new__voie="reprise"),
    func=f"""
    IF NOT EXISTS (SELECT FROM reseau_lotimport WHERE nature = 'reprises' AND etat = 'a_verifier'
                      AND current_setting('edp.porte', true) = 'reprise:' || id)
       OR NEW.etat NOT IN ('notifiee', 'en_execution') THEN
        {refuser(HORS_DE_LA_PORTE)}
    END IF;
    IF NEW.deposee_par_id IS NOT NULL OR NEW.instruite_par_id IS NOT NULL OR NEW.visee_par_id IS NOT NULL
       OR NEW.deposee_le IS NOT NULL OR NEW.proposee_le IS NOT NULL OR NEW.visee_le IS NOT NULL THEN
        {refuser("Les fonctions tenues avant l'outil ne se prouvent pas : elles restent vides.")}
    END IF;
    RETURN NEW;
    """,
)

# Asked when the transaction ends: a file taken over is whole, ledgers and journal included.
REPRISE_ENTIERE = pgtrigger.Trigger(
    name="reprise_entiere",
    operation=pgtrigger.Insert,
    when=pgtrigger.After,
    timing=pgtrigger.Deferred,
    condition=pgtrigger.Q(new__voie="reprise"),
    declare=_VARIABLES,
    func=f"""
    SELECT COALESCE(sum(p.montant), 0) INTO paye FROM financements_paiement p
      JOIN financements_allocation a ON a.id = p.allocation_id WHERE a.demande_id = NEW.id;
    IF NEW.numero_ej = '' OR (NEW.etat = 'en_execution') <> (paye > 0) OR NOT EXISTS (
        SELECT FROM financements_allocation a
          JOIN financements_engagement g ON g.allocation_id = a.id AND g.nature = 'initial'
          JOIN financements_reprise r ON r.demande_id = a.demande_id AND r.numero_ej = NEW.numero_ej
         WHERE a.demande_id = NEW.id AND a.origine = 'reprise' AND g.origine = 'reprise'
           AND a.montant = NEW.montant_propose AND g.montant = a.montant
           AND g.enveloppe_id = NEW.enveloppe_id) THEN
        {refuser("Un dossier repris a sa décision, son engagement et son numéro d'engagement juridique.")}
    END IF;
    RETURN NULL;
    """,
)

# The way out keeps the ledgers: as many lines the other way round, then nothing is committed nor paid.
ANNULEE_PAR_SES_CONTRAIRES = pgtrigger.Trigger(
    name="annulee_par_ses_contraires",
    operation=pgtrigger.UpdateOf("etat"),  # type: ignore[no-untyped-call]
    when=pgtrigger.Before,
    condition=pgtrigger.Q(new__etat="retiree", old__etat__in=("notifiee", "en_execution")),
    declare=_VARIABLES,
    func=f"""
    SELECT COALESCE(sum(p.montant), 0) INTO paye FROM financements_paiement p
      JOIN financements_allocation a ON a.id = p.allocation_id WHERE a.demande_id = NEW.id;
    SELECT COALESCE(sum(g.montant), 0) INTO engage FROM financements_engagement g
      JOIN financements_allocation a ON a.id = g.allocation_id WHERE a.demande_id = NEW.id;
    IF NEW.voie <> 'reprise' OR paye <> 0 OR engage <> 0 OR NOT EXISTS (
        SELECT FROM financements_reprise WHERE demande_id = NEW.id AND annulee_le IS NOT NULL) THEN
        {refuser("Seule une reprise s'annule, ses montants repris un à un.")}
    END IF;
    RETURN NEW;
    """,
)

# The row that proves it: written once while its import is accepted, dated once when it is taken back.
REPRISE_PAR_LA_PORTE = pgtrigger.Trigger(
    name="reprise_par_la_porte",
    operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
    when=pgtrigger.Before,
    func=f"""
    IF TG_OP = 'DELETE' THEN {refuser("Une reprise s'annule, elle ne s'efface pas.")} END IF;
    IF TG_OP = 'UPDATE' THEN
        IF (NEW.id, NEW.demande_id, NEW.lot_id, NEW.ligne, NEW.numero_ej, NEW.contenu, NEW.reprise_par_id,
            NEW.reprise_le)
           IS DISTINCT FROM (OLD.id, OLD.demande_id, OLD.lot_id, OLD.ligne, OLD.numero_ej, OLD.contenu,
            OLD.reprise_par_id, OLD.reprise_le)
           OR OLD.annulee_le IS NOT NULL
           OR current_setting('edp.porte', true)
              IS DISTINCT FROM 'financements_demande:' || OLD.demande_id THEN
            {refuser("Une reprise garde ce que le fichier disait ; elle ne s'annule que par son dossier.")}
        END IF;
        RETURN NEW;
    END IF;
    IF NEW.annulee_le IS NOT NULL OR NOT EXISTS (
        SELECT FROM financements_demande d JOIN reseau_lotimport l ON l.id = NEW.lot_id
         WHERE d.id = NEW.demande_id AND d.voie = 'reprise' AND d.numero_ej = NEW.numero_ej
           AND l.nature = 'reprises' AND l.etat = 'a_verifier'
           AND current_setting('edp.porte', true) = 'reprise:' || l.id) THEN
        {refuser(HORS_DE_LA_PORTE)}
    END IF;
    RETURN NEW;
    """,
)


def repris_par_la_porte(demande: str, *, contraire: str = "") -> pgtrigger.Trigger:
    """A row says "reprise" only while its file comes in, or (``contraire``, SQL) when it is taken back.

    ``demande`` is the SQL of the key of its file; an empty one: nothing of this kind is ever taken over.
    """
    en_sortie = (
        f" AND NOT ({contraire} AND current_setting('edp.porte', true) = 'financements_demande:' || dossier)"
        if contraire
        else ""
    )
    return pgtrigger.Trigger(
        name="repris_par_la_porte",
        operation=pgtrigger.Insert,
        when=pgtrigger.Before,
        condition=pgtrigger.Q(new__origine="reprise"),
        declare=[("dossier", "uuid")],
        func=f"""
        dossier := {demande or "NULL"};
        IF NOT COALESCE(edp_reprise_ouverte(dossier), false){en_sortie} THEN
            {refuser("Rien ne se dit repris d'avant l'outil hors de l'import de reprise.")}
        END IF;
        RETURN NEW;
        """,
    )


DE_LA_DECISION = "(SELECT demande_id FROM financements_allocation WHERE id = NEW.allocation_id)"
