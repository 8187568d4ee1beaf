"""What goes wrong around a backup is told in a sentence, and leaves neither half a copy nor half a store."""

from __future__ import annotations

import errno
import os
from contextlib import closing
from pathlib import Path

import pytest

from deploy.archive import PartName, read
from deploy.backup import Place, back_up, restore
from deploy.places import Unable
from shared.eventstore import EventStore
from shared.rebuild import ReadModels
from tests.integration.talk import VIEWS, Speaking
from tests.stores import sqlite_databases

pytestmark = pytest.mark.integration


@pytest.fixture
def place(tmp_path: Path, language: None) -> Place:
    """One letter in a log, and a vault."""
    databases = sqlite_databases(tmp_path / "live")
    found = Place("speaking", databases("speaking"), databases("vault"), bytes(32), ReadModels([VIEWS], lambda _: ()))
    parts: tuple[PartName, ...] = ("log", "keys")
    for part in parts:
        found.make_tables(part)
    with closing(Speaking(found.log)) as service:
        service.write("first", "one")
    return found


def full(*_: object, **__: object) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


def head(place: Place) -> int:
    with closing(EventStore(place.log)) as store:
        return store.head()


def test_a_full_disk_is_told_and_no_half_backup_stays(
    place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(Unable, match="No space left"):
        back_up(place, tmp_path / "copy")
    assert os.listdir(tmp_path) == ["live"]


def test_a_backup_needs_no_hard_links(place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "link", full)
    back_up(place, tmp_path / "copy")
    assert [one.part.name for one in restore(place, tmp_path / "copy")] == ["log", "keys"]


def test_two_do_not_write_the_same_backup(place: Place, tmp_path: Path) -> None:
    (tmp_path / "copy.unfinished").write_bytes(b"of somebody else")
    with pytest.raises(Unable, match=r"copy\.unfinished is there"):
        back_up(place, tmp_path / "copy")
    assert (tmp_path / "copy.unfinished").read_bytes() == b"of somebody else"


def test_a_place_without_room_says_nothing_against_the_backup(place: Place, tmp_path: Path) -> None:
    back_up(place, tmp_path / "copy")
    (tmp_path / "into").write_bytes(b"no folder")
    with pytest.raises(Unable, match="cannot be unpacked in"):
        read(tmp_path / "copy", tmp_path / "into")


def test_a_backup_is_unpacked_beside_the_store(place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    back_up(place, tmp_path / "copy")
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "memory"))
    restore(place, tmp_path / "copy")
    assert [entry for entry in os.listdir(tmp_path / "live") if entry.startswith(".aarring-")] == []


def test_a_disk_that_is_full_when_a_store_is_put_back_leaves_it_as_it_was(
    place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    back_up(place, tmp_path / "copy")
    with closing(Speaking(place.log)) as service:
        service.write("later", "two")
    before = head(place)
    monkeypatch.setattr("shutil.copyfile", full)
    with pytest.raises(Unable, match="No space left"):
        restore(place, tmp_path / "copy")
    assert head(place) == before
