"""One service's store is copied while it is written to, and put back as it was: on either database."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from sqlalchemy import Column, MetaData, Table, Text, select

from deploy.archive import Manifest, described, read, write
from deploy.backup import Place, back_up, restore
from deploy.lost_keys import give_up
from deploy.places import Unable
from shared.domain import Event, Recorded, Sealed
from shared.eventstore import EventStore, Put, Work
from shared.inbox import INBOX_TABLES
from shared.rebuild import ReadModels
from shared.vault import KeysMissing, Shredded, Vault
from tests.eventually import eventually
from tests.integration.talk import NOON, SOMEBODY, VIEWS, Speaking
from tests.stores import Databases, sqlite_databases

pytestmark = pytest.mark.integration


class Signed(Event, frozen=True, kw_only=True):
    """Holds something sealed, somewhere inside."""

    TOPIC = "speaking.Letter.Signed"
    texts: dict[str, Sealed]


MIRROR = MetaData()
cards = Table("cards", MIRROR, Column("person_id", Text, primary_key=True), Column("name", Text))
MODELS = ReadModels([VIEWS], lambda _: (), mirrors=[MIRROR])
KEY = bytes(range(32))
Log = list[tuple[int, object]]


@pytest.fixture
def place(databases: Databases, language: None) -> Place:
    return made(databases)


@pytest.fixture
def filed(tmp_path: Path, language: None) -> Place:
    """The same on SQLite alone, for what is not about databases."""
    return made(sqlite_databases(tmp_path))


def made(databases: Databases) -> Place:
    """A place with three letters in the log, one key, and somebody's card."""
    found = Place("speaking", databases("speaking"), databases("speaking-vault"), KEY, MODELS)
    found.make_tables("log")
    with speaking(found) as service, vault(found) as keys:
        service.write("first", "one", "two", "three")
        keys.seal("person:1", "Kari Eksempel")
        service.store.record([Work(changes=[Put(cards, {"person_id": "1", "name": "Kari Eksempel"})])])
    return found


@contextmanager
def speaking(place: Place) -> Iterator[Speaking]:
    with closing(Speaking(place.log)) as service:
        yield service


@contextmanager
def vault(place: Place) -> Iterator[Vault]:
    with closing(Vault(place.keys, place.wrapping_key)) as keys:
        yield keys


def log_of(place: Place) -> Log:
    with closing(EventStore(place.log)) as store:
        return [(position, recorded.event) for position, recorded in store.log(0, 100_000)]


def test_a_copy_made_while_people_write_is_the_log_up_to_its_head(place: Place, tmp_path: Path) -> None:
    sealed: dict[int, Sealed] = {}
    enough = threading.Event()

    def go_on_writing(service: Speaking, keys: Vault) -> None:
        number = 0
        while not enough.is_set():
            number += 1
            text = keys.seal(f"letter:{number}", f"text {number}")
            service.write(f"kind {number}", f"{number}")
            sealed[service.store.head()] = text

    with speaking(place) as service, vault(place) as keys, ThreadPoolExecutor(1) as people:
        writing = people.submit(go_on_writing, service, keys)
        try:
            eventually(lambda: len(sealed) > 5)
            manifest = back_up(place, tmp_path / "copy")
            before = len(sealed)
            eventually(lambda: writing.done() or len(sealed) > before + 5)
        finally:
            enough.set()
        writing.result()
    live, (copied, _) = log_of(place), manifest.parts
    assert 6 < copied.head < live[-1][0]

    restore(place, tmp_path / "copy")
    assert log_of(place) == [entry for entry in live if entry[0] <= copied.head]
    with vault(place) as keys:
        opened = {head: keys.open(text) for head, text in sealed.items() if head <= copied.head}
    assert list(opened.values()) == [f"text {n}" for n in range(1, len(opened) + 1)]


def test_a_store_put_back_goes_on_where_it_ended(place: Place, tmp_path: Path) -> None:
    back_up(place, tmp_path / "copy")
    restore(place, tmp_path / "copy")
    before = log_of(place)
    with speaking(place) as service:
        service.write("later", "four")
    after = log_of(place)
    assert after[:-2] == before
    assert after[-2][0] > before[-1][0]


