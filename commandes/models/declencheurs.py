"""What the database refuses about orders and minutes, whatever path they come by.

Names of the guarantees (O9 to O14) are those of the specification; ``ecoles.regles`` says the same in Python.
"""

from __future__ import annotations

import pgtrigger

from commandes.etats import MODIFIABLES
from ecoles.regles import (
    AGE_SEPT_HEURES,
    DUREE_DECLARATION,
    MAJORITE,
    MINUTES_JOUR,
    MINUTES_JOUR_MOINS_DE_16,
    MINUTES_SEMAINE,
)
from reseau.models.recherche import declencheur_recherche

_AUJOURDHUI = "(now() AT TIME ZONE 'Europe/Paris')::date"
_AGE = "date_part('year', age(p.jour::timestamp, a.ne_le::timestamp))"
_MODIFIABLES = ", ".join(f"'{etat}'" for etat in sorted(MODIFIABLES))


def _refuser(phrase: str) -> str:
    """Spell the refusal in PL/pgSQL; ``phrase`` is an SQL expression."""
    return f"RAISE EXCEPTION '%', {phrase} USING ERRCODE = 'check_violation';"


def client_de_son_ecole() -> pgtrigger.Trigger:
    """O12: a client stays with its school."""
    return pgtrigger.Trigger(
        name="client_de_son_ecole",
        operation=pgtrigger.UpdateOf("ecole_id"),  # type: ignore[no-untyped-call]
        when=pgtrigger.Before,
        condition=pgtrigger.Q(old__ecole__df=pgtrigger.F("new__ecole")),
        func=_refuser("'Un client reste à son école.'"),
    )


def renommer_dans_les_commandes() -> pgtrigger.Trigger:
    """Orders are found by the name of their client: fold it again when it changes."""
    return pgtrigger.Trigger(
        name="renommer_dans_les_commandes",
        operation=pgtrigger.UpdateOf("nom", "ville"),  # type: ignore[no-untyped-call]
        when=pgtrigger.After,
        func="UPDATE commandes_commande SET recherche = '' WHERE client_id = NEW.id; RETURN NEW;",
    )


def plier_commande() -> pgtrigger.Trigger:
    """Number, subject and client in one folded column: one trigram index answers a search."""
    client = "SELECT concat_ws(' ', nom, ville) FROM commandes_client WHERE id = NEW.client_id"
    plier = declencheur_recherche("numero", "intitule")
    plier.func = str(plier.func).replace("NEW.intitule", f"NEW.intitule, ({client})")
    return plier


def commande_a_sa_place() -> pgtrigger.Trigger:
    """O12, and what never changes: school and number; client and dates once delivered."""
    return pgtrigger.Trigger(
        name="commande_a_sa_place",
        operation=pgtrigger.Insert | pgtrigger.Update,
        when=pgtrigger.Before,
        func=f"""
        IF NEW.recue_le > {_AUJOURDHUI} OR NEW.livree_le > {_AUJOURDHUI} THEN
            {_refuser("'Cette date est dans le futur.'")}
        END IF;
        IF TG_OP = 'UPDATE' AND (NEW.ecole_id, NEW.numero) IS DISTINCT FROM (OLD.ecole_id, OLD.numero) THEN
            {_refuser("'Une commande garde son école et son numéro.'")}
        END IF;
        IF TG_OP = 'UPDATE' AND OLD.etat NOT IN ({_MODIFIABLES})
           AND (NEW.client_id, NEW.recue_le, NEW.livree_le, NEW.filiere_id)
               IS DISTINCT FROM (OLD.client_id, OLD.recue_le, OLD.livree_le, OLD.filiere_id) THEN
            {_refuser("'Une commande livrée ou close ne se modifie plus.'")}
        END IF;
        IF NOT EXISTS (SELECT FROM commandes_client WHERE id = NEW.client_id AND ecole_id = NEW.ecole_id) THEN
            {_refuser("'Ce client est celui d''une autre école.'")}
        END IF;
        RETURN NEW;
        """,
    )


def lignes_figees() -> pgtrigger.Trigger:
    """Lines are what was delivered: they change no more."""
    return pgtrigger.Trigger(
        name="lignes_figees",
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        when=pgtrigger.Before,
        func=f"""
        IF EXISTS (SELECT FROM commandes_commande
                   WHERE id IN (CASE WHEN TG_OP <> 'DELETE' THEN NEW.commande_id END,
                                CASE WHEN TG_OP <> 'INSERT' THEN OLD.commande_id END)
                     AND etat NOT IN ({_MODIFIABLES})) THEN
            {_refuser("'Les lignes d''une commande livrée ou close ne changent plus.'")}
        END IF;
        IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
        RETURN NEW;
        """,
    )


