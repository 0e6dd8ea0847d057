"""Accounts: nobody signs up; accounts are opened by those who assign the roles."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from allauth.account.adapter import DefaultAccountAdapter

if TYPE_CHECKING:
    from django.http import HttpRequest


class AdaptateurComptes(DefaultAccountAdapter):  # type: ignore[misc]
    """Close the public sign-up."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never: an account without a role would open nothing."""
        return False

    def populate_username(self, request: HttpRequest, user: Any) -> None:
        """Accounts have no user name."""
