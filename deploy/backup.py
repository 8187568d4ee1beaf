"""One service's store copied into a file while the service runs, and put back from it while it does not.

The order is what makes the copy right.  A key is stored before the event that needs it, so keys copied after the log
open all of the log; what was erased between the two stays erased.  A file that was sent is kept before the event
that tells of it, so files copied after the log hold all it tells of.
"""

from __future__ import annotations

import filecmp
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from deploy.archive import Manifest, Part, PartName, described, read, write
from deploy.lost_keys import mark_lost
from deploy.places import Unable
from deploy.stores import Place
from shared.eventstore.copies import Copied, CopyFault, copy, engine_of, held_still, kept_as, put_back

__all__ = ["Place", "PutBack", "back_up", "restore"]


def back_up(place: Place, target: Path, parts: Sequence[PartName] = ("log", "keys", "files")) -> Manifest:
    """Copy the named parts into the new file ``target``, the log always first."""
    if target.exists():
        raise Unable(f"{target} is there already; a backup replaces nothing")
    with _workroom(target.parent) as room:
        copied = [_copied(place, name, room) for name in parts if name != "files" or place.files]
        manifest = Manifest(service=place.service, made_at=datetime.now(UTC), parts=tuple(copied))
        write(target, manifest, room)
    return manifest


def _copied(place: Place, name: PartName, room: Path) -> Part:
    at = datetime.now(UTC)
    if name == "files":
        _copy_folder(place.files, room / name)
        return Part(name=name, at=at, files=described(room, name))
    url = place.url(name)
    stand = copy(url, room / name, place.mirrors if name == "log" else ())
    return Part(
        name=name,
        at=at,
        engine=engine_of(url),
        head=stand.head,
        tracked=stand.tracked,
        wrapped_by=place.wrapped_by() if name == "keys" else "",
        files=described(room, name),
    )


@dataclass(frozen=True)
class PutBack:
    """One part that was put back, and where what it replaced is kept.

    ``lost`` is told with the last one: how many subjects have texts in the log whose keys are nowhere any more.
    """

    part: Part
    kept: str
    lost: int = 0


def restore(place: Place, source: Path) -> list[PutBack]:
    """Put back what ``source`` holds; the service must not run.  What is replaced is kept."""
    with _workroom(place.folder()) as room:
        manifest = read(source, room)
        _must_belong(manifest, place, source)
        done: list[PutBack] = []
        with held_still(place.log):
            for part in manifest.parts:
                try:
                    done.append(_put_back(place, part, room, datetime.now(UTC)))
                except (CopyFault, OSError) as fault:
                    before = "".join(f"; {one.part.name} was put back before" for one in done)
                    raise Unable(f"{part.name} was not put back, {fault}{before}") from fault
            if any(one.part.name != "files" for one in done):
                done[-1] = replace(done[-1], lost=mark_lost(place))
        return done


def _must_belong(manifest: Manifest, place: Place, source: Path) -> None:
    if manifest.service != place.service:
        raise Unable(f"{source} is a backup of {manifest.service}, not of {place.service}")
    for part in manifest.parts:
        if part.name == "files":
            continue
        if part.engine != engine_of(place.url(part.name)):
            raise Unable(
                f"{source} was copied from {part.engine}; {place.service} has {engine_of(place.url(part.name))}"
            )
        if part.wrapped_by and part.wrapped_by != place.wrapped_by():
            raise Unable(
                "the keys in this backup are wrapped by another VAULT_KEY: without that one they open nothing"
            )


def _put_back(place: Place, part: Part, room: Path, at: datetime) -> PutBack:
    if part.name == "files":
        return PutBack(part, _put_back_folder(place.files, room / part.name, at))
    name = part.name
    expected = Copied(part.head, part.tracked)
    kept = put_back(place.url(name), room / name, expected, lambda url: place.make_tables(name, url), at)
    return PutBack(part, kept)


def _copy_folder(folder: Path | None, into: Path) -> None:
    into.mkdir(parents=True)
    for path in sorted(folder.glob("*.zip")) if folder and folder.exists() else ():
        shutil.copyfile(path, into / path.name)


def _put_back_folder(folder: Path | None, files: Path, at: datetime) -> str:
    """Add the files that are not there as they were; files that came since stay."""
    if folder is None:
        raise CopyFault("this service keeps no files")
    folder.mkdir(parents=True, exist_ok=True)
    kept = ""
    for path in sorted(files.glob("*")) if files.exists() else ():
        there = folder / path.name
        if there.exists() and not filecmp.cmp(there, path, shallow=False):
            kept = str(there.rename(there.with_name(f"{there.name}.{kept_as(at)}")))
        if not there.exists():
            shutil.copyfile(path, there)
    return kept


@contextmanager
def _workroom(where: Path) -> Iterator[Path]:
    """A folder for the time of the work that only its owner can enter."""
    try:
        where.mkdir(parents=True, exist_ok=True)
        room = Path(tempfile.mkdtemp(prefix=".aarring-", dir=where))
    except OSError as fault:
        raise Unable(f"nothing can be written in {where}: {fault.strerror}") from fault
    try:
        yield room
    except (CopyFault, OSError) as fault:
        raise Unable(str(fault)) from fault
    finally:
        shutil.rmtree(room, ignore_errors=True)
