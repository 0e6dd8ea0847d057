"""Numbers, dates and durations as French people write them; one rounding and one clock.

Reading refuses what it would have to guess: every refusal is a :class:`SaisieInvalide` with its
sentence. Cells of a spreadsheet, already typed, pass through the same functions.
"""

from __future__ import annotations

import re
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
    "janv": 1, "fevrier": 2, "févr": 2, "fevr": 2, "avr": 4, "juil": 7, "aout": 8, "sept": 9,
    "oct": 10, "nov": 11, "decembre": 12, "déc": 12, "dec": 12,
}  # fmt: skip

_ESPACES = re.compile(r"[\s\u00a0\u202f\u2009]")
_DEVISE = re.compile(r"(?:€|eur|euros?)$", re.IGNORECASE)
_NOMBRE = re.compile(r"[+-]?[0-9]+(?:,[0-9]+)?")
_GROUPES = re.compile(r"[+-]?[0-9]{1,3}(?:\.[0-9]{3})+(?:,[0-9]+)?")
_DATE_CHIFFRES = re.compile(r"([0-9]{1,2})[/.-]([0-9]{1,2})[/.-]([0-9]{4})")
_DATE_ISO = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_DATE_LETTRES = re.compile(r"([0-9]{1,2})(?:er)?\s+([^\W0-9]+)\.?\s+([0-9]{4})", re.IGNORECASE)
_OUI = frozenset({"oui", "o", "vrai", "x", "1"})
_NON = frozenset({"non", "n", "faux", "0"})


class SaisieInvalide(ValueError):
    """What was typed cannot be read; the message is the sentence shown beside it."""


def arrondi_centime(montant: Decimal) -> Decimal:
    """Round to the cent, half away from zero: the same as PostgreSQL ``round(x, 2)``.

    Raises ``TypeError`` for anything but a ``Decimal`` and ``ValueError`` for NaN or an infinity.
    """
    if not isinstance(montant, Decimal):
        message = f"Un montant est un Decimal, pas {type(montant).__name__}."
        raise TypeError(message)
    if not montant.is_finite():
        raise ValueError("Ce n'est pas un nombre.")
    return montant.quantize(CENTIME, rounding=ROUND_HALF_UP)


def lire_decimal(saisie: object) -> Decimal:
    """Read "1 234,56", "-12,5" or a number of a spreadsheet.

    A lone point is read as a decimal mark only where it cannot be a thousands mark: "12.5" is
    12,5, "1.234" is refused. Exponents, NaN and infinities are refused.
    """
    if isinstance(saisie, bool):
        raise SaisieInvalide("Ce n'est pas un nombre.")
    if isinstance(saisie, int | Decimal | float):
        return _fini(Decimal(repr(saisie)) if isinstance(saisie, float) else Decimal(saisie))
    texte = _DEVISE.sub("", _ESPACES.sub("", str(saisie))).replace("\u2212", "-")
    if not texte:
        raise SaisieInvalide("Indiquez un nombre.")
    return Decimal(_au_point(texte, str(saisie).strip()))


def _fini(nombre: Decimal) -> Decimal:
    if not nombre.is_finite():
        raise SaisieInvalide("Ce n'est pas un nombre.")
    return nombre


def _au_point(texte: str, saisie: str) -> str:
    """Return the number with a decimal point, or refuse what is not one or could be two."""
    if _NOMBRE.fullmatch(texte):
        return texte.replace(",", ".")
    if _GROUPES.fullmatch(texte):
        if "," not in texte and texte.count(".") == 1:
            entier = texte.replace(".", "")
            message = (
                f"« {saisie} » peut se lire de deux façons : écrivez {entier} ou {texte.replace('.', ',')}."
            )
            raise SaisieInvalide(message)
        return texte.replace(".", "").replace(",", ".")
    if re.fullmatch(r"[+-]?[0-9]+\.[0-9]+", texte):
        return texte
    message = f"« {saisie} » n'est pas un nombre."
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
        message = f"« {saisie} » n'est pas un nombre entier."
        raise SaisieInvalide(message)
    return int(nombre)


