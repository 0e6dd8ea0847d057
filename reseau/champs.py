"""Model fields of the domain: identifiers checked by python-stdnum, money read in French."""

from __future__ import annotations

import os
import re
import time
import unicodedata
import uuid
from decimal import Decimal
from functools import partial
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from stdnum import iban as stdnum_iban
from stdnum.fr import siren as stdnum_siren
from stdnum.fr import siret as stdnum_siret

from reseau.nombres import INSECABLE, SaisieInvalide, lire_decimal, montrer_nombre

_LETTRES_UAI = "ABCDEFGHJKLMNPRSTUVWXYZ"
_UAI_CORSES = {"620": "2A", "720": "2B"}
# Corsica and overseas have a letter among their first digits: W2A1000123, W9R1000123.
_RNA = re.compile(r"W[0-9][0-9A-Z][0-9]{7}")
_TELEPHONE = re.compile(r"0[1-9][0-9]{8}")
# Mainland, then the overseas codes whose national form is also 0 and nine digits.
_INDICATIFS = ("33", "262", "508", "590", "594", "596")
_VERSION_7, _VARIANTE = 7 << 76, 2 << 62


def uuid7() -> uuid.UUID:
    """Return a time-ordered UUID (RFC 9562, version 7): keys that index well and tell no count.

    The 12 bits after the millisecond are its fraction (method 3 of section 6.2): keys made one
    after the other by a process follow each other, to a quarter of a microsecond.
    """
    milliseconde, reste = divmod(time.time_ns(), 1_000_000)
    temps = milliseconde << 80 | _VERSION_7 | (reste * 4096 // 1_000_000) << 64
    return uuid.UUID(int=temps | _VARIANTE | int.from_bytes(os.urandom(8)) >> 2)


def propre(texte: str) -> str:
    """Return the text in NFC, without control characters, trimmed of every kind of space."""
    visible = "".join(c for c in texte if c in "\n\t" or unicodedata.category(c)[0] != "C")
    return unicodedata.normalize("NFC", visible).strip()


def compact(texte: str) -> str:
    """Return an identifier in capitals without what people put between its groups.

    Spaces of every kind, points, slashes, hyphens and invisible characters go; anything else stays,
    to be refused by the check of the identifier.
    """
    return "".join(
        c for c in texte if not (c.isspace() or c in "./" or unicodedata.category(c) in {"Pd", "Cc", "Cf"})
    ).upper()


def _chiffres(texte: str, nombre: int, nom: str) -> None:
    if not texte.isascii() or not texte.isdigit():
        message = f"Un {nom} ne contient que des chiffres."
        raise ValidationError(message)
    if len(texte) != nombre:
        message = f"Un {nom} a {nombre} chiffres, celui-ci en a {len(texte)}."
        raise ValidationError(message)


def valider_siren(texte: str) -> None:
    """Refuse a SIREN of the wrong length or key."""
    _chiffres(texte, 9, "SIREN")
    if not stdnum_siren.is_valid(texte):
        raise ValidationError("Ce SIREN n'existe pas : un chiffre est faux.")


def valider_siret(texte: str) -> None:
    """Refuse a SIRET of the wrong length or key; La Poste's follow their own sum, in stdnum."""
    _chiffres(texte, 14, "SIRET")
    if not stdnum_siret.is_valid(texte):
        raise ValidationError("Ce SIRET n'existe pas : un chiffre est faux.")


def valider_uai(texte: str) -> None:
    """Refuse a UAI whose letter is not the key of its seven digits (modulo 23)."""
    if not re.fullmatch(r"[0-9]{7}[A-Z]", texte):
        raise ValidationError("Un UAI a sept chiffres et une lettre, par exemple 0134435A.")
    attendue = _LETTRES_UAI[int(texte[:7]) % 23]
    if texte[7] != attendue:
        message = f"Cet UAI n'existe pas : après {texte[:7]}, la lettre serait {attendue}."
        raise ValidationError(message)


def departement_de_uai(uai: str) -> str:
    """Return the département of a valid UAI as INSEE writes it: "13", "974", "2A" for 620."""
    return _UAI_CORSES.get(uai[:3]) or uai[:3].removeprefix("0")


def valider_rna(texte: str) -> None:
    """Refuse what is not a number of the national register of associations (it has no key)."""
    if not _RNA.fullmatch(texte):
        raise ValidationError("Un numéro RNA commence par W, suivi de 9 chiffres, par exemple W131000123.")


def valider_iban(texte: str) -> None:
    """Refuse an IBAN whose key is wrong."""
    if not stdnum_iban.is_valid(texte):
        raise ValidationError("Cet IBAN n'existe pas : vérifiez chaque caractère.")


def valider_code_postal(texte: str) -> None:
    """Refuse a postcode that is not five digits."""
    _chiffres(texte, 5, "code postal")


def valider_telephone(texte: str) -> None:
    """Refuse a telephone number that is not ten digits of the French plan."""
    if not _TELEPHONE.fullmatch(texte):
        raise ValidationError("Un numéro de téléphone a dix chiffres et commence par 0.")


def montrer_telephone(numero: str) -> str:
    """Print a stored number by pairs: "01 99 00 12 34"."""
    return INSECABLE.join(numero[i : i + 2] for i in range(0, len(numero), 2))


class ChampIdentifiantFrancais(forms.CharField):
    """The form's side of an identifier: read compactly, checked with its sentence, model or not."""

    def __init__(self, *args: Any, identifiant: _Identifiant, **kwargs: Any) -> None:
        self.identifiant = identifiant
        super().__init__(*args, **kwargs)
        self.validators.append(identifiant.verificateur)

    def to_python(self, value: Any) -> Any:
        """Take out what people add to read it better; only separators is an empty answer."""
        texte = super().to_python(value)
        return self.identifiant.to_python(texte) or self.empty_value


class _Identifiant(models.CharField[str, str]):
    """A compact identifier: spaces are forgiven, a wrong key is not."""

    longueur: ClassVar[int]
    verificateur: ClassVar[staticmethod[[str], None]]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["max_length"] = self.longueur
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        """The length is the class's."""
        nom, chemin, args, kwargs = super().deconstruct()
        kwargs.pop("max_length", None)
        return nom, chemin, args, kwargs

    def to_python(self, value: Any) -> Any:
        """Take out what people add to read it better."""
        return compact(value) if isinstance(value, str) else super().to_python(value)

    def validate(self, value: Any, model_instance: models.Model | None) -> None:
        """Check the key, then what every field checks."""
        super().validate(value, model_instance)
        if value:
            self.verificateur(value)

    def formfield(self, **kwargs: Any) -> Any:
        """Leave room for the spaces that people type; the length is checked with a sentence."""
        champ = partial(ChampIdentifiantFrancais, identifiant=self)
        return super().formfield(**{"form_class": champ, "max_length": None, **kwargs})


class ChampSiren(_Identifiant):
    """Nine digits with a Luhn key."""

    longueur = 9
    verificateur = staticmethod(valider_siren)


class ChampSiret(_Identifiant):
    """Fourteen digits with a Luhn key, or La Poste's."""

    longueur = 14
    verificateur = staticmethod(valider_siret)


class ChampUai(_Identifiant):
    """Seven digits and a key letter."""

    longueur = 8
    verificateur = staticmethod(valider_uai)


class ChampRna(_Identifiant):
    """W and nine characters, nearly always digits: the register of associations."""

    longueur = 10
    verificateur = staticmethod(valider_rna)


class ChampIban(_Identifiant):
    """An IBAN."""

    longueur = 34
    verificateur = staticmethod(valider_iban)


class ChampCodePostal(_Identifiant):
    """Five digits."""

    longueur = 5
    verificateur = staticmethod(valider_code_postal)


class ChampTelephone(_Identifiant):
    """Ten digits of the French plan, stored so; "+33 (0)1…" and "0033 1…" are read as "01…"."""

    longueur = 10
    verificateur = staticmethod(valider_telephone)

    def to_python(self, value: Any) -> Any:
        """Bring the international form back to the national one."""
        numero = super().to_python(value)
        if not isinstance(numero, str):
            return numero
        numero = re.sub(r"[()]", "", numero)
        for indicatif in _INDICATIFS:
            if trouve := re.fullmatch(rf"(?:\+|00){indicatif}0?([1-9][0-9]{{8}})", numero):
                return f"0{trouve[1]}"
        return numero


class ChampDecimalFrancais(forms.DecimalField):
    """A number typed in French: "1 234,56"; NaN, exponents and ambiguities have their sentence."""

    widget = forms.TextInput

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        for validateur in self.validators:
            if isinstance(validateur, MinValueValidator | MaxValueValidator):
                mot = "moins" if isinstance(validateur, MinValueValidator) else "plus"
                # Django would print the limit as Python writes it: "0.01".
                validateur.message = f"Écrivez {montrer_nombre(validateur.limit_value)} au {mot}."

    def to_python(self, value: Any) -> Any:
        """Read it, or raise the sentence."""
        if value in self.empty_values or not str(value).strip():
            return None
        try:
            return lire_decimal(value)
        except SaisieInvalide as refus:
            raise ValidationError(str(refus)) from refus

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """A telephone shows its digits."""
        return {"inputmode": "decimal"}

    def prepare_value(self, value: Any) -> Any:
        """Show a stored number with a comma."""
        return f"{value:f}".replace(".", ",") if isinstance(value, Decimal) else value


class _Decimal(models.DecimalField[Any, Any]):
    """A NUMERIC(14, n) whose form reads French."""

    decimales: ClassVar[int]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs |= {"max_digits": 14, "decimal_places": self.decimales}
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        """Digits are the class's."""
        nom, chemin, args, kwargs = super().deconstruct()
        kwargs.pop("max_digits", None)
        kwargs.pop("decimal_places", None)
        return nom, chemin, args, kwargs

    def formfield(self, **kwargs: Any) -> Any:
        """Read French."""
        return super().formfield(**{"form_class": ChampDecimalFrancais, "localize": False, **kwargs})


class ChampMontant(_Decimal):
    """Euros to the cent: NUMERIC(14,2)."""

    decimales = 2


class ChampTaux(_Decimal):
    """A unit rate in euros: NUMERIC(14,4)."""

    decimales = 4
