"""Cells of a takeover, read one by one: what each says, or why it cannot be read. No query here."""

from __future__ import annotations

import re
from decimal import ROUND_UP, Decimal
from typing import TYPE_CHECKING

from financements.models.lignes import EFFECTIF_MAXIMAL
from financements.rapprochement import lire_ej
from reseau.nombres import (
    SaisieInvalide,
    aujourdhui,
    lire_date,
    lire_entier,
    lire_montant,
    montrer_date_courte,
    montrer_montant,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from reseau.socle.controles_python import LigneLue

# "10/04/2026 : 50 000,00": the day, then the amount when there are several.
_VERSEMENT = re.compile(
    r"^(\d{1,2}[/.-]\d{1,2}[/.-]\d{4}|\d{4}-\d{2}-\d{2})(?:[ T]00:00(?::00)?)?\s*[:=]?\s*(.*)$"
)
_DEUX_VERSEMENTS = "« 10/04/2026 : 50 000,00 ; 20/11/2026 : 30 000,00 »"
_DIX_MILLIEMES = Decimal("0.0001")


def lire_la_ligne(ligne: LigneLue) -> None:
    """Fill ``lu`` with what the cells say by themselves; each refusal is at its cell."""
    lu = ligne.lu
    lu["exercice"] = ligne.lire("exercice", lire_entier)
    lu["ej"] = ligne.lire("ej", lire_ej)
    accorde = ligne.lire("accorde", _plus_que_zero)
    paye = ligne.lire("paye", lire_montant, obligatoire=False) or Decimal(0)
    lu["accorde"], lu["paye"] = _texte(accorde), _texte(paye)
    for champ, obligatoire in (("decision", True), ("notification", False), ("convention", False)):
        lu[champ] = _iso(ligne.lire(champ, _jour_passe, obligatoire=obligatoire))
    lu["effectif"] = ligne.lire("effectif", _effectif, obligatoire=False)
    lu["versements"] = _versements(ligne, paye)
    if accorde is not None and paye > accorde:
        ligne.dire("paye", f"On n'a pas payé plus que ce qui est accordé, {montrer_montant(accorde)}.")
    if paye < 0:
        ligne.dire("paye", "Un montant payé est zéro ou plus.")
    _siret(ligne)
    _dans_l_ordre(ligne)


def taux_repris(accorde: Decimal, effectif: int, mois: int) -> Decimal:
    """Return what was granted by learner-month, EUR to four decimals, rounded up.

    Up: a year done in full then comes to the whole grant, and the final amount never exceeds it.
    """
    return (accorde / (effectif * mois)).quantize(_DIX_MILLIEMES, ROUND_UP)


def _texte(montant: Decimal | None) -> str | None:
    return None if montant is None else str(montant)


def _iso(jour: date | None) -> str | None:
    return None if jour is None else jour.isoformat()


def _plus_que_zero(texte: str) -> Decimal:
    montant = lire_montant(texte)
    if montant <= 0:
        raise SaisieInvalide("Un montant accordé est plus grand que zéro.")
    return montant


def _jour_passe(texte: str) -> date:
    jour = lire_date(texte.removesuffix(" 00:00:00"))
    if jour > aujourdhui():
        raise SaisieInvalide("Cette date est dans le futur.")
    return jour


def _effectif(texte: str) -> int:
    effectif = lire_entier(texte)
    if not 1 <= effectif <= EFFECTIF_MAXIMAL:
        raise SaisieInvalide(f"Un effectif va de 1 à {EFFECTIF_MAXIMAL} jeunes.")
    return effectif


def _siret(ligne: LigneLue) -> None:
    texte = ligne.cellules.get("siret", "")
    chiffres = re.sub(r"\s", "", texte).removesuffix(".0")
    if texte and not re.fullmatch(r"[0-9]{14}", chiffres):
        ligne.dire("siret", f"« {texte[:40]} » n'est pas un SIRET : il a 14 chiffres.")
    elif texte:
        ligne.lu["siret"] = chiffres


def _versements(ligne: LigneLue, paye: Decimal) -> list[tuple[str, str]]:
    """Return (day, amount) of each payment: they make together what was paid."""
    texte = ligne.cellules.get("versements", "")
    if not texte and paye > 0:
        ligne.dire(
            "versements", f"Écrivez le jour du versement, ou chacun des versements : {_DEUX_VERSEMENTS}."
        )
    if not texte or paye <= 0:
        if texte and not any(m["champ"] == "paye" for m in ligne.messages):
            ligne.dire("paye", "Un versement a une date : écrivez aussi le montant payé.")
        return []
    try:
        lus = list(_lire_les_versements(texte, paye))
    except SaisieInvalide as refus:
        ligne.dire("versements", str(refus))
        return []
    total = sum((montant for _, montant in lus), Decimal(0))
    if total != paye:
        ligne.dire(
            "versements",
            f"Les versements font {montrer_montant(total)}, et le montant payé {montrer_montant(paye)}.",
        )
    return [(jour.isoformat(), str(montant)) for jour, montant in sorted(lus)]


def _lire_les_versements(texte: str, paye: Decimal) -> Iterator[tuple[date, Decimal]]:
    morceaux = [morceau.strip() for morceau in re.split(r"[;+\n|]", texte) if morceau.strip()]
    for morceau in morceaux:
        trouve = _VERSEMENT.match(morceau)
        if trouve is None:
            raise SaisieInvalide(f"« {morceau[:40]} » n'est pas un versement : écrivez {_DEUX_VERSEMENTS}.")
        if not trouve[2] and len(morceaux) > 1:
            raise SaisieInvalide(
                f"Il y a plusieurs versements : donnez le montant de chacun, {_DEUX_VERSEMENTS}."
            )
        montant = lire_montant(trouve[2]) if trouve[2] else paye
        if montant <= 0:
            raise SaisieInvalide("Un versement est plus grand que zéro.")
        yield _jour_passe(trouve[1]), montant


def _dans_l_ordre(ligne: LigneLue) -> None:
    """Decided in its year, then notified, then paid."""
    lu = ligne.lu
    decision, notification = lu["decision"], lu["notification"]
    if decision and lu["exercice"] and int(decision[:4]) != lu["exercice"]:
        ligne.dire("decision", f"Les crédits de {lu['exercice']} ne s'engagent que pendant cette année-là.")
    if decision and notification and notification < decision:
        ligne.dire("notification", f"La décision est du {_jour(decision)} : elle se notifie après.")
    premier = min((jour for jour, _ in lu["versements"]), default=None)
    if decision and premier and premier < decision:
        ligne.dire("versements", f"La décision est du {_jour(decision)} : rien n'est versé avant elle.")


def _jour(iso: str) -> str:
    return montrer_date_courte(lire_date(iso))
