"""The one file a backup is: its parts, and a manifest of what they are and of their hashes."""

from __future__ import annotations

import errno
import hashlib
import io
import os
import tarfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from deploy.places import Unable

MANIFEST = "manifest.json"
PartName = Literal["log", "keys", "files"]
_CHUNK = 1 << 20


class File(BaseModel):
    """One file of a part."""

    model_config = ConfigDict(frozen=True)

    name: str
    size: int
    sha256: str


class Part(BaseModel):
    """One thing copied: the event log, the vault's keys, or a folder of files; ``at`` is when that began.

    ``wrapped_by`` tells the wrapping keys of two vaults apart without telling either.
    """

    model_config = ConfigDict(frozen=True)

    name: PartName
    at: datetime
    engine: str = ""
    head: int = 0
    tracked: Mapping[str, int] = {}
    wrapped_by: str = ""
    files: tuple[File, ...] = ()


class Manifest(BaseModel):
    """What a backup holds, in the order it was copied."""

    model_config = ConfigDict(frozen=True)

    format: Literal[1] = 1
    service: str
    made_at: datetime
    parts: tuple[Part, ...]


def described(folder: Path, name: str) -> tuple[File, ...]:
    """The files of a part as they lie in ``folder/name``."""
    files = sorted(path for path in (folder / name).iterdir() if path.is_file())
    return tuple(_described(path, f"{name}/{path.name}") for path in files)


def write(target: Path, manifest: Manifest, folder: Path) -> None:
    """The backup, whole or not at all, readable by its owner only; what is there already is not replaced."""
    unfinished = target.with_name(f"{target.name}.unfinished")
    said = manifest.model_dump_json(indent=2).encode()
    try:
        opened = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise Unable(f"{unfinished} is there: another is being made, or one was broken off; then delete it") from None
    try:
        with os.fdopen(opened, "wb") as file:
            with tarfile.open(fileobj=file, mode="w") as archive:
                archive.addfile(_entry(MANIFEST, len(said), manifest.made_at), io.BytesIO(said))
                for one in _files(manifest):
                    with (folder / one.name).open("rb") as content:
                        archive.addfile(_entry(one.name, one.size, manifest.made_at), content)
            file.flush()
            os.fsync(file.fileno())
        if target.exists():
            raise Unable(f"{target} is there already; a backup replaces nothing")
        unfinished.rename(target)
    finally:
        unfinished.unlink(missing_ok=True)


def read(source: Path, into: Path) -> Manifest:
    """The parts of a backup as files in ``into``; :class:`Unable` unless all is there as it was written."""
    try:
        with tarfile.open(source, "r:") as archive:
            manifest = Manifest.model_validate_json(_content(archive, MANIFEST))
            told = [MANIFEST, *(one.name for one in _files(manifest))]
            if archive.getnames() != told:
                raise Unable(f"{source} does not hold what its manifest tells of")
            for one in _files(manifest):
                _unpack(archive, one, into)
    except (OSError, tarfile.TarError, ValidationError, KeyError, ValueError) as fault:
        raise Unable(f"{source} is no backup that can be read: {fault}") from fault
    return manifest


def _unpack(archive: tarfile.TarFile, one: File, into: Path) -> None:
    part, _, name = one.name.partition("/")
    if not name or "/" in name or name in (".", "..") or part not in ("log", "keys", "files"):
        raise Unable(f"a backup holds no file called {one.name}")
    digest = hashlib.sha256()
    with _unpacking(into):
        (into / part).mkdir(parents=True, exist_ok=True)
        file = (into / part / name).open("wb", buffering=0)
    with file:
        for chunk in _chunks(archive, one.name):
            digest.update(chunk)
            with _unpacking(into):
                if file.write(chunk) < len(chunk):
                    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    if digest.hexdigest() != one.sha256:
        raise Unable(f"{one.name} is not what was copied: its hash is another")


@contextmanager
def _unpacking(into: Path) -> Iterator[None]:
    """A place that takes no more says nothing against the backup."""
    try:
        yield
    except OSError as fault:
        raise Unable(f"the backup cannot be unpacked in {into}: {fault.strerror}") from fault


def _chunks(archive: tarfile.TarFile, name: str) -> Iterator[bytes]:
    content = archive.extractfile(name)
    if content is None:
        raise Unable(f"{name} is no file")
    with content:
        while chunk := content.read(_CHUNK):
            yield chunk


def _content(archive: tarfile.TarFile, name: str) -> bytes:
    return b"".join(_chunks(archive, name))


def _files(manifest: Manifest) -> Sequence[File]:
    return [one for part in manifest.parts for one in part.files]


def _described(path: Path, name: str) -> File:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256")
    return File(name=name, size=path.stat().st_size, sha256=digest.hexdigest())


def _entry(name: str, size: int, at: datetime) -> tarfile.TarInfo:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode, entry.mtime = size, 0o600, int(at.timestamp())
    return entry