def lire_date(saisie: object) -> date:
    """Read "01/09/2024" (1 September), "2024-09-01" or "1er septembre 2024"; four-digit years only."""
    if isinstance(saisie, datetime):
        return saisie.date()
    if isinstance(saisie, date):
        return saisie
    texte = " ".join(_ESPACES.sub(" ", str(saisie)).split())
    if not texte:
        raise SaisieInvalide("Indiquez une date.")
    annee, mois, jour = _parties_de_date(texte)
    try:
        return date(annee, mois, jour)
    except ValueError:
        message = f"« {texte} » n'existe pas dans le calendrier."
        raise SaisieInvalide(message) from None


def _parties_de_date(texte: str) -> tuple[int, int, int]:
    if trouve := _DATE_CHIFFRES.fullmatch(texte):
        return int(trouve[3]), int(trouve[2]), int(trouve[1])
    if trouve := _DATE_ISO.fullmatch(texte):
        return int(trouve[1]), int(trouve[2]), int(trouve[3])
    trouve = _DATE_LETTRES.fullmatch(texte)
    if trouve and (mois := _MOIS_LUS.get(trouve[2].lower())):
        return int(trouve[3]), mois, int(trouve[1])
    message = f"« {texte} » n'est pas une date : écrivez jour/mois/année, par exemple 01/09/2026."
    raise SaisieInvalide(message)


def lire_booleen(saisie: object) -> bool:
    """Read "oui" or "non" and their usual twins; nothing else is guessed."""
    if isinstance(saisie, bool):
        return saisie
    texte = str(saisie).strip().lower()
    if texte in _OUI:
        return True
    if texte in _NON:
        return False
    message = f"« {saisie} » : répondez par oui ou par non."
    raise SaisieInvalide(message)


def montrer_nombre(nombre: Decimal | int, decimales: int | None = None) -> str:
    """Print "1 234,5" with a narrow no-break space between thousands."""
    texte = f"{nombre:,}" if decimales is None else f"{nombre:,.{decimales}f}"
    return texte.replace(",", FINE).replace(".", ",").replace("-", "\u2212")


def montrer_montant(montant: Decimal) -> str:
    """Print an amount in euros: "1 234,56 €"."""
    return f"{montrer_nombre(arrondi_centime(Decimal(montant)), 2)}{INSECABLE}€"


def montrer_pourcentage(part: Decimal, decimales: int = 1) -> str:
    """Print a share of 1 as a percentage: 0.36 is "36,0 %"."""
    return f"{montrer_nombre(part * 100, decimales)}{INSECABLE}%"


def montrer_duree(minutes: int) -> str:
    """Print minutes as hours: 1485 is "24 h 45"."""
    heures, reste = divmod(minutes, 60)
    return f"{heures}{INSECABLE}h{INSECABLE}{reste:02d}"


def montrer_date(jour: date) -> str:
    """Print "1er septembre 2024"."""
    rang = "1er" if jour.day == 1 else str(jour.day)
    return f"{rang}{INSECABLE}{MOIS[jour.month - 1]} {jour.year}"


def montrer_date_courte(jour: date) -> str:
    """Print "01/09/2024"."""
    return f"{jour:%d/%m/%Y}"


def montrer_instant(instant: datetime) -> str:
    """Print an instant in Paris time: "1er septembre 2024 à 14 h 05"."""
    local = instant.astimezone(PARIS)
    return f"{montrer_date(local.date())} à {local.hour}{INSECABLE}h{INSECABLE}{local.minute:02d}"


def maintenant() -> datetime:
    """The present instant, aware."""
    return timezone.now()


def aujourdhui() -> date:
    """Today's date in Paris, whatever the server's clock says."""
    return maintenant().astimezone(PARIS).date()


def exercice_de(instant: datetime) -> int:
    """The budget year of an instant: the Paris year."""
    return instant.astimezone(PARIS).year
