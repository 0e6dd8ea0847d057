"""The supervisor: what it starts ends with it, in every way of ending."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from reseau.socle import processus
from reseau.socle.postgres import RACINE
from reseau.socle.processus import superviser

DORMIR = ["sleep", "30"]

# A supervisor of its own, which tells the number of its child.
SUPERVISEUR = """
import sys
from reseau.socle.processus import superviser
sys.exit(superviser([["sh", "-c", "echo $$; exec sleep 30"]], {}))
"""

# manage.py, where Django only tells as whom it would connect.
SONDE = """
import os, sys, manage
from django.core import management
management.execute_from_command_line = lambda _: print(os.environ.get("EDP_CONNEXION"))
manage.main(["manage.py", sys.argv[1]])
"""


def _lancer() -> tuple[subprocess.Popen[bytes], int]:
    parent = subprocess.Popen([sys.executable, "-c", SUPERVISEUR], cwd=RACINE, stdout=subprocess.PIPE)
    assert parent.stdout
    return parent, int(parent.stdout.readline())


def _vivant(numero: int) -> bool:
    """A zombie that nobody buries has an empty command line."""
    commande = Path("/proc", str(numero), "cmdline")
    return commande.exists() and commande.read_bytes() != b""


def _mort_attendue(numero: int) -> None:
    fin = time.monotonic() + 5
    while _vivant(numero):
        assert time.monotonic() < fin, "l'enfant vit encore"
        time.sleep(0.02)


def test_le_premier_qui_finit_arrete_les_autres() -> None:
    debut = time.monotonic()
    assert superviser([DORMIR, ["sh", "-c", "exit 3"]], {}) == 3
    assert time.monotonic() - debut < 5


def test_les_variables_s_ajoutent_a_l_environnement() -> None:
    assert superviser([["sh", "-c", 'test "$MOT" = oui -a -n "$PATH"']], {"MOT": "oui"}) == 0


@pytest.mark.parametrize("numero", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_un_signal_l_arrete_avec_ses_enfants(numero: signal.Signals) -> None:
    parent, enfant = _lancer()
    parent.send_signal(numero)
    parent.communicate(timeout=10)
    assert parent.returncode == 128 + numero
    assert not _vivant(enfant)


@pytest.mark.skipif(sys.platform != "linux", reason="le noyau de ce système ne prévient pas les enfants")
def test_ses_enfants_ne_lui_survivent_pas_meme_tue() -> None:
    parent, enfant = _lancer()
    parent.kill()
    parent.communicate(timeout=10)
    _mort_attendue(enfant)


def test_un_accident_est_repare_une_faute_ne_l_est_pas(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The command lives, falls, is started again, and falls at once the second time."""
    monkeypatch.setattr(processus, "VIE_NORMALE", 0.3)
    commande = f"echo x >> {tmp_path}/vies; if [ $(wc -l < {tmp_path}/vies) = 1 ]; then sleep 0.5; fi; exit 4"
    assert superviser([["sh", "-c", commande]], {}, relancer=True) == 4
    assert (tmp_path / "vies").read_text().count("x") == 2


def test_manage_choisit_le_role_selon_la_commande() -> None:
    """Migrations belong to the owner; everything else runs as the runtime role."""
    vus = [
        subprocess.run(
            [sys.executable, "-c", SONDE, commande],
            env={**os.environ, "DATABASE_URL": "postgresql:///rien"},
            cwd=RACINE,
            check=True,
            capture_output=True,
            text=True,
        ).stdout.strip()
        for commande in ("migrate", "shell")
    ]
    assert vus == ["proprietaire", "None"]
