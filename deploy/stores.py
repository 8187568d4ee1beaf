"""Where each service keeps what it knows: its log, its keys, and the files it sent."""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from deploy.archive import PartName
from deploy.places import SERVICES, Unable
from shared.eventstore import EventStore
from shared.eventstore.copies import folder_of
from shared.rebuild import ReadModels, every_table
from shared.vault import Vault

FOLDERS = {"review": "BUNDLES"}
"""The services that keep files which cannot be made again, and the setting that names the folder."""


@dataclass(frozen=True)
class Place:
    """Where one service keeps what it knows.

    ``models`` tells which tables the service has; the mirrors among them are copies of other services' personal
    data, are filled again by themselves and are in no backup.
    """

    service: str
    log: str
    keys: str
    wrapping_key: bytes = field(repr=False)
    models: ReadModels
    files: Path | None = None

    @classmethod
    def named(cls, service: str, settings: Callable[[str], str], models: ReadModels) -> Place:
        """The place of ``service`` as its settings say."""
        folder = FOLDERS.get(service)
        return cls(
            service,
            settings("DATABASE_URL"),
            settings("VAULT_URL"),
            base64.b64decode(settings("VAULT_KEY")),
            models,
            Path(settings(folder)) if folder else None,
        )

    @property
    def mirrors(self) -> Sequence[str]:
        return [table for metadata in self.models.mirrors for table in metadata.tables]

    def folder(self) -> Path:
        """Where the log's file lies, with room for another of its size; some place where the log is no file."""
        return folder_of(self.log) or Path(tempfile.gettempdir())

    def url(self, part: PartName) -> str:
        return self.keys if part == "keys" else self.log

    def wrapped_by(self) -> str:
        """A name for the wrapping key, from which it cannot be found."""
        return hmac.new(self.wrapping_key, b"the name of this key", hashlib.sha256).hexdigest()[:16]

    def make_tables(self, part: PartName, url: str = "") -> None:
        """What the service itself makes in a database that is empty: its own, or the one at ``url``."""
        if part == "keys":
            Vault(url or self.keys, self.wrapping_key).close()
        else:
            EventStore(url or self.log, every_table(self.models)).close()


def settings_of(service: str, told: Callable[[], dict[str, str]]) -> Callable[[str], str]:
    """A service's settings: as the environment says, else as the local suite is ``told``."""
    if service not in SERVICES:
        raise Unable(f"there is no service '{service}', only {', '.join(SERVICES)}")

    def setting(name: str) -> str:
        full = f"{service.upper()}_{name}"
        return os.environ.get(full) or told()[full]

    return setting
