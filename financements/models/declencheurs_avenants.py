"""What the database itself holds about amendments: by the door only, one at a time, each in the ledger.

The root is locked first, as in the whole trade.
"""

from __future__ import annotations

import pgtrigger

from financements.models.declencheurs_versements import refuser

_TOUT = pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete

# The steps that may follow each other; every one of them is a transition of the file.
_PASSAGES = """(VALUES ('prepare', 'propose'), ('propose', 'vise'), ('vise', 'accorde'),
    ('propose', 'prepare'), ('vise', 'prepare'),
    ('prepare', 'abandonne'), ('propose', 'abandonne'), ('vise', 'abandonne'))"""

AVENANT_PAR_LA_PORTE = pgtrigger.Trigger(
    name="avenant_par_la_porte",
    operation=_TOUT,
    when=pgtrigger.Before,
    declare=[("cle", "uuid"), ("dossier", "record"), ("porte", "boolean")],
    func=f"""
    IF TG_OP = 'DELETE' THEN
        {refuser("Un avenant s'abandonne, il ne s'efface pas.")}
    END IF;
    SELECT d.id, d.etat INTO dossier FROM financements_demande d
      JOIN financements_allocation a ON a.demande_id = d.id
     WHERE a.id = NEW.allocation_id FOR NO KEY UPDATE OF d;
    porte := current_setting('edp.porte', true) IS NOT DISTINCT FROM 'financements_demande:' || dossier.id;
    IF TG_OP = 'INSERT' THEN
        IF NEW.etape <> 'prepare' OR dossier.etat <> 'en_execution' THEN
            {refuser("Un avenant se prépare sur une décision en exécution.")}
        END IF;
        NEW.montant := 0;
        RETURN NEW;
    END IF;
    IF (NEW.allocation_id, NEW.rang) <> (OLD.allocation_id, OLD.rang) OR OLD.etape IN ('accorde', 'abandonne')
    THEN
        {refuser("Un avenant accordé ou abandonné ne change plus, ni sa décision, ni son numéro.")}
    END IF;
    IF NEW.etape <> OLD.etape AND (NOT porte OR (OLD.etape, NEW.etape) NOT IN {_PASSAGES}) THEN
        {refuser("Un avenant n'avance que par une transition du dossier.")}
    END IF;
    IF NOT porte AND (NEW.propose_par_id, NEW.vise_par_id, NEW.accorde_par_id, NEW.engagement_id)
       IS DISTINCT FROM (OLD.propose_par_id, OLD.vise_par_id, OLD.accorde_par_id, OLD.engagement_id) THEN
        {refuser("Un avenant n'avance que par une transition du dossier.")}
    END IF;
    IF OLD.etape <> 'prepare' AND NEW.motif <> OLD.motif THEN
        {refuser("Un avenant proposé ne change plus : renvoyez-le d'abord.")}
    END IF;
    SELECT COALESCE(sum(montant), 0) INTO NEW.montant
      FROM financements_ligneavenant WHERE avenant_id = NEW.id;
    IF NEW.etape = 'accorde' AND NOT EXISTS (
        SELECT FROM financements_engagement g WHERE g.id = NEW.engagement_id AND g.nature = 'avenant'
           AND g.allocation_id = NEW.allocation_id AND g.montant = NEW.montant) THEN
        {refuser("Un avenant accordé a son engagement, au même montant.")}
    END IF;
    IF NEW.etape = 'accorde' AND EXISTS (
        SELECT FROM financements_paiement
         WHERE allocation_id = NEW.allocation_id AND origine <> 'reprise'
           AND saisi_par_id = NEW.accorde_par_id) THEN
        {refuser("Qui a liquidé n'accorde pas.")}
    END IF;
    RETURN NEW;
    """,
)

