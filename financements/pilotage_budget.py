"""Sections of a dashboard about money: credits to commit, credits to pay, months, payments to come."""

from __future__ import annotations

from itertools import accumulate
from typing import TYPE_CHECKING

from financements.graphiques import ABREGES, barres, courbes
from financements.pilotage import Section, Tableau
from financements.pilotage_credits import APRES, AVANT, ZERO
from reseau.nombres import MOIS, aujourdhui, montrer_montant, montrer_pourcentage
from reseau.socle.exports import ColonneExport

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from decimal import Decimal

    from financements.graphiques import Barres
    from financements.pilotage import Chiffres
    from financements.pilotage_credits import Credit, Prevision

    Liens = Callable[[Credit], str]

# Words of a column, and the value of an envelope in it.
_AE: tuple[tuple[str, Callable[[Credit], Decimal]], ...] = (
    ("Gelées", lambda c: c.ae_gelees),
    ("Ouvertes", lambda c: c.ae_ouvertes),
    ("Engagées", lambda c: c.ae_engagees),
    ("Disponibles", lambda c: c.ae_disponibles),
    ("Proposées", lambda c: c.ae_proposees),
    ("Reste après propositions", lambda c: c.ae_disponibles - c.ae_proposees),
)
_CP: tuple[tuple[str, Callable[[Credit], Decimal]], ...] = (
    ("Gelés", lambda c: c.cp_geles),
    ("Ouverts", lambda c: c.cp_ouverts),
    ("Payés", lambda c: c.cp_payes),
    ("Disponibles", lambda c: c.cp_disponibles),
)
_A_L_ETUDE = {"deposee", "a_completer", "en_instruction"}


def _montants(*titres: str) -> tuple[ColonneExport, ...]:
    return tuple(ColonneExport(titre, titre, "montant") for titre in titres)


def part(montant: Decimal, ensemble: Decimal) -> str:
    """Print a share; nothing of nothing is a dash."""
    return montrer_pourcentage(montant / ensemble, 0) if ensemble > 0 else "—"


def _sur(montant: Decimal, mot: str, ensemble: Decimal) -> str:
    fait, ouvert = montrer_montant(montant), montrer_montant(ensemble)
    return f"{fait} {mot} sur {ouvert} ouverts ({part(montant, ensemble)})."


def _nom(chiffres: Chiffres, credit: Credit) -> str:
    if chiffres.national:
        return credit.nom
    action = f", {credit.action}" if credit.action else ""
    return f"Programme {credit.programme}{action}" + (" (sous-enveloppe)" if credit.mere else "")


def _par_enveloppe(
    chiffres: Chiffres, colonnes: Sequence[tuple[str, Callable[[Credit], Decimal]]], liens: Liens
) -> Tableau:
    def valeurs(credit: Credit) -> tuple[Decimal, ...]:
        return tuple(valeur(credit) for _, valeur in colonnes)

    premiere = ColonneExport("Région" if chiffres.national else "Enveloppe", "nom")
    return Tableau(
        (premiere, *_montants(*(titre for titre, _ in colonnes))),
        tuple((_nom(chiffres, credit), *valeurs(credit)) for credit in chiffres.credits),
        ("Total", *valeurs(chiffres.total)) if chiffres.credits else None,
        tuple(liens(credit) for credit in chiffres.credits),
    )


def _sans_enveloppe(chiffres: Chiffres) -> str:
    return "" if chiffres.credits else f"Aucune enveloppe n'est ouverte pour {chiffres.exercice}."


def _barres_par_region(
    titre: str, lignes: Sequence[tuple[str, Decimal, Decimal]], mots: tuple[str, str]
) -> Barres | None:
    """Each region on one scale: what is open, and upon it what is done."""
    return barres(
        titre,
        [(nom, part(fait, ouvert), (("fond", ouvert), ("engage", fait))) for nom, ouvert, fait in lignes],
        legende=(("fond", mots[0]), ("engage", mots[1])),
    )


