"""Where bundles are kept, under names that say what is in them: a file is there whole or not at all."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Collection
from pathlib import Path

from services.review.bundle.archive import Archive


class BundleLost(Exception):
    """The file is not there, or is not what was sent."""


class BundleFolder:
    """Bundles in one folder.  Each is named by its hash, so that two attempts never write over each other."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def keep(self, stem: str, archive: Archive) -> Path:
        """Write a bundle, to be found again by ``stem`` and hash once an event tells of it."""
        self._path.mkdir(parents=True, exist_ok=True)
        place = self._place(stem, archive.sha256)
        unfinished = place.with_suffix(".unfinished")
        with unfinished.open("wb") as file:
            file.write(archive.content)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(place)
        self._sync()
        return place

    def read(self, stem: str, sha256: str) -> bytes:
        """A bundle that was sent; :class:`BundleLost` unless it is there as it was."""
        try:
            content = self._place(stem, sha256).read_bytes()
        except FileNotFoundError as fault:
            raise BundleLost(f"{stem} is not in the folder") from fault
        if hashlib.sha256(content).hexdigest() != sha256:
            raise BundleLost(f"{stem} is not what was sent")
        return content

    def tidy(self, stem: str, told: Collection[str]) -> None:
        """Remove what attempts that came to nothing left behind; ``told`` are the hashes that events tell of."""
        keep = {self._place(stem, sha256).name for sha256 in told}
        for left in (*self._path.glob(f"{stem}-*.zip"), *self._path.glob(f"{stem}-*.unfinished")):
            if left.name not in keep:
                left.unlink(missing_ok=True)

    def _place(self, stem: str, sha256: str) -> Path:
        return self._path / f"{stem}-{sha256[:16]}.zip"

    def _sync(self) -> None:
        """A name is on the disk once its folder is."""
        folder = os.open(self._path, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
