"""Private storage: a file is whole or absent, and no address serves it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from django.core.files.storage import FileSystemStorage

if TYPE_CHECKING:
    from django.core.files.base import File


class StockagePrive(FileSystemStorage):
    """Write beside, flush to the disk, rename: a full disk leaves nothing truncated behind."""

    def _save(self, name: str, content: File[Any]) -> str:
        but = Path(self.path(name))
        but.parent.mkdir(parents=True, exist_ok=True)
        provisoire = but.with_suffix(".partiel")
        try:
            with provisoire.open("xb") as sortie:
                self._verser(content, sortie)
            provisoire.rename(but)
        finally:
            provisoire.unlink(missing_ok=True)
        return name

    @staticmethod
    def _verser(contenu: File[Any], sortie: IO[bytes]) -> None:
        for morceau in contenu.chunks():
            sortie.write(morceau)
        sortie.flush()
        os.fsync(sortie.fileno())
