"""Sections of a dashboard about files: trades, places, learner-months, steps, delays."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from financements.graphiques import barres
from financements.pilotage import Section, Tableau
from financements.situations import Etat
from reseau.nombres import montrer_montant, montrer_nombre
from reseau.socle.exports import ColonneExport

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from financements.graphiques import Barres
    from financements.pilotage import Chiffres
    from financements.pilotage_dossiers import Part

_REPRIS = "Repris, sans détail"
_SANS_LIEU = "Commune inconnue"
_SANS_BASSIN_CONNU = "Bassin non renseigné"
_BASSINS_A_IMPORTER = "Le portail ne connaît pas encore ces bassins : l'administrateur en importe la liste."
_PAS_DE_DEMANDE = "Aucune demande n'a été déposée pour cet exercice."
_MESURES = (
    ColonneExport("Jeunes demandés", "nb_demandes", "entier"),
    ColonneExport("Jeunes retenus", "nb_retenus", "entier"),
    ColonneExport("Montant demandé", "demande", "montant"),
    ColonneExport("Montant retenu", "retenu", "montant"),
    ColonneExport("Dont accordé", "accorde", "montant"),
)
_MOIS = (
    ColonneExport("Mois-élèves demandés", "mois_demandes", "entier"),
    ColonneExport("Mois-élèves retenus", "mois_retenus", "entier"),
    ColonneExport("Mois-élèves réalisés", "mois_realises", "entier"),
)
_ETAPES = (
    ColonneExport("Étape", "etape"),
    ColonneExport("Dossiers", "nombre", "entier"),
    ColonneExport("Montant", "montant", "montant"),
    ColonneExport("Plus de deux mois sans réponse", "silences", "entier"),
)
_DELAIS = (
    ColonneExport("D'une étape à l'autre", "pas"),
    ColonneExport("Dossiers", "nombre", "entier"),
    ColonneExport("Délai médian (jours)", "mediane", "entier"),
    ColonneExport("Le plus long (jours)", "long", "entier"),
)
# Files without a decision to account for.
_SANS_BILAN = {
    *(Etat.DEPOSEE, Etat.A_COMPLETER, Etat.EN_INSTRUCTION, Etat.PROPOSEE, Etat.VISEE),
    *(Etat.REFUSEE, Etat.SANS_SUITE, Etat.RESILIEE),
}
_PAS = {
    1: "Dépôt → instruction",
    2: "Instruction → proposition",
    3: "Proposition → visa",
    4: "Visa → accord",
    5: "Accord → notification",
    6: "Notification → 1er paiement",
    7: "En tout, dépôt → accord",
}


def _mesures(quoi: Part, colonnes: Iterable[ColonneExport] = _MESURES) -> tuple[Any, ...]:
    return tuple(getattr(quoi, str(colonne.source)) for colonne in colonnes)


def _par_metier(parts: Iterable[Part], *champs: str) -> dict[str, list[Any]]:
    """Sum some measures of the titles of each trade."""
    sommes: dict[str, list[Any]] = {}
    for quoi in parts:
        somme = sommes.setdefault(quoi.metier or _REPRIS, [0] * len(champs))
        for rang, champ in enumerate(champs):
            somme[rang] += getattr(quoi, champ)
    return sommes


def _barres_de_montants(titre: str, lignes: Iterable[tuple[str, Decimal, Decimal]]) -> Barres | None:
    """What is asked, and upon it what is retained."""
    return barres(
        titre,
        [
            (nom, montrer_montant(retenu), (("fond", demande), ("engage", retenu)))
            for nom, demande, retenu in lignes
        ],
        legende=(("fond", "demandé"), ("engage", "retenu (le montant écrit)")),
    )


def metiers(chiffres: Chiffres) -> Section:
    """Learners and amounts by title; the chart, by trade."""
    parts, total = chiffres.ventilation.titres, chiffres.ventilation.total
    sommes = _par_metier(parts, "demande", "retenu")
    return Section(
        "metiers",
        "Par métier et par diplôme",
        (
            "« Retenu » et « accordé » comprennent les avenants, avant tout désengagement.",
            "Ce qu'un dossier repris a demandé l'a été avant l'outil : ce n'est pas compté.",
        ),
        Tableau(
            (ColonneExport("Métier", "metier"), ColonneExport("Diplôme", "titre"), *_MESURES),
            tuple((p.metier or _REPRIS, p.titre or "—", *_mesures(p)) for p in parts),
            ("Total", "", *_mesures(total)) if total else None,
        ),
        _barres_de_montants("Montants, par métier", [(nom, *somme) for nom, somme in sommes.items()]),
        vide="" if parts else _PAS_DE_DEMANDE,
    )


def lieux(chiffres: Chiffres) -> Section:
    """The same by departement of the school; by region for the country."""
    lues = chiffres.ventilation
    if chiffres.national:
        phrase = "La région est celle du service qui a reçu la demande."
        return _par_lieu("lieux", "région", phrase, lues.regions, lues.total)
    phrase = "Le département est celui de la commune de l'école."
    return _par_lieu("lieux", "département", phrase, lues.departements, lues.total)


def bassins(chiffres: Chiffres) -> Section:
    """The same by employment basin of the school, once the communes know theirs."""
    lues = chiffres.ventilation
    phrase = "Le bassin d'emploi est celui de la commune de l'école."
    section = _par_lieu("bassins", "bassin d'emploi", phrase, lues.bassins, lues.total, _SANS_BASSIN_CONNU)
    if any(part.lieu for part in lues.bassins) or not lues.bassins:
        return section
    tableau = replace(section.tableau, lignes=(), total=None)
    return replace(section, phrases=(), tableau=tableau, graphique=None, vide=_BASSINS_A_IMPORTER)


def _par_lieu(  # noqa: PLR0913, PLR0917 - a cut has these parts
    cle: str, mot: str, phrase: str, parts: Sequence[Part], total: Part | None, ailleurs: str = _SANS_LIEU
) -> Section:
    return Section(
        cle,
        f"Par {mot}",
        (phrase,),
        Tableau(
            (ColonneExport(mot.capitalize(), "lieu"), *_MESURES),
            tuple((p.lieu or ailleurs, *_mesures(p)) for p in parts),
            ("Total", *_mesures(total)) if total else None,
        ),
        _barres_de_montants(
            f"Montants, par {mot}", [(p.lieu or ailleurs, p.demande, p.retenu) for p in parts]
        ),
        vide="" if parts else _PAS_DE_DEMANDE,
    )


def effectifs(chiffres: Chiffres) -> Section:
    """Learner-months asked, retained, realised: the one unit that the three share."""
    parts, total = chiffres.ventilation.titres, chiffres.ventilation.total
    champs = [str(colonne.source) for colonne in _MOIS]
    lignes = [(nom, *somme) for nom, somme in _par_metier(parts, *champs).items() if any(somme)]
    rendus = sum(etape.nb_bilans for etape in chiffres.etapes)
    accordes = sum(etape.nombre for etape in chiffres.etapes if etape.etat not in _SANS_BILAN)
    sommes = list(zip(("Demandés", "Retenus", "Réalisés"), champs, ("etude", "engage", "paye"), strict=True))
    posees = [(mot, getattr(total, champ), classe) for mot, champ, classe in sommes] if total else []
    return Section(
        "effectifs",
        "Effectifs demandés, retenus, réalisés",
        (
            "Trois jeunes pendant quatre mois font douze mois-élèves. Les avenants accordés sont comptés.",
            f"Les mois réalisés viennent des bilans déposés : {rendus} sur {accordes}.",
        ),
        Tableau(
            (ColonneExport("Métier", "metier"), *_MOIS),
            tuple(lignes),
            ("Total", *_mesures(total, _MOIS)) if total else None,
        ),
        barres(
            "Mois-élèves de l'exercice",
            [(mot, montrer_nombre(nombre), ((classe, Decimal(nombre)),)) for mot, nombre, classe in posees],
        ),
        vide="" if lignes else _PAS_DE_DEMANDE,
    )


def situations(chiffres: Chiffres) -> Section:
    """How many files in each step, and those that nobody answered in two months."""
    sommes: dict[Etat, list[Any]] = {}
    for etape in chiffres.etapes:
        somme = sommes.setdefault(etape.etat, [0, Decimal(0), 0])
        for rang, valeur in enumerate((etape.nombre, etape.montant, etape.nb_silences)):
            somme[rang] += valeur
    lignes = tuple((str(etat.label), *sommes[etat]) for etat in Etat if etat in sommes)
    total = [sum(colonne) for colonne in zip(*sommes.values(), strict=True)]
    nombre = total[0] if total else 0
    return Section(
        "situations",
        "Où en sont les dossiers",
        (f"{nombre} {'dossiers déposés' if nombre > 1 else 'dossier déposé'} pour {chiffres.exercice}.",),
        Tableau(_ETAPES, lignes, ("Total", *total) if lignes else None),
        barres(
            "Nombre de dossiers, par étape",
            [(mot, montrer_nombre(nb), (("engage", Decimal(nb)),)) for mot, nb, _, _ in lignes],
        ),
        _alerte_silence(total[2]) if total else "",
        "" if lignes else _PAS_DE_DEMANDE,
    )


def _alerte_silence(nombre: int) -> str:
    if not nombre:
        return ""
    mots = f"{nombre} dossiers attendent" if nombre > 1 else "1 dossier attend"
    return f"{mots} une réponse depuis plus de deux mois : le silence vaut rejet (CRPA, article L231-4)."


def delais(chiffres: Chiffres) -> Section:
    """Days between two steps: half of the files took the median or less."""
    lignes = tuple((_PAS[d.rang], d.nombre, d.mediane, d.plus_long) for d in chiffres.delais)
    return Section(
        "delais",
        "Délais",
        (
            "Délai médian : la moitié des dossiers a mis ce temps ou moins.",
            "Ne comptent que les dossiers qui ont franchi les deux étapes.",
        ),
        Tableau(_DELAIS, lignes),
        barres(
            "Délai médian, en jours",
            [(mot, _jours(median), (("engage", Decimal(median)),)) for mot, _, median, _ in lignes],
            ensemble=Decimal(bool(lignes)),  # a step crossed within the day is seen, at zero
        ),
        vide="" if lignes else "Aucun dossier n'a encore franchi deux étapes.",
    )


def _jours(nombre: int) -> str:
    return f"{nombre}\u00a0jour{'s' if nombre > 1 else ''}"
