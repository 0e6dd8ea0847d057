"""Logs say what happened, never who: addresses, tokens and query strings are taken out."""

from __future__ import annotations

import logging
import re

_PERSONNEL = re.compile(
    r"[\w.+'-]+(?:@|%40)[\w-]+(?:\.[\w-]+)*"  # e-mail
    r"|(?<![\w.-])(?:(?:\+|00)\d{2}[ .-]?(?:\(0\)[ .-]?)?|0)[1-9](?:[ .-]?\d{2}){4}(?!\w)"  # telephone
    r"|\b[A-Z]{2}\d{2}(?:[ ]?[0-9A-Z]{4}){3,7}[ ]?[0-9A-Z]{0,3}\b"  # IBAN
    r"|\?[^\s'\"<>]+"  # query string
    r"|(?<=/key/)[^\s'\"/]+"  # password links
    r"|(?<=/confirm-email/)[^\s'\"/]+"
    r"|(?<=/demande/)[^\s'\"/]+"  # a family's follow-up link
)
# PostgreSQL quotes the row that it refuses.
_LIGNE_REFUSEE = re.compile(r"^(?:DETAIL|CONTEXT|LINE \d+):.*$", re.MULTILINE)
_FORMAT = logging.Formatter()


def sans_personne(texte: str) -> str:
    """Return ``texte`` with anything that looks personal replaced by an ellipsis."""
    return _PERSONNEL.sub("[…]", _LIGNE_REFUSEE.sub("[…]", texte))


class SansPersonne(logging.Filter):
    """Rewrite a record before it is printed: its message, and the exception that comes with it."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Rewrite the record in place and keep it."""
        record.msg = sans_personne(record.getMessage())
        record.args = None
        if record.exc_info and record.exc_info[0] is not None:
            record.exc_text = sans_personne(_FORMAT.formatException(record.exc_info))
        if record.stack_info:
            record.stack_info = sans_personne(record.stack_info)
        return True
