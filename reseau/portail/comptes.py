"""Accounts: nobody signs up; accounts are opened by those who assign the roles."""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING, Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings

from reseau.portail.droits import doit_avoir_un_second_facteur

if TYPE_CHECKING:
    from cryptography.fernet import MultiFernet
    from django.http import HttpRequest


class AdaptateurComptes(DefaultAccountAdapter):  # type: ignore[misc]
    """Close the public sign-up; a link received by mail proves the address."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never: an account without a role would open nothing."""
        return False

    def populate_username(self, request: HttpRequest, user: Any) -> None:
        """Accounts have no user name."""

    def set_password(self, user: Any, password: str) -> None:
        """Whoever chooses a first password came through the link sent to the address: it is verified."""
        premiere_fois = not user.has_usable_password()
        super().set_password(user, password)
        if premiere_fois:
            verifier_adresse(user)


def verifier_adresse(utilisateur: Any) -> EmailAddress:
    """Note the account's own address as verified; return allauth's row."""
    adresse, _ = EmailAddress.objects.update_or_create(
        user=utilisateur, email=utilisateur.courriel, defaults={"verified": True, "primary": True}
    )
    return adresse


class AdaptateurSecondFacteur(DefaultMFAAdapter):  # type: ignore[misc]
    """Secrets of the second factor are not readable in a copy of the database."""

    def build_totp_svg(self, url: str) -> str:
        """Draw the code to scan; dark on light whatever the theme, else telephones do not read it."""
        import segno

        dessin: str = segno.make(url, error="m").svg_inline(
            scale=5, border=3, light="#fff", omitsize=False, title="Code à lire avec le téléphone"
        )
        return dessin

    def can_delete_authenticator(self, authenticator: Any) -> bool:
        """Where the second factor is compulsory it is replaced, never taken away."""
        return not (settings.MFA_OBLIGATOIRE and doit_avoir_un_second_facteur(authenticator.user))

    def encrypt(self, text: str) -> str:
        """Encrypt with a key drawn from ``SECRET_KEY``."""
        return _coffre().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Decrypt; keys of ``SECRET_KEY_FALLBACKS`` still open what they closed."""
        return _coffre().decrypt(encrypted_text.encode()).decode()


def _coffre() -> MultiFernet:
    from cryptography.fernet import Fernet, MultiFernet

    cles = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    empreintes = (hashlib.sha256(b"second facteur:" + cle.encode()).digest() for cle in cles)
    return MultiFernet([Fernet(base64.urlsafe_b64encode(empreinte)) for empreinte in empreintes])
