"""What the database itself holds about a request and its lines, whatever path a write comes by."""

from __future__ import annotations

import pgtrigger

_AJOUT_OU_MODIFICATION = pgtrigger.Insert | pgtrigger.Update

# The region of a request is the school's on the day it is born; its identity never moves (F24).
_IDENTITE = """
IF TG_OP = 'DELETE' THEN
    RAISE EXCEPTION 'Une demande se retire, elle ne s''efface pas.'
        USING ERRCODE = 'integrity_constraint_violation';
ELSIF TG_OP = 'UPDATE' THEN
    IF (NEW.id, NEW.numero, NEW.ecole_id, NEW.region_id, NEW.campagne_id, NEW.voie)
       <> (OLD.id, OLD.numero, OLD.ecole_id, OLD.region_id, OLD.campagne_id, OLD.voie) THEN
        RAISE EXCEPTION 'Le numéro, l''école, la région et la campagne d''une demande ne changent pas.'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
ELSIF NOT EXISTS (
    SELECT 1 FROM ecoles_ecole e
      JOIN reseau_commune c ON c.code = e.commune_id
      JOIN reseau_departement d ON d.code = c.departement_id
     WHERE e.id = NEW.ecole_id AND d.region_id = NEW.region_id) THEN
    RAISE EXCEPTION 'La région d''une demande est celle de la commune de l''école.'
        USING ERRCODE = 'check_violation';
END IF;
RETURN NEW;
"""

# What a transition writes is written at the door only; ``depuis_le`` follows the state by itself.
_ACTES = """
NEW.version := OLD.version + 1;
IF NEW.etat <> OLD.etat AND NEW.depuis_le = OLD.depuis_le THEN
    NEW.depuis_le := clock_timestamp();
END IF;
IF current_setting('edp.porte', true) IS DISTINCT FROM TG_TABLE_NAME || ':' || NEW.id AND (
    (NEW.montant_propose, NEW.montant_final, NEW.numero_ej, NEW.motif, NEW.renvoi, NEW.echeance_le,
     NEW.deposee_le, NEW.deposee_par_id,
     NEW.instruite_par_id, NEW.proposee_le, NEW.visee_par_id, NEW.visee_le, NEW.depuis_le)
    IS DISTINCT FROM
    (OLD.montant_propose, OLD.montant_final, OLD.numero_ej, OLD.motif, OLD.renvoi, OLD.echeance_le,
     OLD.deposee_le, OLD.deposee_par_id,
     OLD.instruite_par_id, OLD.proposee_le, OLD.visee_par_id, OLD.visee_le, OLD.depuis_le)
    OR (NEW.enveloppe_id IS DISTINCT FROM OLD.enveloppe_id AND OLD.etat <> 'en_instruction')) THEN
    RAISE EXCEPTION 'Les montants décidés, les dates et les personnes ne changent que par une transition.'
        USING ERRCODE = 'integrity_constraint_violation';
END IF;
RETURN NEW;
"""

_ENVELOPPE = """
IF NEW.enveloppe_id IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM financements_enveloppe e
      JOIN financements_campagne c ON c.id = NEW.campagne_id
     WHERE e.id = NEW.enveloppe_id AND e.service_id = NEW.region_id AND e.exercice = c.exercice) THEN
    RAISE EXCEPTION 'L''enveloppe est celle de la région et de l''exercice de la demande.'
        USING ERRCODE = 'check_violation';
END IF;
RETURN NEW;
"""

# F7 and F15: no grant without its decision and its ledger line, by the same persons, for the same amount.
_ACCORD = """
IF NEW.etat = 'accordee' AND NEW.etat <> OLD.etat AND NOT EXISTS (
    SELECT 1 FROM financements_allocation a
      JOIN financements_engagement g ON g.allocation_id = a.id AND g.nature = 'initial'
     WHERE a.demande_id = NEW.id AND a.region_id = NEW.region_id
       AND a.montant = NEW.montant_propose AND g.montant = a.montant AND g.enveloppe_id = NEW.enveloppe_id
       AND (a.origine = 'reprise' OR (a.montant = NEW.montant_retenu
            AND a.instruite_par_id = NEW.instruite_par_id AND a.visee_par_id = NEW.visee_par_id))) THEN
    RAISE EXCEPTION 'Une demande accordée a sa décision et son engagement, au montant proposé.'
        USING ERRCODE = 'check_violation';
END IF;
RETURN NEW;
"""

