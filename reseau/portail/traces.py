"""Logs say what happened, never who: addresses, tokens and query strings are taken out."""

from __future__ import annotations

import logging
import re

_PERSONNEL = re.compile(
    r"[\w.+-]+@[\w-]+\.[\w.]+"  # e-mail
    r"|(?<!\d)(?:\+33|0)[1-9](?:[ .-]?\d{2}){4}(?!\d)"  # telephone
    r"|\bFR\d{2}(?:[ ]?[0-9A-Z]{4}){5}[ ]?[0-9A-Z]{3}\b"  # IBAN
    r"|\?[^\s'\"]+"  # query string
)


class SansPersonne(logging.Filter):
    """Replace anything that looks personal in a message by an ellipsis."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Rewrite the record in place and keep it."""
        record.msg = _PERSONNEL.sub("[…]", record.getMessage())
        record.args = None
        return True
