"""The two roles of the database: one migrates and owns, the other runs and owns nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

import psycopg
from psycopg import sql

if TYPE_CHECKING:
    from pathlib import Path

PROPRIETAIRE, APPLICATION, BASE = "edp_proprietaire", "edp_app", "edp"
PORT = 5432  # names the socket file only: no network port is opened

ROLES = f"""
DO $$ BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{PROPRIETAIRE}') THEN
        CREATE ROLE {PROPRIETAIRE} LOGIN CREATEDB;
    END IF;
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{APPLICATION}') THEN
        CREATE ROLE {APPLICATION} LOGIN;
    END IF;
END $$
"""  # noqa: S608 - names written above
# Run by the owner in a database, before its tables exist. No TRUNCATE, no REFERENCES, no CREATE.
DROITS = f"""
ALTER DEFAULT PRIVILEGES GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {APPLICATION};
ALTER DEFAULT PRIVILEGES GRANT USAGE, SELECT ON SEQUENCES TO {APPLICATION};
"""


def url(prise: Path, role: str, base: str = BASE) -> str:
    """Address by the socket directory ``prise``, for psycopg and django-environ alike."""
    return f"postgresql://{role}@:{PORT}/{base}?host={quote(str(prise), safe='/')}"


def superutilisateur(prise: Path) -> psycopg.Connection:
    """Connection as the administrator of the cluster, for its own care only."""
    return psycopg.connect(url(prise, "postgres", "postgres"), autocommit=True, connect_timeout=5)


def poser_roles(prise: Path) -> None:
    """Creates roles, database and rights when missing: the next start completes an interrupted one."""
    with superutilisateur(prise) as connexion:
        connexion.execute(ROLES)
        if connexion.execute("SELECT FROM pg_database WHERE datname = %s", [BASE]).fetchone() is None:
            creation = sql.SQL("CREATE DATABASE {} OWNER {}")
            connexion.execute(creation.format(sql.Identifier(BASE), sql.Identifier(PROPRIETAIRE)))
    with psycopg.connect(url(prise, PROPRIETAIRE), autocommit=True) as connexion:
        connexion.execute(DROITS)