# Loi 2000-321, article 10-1: no decision without the signed commitment, and what is proposed gets decided.
_CONTRAT = """
IF NEW.etat = 'proposee' AND NEW.etat <> OLD.etat AND NOT EXISTS (
    SELECT FROM financements_piece p JOIN reseau_fichierdepose f ON f.id = p.fichier_id
     WHERE p.demande_id = NEW.id AND p.nature = 'cer' AND f.analyse = 'sain') THEN
    RAISE EXCEPTION 'Rien ne se propose sans le contrat d''engagement républicain signé.'
        USING ERRCODE = 'check_violation';
END IF;
RETURN NEW;
"""

# F13: the final amount is at most what was agreed.
_FINAL = """
IF NEW.montant_final > (SELECT COALESCE(sum(g.montant), 0) FROM financements_engagement g
                          JOIN financements_allocation a ON a.id = g.allocation_id
                         WHERE a.demande_id = NEW.id) THEN
    RAISE EXCEPTION 'Le montant final ne dépasse pas le montant accordé.' USING ERRCODE = 'check_violation';
END IF;
RETURN NEW;
"""

DECLENCHEURS_DEMANDE = (
    pgtrigger.Trigger(
        name="identite_figee",
        operation=_AJOUT_OU_MODIFICATION | pgtrigger.Delete,
        when=pgtrigger.Before,
        func=_IDENTITE,
    ),
    pgtrigger.Trigger(
        name="actes_par_la_porte", operation=pgtrigger.Update, when=pgtrigger.Before, func=_ACTES
    ),
    pgtrigger.Trigger(
        name="enveloppe_de_sa_region",
        operation=pgtrigger.Insert | pgtrigger.UpdateOf("enveloppe_id"),  # type: ignore[no-untyped-call]
        when=pgtrigger.Before,
        func=_ENVELOPPE,
    ),
    pgtrigger.Trigger(
        name="accord_entier",
        operation=pgtrigger.UpdateOf("etat"),  # type: ignore[no-untyped-call]
        when=pgtrigger.Before,
        func=_ACCORD,
    ),
    pgtrigger.Trigger(
        name="contrat_avant_la_proposition",
        operation=pgtrigger.UpdateOf("etat"),  # type: ignore[no-untyped-call]
        when=pgtrigger.Before,
        func=_CONTRAT,
    ),
    pgtrigger.Trigger(
        name="final_au_plus_l_accorde",
        operation=pgtrigger.UpdateOf("montant_final"),  # type: ignore[no-untyped-call]
        when=pgtrigger.Before,
        func=_FINAL,
    ),
    pgtrigger.Trigger(
        name="plier_recherche",
        operation=_AJOUT_OU_MODIFICATION,
        when=pgtrigger.Before,
        func="""
        NEW.recherche := edp_plier(concat_ws(' ', NEW.numero,
            (SELECT nom FROM ecoles_ecole WHERE id = NEW.ecole_id)));
        RETURN NEW;
        """,
    ),
    pgtrigger.Trigger(
        name="totaux_des_lignes",
        operation=_AJOUT_OU_MODIFICATION,
        when=pgtrigger.Before,
        func="""
        SELECT COALESCE(sum(montant_demande), 0), COALESCE(sum(montant_retenu), 0)
          INTO NEW.montant_demande, NEW.montant_retenu
          FROM financements_ligneeffectif WHERE demande_id = NEW.id;
        RETURN NEW;
        """,
    ),
)

# Asked numbers change before the deposit and while completing; retained ones during the review. The
# root is locked first, as the whole house does: a line cannot slip in while a transition is crossed.
_LIGNE_FIGEE = """
cle := CASE WHEN TG_OP = 'DELETE' THEN OLD.demande_id ELSE NEW.demande_id END;
SELECT etat INTO actuel FROM financements_demande WHERE id = cle FOR NO KEY UPDATE;
IF TG_OP = 'INSERT' AND edp_reprise_ouverte(cle) THEN
    RETURN NEW;
END IF;
porte := current_setting('edp.porte', true) IS NOT DISTINCT FROM 'financements_demande:' || cle;
IF TG_OP = 'UPDATE' AND NEW.demande_id <> OLD.demande_id THEN
    RAISE EXCEPTION 'Une ligne ne change pas de demande.' USING ERRCODE = 'integrity_constraint_violation';
END IF;
IF actuel = 'a_completer' AND NOT EXISTS (
    SELECT FROM financements_correction WHERE demande_id = cle AND traitee_le IS NULL
       AND (cible = 'effectifs'
            OR TG_OP = 'UPDATE' AND cible = 'ligne_' || replace(NEW.id::text, '-', ''))) THEN
    RAISE EXCEPTION 'La DREETS n''a pas demandé de corriger cette ligne.'
        USING ERRCODE = 'integrity_constraint_violation';
END IF;
IF actuel IN ('brouillon', 'a_completer') THEN
    IF TG_OP <> 'DELETE' AND (NEW.effectif_retenu IS NOT NULL OR NEW.nb_majorations <> 0) THEN
        RAISE EXCEPTION 'Rien n''est retenu avant l''instruction.'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
ELSIF TG_OP <> 'UPDATE' OR NOT (porte OR actuel = 'en_instruction')
    OR (NEW.titre_id, NEW.annee, NEW.mois, NEW.effectif_demande, NEW.majorations_demandees)
       <> (OLD.titre_id, OLD.annee, OLD.mois, OLD.effectif_demande, OLD.majorations_demandees) THEN
    RAISE EXCEPTION 'Les lignes d''un dossier « % » ne changent plus.', actuel
        USING ERRCODE = 'integrity_constraint_violation';
END IF;
IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
RETURN NEW;
"""

