"""Model fields of the domain: identifiers checked by python-stdnum, money read in French."""

from __future__ import annotations

import os
import time
import unicodedata
import uuid
from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from stdnum import iban as stdnum_iban
from stdnum import luhn
from stdnum.fr import siren as stdnum_siren

from reseau.nombres import SaisieInvalide, lire_decimal

_LA_POSTE = "356000000"
_LETTRES_UAI = "ABCDEFGHJKLMNPRSTUVWXYZ"
_VERSION_7, _VARIANTE = 7 << 76, 2 << 62


def uuid7() -> uuid.UUID:
    """Return a time-ordered UUID (RFC 9562, version 7): keys that index well and tell no count."""
    valeur = (time.time_ns() // 1_000_000) << 80 | int.from_bytes(os.urandom(10))
    valeur = valeur & ~(0xF << 76) | _VERSION_7
    return uuid.UUID(int=valeur & ~(0x3 << 62) | _VARIANTE)


def propre(texte: str) -> str:
    """Return the text in NFC, without control characters, trimmed of every kind of space."""
    compose = unicodedata.normalize("NFC", texte)
    return "".join(c for c in compose if c in "\n\t" or unicodedata.category(c)[0] != "C").strip()


def compact(texte: str) -> str:
    """Return an identifier without spaces, points or hyphens, in capitals."""
    return "".join(c for c in unicodedata.normalize("NFKC", texte) if c.isalnum()).upper()


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
    """Refuse a SIRET of the wrong length or key; La Poste's follow their own sum."""
    _chiffres(texte, 14, "SIRET")
    la_poste = texte.startswith(_LA_POSTE) and sum(map(int, texte)) % 5 == 0
    if not (luhn.is_valid(texte) and luhn.is_valid(texte[:9])) and not la_poste:
        raise ValidationError("Ce SIRET n'existe pas : un chiffre est faux.")


def valider_uai(texte: str) -> None:
    """Refuse a UAI whose letter is not the key of its seven digits (modulo 23)."""
    if len(texte) != 8 or not texte[:7].isdigit():
        raise ValidationError("Un UAI a sept chiffres et une lettre, par exemple 0134435A.")
    attendue = _LETTRES_UAI[int(texte[:7]) % 23]
    if texte[7] != attendue:
        message = f"Cet UAI n'existe pas : après {texte[:7]}, la lettre serait {attendue}."
        raise ValidationError(message)


def valider_iban(texte: str) -> None:
    """Refuse an IBAN whose key is wrong."""
    if not stdnum_iban.is_valid(texte):
        raise ValidationError("Cet IBAN n'existe pas : vérifiez chaque caractère.")


def valider_code_postal(texte: str) -> None:
    """Refuse a postcode that is not five digits."""
    _chiffres(texte, 5, "code postal")


def valider_telephone(texte: str) -> None:
    """Refuse a telephone number that is not ten digits of the French plan."""
    if len(texte) != 10 or not texte.isdigit() or texte[0] != "0" or texte[1] == "0":
        raise ValidationError("Un numéro de téléphone a dix chiffres et commence par 0.")


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
        champ = super().formfield(**kwargs)
        if isinstance(champ, forms.CharField):
            champ.max_length = None
            champ.validators = [v for v in champ.validators if getattr(v, "code", "") != "max_length"]
            champ.widget.attrs.pop("maxlength", None)
        return champ


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


class ChampIban(_Identifiant):
    """An IBAN."""

    longueur = 34
    verificateur = staticmethod(valider_iban)


class ChampCodePostal(_Identifiant):
    """Five digits."""

    longueur = 5
    verificateur = staticmethod(valider_code_postal)


class ChampTelephone(_Identifiant):
    """Ten digits of the French plan; +33 and 0033 are read as 0."""

    longueur = 10
    verificateur = staticmethod(valider_telephone)

    def to_python(self, value: Any) -> Any:
        """Bring the international form back to the national one."""
        numero = super().to_python(value)
        if not isinstance(numero, str):
            return numero
        for prefixe in ("0033", "33"):
            if numero.startswith(prefixe) and len(numero) in (len(prefixe) + 9, len(prefixe) + 10):
                return "0" + numero.removeprefix(prefixe).lstrip("0")
        return numero


class ChampDecimalFrancais(forms.DecimalField):
    """A number typed in French: "1 234,56"; NaN, exponents and ambiguities have their sentence."""

    widget = forms.TextInput

    def to_python(self, value: Any) -> Any:
        """Read it, or raise the sentence."""
        if value in self.empty_values:
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
        return (
            nom,
            chemin,
            args,
            {c: v for c, v in kwargs.items() if c not in {"max_digits", "decimal_places"}},
        )

    def formfield(self, **kwargs: Any) -> Any:
        """Read French."""
        return super().formfield(**{"form_class": ChampDecimalFrancais, "localize": False, **kwargs})


class ChampMontant(_Decimal):
    """Euros to the cent: NUMERIC(14,2)."""

    decimales = 2


class ChampTaux(_Decimal):
    """A unit rate in euros: NUMERIC(14,4)."""

    decimales = 4
