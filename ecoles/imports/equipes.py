"""Staff of one school: an account found by its e-mail, or opened; and the function held.

An account opened here has no password: the person asks for one at the login page.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from ecoles.models import MembreEquipe
from reseau.models import Utilisateur
from reseau.nombres import aujourdhui
from reseau.socle.controles import (
    ERREUR,
    REJET,
    controler_date,
    controler_longueur,
    courriel_mal_forme,
    date_lue,
    lit,
    message,
    messages,
    phrase,
    proposition,
    table,
)
from reseau.socle.verdicts import conclure

if TYPE_CHECKING:
    from reseau.models import LotImport

# Folded word -> function.
_FONCTIONS = {
    "maitre": "maitre", "maitre professionnel": "maitre", "maitre pro": "maitre", "formateur": "maitre",
    "enseignant": "maitre", "professeur": "maitre", "secretariat": "secretariat", "secretaire": "secretariat",
    "comptabilite": "secretariat", "comptable": "secretariat", "secretariat comptabilite": "secretariat",
    "direction": "direction", "directeur": "direction", "directrice": "direction",
    "direction de l ecole": "direction",
}  # fmt: skip
_LUES = """
SELECT t.*, lower(t.courriel) AS courriel_lu, {du} AS du_lu, {au} AS au_lu,
    CASE edp_plier(t.fonction) {fonctions} END AS fonction_lue
FROM saisie AS t
"""
_APPARIEES = """
SELECT l.*, m.id AS cible, m.id IS NOT NULL AS connue, x.premiere AS copie, u.id AS compte,
    u.id = {depositaire} AS soi_meme
FROM lu_membre AS l
LEFT JOIN reseau_utilisateur AS u ON u.courriel = l.courriel_lu
LEFT JOIN ecoles_membreequipe AS m ON m.utilisateur_id = u.id AND m.ecole_id = {ecole}
    AND m.fonction = l.fonction_lue AND coalesce(m.au, 'infinity') >= {jour}
LEFT JOIN (SELECT courriel_lu, fonction_lue, min(numero) AS premiere FROM lu_membre
    GROUP BY 1, 2 HAVING count(*) > 1) AS x
    ON x.courriel_lu = l.courriel_lu AND x.fonction_lue = l.fonction_lue AND x.premiere < l.numero
"""
_LU = """
jsonb_strip_nulls(jsonb_build_object('nom', l.nom, 'prenom', l.prenom, 'courriel', l.courriel_lu,
    'fonction', l.fonction_lue, 'du', l.du_lu, 'au', l.au_lu))
"""
_COMPARES = {"au": ("to_char(l.au_lu, 'DD/MM/YYYY')", "to_char(e.au, 'DD/MM/YYYY')")}


def _messages() -> str:
    choix = " || ".join(
        proposition(f"{lit(code)}::text", f"{lit(str(mot))}::text")
        for code, mot in MembreEquipe.Fonction.choices
    )
    return messages(
        message("courriel IS NULL", "courriel", REJET, phrase("L'adresse électronique est obligatoire.")),
        message(
            courriel_mal_forme("courriel"), "courriel", ERREUR,
            phrase("« %s » n'est pas une adresse électronique.", "courriel"),
        ),
        message("soi_meme", "courriel", REJET, phrase("Nul ne se confie un rôle à soi-même. Ligne écartée.")),
        message(
            "fonction_lue IS NULL", "fonction", ERREUR,
            phrase("« %s » n'est pas une fonction connue.", "coalesce(fonction, '')"), choix,
        ),
        message(
            "compte IS NULL AND coalesce(nom, '') = ''", "nom", ERREUR,
            phrase("Pour ouvrir un compte, indiquez le nom."),
        ),
        *controler_longueur("nom", 60, "Ce nom"),
        *controler_longueur("prenom", 60, "Ce prénom"),
        *controler_date("du", "du_lu"),
        *controler_date("au", "au_lu"),
        message("au_lu < du_lu", "au", ERREUR, phrase("La fin ne peut pas précéder le début.")),
    )  # fmt: skip


def controler(lot: LotImport) -> str:
    """Return the SQL of the verdicts, from ``saisie``; only the functions of the school are looked at."""
    cas = " ".join(f"WHEN {lit(mot)} THEN {lit(code)}" for mot, code in _FONCTIONS.items())
    table("lu_membre", _LUES.format(du=date_lue("t.du"), au=date_lue("t.au"), fonctions=cas))
    soi = lot.accepte_par_id or lot.depose_par_id
    apparies = _APPARIEES.format(
        depositaire=f"{lit(str(soi))}::uuid" if soi else "NULL::uuid",
        ecole=f"{lit(str(lot.organisme))}::uuid",
        jour=lit(aujourdhui().isoformat()),
    )
    lignes = f"SELECT a.*, {_messages()} AS messages FROM ({apparies}) AS a OFFSET 0"
    return conclure(lignes, _COMPARES, _LU, "LEFT JOIN ecoles_membreequipe AS e ON e.id = l.cible")


def ecrire(lot: LotImport) -> None:
    """Open the accounts that are missing, give the functions, end those that have a last day."""
    for ligne in lot.lignes.filter(verdict="creer").order_by("numero"):
        membre = MembreEquipe.objects.create(
            utilisateur=_compte(ligne.lu),
            ecole_id=lot.le_sien(),
            fonction=ligne.lu["fonction"],
            du=_jour(ligne.lu.get("du")) or aujourdhui(),
            au=_jour(ligne.lu.get("au")),
        )
        ligne.cible = membre.pk
        ligne.save(update_fields=["cible"])
    for ligne in lot.lignes.filter(verdict="modifier"):
        membres = MembreEquipe.objects.filter(pk=str(ligne.cible), ecole_id=lot.le_sien())
        membres.update(au=_jour(ligne.lu["au"]))


def _compte(lu: dict[str, str]) -> Utilisateur:
    connu = Utilisateur.objects.filter(courriel=lu["courriel"]).first()
    return connu or Utilisateur.objects.create_user(
        lu["courriel"], nom=lu.get("nom", ""), prenom=lu.get("prenom", "")
    )


def _jour(texte: str | None) -> date | None:
    return date.fromisoformat(texte) if texte else None