# A line taken over has the rate that its decision comes to.
# Else rates are the scale's, copied: the title's own wins over the common one, and the latest version of it.
_TAUX = """
IF NEW.bareme_id IS NULL AND NEW.unitaire > 0
   AND EXISTS (SELECT FROM financements_demande WHERE id = NEW.demande_id AND voie = 'reprise') THEN
    RETURN NEW;
END IF;
SELECT b.id, b.unitaire, b.majoration INTO NEW.bareme_id, NEW.unitaire, NEW.majoration
  FROM financements_bareme b JOIN financements_demande d ON d.campagne_id = b.campagne_id
 WHERE d.id = NEW.demande_id AND (b.titre_id = NEW.titre_id OR b.titre_id IS NULL)
 ORDER BY b.titre_id IS NULL, b.version DESC LIMIT 1;
IF NOT FOUND THEN
    RAISE EXCEPTION 'La campagne n''a pas de barème pour ce diplôme.' USING ERRCODE = 'check_violation';
END IF;
RETURN NEW;
"""

DECLENCHEURS_LIGNE = (
    pgtrigger.Trigger(
        name="lignes_figees",
        operation=_AJOUT_OU_MODIFICATION | pgtrigger.Delete,
        when=pgtrigger.Before,
        declare=[("cle", "uuid"), ("actuel", "text"), ("porte", "boolean")],
        func=_LIGNE_FIGEE,
    ),
    pgtrigger.Trigger(
        name="taux_du_bareme", operation=_AJOUT_OU_MODIFICATION, when=pgtrigger.Before, func=_TAUX
    ),
    pgtrigger.Trigger(
        name="porter_au_total",
        operation=_AJOUT_OU_MODIFICATION | pgtrigger.Delete,
        when=pgtrigger.After,
        func="""
        UPDATE financements_demande SET montant_demande = montant_demande
         WHERE id = CASE WHEN TG_OP = 'DELETE' THEN OLD.demande_id ELSE NEW.demande_id END;
        RETURN NULL;
        """,
    ),
)

# A piece is part of what was handed in: it comes and goes with the request's own writing.
# The signed commitment may always come, as long as none is there: nothing is decided without it.
PIECE_FIGEE = pgtrigger.Trigger(
    name="pieces_figees",
    operation=_AJOUT_OU_MODIFICATION | pgtrigger.Delete,
    when=pgtrigger.Before,
    declare=[("cle", "uuid"), ("actuel", "text"), ("par", "text"), ("quoi", "text")],
    func="""
    cle := CASE WHEN TG_OP = 'DELETE' THEN OLD.demande_id ELSE NEW.demande_id END;
    quoi := CASE WHEN TG_OP = 'DELETE' THEN OLD.nature ELSE NEW.nature END;
    SELECT etat, voie INTO actuel, par FROM financements_demande WHERE id = cle FOR NO KEY UPDATE;
    IF actuel = 'a_completer' AND NOT (quoi = 'scan' AND par = 'service') AND NOT (
        quoi = 'cer' AND NOT EXISTS (
            SELECT FROM financements_piece p JOIN reseau_fichierdepose f ON f.id = p.fichier_id
             WHERE p.demande_id = cle AND p.nature = 'cer' AND f.analyse = 'sain')) AND NOT EXISTS (
        SELECT FROM financements_correction
         WHERE demande_id = cle AND traitee_le IS NULL AND cible = 'piece_' || quoi) THEN
        RAISE EXCEPTION 'La DREETS n''a pas demandé de changer cette pièce.'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF TG_OP = 'UPDATE' OR NOT (actuel IN ('brouillon', 'a_completer')
                                OR (TG_OP = 'INSERT' AND actuel IN ('deposee', 'en_instruction'))) THEN
        RAISE EXCEPTION 'Les pièces d''un dossier « % » ne changent plus.', actuel
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NEW;
    """,
)
