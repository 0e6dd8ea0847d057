"""The parent's side of rendering: one warm child a process, a deadline, a new child after any accident."""

from __future__ import annotations

import atexit
import json
import os
import select
import subprocess
import sys
import threading
import time

from django.conf import settings

from reseau.socle.rendu import ENTETE, REUSSI

DELAI = 20


class RenduImpossible(Exception):
    """The document could not be made; the message is a French sentence, the cause is for the logs."""


class Imprimeur:
    """Render HTML to PDF/UA in a child process. Threads wait for one another; processes do not."""

    def __init__(self) -> None:
        self._verrou = threading.Lock()
        self._enfant: subprocess.Popen[bytes] | None = None
        self._proprietaire = 0

    def imprimer(self, html: str) -> bytes:
        """Return the PDF. Raises :class:`RenduImpossible` when the child fails, dies or is too slow."""
        with self._verrou:
            try:
                return self._echanger(html)
            except (OSError, EOFError, TimeoutError) as accident:
                self.fermer()
                raise RenduImpossible("Le document n'a pas pu être préparé.") from accident

    def _echanger(self, html: str) -> bytes:
        enfant = self._vivant()
        demande = json.dumps({"html": html}).encode()
        assert enfant.stdin is not None  # noqa: S101 - a pipe was asked for
        enfant.stdin.write(ENTETE.pack(len(demande)) + demande)
        enfant.stdin.flush()
        echeance = time.monotonic() + DELAI
        statut = self._lire(enfant, 1, echeance)
        contenu = self._lire(enfant, ENTETE.unpack(self._lire(enfant, ENTETE.size, echeance))[0], echeance)
        if statut != REUSSI:
            cause = ValueError(contenu.decode(errors="replace"))
            raise RenduImpossible("Le document n'a pas pu être préparé.") from cause
        return contenu

    def _vivant(self) -> subprocess.Popen[bytes]:
        """Return the child, started anew after an accident or a fork."""
        if self._proprietaire != os.getpid():
            self._enfant = None  # the child of the process that forked us: not ours to close
        elif self._enfant is not None and self._enfant.poll() is not None:
            self.fermer()
        if self._enfant is None:
            self._enfant = subprocess.Popen(  # noqa: S603 - our own module, no shell
                [sys.executable, "-m", "reseau.socle.rendu", str(settings.RACINE / "static")],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                cwd=settings.RACINE,
                env={"PATH": os.environ.get("PATH", ""), "LANG": "C.UTF-8"},
            )
            self._proprietaire = os.getpid()
        return self._enfant

    @staticmethod
    def _lire(enfant: subprocess.Popen[bytes], taille: int, echeance: float) -> bytes:
        assert enfant.stdout is not None  # noqa: S101 - a pipe was asked for
        descripteur, lu = enfant.stdout.fileno(), bytearray()
        while len(lu) < taille:
            pret, _, _ = select.select([descripteur], [], [], max(echeance - time.monotonic(), 0))
            if not pret:
                raise TimeoutError
            morceau = os.read(descripteur, taille - len(lu))
            if not morceau:
                raise EOFError
            lu += morceau
        return bytes(lu)

    def fermer(self) -> None:
        """Stop the child, if it is ours; the next document starts another."""
        if self._enfant is not None and self._proprietaire == os.getpid():
            self._enfant.kill()
            self._enfant.communicate()
        self._enfant = None


IMPRIMEUR = Imprimeur()
atexit.register(IMPRIMEUR.fermer)