def bloc_d_un_titre_propose() -> pgtrigger.Trigger:
    """O12: what learners learn on an order belongs to a title that the school teaches."""
    return pgtrigger.Trigger(
        name="bloc_d_un_titre_propose",
        operation=pgtrigger.Insert | pgtrigger.Update,
        when=pgtrigger.Before,
        func=f"""
        IF NOT EXISTS (
            SELECT FROM ecoles_bloccompetences b
              JOIN ecoles_etapeparcours e ON e.titre_id = b.titre_id
              JOIN ecoles_offre o ON o.parcours_id = e.parcours_id
              JOIN commandes_commande c ON c.ecole_id = o.ecole_id
             WHERE b.id = NEW.bloccompetences_id AND c.id = NEW.commande_id) THEN
            {_refuser("'Ce bloc n''est pas d''un diplôme proposé par l''école.'")}
        END IF;
        RETURN NEW;
        """,
    )


def pointage_immuable() -> pgtrigger.Trigger:
    """What was recorded is not rewritten; it is undone for ten minutes (one more for the clock)."""
    figees = (
        "cle, lot, commande_id, ligne_id, apprenant_id, travail_id, jour, minutes, saisi_par_id, saisi_le"
    )
    nouvelles, anciennes = (
        ", ".join(f"{ligne}.{colonne}" for colonne in figees.split(", ")) for ligne in ("NEW", "OLD")
    )
    return pgtrigger.Trigger(
        name="pointage_immuable",
        operation=pgtrigger.Update | pgtrigger.Delete,
        when=pgtrigger.Before,
        func=f"""
        IF TG_OP = 'DELETE' THEN
            IF OLD.saisi_le < clock_timestamp() - interval '11 minutes' THEN
                {_refuser("'Des heures ne s''annulent que pendant dix minutes.'")}
            END IF;
            RETURN OLD;
        END IF;
        IF ({nouvelles}) IS DISTINCT FROM ({anciennes}) THEN
            {_refuser("'Des heures notées ne se réécrivent pas.'")}
        END IF;
        RETURN NEW;
        """,
    )


def pointage_selon_les_regles() -> tuple[pgtrigger.Trigger, ...]:
    """O9 to O12 for every minute: looked at once a statement, in sets, learners locked in one order."""
    return tuple(
        pgtrigger.Trigger(
            name=f"pointage_selon_les_regles_{nom}",
            level=pgtrigger.Statement,
            operation=operation,
            when=pgtrigger.After,
            referencing=pgtrigger.Referencing(new="nouveaux"),  # type: ignore[no-untyped-call]
            declare=[("phrase", "text")],
            func=_VERROUILLER + "".join(_arreter(requete) for requete in (_PLACE, _SECURITE, _PLAFONDS))
            + "RETURN NULL;",
        )
        for nom, operation in (("ajout", pgtrigger.Insert), ("modification", pgtrigger.Update))
    )  # fmt: skip


def _arreter(requete: str) -> str:
    return f"{requete} IF phrase IS NOT NULL THEN {_refuser('phrase')} END IF;\n"


# Whoever else adds minutes to the same learner waits: totals are then read on what was committed.
_VERROUILLER = """
PERFORM FROM ecoles_apprenant WHERE id IN (SELECT apprenant_id FROM nouveaux)
    ORDER BY id FOR NO KEY UPDATE;
"""

_PLACE = f"""
SELECT refus INTO phrase FROM (
    SELECT CASE
        WHEN a.id IS NULL OR c.id IS NULL OR (p.ligne_id IS NOT NULL AND l.id IS NULL)
            THEN 'Commande, ligne ou jeune inconnus.'
        WHEN p.jour > {_AUJOURDHUI} THEN 'Cette date est dans le futur.'
        WHEN a.ecole_id <> c.ecole_id THEN 'Ce jeune n''est pas de l''école de la commande.'
        WHEN l.commande_id <> p.commande_id THEN 'Cette ligne est d''une autre commande.'
        WHEN TG_OP = 'INSERT' AND l.travail_id IS NOT NULL AND l.travail_id IS DISTINCT FROM p.travail_id
            THEN 'Cette ligne se fait sur une machine dangereuse : elle n''est pas indiquée.'
        WHEN p.etat = 'valide' AND i.id IS NULL THEN 'Ce jeune n''est pas inscrit ce jour-là.'
        WHEN p.etat = 'valide' AND p.bloc_id IS NOT NULL AND b.titre_id IS DISTINCT FROM i.titre_id
            THEN 'Ce bloc n''est pas du diplôme de ce jeune.'
        END AS refus
    FROM nouveaux p
    LEFT JOIN commandes_commande c ON c.id = p.commande_id
    LEFT JOIN commandes_lignecommande l ON l.id = p.ligne_id
    LEFT JOIN ecoles_apprenant a ON a.id = p.apprenant_id
    LEFT JOIN ecoles_inscription i
           ON i.apprenant_id = p.apprenant_id AND i.du <= p.jour AND (i.au IS NULL OR i.au >= p.jour)
    LEFT JOIN ecoles_bloccompetences b ON b.id = p.bloc_id
) examen WHERE refus IS NOT NULL LIMIT 1;
"""

