"""What the preview of an import shows: totals, tabs, lines with their questions, addressed by cell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from reseau.models import LigneImport, LotImport
from reseau.socle.ressources import ressource_de
from reseau.socle.tableurs import lettre

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_V = LigneImport.Verdict
# Tab -> (its name, verdicts), in the order of the screen: questions first.
ONGLETS: dict[str, tuple[str, tuple[str, ...]]] = {
    "questions": ("À vérifier", (_V.A_CONFIRMER, _V.A_CORRIGER)),
    "ecartees": ("Écartées", (_V.DOUBLON, _V.REJET)),
    "creer": ("À créer", (_V.CREER,)),
    "modifier": ("À modifier", (_V.MODIFIER,)),
    "inchangees": ("Inchangées", (_V.INCHANGEE,)),
}
# Verdict -> singular and plural of what will be said of it, before then after acceptance; {e}: files are
# masculine, schools are not.
_TOTAUX = (
    (_V.CREER, "à créer", "à créer", "créé{e}", "créé{e}s"),
    (_V.MODIFIER, "à modifier", "à modifier", "modifié{e}", "modifié{e}s"),
    (_V.INCHANGEE, "inchangé{e}", "inchangé{e}s", "inchangé{e}", "inchangé{e}s"),
    (_V.A_CONFIRMER, "à confirmer", "à confirmer", "laissé{e} de côté", "laissé{e}s de côté"),
    (_V.A_CORRIGER, "à corriger", "à corriger", "laissé{e} de côté", "laissé{e}s de côté"),
    (_V.DOUBLON, "doublon", "doublons", "doublon", "doublons"),
    (_V.REJET, "rejet", "rejets", "rejet", "rejets"),
)
_ETATS = {"avertissement": "attention", "erreur": "refus", "rejet": "refus"}
_NIVEAUX = {
    "information": "Information",
    "avertissement": "À confirmer",
    "erreur": "À corriger",
    "rejet": "Refusée",
}


@dataclass(frozen=True)
class Question:
    """A message at its cell; ``ouverte`` when the person may answer here."""

    champ: str
    adresse: str
    libelle: str
    classe: str
    niveau: str
    texte: str
    cellule: str
    propositions: tuple[Mapping[str, str], ...]
    ouverte: bool


@dataclass(frozen=True)
class Rangee:
    """A line of the file as the preview shows it."""

    numero: int
    nom: str
    verdict: str
    questions: tuple[Question, ...]
    corrections: tuple[tuple[str, str, str, str], ...]
    differences: tuple[tuple[str, str, str], ...]


def totaux(lot: LotImport) -> str:
    """Return "12 à créer, 3 à modifier, 2 doublons, 1 rejet", or what was done once accepted."""
    apres = lot.etat == LotImport.Etat.ACCEPTE
    morceaux: dict[str, tuple[int, str]] = {}
    for verdict, *mots in _TOTAUX:
        if nombre := lot.bilan.get(verdict.value, 0):
            singulier, pluriel = mots[2:] if apres else mots[:2]
            deja = morceaux.get(singulier, (0, ""))[0]
            morceaux[singulier] = (deja + nombre, pluriel)
    dit = ", ".join(f"{n} {pluriel if n > 1 else mot}" for mot, (n, pluriel) in morceaux.items()) or "rien"
    return dit.format(e="e" if ressource_de(lot).feminin else "")


def onglets(lot: LotImport, choisi: str) -> list[dict[str, Any]]:
    """Tabs that are not empty, with their counts; the first is shown unless another is asked for."""
    rendus = []
    for code, (nom, verdicts) in ONGLETS.items():
        if nombre := sum(lot.bilan.get(verdict, 0) for verdict in verdicts):
            rendus.append({"code": code, "nom": nom, "nombre": nombre, "verdicts": verdicts})
    actif = next((o["code"] for o in rendus if o["code"] == choisi), rendus[0]["code"] if rendus else "")
    for onglet in rendus:
        onglet["actif"] = onglet["code"] == actif
    return rendus


def rangees(lot: LotImport, lignes: Iterable[LigneImport]) -> list[Rangee]:
    """Return what the template prints for each line."""
    ouvert = lot.etat == LotImport.Etat.A_VERIFIER
    return [_Montre(lot, ligne).rangee(ouvert) for ligne in lignes]


@dataclass(frozen=True)
class ColonneDuFichier:
    """A column of the file: its letter, its header, what it was taken for, and what it may be."""

    rang: int
    lettre: str
    titre: str
    champ: str
    libelle: str
    choix: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Cellule:
    """A cell of a line, as corrected and as in the file."""

    champ: str
    libelle: str
    adresse: str
    valeur: str
    fichier: str


@dataclass(frozen=True)
class Fiche:
    """A whole line, to be corrected in place."""

    numero: int
    cellules: tuple[Cellule, ...]


def colonnes(lot: LotImport) -> list[ColonneDuFichier]:
    """Columns of the file with what they were taken for; none before the file is read."""
    connues = ressource_de(lot).colonnes
    choix = tuple((c.champ, c.libelle + (" (indispensable)" if c.indispensable else "")) for c in connues)
    prises = {rang: champ for champ, rang in lot.forme.get("colonnes", {}).items()}
    libelles = {c.champ: c.libelle for c in connues}
    return [
        ColonneDuFichier(
            rang, lettre(rang), titre, prises.get(rang, ""), libelles.get(prises.get(rang, ""), ""), choix
        )
        for rang, titre in enumerate(lot.forme.get("titres", ()))
        if titre or rang in prises
    ]


def fiche(lot: LotImport, numero: str) -> Fiche | None:
    """Every cell of a line that waits, or nothing when there is no such line."""
    if lot.etat != LotImport.Etat.A_VERIFIER or not (numero.isascii() and numero.isdigit()):
        return None
    ligne = lot.lignes.filter(numero=int(numero[:7])).first()
    if ligne is None:
        return None
    montre = _Montre(lot, ligne)
    return Fiche(
        ligne.numero,
        tuple(
            Cellule(c, libelle, montre.adresse(c), montre.cellule(c), montre.brute(c))
            for c, libelle in montre.libelles.items()
        ),
    )


class _Montre:
    """One line, with the words of its columns."""

    def __init__(self, lot: LotImport, ligne: LigneImport) -> None:
        self.ligne, self.ressource = ligne, ressource_de(lot)
        self.rangs: dict[str, int] = lot.forme.get("colonnes", {})
        self.libelles = {colonne.champ: colonne.libelle for colonne in self.ressource.colonnes}

    def cellule(self, champ: str) -> str:
        """The text of a cell, as corrected or as read."""
        if champ in self.ligne.corrections:
            return str(self.ligne.corrections[champ])
        return self.brute(champ)

    def brute(self, champ: str) -> str:
        """The text of a cell in the file."""
        rang = self.rangs.get(champ)
        valeur = self.ligne.brut[rang] if rang is not None and rang < len(self.ligne.brut) else None
        return "" if valeur is None else str(valeur)

    def adresse(self, champ: str) -> str:
        """D9, or the line alone when the file has no such column."""
        rang = self.rangs.get(champ)
        return f"{lettre(rang)}{self.ligne.numero}" if rang is not None else f"ligne {self.ligne.numero}"

    def question(self, message: Mapping[str, Any], ouvert: bool) -> Question:
        """A message of the staging table, with the words of the screen."""
        champ, niveau = message["champ"], message["niveau"]
        repondre = ouvert and niveau in {"avertissement", "erreur"} and self.ligne.verdict != _V.DOUBLON
        return Question(
            champ=champ,
            adresse=self.adresse(champ),
            libelle=self.libelles.get(champ, champ),
            classe=_ETATS.get(niveau, ""),
            niveau=_NIVEAUX.get(niveau, niveau),
            texte=message["texte"],
            cellule=self.cellule(champ),
            propositions=tuple(message["propositions"]),
            ouverte=repondre or (ouvert and niveau == "rejet" and not self.cellule(champ)),
        )

    def rangee(self, ouvert: bool) -> Rangee:
        """The whole line."""
        ligne = self.ligne
        return Rangee(
            numero=ligne.numero,
            nom=self.ressource.montrer(ligne) or self.cellule("nom") or "(sans nom)",
            verdict=ligne.get_verdict_display(),
            questions=tuple(self.question(m, ouvert) for m in ligne.messages),
            corrections=tuple(
                (champ, self.adresse(champ), self.brute(champ), str(valeur))
                for champ, valeur in ligne.corrections.items()
            ),
            differences=tuple(
                (self.libelles.get(d["champ"], d["champ"]), d["avant"], d["apres"]) for d in ligne.differences
            ),
        )