LIGNES_D_AVENANT_FIGEES = pgtrigger.Trigger(
    name="lignes_figees",
    operation=_TOUT,
    when=pgtrigger.Before,
    declare=[("cle", "uuid"), ("actuelle", "text")],
    func=f"""
    cle := CASE WHEN TG_OP = 'DELETE' THEN OLD.avenant_id ELSE NEW.avenant_id END;
    PERFORM FROM financements_demande d JOIN financements_allocation a ON a.demande_id = d.id
       JOIN financements_avenant v ON v.allocation_id = a.id WHERE v.id = cle FOR NO KEY UPDATE OF d;
    SELECT etape INTO actuelle FROM financements_avenant WHERE id = cle;
    IF actuelle <> 'prepare' OR (TG_OP = 'UPDATE' AND NEW.avenant_id <> OLD.avenant_id) THEN
        {refuser("Un avenant proposé ne change plus : renvoyez-le d'abord.")}
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NEW;
    """,
)


def taux_de_la_decision(table: str, cle: str, operation: pgtrigger.Operation) -> pgtrigger.Trigger:
    """What was agreed keeps its rates: those of the decision for a title it knows, else those of the scale.

    A file taken over has one rate, what was granted by learner-month: it holds for any title.

    ``table`` is what the row belongs to, which knows its decision; ``cle`` the row's key to it.
    """
    return pgtrigger.Trigger(
        name="taux_de_la_decision",
        operation=operation,
        when=pgtrigger.Before,
        declare=[("demande", "uuid")],
        func=f"""
    SELECT a.demande_id INTO demande FROM {table} v
      JOIN financements_allocation a ON a.id = v.allocation_id WHERE v.id = {cle};
    SELECT l.unitaire, l.majoration INTO NEW.unitaire, NEW.majoration FROM financements_ligneeffectif l
      JOIN financements_demande d ON d.id = l.demande_id
     WHERE l.demande_id = demande AND l.effectif_retenu > 0
       AND (l.titre_id = NEW.titre_id OR (d.voie = 'reprise' AND l.bareme_id IS NULL))
     ORDER BY l.titre_id <> NEW.titre_id, l.annee <> NEW.annee, l.annee LIMIT 1;
    IF NOT FOUND THEN
        SELECT b.unitaire, b.majoration INTO NEW.unitaire, NEW.majoration
          FROM financements_bareme b JOIN financements_demande d ON d.campagne_id = b.campagne_id
         WHERE d.id = demande AND (b.titre_id = NEW.titre_id OR b.titre_id IS NULL)
         ORDER BY b.titre_id IS NULL, b.version DESC LIMIT 1;
    END IF;
    IF NOT FOUND THEN
        {refuser("La campagne n'a pas de barème pour ce diplôme.")}
    END IF;
    RETURN NEW;
    """,
    )


TAUX_DE_LA_DECISION = taux_de_la_decision(
    "financements_avenant", "NEW.avenant_id", pgtrigger.Insert | pgtrigger.Update
)

PORTER_AU_TOTAL = pgtrigger.Trigger(
    name="porter_au_total",
    operation=_TOUT,
    when=pgtrigger.After,
    func="""
    UPDATE financements_avenant SET montant = montant
     WHERE id = CASE WHEN TG_OP = 'DELETE' THEN OLD.avenant_id ELSE NEW.avenant_id END;
    RETURN NULL;
    """,
)

# Asked when the transaction ends: no line of the ledger says "avenant" without one that was granted.
ENGAGEMENT_D_AVENANT = pgtrigger.Trigger(
    name="engagement_d_un_avenant",
    operation=pgtrigger.Insert,
    when=pgtrigger.After,
    timing=pgtrigger.Deferred,
    condition=pgtrigger.Q(new__nature="avenant"),
    func=f"""
    IF NOT EXISTS (SELECT FROM financements_avenant
                    WHERE engagement_id = NEW.id AND etape = 'accorde') THEN
        {refuser("Un engagement d'avenant est celui d'un avenant accordé.")}
    END IF;
    RETURN NULL;
    """,
)
