"""Numbers, dates and durations as French people write them; one rounding and one clock.

Reading refuses what it would have to guess: every refusal is a :class:`SaisieInvalide` with its
sentence. Cells of a spreadsheet, already typed, pass through the same functions.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from zoneinfo import ZoneInfo

from django.utils import timezone

PARIS = ZoneInfo("Europe/Paris")
CENTIME = Decimal("0.01")
FINE, INSECABLE = "\u202f", "\u00a0"

MOIS = (
    "janvier", "février", "mars", "avril", "mai", "juin",
    "juillet", "août", "septembre", "octobre", "novembre", "décembre",
)  # fmt: skip
_MOIS_LUS = {nom: rang for rang, nom in enumerate(MOIS, 1)} | {
    "janv": 1, "fevrier": 2, "févr": 2, "fevr": 2, "fév": 2, "fev": 2, "avr": 4, "juil": 7, "aout": 8,
    "sept": 9, "oct": 10, "nov": 11, "decembre": 12, "déc": 12, "dec": 12,
}  # fmt: skip

_BLANCS = re.compile(r"\s+")
_DEVISE = re.compile(r" ?(?:€|eur|euros?)$", re.IGNORECASE)
_NOMBRE = re.compile(r"([+-]?) ?([0-9]+|[0-9]{1,3}(?: [0-9]{3})+)(?:[.,]([0-9]+))?")
_A_POINTS = re.compile(r"([+-]?) ?([1-9][0-9]{0,2}(?:\.[0-9]{3})+)(?:,([0-9]+))?")
_AMBIGU = re.compile(r"[+-]? ?[1-9][0-9]{0,2}\.[0-9]{3}")
_DATE_CHIFFRES = re.compile(r"([0-9]{1,2})([/.-])([0-9]{1,2})\2([0-9]{1,4})")
_DATE_ISO = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_DATE_LETTRES = re.compile(r"([0-9]{1,2}|1er) ([^\W0-9]+)\.? ([0-9]{1,4})")
_PLUS_LONG, _CHIFFRES_D_UN_TABLEUR, _ANNEE_MIN = 40, 15, 1800
_PLUS_GRAND_EXPOSANT = 24  # 25 digits and two decimals hold in the 28 of decimal's context
_OUI = frozenset({"oui", "o", "vrai", "x", "1"})
_NON = frozenset({"non", "n", "faux", "0"})


class SaisieInvalide(ValueError):
    """What was typed cannot be read; the message is the sentence shown beside it."""


def arrondi_centime(montant: Decimal) -> Decimal:
    """Round to the cent, half away from zero: the same as PostgreSQL ``round(x, 2)``.

    Raises ``TypeError`` for anything but a ``Decimal`` and ``ValueError`` for NaN, an infinity or
    more than 25 digits before the mark.
    """
    if not isinstance(montant, Decimal):
        message = f"Un montant est un Decimal, pas {type(montant).__name__}."
        raise TypeError(message)
    if not montant.is_finite():
        raise ValueError("Ce n'est pas un nombre.")
    if montant.adjusted() > _PLUS_GRAND_EXPOSANT:
        raise ValueError("Ce nombre est trop grand.")
    return montant.quantize(CENTIME, rounding=ROUND_HALF_UP) + 0  # "+ 0": no "-0,00"


def _texte(saisie: object) -> str:
    """Return what was typed with plain single spaces; an empty cell (None) is an empty text."""
    return "" if saisie is None else _BLANCS.sub(" ", unicodedata.normalize("NFC", str(saisie))).strip()


def _cite(texte: str) -> str:
    """Quote what was typed, cut where a sentence could no longer be read."""
    return f"« {texte if len(texte) <= _PLUS_LONG else texte[: _PLUS_LONG - 1] + '…'} »"


def lire_decimal(saisie: object) -> Decimal:
    """Read "1 234,56", "-12,5" or a number of a spreadsheet.

    Spaces and points part thousands only: "12 50" is refused. A lone point is read as a decimal
    mark only where it cannot be a thousands mark: "12.5" is 12,5, "1.234" is refused. Exponents,
    NaN, infinities and more than 15 digits before the mark are refused. A float keeps the 15
    digits that a spreadsheet keeps: 0.1 + 0.2 is 0,3.
    """
    if isinstance(saisie, bool):
        raise SaisieInvalide("Ce n'est pas un nombre.")
    if isinstance(saisie, float):
        return _borne(Decimal(f"{saisie:.{_CHIFFRES_D_UN_TABLEUR}g}"))
    if isinstance(saisie, int | Decimal):
        return _borne(Decimal(saisie))
    texte = _texte(saisie)
    nombre = _DEVISE.sub("", texte).replace("\u2212", "-")
    if not nombre:
        raise SaisieInvalide("Indiquez un nombre.")
    if len(nombre) > _PLUS_LONG:
        raise SaisieInvalide("Ce nombre est trop long.")
    return _borne(Decimal(_au_point(nombre, texte)))


def _borne(nombre: Decimal) -> Decimal:
    """Refuse what no later sum could hold."""
    if not nombre.is_finite():
        raise SaisieInvalide("Ce n'est pas un nombre.")
    if nombre.adjusted() >= _CHIFFRES_D_UN_TABLEUR:
        raise SaisieInvalide("Ce nombre est trop grand.")
    return nombre


def _au_point(nombre: str, texte: str) -> str:
    """Return the number with a decimal point, or refuse what is not one or could be two."""
    if _AMBIGU.fullmatch(nombre):
        entier, virgule = nombre.replace(".", ""), nombre.replace(".", ",")
        message = f"{_cite(texte)} peut se lire de deux façons : écrivez {entier} ou {virgule}."
        raise SaisieInvalide(message)
    if trouve := _NOMBRE.fullmatch(nombre) or _A_POINTS.fullmatch(nombre):
        signe, entier, decimales = trouve.groups()
        unites = entier.replace(" ", "").replace(".", "")
        return f"{signe}{unites}.{decimales}" if decimales else f"{signe}{unites}"
    if re.fullmatch(r"[0-9 ]+(?:[.,][0-9 ]+)?", nombre):
        message = f"{_cite(texte)} n'est pas clair : les espaces ne séparent que les milliers."
        raise SaisieInvalide(message)
    message = f"{_cite(texte)} n'est pas un nombre."
    raise SaisieInvalide(message)


def lire_montant(saisie: object) -> Decimal:
    """Read an amount in euros, two decimals at most; negative amounts are the caller's to refuse."""
    montant = lire_decimal(saisie)
    if montant != arrondi_centime(montant):
        raise SaisieInvalide("Un montant a deux décimales au plus.")
    return arrondi_centime(montant)


