"""Settings: what a production refuses, what its cookies are, and the policy on every page."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from reseau.settings import RACINE
from tests.monde import poser_le_monde

if TYPE_CHECKING:
    from django.test import Client

PRODUCTION = {
    "EDP_PRODUCTION": "1",
    "SECRET_KEY": "cle-pour-lire-les-reglages-de-production-et-rien-d-autre-0123456789",
    "ALLOWED_HOSTS": "portail.invalid",
    "DATABASE_URL": "postgresql://edp_app@/edp",
    "SMTP_HOTE": "courriel.invalid",
    "ADRESSE_DU_PORTAIL": "https://portail.invalid/",
}
LIRE = (
    "import json, reseau.settings as r; "
    "print(json.dumps({n: str(getattr(r, n)) for n in dir(r) if n.isupper()}))"
)


def _lire(variables: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Settings as a process of its own reads them, with these variables and no other of ours."""
    autres = {cle: os.environ[cle] for cle in ("PATH", "HOME", "LANG") if cle in os.environ}
    return subprocess.run(
        [sys.executable, "-c", LIRE],
        env=autres | variables,
        cwd=RACINE,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    "absente", ["SECRET_KEY", "ALLOWED_HOSTS", "DATABASE_URL", "SMTP_HOTE", "ADRESSE_DU_PORTAIL"]
)
def test_une_production_incomplete_s_arrete_en_disant_ce_qui_manque(absente: str) -> None:
    lu = _lire({cle: valeur for cle, valeur in PRODUCTION.items() if cle != absente})
    assert lu.returncode != 0
    assert absente in lu.stderr.splitlines()[-1]


@pytest.mark.parametrize("interdite", ["DEMONSTRATION", "DEBUG"])
def test_une_production_refuse_la_demonstration_et_le_debogage(interdite: str) -> None:
    lu = _lire(PRODUCTION | {interdite: "1"})
    assert lu.returncode != 0
    assert "interdits en production" in lu.stderr.splitlines()[-1]


def test_les_liens_des_courriels_d_une_production_sont_chiffres() -> None:
    lu = _lire(PRODUCTION | {"ADRESSE_DU_PORTAIL": "http://portail.invalid"})
    assert "ADRESSE_DU_PORTAIL commence par https://" in lu.stderr.splitlines()[-1]


@pytest.mark.parametrize(
    ("port", "adresse"), [("", "http://localhost:8000"), ("8620", "http://localhost:8620")]
)
def test_sur_un_poste_les_liens_menent_au_port_servi(port: str, adresse: str) -> None:
    assert json.loads(_lire({"PORT": port}).stdout)["ADRESSE_DU_PORTAIL"] == adresse


def test_les_reglages_d_une_production() -> None:
    reglages = json.loads(_lire(PRODUCTION).stdout)
    attendus = {
        "MFA_OBLIGATOIRE": "True",
        "SESSION_COOKIE_NAME": "__Host-session",
        "CSRF_COOKIE_NAME": "__Host-csrf",
        "SESSION_COOKIE_SECURE": "True",
        "CSRF_COOKIE_SECURE": "True",
        "SESSION_COOKIE_HTTPONLY": "True",
        "SECURE_SSL_REDIRECT": "True",
        "SECURE_HSTS_SECONDS": "31536000",
        "ALLAUTH_TRUSTED_CLIENT_IP_HEADER": "X-Real-IP",
        "ACCOUNT_DEFAULT_HTTP_PROTOCOL": "https",
        "ADRESSE_DU_PORTAIL": "https://portail.invalid",
        "DEBUG": "False",
        "DEMONSTRATION": "False",
    }
    assert {cle: reglages[cle] for cle in attendus} == attendus


def test_l_exemple_d_installation_nomme_toutes_les_variables() -> None:
    exemple = (RACINE / "deploy" / "env.exemple").read_text()
    for variable in [*PRODUCTION, "DATABASE_URL_PROPRIETAIRE", "EDP_DONNEES", "ANTIVIRUS", "ENTETE_ADRESSE"]:
        assert f"\n{variable}=" in exemple


@pytest.mark.django_db
def test_chaque_page_porte_la_meme_politique(client: Client) -> None:
    ici, *_ = poser_le_monde()
    pages: list[Any] = [
        client.get(p) for p in ("/", "/comptes/login/", "/ecole/atelier-ici/contact/", "/absente/")
    ]
    client.force_login(next(iter(ici.personnes.values())))
    pages.append(client.get("/admin/"))
    for page in pages:
        politique = page["Content-Security-Policy"]
        assert "default-src 'none'" in politique
        assert "frame-ancestors 'none'" in politique
        assert "unsafe" not in politique
        assert page["X-Content-Type-Options"] == "nosniff"
        assert page["Cross-Origin-Opener-Policy"] == "same-origin"
        assert page["X-Frame-Options"] == "DENY"
        assert page["Referrer-Policy"] in ("same-origin", "no-referrer")