def test_what_is_replaced_is_kept(place: Place, tmp_path: Path) -> None:
    back_up(place, tmp_path / "copy")
    with speaking(place) as service:
        service.write("later", "four")
    live = log_of(place)
    log, keys = restore(place, tmp_path / "copy")
    assert len(log_of(place)) == len(live) - 2
    assert log_of(replace(place, log=_where_it_is_kept(place, log.kept))) == live
    assert keys.kept


def test_a_backup_can_be_put_where_nothing_was(place: Place, databases: Databases, tmp_path: Path) -> None:
    back_up(place, tmp_path / "copy")
    elsewhere = replace(place, log=databases("new"), keys=databases("new-vault"))
    assert [one.kept for one in restore(elsewhere, tmp_path / "copy")] == ["", ""]
    assert log_of(elsewhere) == log_of(place)
    with vault(elsewhere) as keys:
        assert keys.generation("person:1") == 1


def test_keys_and_log_may_be_copied_apart_and_what_was_erased_between_stays_erased(
    place: Place, tmp_path: Path
) -> None:
    with vault(place) as keys:
        erased, other = keys.seal("person:1", "Kari"), keys.seal("person:2", "Ola")
    back_up(place, tmp_path / "log", ("log", "files"))
    with vault(place) as keys:
        keys.destroy("person:1")
    back_up(place, tmp_path / "keys", ("keys",))
    assert [one.part.name for one in restore(place, tmp_path / "log")] == ["log"]
    assert [one.part.name for one in restore(place, tmp_path / "keys")] == ["keys"]
    with vault(place) as keys:
        assert keys.open(other) == "Ola"
        with pytest.raises(Shredded):
            keys.open(erased)


def test_copies_of_other_peoples_cards_are_in_no_backup(place: Place, tmp_path: Path) -> None:
    back_up(place, tmp_path / "copy", ("log",))
    assert b"Kari Eksempel" not in (tmp_path / "copy").read_bytes()
    restore(place, tmp_path / "copy")
    with closing(EventStore(place.log, [MIRROR, INBOX_TABLES])) as store:
        assert store.rows(select(cards)) == []


def test_nothing_is_put_back_while_somebody_uses_the_store(place: Place, tmp_path: Path) -> None:
    back_up(place, tmp_path / "copy")
    with speaking(place) as service:
        service.write("later", "four")
        with pytest.raises(Unable, match=r"open|connected"):
            restore(place, tmp_path / "copy")
        assert len(service.said()) == 4


