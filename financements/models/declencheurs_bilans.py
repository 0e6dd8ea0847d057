"""What the database itself holds about reports and the end of a file: each pen writes in its own time.

The root is locked first, as in the whole trade. The school writes while the file is in execution, then what
it was asked to correct; the service, between the hand-in and the certificate; the rest is the door's.
"""

from __future__ import annotations

import pgtrigger

from financements.models.declencheurs_avenants import taux_de_la_decision
from financements.models.declencheurs_versements import a_accorde, refuser

_TOUT = pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete

_RACINE = """
SELECT d.id, d.etat INTO dossier FROM financements_demande d
  JOIN financements_allocation a ON a.demande_id = d.id
 WHERE a.id = {allocation} FOR NO KEY UPDATE OF d;
porte := current_setting('edp.porte', true) IS NOT DISTINCT FROM 'financements_demande:' || dossier.id;
"""
_FIGE = refuser("Un bilan déposé ne change plus, sauf ce que la DREETS demande de corriger.")
_PAR_LA_PORTE = refuser("Un bilan n'avance que par une transition du dossier.")
_PAS_EFFACE = refuser("Un bilan ne s'efface pas.")
_VARIABLES = [("dossier", "record"), ("rendu", "record"), ("porte", "boolean")]

BILAN_PAR_LA_PORTE = pgtrigger.Trigger(
    name="bilan_par_la_porte",
    operation=_TOUT,
    when=pgtrigger.Before,
    declare=_VARIABLES,
    func=f"""
    IF TG_OP = 'DELETE' THEN {_PAS_EFFACE} END IF;
    {_RACINE.format(allocation="NEW.allocation_id")}
    IF TG_OP = 'INSERT' THEN
        IF NOT porte OR dossier.etat <> 'en_execution' OR NEW.depose_par_id IS NOT NULL THEN
            {refuser("Un bilan se prépare sur une décision en exécution, par une transition.")}
        END IF;
        RETURN NEW;
    END IF;
    NEW.version := OLD.version + 1;
    IF NOT porte AND (NEW.allocation_id, NEW.du, NEW.au, NEW.chiffre_affaires, NEW.phase,
        NEW.reponse_avant_le, NEW.depose_le, NEW.depose_par_id, NEW.certifie_le, NEW.certifie_par_id,
        NEW.conserver_jusqu_au)
       IS DISTINCT FROM
       (OLD.allocation_id, OLD.du, OLD.au, OLD.chiffre_affaires, OLD.phase, OLD.reponse_avant_le,
        OLD.depose_le, OLD.depose_par_id, OLD.certifie_le, OLD.certifie_par_id, OLD.conserver_jusqu_au) THEN
        {_PAR_LA_PORTE}
    END IF;
    IF NOT porte AND (NEW.commentaire, NEW.reponse) <> (OLD.commentaire, OLD.reponse)
       AND dossier.etat NOT IN ('en_execution', 'bilan_a_corriger') THEN
        {_FIGE}
    END IF;
    IF NOT porte AND NEW.a_corriger <> OLD.a_corriger
       AND (dossier.etat <> 'bilan_depose' OR OLD.phase IN ('contradictoire', 'figee')) THEN
        {refuser("Rien ne se demande plus sur ce bilan.")}
    END IF;
    IF {a_accorde("NEW.certifie_par_id", "NEW.allocation_id")} THEN
        {refuser("Qui a accordé ne certifie pas le service fait.")}
    END IF;
    RETURN NEW;
    """,
)

LIGNE_PAR_LA_PORTE = pgtrigger.Trigger(
    name="ligne_par_la_porte",
    operation=_TOUT,
    when=pgtrigger.Before,
    declare=_VARIABLES,
    func=f"""
    IF TG_OP = 'DELETE' THEN {_PAS_EFFACE} END IF;
    SELECT allocation_id, phase INTO rendu FROM financements_bilan WHERE id = NEW.bilan_id;
    {_RACINE.format(allocation="rendu.allocation_id")}
    IF TG_OP = 'INSERT' THEN
        IF NOT porte OR dossier.etat <> 'en_execution' THEN {_PAR_LA_PORTE} END IF;
        RETURN NEW;
    END IF;
    IF (NEW.bilan_id, NEW.titre_id, NEW.annee, NEW.unitaire, NEW.majoration)
       <> (OLD.bilan_id, OLD.titre_id, OLD.annee, OLD.unitaire, OLD.majoration) OR (NOT porte
        AND (NEW.mois_convenus, NEW.majores_convenus, NEW.mois_inscrits, NEW.mois_avant, NEW.majores_avant,
             NEW.question)
            IS DISTINCT FROM
            (OLD.mois_convenus, OLD.majores_convenus, OLD.mois_inscrits, OLD.mois_avant, OLD.majores_avant,
             OLD.question))
    THEN
        {_PAR_LA_PORTE}
    END IF;
    IF (NEW.mois_realises, NEW.majores_realises, NEW.motif_ecole, NEW.reponse)
       IS DISTINCT FROM (OLD.mois_realises, OLD.majores_realises, OLD.motif_ecole, OLD.reponse)
       AND NOT (dossier.etat = 'en_execution'
                OR (dossier.etat = 'bilan_a_corriger' AND OLD.a_corriger <> '')
                OR (porte AND dossier.etat = 'bilan_depose')) THEN
        {_FIGE}
    END IF;
    IF NOT porte AND (NEW.mois_retenus, NEW.majores_retenus, NEW.motif_service, NEW.a_corriger)
       IS DISTINCT FROM (OLD.mois_retenus, OLD.majores_retenus, OLD.motif_service, OLD.a_corriger)
       AND (dossier.etat <> 'bilan_depose' OR rendu.phase = 'figee'
            OR (NEW.a_corriger <> OLD.a_corriger AND rendu.phase = 'contradictoire')) THEN
        {refuser("Ce qui est retenu ne s'écrit qu'entre le dépôt du bilan et le service fait.")}
    END IF;
    RETURN NEW;
    """,
)

