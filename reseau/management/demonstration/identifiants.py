"""Identifiers with right keys that belong to nobody.

Telephones are in the ranges kept for fiction (01 99 00, 06 39 98), SIREN begin with 990, the bank
is 99999, addresses end with ``.invalid``.
"""

from __future__ import annotations

from stdnum import luhn

FIRMES, ECOLES, SERVICES = 100, 10_000, 90_000  # where each kind of SIREN begins


def siren(rang: int) -> str:
    """Return the SIREN of an invented body: 990, five digits, a Luhn key."""
    base = f"{99_000_000 + rang:08d}"
    return base + str(luhn.calc_check_digit(base))


def siret(rang: int) -> str:
    """Return the SIRET of its first establishment."""
    base = siren(rang) + "0001"
    return base + str(luhn.calc_check_digit(base))


def telephone(rang: int, *, mobile: bool = False) -> str:
    """Return a number that rings nowhere."""
    return f"{'063998' if mobile else '019900'}{rang % 10_000:04d}"


def iban(rang: int) -> str:
    """Return an IBAN of a bank that does not exist, with both its keys right."""
    banque, guichet, compte = 99_999, 1, rang
    cle_rib = 97 - (89 * banque + 15 * guichet + 3 * compte) % 97
    bban = f"{banque:05d}{guichet:05d}{compte:011d}{cle_rib:02d}"
    cle = 98 - int(f"{bban}152700") % 97  # "FR00" moved to the end, letters as numbers
    return f"FR{cle:02d}{bban}"