def _barres_simples(
    titre: str, lignes: Sequence[tuple[str, str, Decimal]], ensemble: Decimal
) -> Barres | None:
    posees = [(mot, montrer_montant(montant), ((classe, montant),)) for mot, classe, montant in lignes]
    return barres(titre, posees, ensemble=ensemble)


def autorisations(chiffres: Chiffres, liens: Liens) -> Section:
    """Opened, frozen, committed, proposed, available."""
    total = chiffres.total
    etude = sum((etape.montant for etape in chiffres.etapes if etape.etat in _A_L_ETUDE), ZERO)
    reste = total.ae_disponibles - total.ae_proposees - etude
    manque = f"Il manque {montrer_montant(-reste)} pour accorder tout ce qui est demandé."
    phrases = [
        _sur(total.ae_engagees, "engagés", total.ae_ouvertes),
        f"Encore à l'étude, sans proposition : {montrer_montant(etude)}.",
    ]
    if reste >= 0:
        phrases.append(f"Si tout était accordé, il resterait {montrer_montant(reste)}.")
    if any(credit.mere for credit in chiffres.credits):
        phrases.append("Le total ne compte qu'une fois ce qu'une enveloppe délègue à une autre.")
    return Section(
        "ae",
        "Autorisations d'engagement (AE)",
        tuple(phrases),
        _par_enveloppe(chiffres, _AE, liens),
        _barres_ae(chiffres, etude),
        manque if reste < 0 else "",
        _sans_enveloppe(chiffres),
    )


def _barres_ae(chiffres: Chiffres, etude: Decimal) -> Barres | None:
    total = chiffres.total
    if chiffres.national:
        lues = [(c.nom, c.ae_ouvertes, c.ae_engagees) for c in chiffres.credits]
        return _barres_par_region("AE engagées, par région", lues, ("ouvertes", "engagées"))
    lignes = (
        ("Engagées", "engage", total.ae_engagees),
        ("Proposées", "propose", total.ae_proposees),
        ("À l'étude", "etude", etude),
        ("Disponibles", "disponible", total.ae_disponibles),
    )
    titre = f"AE ouvertes : {montrer_montant(total.ae_ouvertes)}"
    return _barres_simples(titre, lignes, total.ae_ouvertes)


def paiements(chiffres: Chiffres, liens: Liens) -> Section:
    """Opened, frozen, paid, available; what falls due before the end of the year."""
    total = chiffres.total
    du = sum((p.montant for p in chiffres.previsions if p.annee == chiffres.exercice), ZERO)
    manque = du - total.cp_disponibles
    alerte = f"Il manque {montrer_montant(manque)} de CP pour payer ce qui est dû cette année."
    return Section(
        "cp",
        "Crédits de paiement (CP)",
        (
            _sur(total.cp_payes, "payés", total.cp_ouverts),
            f"À payer d'ici le 31 décembre {chiffres.exercice} : {montrer_montant(du)}.",
        ),
        _par_enveloppe(chiffres, _CP, liens),
        _barres_cp(chiffres, du),
        alerte if manque > 0 else "",
        _sans_enveloppe(chiffres),
    )


def _barres_cp(chiffres: Chiffres, du: Decimal) -> Barres | None:
    total = chiffres.total
    if chiffres.national:
        lues = [(c.nom, c.cp_ouverts, c.cp_payes) for c in chiffres.credits]
        return _barres_par_region("CP payés, par région", lues, ("ouverts", "payés"))
    lignes = (
        ("Payés", "paye", total.cp_payes),
        ("À payer cette année", "propose", du),
        ("Disponibles", "disponible", total.cp_disponibles),
    )
    return _barres_simples(f"CP ouverts : {montrer_montant(total.cp_ouverts)}", lignes, total.cp_ouverts)