POSTE_PAR_LA_PORTE = pgtrigger.Trigger(
    name="poste_par_la_porte",
    operation=_TOUT,
    when=pgtrigger.Before,
    declare=_VARIABLES,
    func=f"""
    IF TG_OP = 'DELETE' THEN {_PAS_EFFACE} END IF;
    SELECT allocation_id, a_corriger INTO rendu FROM financements_bilan WHERE id = NEW.bilan_id;
    {_RACINE.format(allocation="rendu.allocation_id")}
    IF TG_OP = 'INSERT' OR (NEW.bilan_id, NEW.compte, NEW.rang) <> (OLD.bilan_id, OLD.compte, OLD.rang) THEN
        IF NOT porte OR dossier.etat <> 'en_execution' THEN {_PAR_LA_PORTE} END IF;
    ELSIF (NEW.prevu, NEW.realise) <> (OLD.prevu, OLD.realise)
        AND NOT (dossier.etat = 'en_execution'
                 OR (dossier.etat = 'bilan_a_corriger' AND rendu.a_corriger <> '')) THEN
        {_FIGE}
    END IF;
    RETURN NEW;
    """,
)

TAUX_DU_BILAN = taux_de_la_decision("financements_bilan", "NEW.bilan_id", pgtrigger.Insert)

# The final amount is written once, and each of the last states has what it stands for (F13, F14, F15).
_TOTAUX = """
SELECT a.id INTO decision FROM financements_allocation a WHERE a.demande_id = NEW.id;
SELECT COALESCE(sum(montant), 0), COALESCE(sum(montant) FILTER (WHERE nature <> 'desengagement'), 0)
  INTO engage, accorde FROM financements_engagement WHERE allocation_id = decision;
SELECT COALESCE(sum(montant), 0) INTO paye FROM financements_paiement WHERE allocation_id = decision;
SELECT COALESCE(sum(montant) FILTER (WHERE nature = 'recouvrement'), 0),
       COALESCE(sum(montant) FILTER (WHERE nature = 'remise'), 0)
  INTO recouvre, remis FROM financements_reversement WHERE allocation_id = decision;
"""
FIN_DE_VIE = pgtrigger.Trigger(
    name="fin_de_vie_entiere",
    operation=pgtrigger.Update,
    when=pgtrigger.Before,
    declare=[
        ("decision", "uuid"),
        ("engage", "numeric"),
        ("accorde", "numeric"),
        ("calcule", "numeric"),
        ("paye", "numeric"),
        ("recouvre", "numeric"),
        ("remis", "numeric"),
    ],
    func=f"""
    IF OLD.montant_final IS NOT NULL AND NEW.montant_final IS DISTINCT FROM OLD.montant_final THEN
        {refuser("Le montant final s'écrit une fois.")}
    END IF;
    IF NEW.etat = OLD.etat OR NEW.etat NOT IN ('bilan_depose', 'service_fait', 'soldee', 'close',
                                                         'resiliee') THEN
        RETURN NEW;
    END IF;
    {_TOTAUX}
    IF NEW.etat = 'bilan_depose' AND NOT EXISTS (
        SELECT FROM financements_bilan WHERE allocation_id = decision AND depose_par_id IS NOT NULL) THEN
        {refuser("Un dossier dont le bilan est déposé a son bilan.")}
    END IF;
    IF NEW.etat = 'service_fait' THEN
        SELECT sum(l.montant) INTO calcule FROM financements_lignerealisee l
          JOIN financements_bilan b ON b.id = l.bilan_id
         WHERE b.allocation_id = decision AND b.certifie_par_id IS NOT NULL;
        IF calcule IS NULL OR NEW.montant_final IS DISTINCT FROM LEAST(calcule, accorde) THEN
            {refuser("Le montant final est le plus petit du calculé et de l'accordé, certifié.")}
        END IF;
        IF engage <> GREATEST(NEW.montant_final, paye - recouvre) THEN
            {refuser("Au service fait, l'engagement s'arrête au montant final, ou à ce qui est déjà payé.")}
        END IF;
    END IF;
    IF NEW.etat = 'resiliee' AND (NEW.montant_final IS NULL OR NEW.montant_final < 0
       OR NEW.montant_final > paye - recouvre OR engage <> paye - recouvre) THEN
        {refuser("Une décision résiliée garde au plus ce qui est payé ; l'engagement s'y arrête.")}
    END IF;
    IF NEW.etat IN ('soldee', 'close')
       AND (NEW.montant_final IS NULL OR paye - recouvre <> NEW.montant_final + remis
            OR engage <> paye - recouvre) THEN
        {refuser("Un dossier soldé a payé, net, son montant final et la remise ; l'engagement s'y arrête.")}
    END IF;
    IF NEW.etat = 'close' AND NOT EXISTS (
        SELECT FROM financements_bilan WHERE allocation_id = decision AND conserver_jusqu_au IS NOT NULL) THEN
        {refuser("Un dossier clos dit jusqu'à quand il est conservé.")}
    END IF;
    RETURN NEW;
    """,
)