# True where the safety rule does not hold, for a row ``p`` with its learner, order and work.
HORS_SECURITE = f"""
p.travail_id IS NOT NULL AND {_AGE} < {MAJORITE} AND NOT (
    t.derogeable IS TRUE AND {_AGE} >= t.age_minimal
    AND EXISTS (
        SELECT FROM ecoles_declarationderogation d
          JOIN ecoles_declarationderogation_travaux dt ON dt.declarationderogation_id = d.id
         WHERE d.ecole_id = c.ecole_id AND dt.travailreglemente_id = p.travail_id
           AND d.envoyee_le <= p.jour
           AND p.jour < least((d.envoyee_le + interval '{DUREE_DECLARATION} years')::date, d.retiree_le))
    AND COALESCE((
        SELECT v.apte FROM ecoles_avisaptitude v
         WHERE v.apprenant_id = p.apprenant_id AND p.jour BETWEEN v.du AND v.au
         ORDER BY v.du DESC, v.apte LIMIT 1), false)
    AND EXISTS (
        SELECT FROM ecoles_formationsecurite f
         WHERE f.apprenant_id = p.apprenant_id AND f.travail_id = p.travail_id AND f.evaluee_le <= p.jour)
    AND EXISTS (
        SELECT FROM ecoles_membreequipe m
          JOIN ecoles_encadrement e ON e.membre_id = m.id
          JOIN ecoles_encadrement_travaux et ON et.encadrement_id = e.id
         WHERE m.utilisateur_id = p.encadrant_id AND m.ecole_id = c.ecole_id
           AND m.fonction IN ('maitre', 'direction') AND et.travailreglemente_id = p.travail_id
           AND p.jour >= greatest(m.du, e.du)
           AND p.jour <= least(coalesce(m.au, 'infinity'), coalesce(e.au, 'infinity'))))
"""

_SECURITE = f"""
SELECT 'La sécurité d''un mineur n''est pas assurée : ' || p.travail_id INTO phrase
  FROM nouveaux p
  JOIN commandes_commande c ON c.id = p.commande_id
  JOIN ecoles_apprenant a ON a.id = p.apprenant_id
  LEFT JOIN ecoles_travailreglemente t ON t.code = p.travail_id
 WHERE p.etat = 'valide' AND {HORS_SECURITE} LIMIT 1;
"""

_PLAFONDS = f"""
SELECT CASE WHEN du_jour > plafond THEN 'Un jeune dépasse la durée permise en un jour.'
            WHEN de_la_semaine > {MINUTES_SEMAINE} THEN 'Un jeune dépasse 35 heures dans la semaine.' END
  INTO phrase
  FROM (
    SELECT CASE WHEN {_AGE} < {AGE_SEPT_HEURES} THEN {MINUTES_JOUR_MOINS_DE_16} ELSE {MINUTES_JOUR} END
               AS plafond,
           (SELECT sum(q.minutes) FROM commandes_pointage q
             WHERE q.apprenant_id = p.apprenant_id AND q.jour = p.jour AND q.etat = 'valide') AS du_jour,
           (SELECT sum(q.minutes) FROM commandes_pointage q
             WHERE q.apprenant_id = p.apprenant_id AND q.etat = 'valide'
               AND q.jour BETWEEN p.jour - (extract(isodow FROM p.jour)::int - 1)
                              AND p.jour + (7 - extract(isodow FROM p.jour)::int)) AS de_la_semaine
      FROM (SELECT DISTINCT apprenant_id, jour FROM nouveaux WHERE etat = 'valide') p
      JOIN ecoles_apprenant a ON a.id = p.apprenant_id
  ) totaux
 WHERE du_jour > plafond OR de_la_semaine > {MINUTES_SEMAINE} LIMIT 1;
"""

# Keys of the validated minutes, in the schools of the parameter, that the rules allow no longer: a proof was
# changed or withdrawn, an enrolment shortened, a line declared dangerous afterwards.
CONTREDITS = f"""
SELECT p.id
  FROM commandes_pointage p
  JOIN commandes_commande c ON c.id = p.commande_id
  JOIN ecoles_apprenant a ON a.id = p.apprenant_id
  LEFT JOIN ecoles_travailreglemente t ON t.code = p.travail_id
  LEFT JOIN commandes_lignecommande l ON l.id = p.ligne_id
 WHERE p.etat = 'valide' AND c.ecole_id = ANY(%s) AND (
    NOT EXISTS (
        SELECT FROM ecoles_inscription i LEFT JOIN ecoles_bloccompetences b ON b.id = p.bloc_id
         WHERE i.apprenant_id = p.apprenant_id AND i.du <= p.jour AND (i.au IS NULL OR i.au >= p.jour)
           AND (p.bloc_id IS NULL OR b.titre_id = i.titre_id))
    OR (l.travail_id IS NOT NULL AND l.travail_id IS DISTINCT FROM p.travail_id)
    OR ({_AGE} < {AGE_SEPT_HEURES} AND {MINUTES_JOUR_MOINS_DE_16} < (
        SELECT sum(q.minutes) FROM commandes_pointage q
         WHERE q.apprenant_id = p.apprenant_id AND q.jour = p.jour AND q.etat = 'valide'))
    OR ({HORS_SECURITE}))
"""