def lire_entier(saisie: object) -> int:
    """Read a whole number; "12,0" is one, "12,5" is refused, never cut."""
    nombre = lire_decimal(saisie)
    if nombre != nombre.to_integral_value():
        message = f"{_cite(_texte(saisie))} n'est pas un nombre entier."
        raise SaisieInvalide(message)
    return int(nombre)


def lire_date(saisie: object) -> date:
    """Read "01/09/2024" (1 September), "2024-09-01" or "1er septembre 2024"; four-digit years only.

    An aware instant gives its Paris day; a naive one, as spreadsheets have, its own.
    """
    if isinstance(saisie, datetime):
        return (saisie.astimezone(PARIS) if saisie.tzinfo else saisie).date()
    if isinstance(saisie, date):
        return saisie
    texte = _texte(saisie)
    if not texte:
        raise SaisieInvalide("Indiquez une date.")
    annee, mois, jour = _parties_de_date(texte)
    if annee < _ANNEE_MIN:
        message = f"{_cite(texte)} : écrivez l'année avec ses quatre chiffres, par exemple 2026."
        raise SaisieInvalide(message)
    try:
        return date(annee, mois, jour)
    except ValueError:
        message = f"{_cite(texte)} n'existe pas dans le calendrier."
        raise SaisieInvalide(message) from None


def _parties_de_date(texte: str) -> tuple[int, int, int]:
    """Return the year, month and day as written, whether or not they exist."""
    if trouve := _DATE_CHIFFRES.fullmatch(texte):
        return int(trouve[4]), int(trouve[3]), int(trouve[1])
    if trouve := _DATE_ISO.fullmatch(texte):
        return int(trouve[1]), int(trouve[2]), int(trouve[3])
    trouve = _DATE_LETTRES.fullmatch(texte.lower())
    if trouve and (mois := _MOIS_LUS.get(trouve[2])):
        return int(trouve[3]), mois, int(trouve[1].removesuffix("er"))
    message = f"{_cite(texte)} n'est pas une date : écrivez jour/mois/année, par exemple 01/09/2026."
    raise SaisieInvalide(message)


