"""What the database refuses about applications, whatever path they come by."""

from __future__ import annotations

import pgtrigger

from ecoles.etats_candidature import OUVERTES

# What an application that ended keeps as it was, until it is erased.
_FIGEES = (
    "prenom, nom, ne_le, parcours_id, recue_le, visite_le, essai_du, essai_au, motif_refus, precision_refus,"
    " close_le, apprenant_id"
)
_OUVERTES = ", ".join(f"'{etat}'" for etat in sorted(OUVERTES))


def _refuser(phrase: str) -> str:
    """Spell the refusal in PL/pgSQL."""
    texte = phrase.replace("'", "''").replace("%", "%%")
    return f"RAISE EXCEPTION '{texte}' USING ERRCODE = 'check_violation';"


def _ligne(version: str) -> str:
    return ", ".join(f"{version}.{colonne}" for colonne in _FIGEES.split(", "))


def candidature_a_sa_place() -> pgtrigger.Trigger:
    """One school for the application, its parcours, its question, its learner; what ended is kept."""
    return pgtrigger.Trigger(
        name="candidature_a_sa_place",
        operation=pgtrigger.Insert | pgtrigger.Update,
        when=pgtrigger.Before,
        func=f"""
        IF TG_OP = 'UPDATE' AND NEW.ecole_id <> OLD.ecole_id THEN
            {_refuser("Une candidature reste à son école.")}
        END IF;
        IF TG_OP = 'UPDATE' AND OLD.etat NOT IN ({_OUVERTES}) AND NEW.efface_le IS NULL
           AND ({_ligne("NEW")}) IS DISTINCT FROM ({_ligne("OLD")}) THEN
            {_refuser("Une candidature terminée ne se modifie plus.")}
        END IF;
        IF (TG_OP = 'INSERT' OR NEW.parcours_id <> OLD.parcours_id) AND NOT EXISTS (
            SELECT FROM ecoles_offre WHERE ecole_id = NEW.ecole_id AND parcours_id = NEW.parcours_id) THEN
            {_refuser("L'école ne propose pas ce parcours.")}
        END IF;
        IF NEW.contact_id IS NOT NULL AND NOT EXISTS (
            SELECT FROM ecoles_demandecontact WHERE id = NEW.contact_id AND ecole_id = NEW.ecole_id) THEN
            {_refuser("Cette demande de contact est celle d'une autre école.")}
        END IF;
        IF NEW.apprenant_id IS NOT NULL AND NOT EXISTS (
            SELECT FROM ecoles_apprenant WHERE id = NEW.apprenant_id AND ecole_id = NEW.ecole_id) THEN
            {_refuser("Ce jeune est celui d'une autre école.")}
        END IF;
        RETURN NEW;
        """,
    )


def nom_dans_un_seul_dossier() -> pgtrigger.Trigger:
    """Once enrolled, or erased, nothing of the application names anybody."""
    return pgtrigger.Trigger(
        name="nom_dans_un_seul_dossier",
        operation=pgtrigger.Insert | pgtrigger.Update,
        when=pgtrigger.Before,
        func=f"""
        IF (NEW.apprenant_id IS NOT NULL OR NEW.efface_le IS NOT NULL)
           AND concat(NEW.prenom, NEW.nom, NEW.ne_le::text, NEW.representant_prenom, NEW.representant_nom,
                      NEW.telephone, NEW.courriel) <> '' THEN
            {_refuser("Une fois le jeune inscrit, ou la candidature effacée, son nom n'y est plus.")}
        END IF;
        RETURN NEW;
        """,
    )
