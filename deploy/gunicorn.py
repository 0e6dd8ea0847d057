"""gunicorn, for the demonstration and for an installation. Threads: slow clients block sync workers."""

from __future__ import annotations

import gc
import os
import sys
from pathlib import Path
from typing import Any

PORT = os.environ.get("PORT", "8000")

chdir = str(Path(__file__).resolve().parent.parent)
wsgi_app = "reseau.wsgi:application"
bind = os.environ.get("ADRESSE", f"127.0.0.1:{PORT}")
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
worker_class = "gthread"
threads = 4
preload_app = True  # loaded once, shared by the workers; nothing opens a connection before the fork
timeout = 30
graceful_timeout = 5
keepalive = 5
loglevel = "warning"
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108 - heartbeats, no content


def when_ready(_serveur: Any) -> None:
    """Loads the pages before the fork, then says where to look."""
    from django.urls import resolve

    resolve("/")
    gc.collect()
    gc.freeze()
    sys.stdout.write(f"Le portail répond sur http://localhost:{PORT}/ (Ctrl-C pour arrêter)\n")
    sys.stdout.flush()


def post_worker_init(_ouvrier: Any) -> None:
    """What a worker has loaded is never garbage: without this, full collections make 300 ms requests."""
    gc.freeze()