def test_a_file_that_was_changed_is_refused(filed: Place, tmp_path: Path) -> None:
    copy, live = tmp_path / "copy", log_of(filed)
    back_up(filed, copy)
    content = bytearray(copy.read_bytes())
    content[content.index(b"speaking.Letter.Written")] ^= 1
    copy.write_bytes(content)
    with pytest.raises(Unable, match="its hash is another"):
        restore(filed, copy)
    copy.write_bytes(content[: len(content) // 2])
    with pytest.raises(Unable, match="no backup that can be read"):
        restore(filed, copy)
    assert log_of(filed) == live


def test_a_manifest_that_tells_of_another_log_is_refused(place: Place, tmp_path: Path) -> None:
    back_up(place, tmp_path / "copy")
    live = log_of(place)
    _rewritten(tmp_path, lambda m: m.model_copy(update={"parts": (m.parts[0].model_copy(update={"head": 4}),)}))
    with pytest.raises(Unable, match=r"log was not put back.*does not end where it should"):
        restore(place, tmp_path / "rewritten")
    assert log_of(place) == live


def test_a_backup_of_another_service_is_refused(filed: Place, tmp_path: Path) -> None:
    back_up(filed, tmp_path / "copy")
    with pytest.raises(Unable, match="is a backup of speaking, not of review"):
        restore(replace(filed, service="review"), tmp_path / "copy")


def test_keys_that_another_key_wrapped_are_refused(filed: Place, tmp_path: Path) -> None:
    back_up(filed, tmp_path / "copy")
    with pytest.raises(Unable, match="wrapped by another VAULT_KEY"):
        restore(replace(filed, wrapping_key=bytes(32)), tmp_path / "copy")


def test_a_backup_replaces_nothing_and_only_its_owner_reads_it(filed: Place, tmp_path: Path) -> None:
    back_up(filed, tmp_path / "copy")
    assert (tmp_path / "copy").stat().st_mode & 0o077 == 0
    with pytest.raises(Unable, match="is there already"):
        back_up(filed, tmp_path / "copy")
    assert [entry for entry in os.listdir(tmp_path) if entry.startswith((".aarring-", "copy."))] == []


def test_a_service_does_not_begin_with_new_keys_beside_an_old_log(place: Place, databases: Databases) -> None:
    with closing(Vault(databases("another"), KEY, at_once=False)) as keys, pytest.raises(KeysMissing):
        keys.prepare(must_be_there=True)
    with vault(place) as keys:
        keys.prepare(must_be_there=True)


def test_texts_whose_keys_are_lost_for_good_say_so_and_new_ones_can_be_read(
    place: Place, databases: Databases
) -> None:
    with vault(place) as keys, speaking(place) as service:
        keys.renew("letter:1")
        text = keys.seal("letter:1", "nobody reads this again")
        signed = Recorded(uuid4(), 1, Signed(at=NOON, by=SOMEBODY, texts={"first": text}))
        service.store.record([Work(service.store.stored([signed]))])
    with pytest.raises(Unable, match="there is a vault"):
        give_up(place)
    left = replace(place, keys=databases("left"))
    assert give_up(left) == 1
    with vault(left) as keys:
        with pytest.raises(Shredded):
            keys.open(text)
        again = keys.seal("letter:1", "written anew")
        assert (keys.open(again), again.generation) == ("written anew", text.generation + 1)


def test_files_that_were_sent_are_copied_and_put_back(filed: Place, tmp_path: Path) -> None:
    folder = tmp_path / "bundles"
    folder.mkdir()
    (folder / "dossier-1.zip").write_bytes(b"as sent")
    sending = replace(filed, files=folder)
    back_up(sending, tmp_path / "copy")
    (folder / "dossier-1.zip").write_bytes(b"altered")
    (folder / "dossier-2.zip").write_bytes(b"sent later")
    kept = restore(sending, tmp_path / "copy")[-1].kept
    assert Path(kept).read_bytes() == b"altered"
    assert {path.name: path.read_bytes() for path in folder.glob("*.zip")} == {
        "dossier-1.zip": b"as sent",
        "dossier-2.zip": b"sent later",
    }


def test_a_file_outside_its_part_is_never_unpacked(filed: Place, tmp_path: Path) -> None:
    folder = tmp_path / "room"
    (folder / "files").mkdir(parents=True)
    (folder / "files" / "a.zip").write_bytes(b"")
    outside = described(folder, "files")[0].model_copy(update={"name": "../outside"})
    made = back_up(filed, tmp_path / "copy", ("keys",))
    part = made.parts[0].model_copy(update={"name": "files", "files": (outside,)})
    (tmp_path / "outside").write_bytes(b"")
    write(tmp_path / "evil", made.model_copy(update={"parts": (part,)}), folder)
    with pytest.raises(Unable, match="holds no file called"):
        read(tmp_path / "evil", tmp_path / "into")


def _rewritten(folder: Path, change: Callable[[Manifest], Manifest]) -> None:
    """The backup ``copy`` as ``rewritten``, with another manifest."""
    manifest = read(folder / "copy", folder / "unpacked")
    write(folder / "rewritten", change(manifest), folder / "unpacked")


def _where_it_is_kept(place: Place, kept: str) -> str:
    """The URL of a database that holds what was replaced: on PostgreSQL its schema is moved to where it was."""
    if place.log.startswith("sqlite"):
        return f"sqlite:///{kept}"
    schema = kept.split()[1]
    with psycopg.connect(place.log, autocommit=True) as database:
        database.execute("ALTER SCHEMA public RENAME TO put_back")
        database.execute(f'ALTER SCHEMA "{schema}" RENAME TO public'.encode())
    return place.log