def lire_booleen(saisie: object) -> bool:
    """Read "oui" or "non" and their usual twins, or 1 and 0; nothing else is guessed."""
    if isinstance(saisie, int | float) and saisie in (0, 1):
        return bool(saisie)
    texte = _texte(saisie)
    if texte.lower() in _OUI:
        return True
    if texte.lower() in _NON:
        return False
    message = f"{_cite(texte)} : répondez par oui ou par non." if texte else "Répondez par oui ou par non."
    raise SaisieInvalide(message)


def montrer_nombre(nombre: Decimal | int, decimales: int | None = None) -> str:
    """Print "1 234,5" with a narrow no-break space between thousands; rounds half up, never "-0"."""
    exact = Decimal(nombre)
    if decimales is not None:
        exact = exact.quantize(Decimal(1).scaleb(-decimales), rounding=ROUND_HALF_UP)
    texte = f"{exact or abs(exact):,f}"
    return texte.replace(",", FINE).replace(".", ",").replace("-", "\u2212")


def montrer_montant(montant: Decimal) -> str:
    """Print an amount in euros: "1 234,56 €"; its minus sign stands apart, as in :func:`montrer_ecart`."""
    nombre = montrer_nombre(arrondi_centime(Decimal(montant)), 2)
    return f"{nombre.replace('\u2212', f'\u2212{INSECABLE}')}{INSECABLE}€"


def montrer_ecart(montant: Decimal) -> str:
    """Print a signed amount in euros: "+ 6 600,00 €", "− 49 600,00 €"."""
    signe = "+" if montant > 0 else "\u2212" if montant < 0 else ""
    nombre = montrer_montant(abs(montant))
    return f"{signe}{INSECABLE}{nombre}" if signe else nombre


def montrer_pourcentage(part: Decimal, decimales: int = 1) -> str:
    """Print a share of 1 as a percentage: 0.36 is "36,0 %"."""
    return f"{montrer_nombre(part * 100, decimales)}{INSECABLE}%"


def montrer_duree(minutes: int) -> str:
    """Print minutes as hours: 1485 is "24 h 45"."""
    heures, reste = divmod(abs(minutes), 60)
    signe = "\u2212" if minutes < 0 else ""
    return f"{signe}{heures}{INSECABLE}h{INSECABLE}{reste:02d}"


def montrer_date(jour: date) -> str:
    """Print "1er septembre 2024"."""
    rang = "1er" if jour.day == 1 else str(jour.day)
    return f"{rang}{INSECABLE}{MOIS[jour.month - 1]} {jour.year}"


def montrer_date_courte(jour: date) -> str:
    """Print "01/09/2024"."""
    return f"{jour:%d/%m/%Y}"


def montrer_instant(instant: datetime) -> str:
    """Print an instant in Paris time: "1er septembre 2024 à 14 h 05"."""
    local = _a_paris(instant)
    return f"{montrer_date(local.date())} à {local.hour}{INSECABLE}h{INSECABLE}{local.minute:02d}"


def _a_paris(instant: datetime) -> datetime:
    """Bring an instant to Paris time; a naive one would silently be the server's."""
    if instant.tzinfo is None:
        raise ValueError("Cet instant ne dit pas son fuseau horaire.")
    return instant.astimezone(PARIS)


def maintenant() -> datetime:
    """The present instant, aware."""
    return timezone.now()


def aujourdhui() -> date:
    """Today's date in Paris, whatever the server's clock says."""
    return _a_paris(maintenant()).date()


def exercice_de(instant: datetime) -> int:
    """The budget year of an instant: the Paris year. Raises ``ValueError`` for a naive instant."""
    return _a_paris(instant).year


def mois_paris(instant: datetime) -> tuple[int, int]:
    """The Paris year and month (1 to 12) of an instant. Raises ``ValueError`` for a naive instant."""
    local = _a_paris(instant)
    return local.year, local.month