def mois_par_mois(chiffres: Chiffres) -> Section:
    """Committed and paid, month by month and cumulated; the last cumulated is the envelopes' counter."""
    faits = {mois.rang: mois for mois in chiffres.mois}
    montres = _mois_montres(chiffres.exercice, set(faits))
    engages = [faits[rang].engage if rang in faits else ZERO for rang in montres]
    payes = [faits[rang].paye if rang in faits else ZERO for rang in montres]
    cumuls = [list(accumulate(engages)), list(accumulate(payes))]
    noms = {AVANT: f"Avant {chiffres.exercice}", APRES: f"Après {chiffres.exercice}"}
    noms |= {rang: mois.capitalize() for rang, mois in enumerate(MOIS, 1)}
    colonnes = zip(montres, engages, cumuls[0], payes, cumuls[1], strict=True)
    en_annee = [n for n, rang in enumerate(montres) if AVANT < rang < APRES]
    series = [
        (code, mot, [cumul[n] for n in en_annee])
        for code, mot, cumul in zip(("engage", "paye"), ("Engagé", "Payé"), cumuls, strict=True)
    ]
    ouvert = chiffres.total.ae_ouvertes
    titres = ("Engagé dans le mois", "Engagé, cumulé", "Payé dans le mois", "Payé, cumulé")
    return Section(
        "mois",
        "Mois par mois",
        ("Un engagement compte le jour de l'accord, un paiement le jour où il est payé (heure de Paris).",),
        Tableau(
            (ColonneExport("Mois", "mois"), *_montants(*titres)),
            tuple((noms[rang], *valeurs) for rang, *valeurs in colonnes),
        ),
        courbes("Engagé et payé, cumulés depuis le début de l'année", series, ("AE ouvertes", ouvert)),
        vide="" if faits else "Rien n'est encore engagé ni payé sur cet exercice.",
    )


def _mois_montres(exercice: int, faits: set[int]) -> list[int]:
    """The months of the year until today, and outside the year what was written there."""
    jour = aujourdhui()
    fin = 12 if exercice < jour.year else jour.month if exercice == jour.year else 0
    fin = max([fin, *(faits - {APRES})])
    return [rang for rang in range(AVANT, APRES + 1) if rang in faits or AVANT < rang <= fin]


def previsions(chiffres: Chiffres) -> Section:
    """What is left to pay, by the month from which it may be paid; and the CP of the next year."""
    suivant = chiffres.exercice + 1
    lignes = [(_quand(p), p.nombre, p.montant) for p in chiffres.previsions]
    total = sum((p.montant for p in chiffres.previsions), ZERO)
    a_ouvrir = sum((p.montant for p in chiffres.previsions if p.annee == suivant), ZERO)
    colonnes = (ColonneExport("À partir de", "quand"), ColonneExport("Versements", "nombre", "entier"))
    posees = [(quand, montrer_montant(montant), (("propose", montant),)) for quand, _, montant in lignes]
    return Section(
        "previsions",
        "Paiements à prévoir",
        (
            f"CP nécessaires en {suivant} : {montrer_montant(a_ouvrir)}.",
            f"Reste à payer en tout : {montrer_montant(total)}, dossiers des années d'avant compris.",
            "Ce qui est en retard compte dans le mois en cours.",
        ),
        Tableau(
            (*colonnes, *_montants("Montant")),
            tuple(lignes),
            ("Total", sum(p.nombre for p in chiffres.previsions), total) if lignes else None,
        ),
        barres("Ce qui reste à payer, par mois", posees),
        vide="" if lignes else "Rien ne reste à payer.",
    )


def _quand(prevision: Prevision) -> str:
    if prevision.annee is None or prevision.mois is None:
        return "Décision à notifier"
    mois = f"{ABREGES[prevision.mois - 1].capitalize()} {prevision.annee}"
    return f"{mois}, après bilan" if prevision.attend_le_service_fait else mois
