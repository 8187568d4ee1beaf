"""Keys that are in no copy any more: their texts say so, and no new key is ever taken for one of them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy.engine import Connection

from deploy.backup import Place, back_up, restore
from deploy.lost_keys import give_up
from deploy.places import Unable
from shared.domain import Event, Recorded, Sealed
from shared.eventstore import EventStore, Work
from shared.key_table import METADATA as KEYS_METADATA
from shared.rebuild import ReadModels
from shared.vault import KeysMissing, Shredded, Unreadable, Vault
from tests.integration.talk import NOON, SOMEBODY, VIEWS
from tests.stores import Databases

pytestmark = pytest.mark.integration

KEY = bytes(range(32))


class Noted(Event, frozen=True, kw_only=True):
    """Holds something sealed."""

    TOPIC = "speaking.Note.Noted"
    texts: list[Sealed]


@pytest.fixture
def place(databases: Databases) -> Place:
    found = Place("speaking", databases("speaking"), databases("vault"), KEY, ReadModels([VIEWS], lambda _: ()))
    found.make_tables("log")
    return found


@pytest.fixture
def keys(place: Place) -> Iterator[Vault]:
    with closing(Vault(place.keys, KEY)) as found:
        yield found


def noted(place: Place, *texts: Sealed) -> None:
    with closing(EventStore(place.log)) as store:
        noted = Noted(at=NOON, by=SOMEBODY, texts=list(texts))
        store.record([Work(store.stored([Recorded(uuid4(), 1, noted)]))])


def test_keys_older_than_the_log_are_put_back_and_no_used_generation_is_given_again(
    place: Place, keys: Vault, tmp_path: Path
) -> None:
    kept = keys.seal("person:1", "Kari")
    back_up(place, tmp_path / "keys", ("keys",))
    keys.destroy("person:1", keys.renew("person:1") - 1)
    newer, new = keys.seal("person:1", "Kari Eksempel"), keys.seal("person:2", "Ola")
    assert (kept.generation, newer.generation, new.generation) == (1, 2, 1)
    noted(place, kept, newer, new)
    keys.close()

    (done,) = restore(place, tmp_path / "keys")
    assert done.lost == 2
    with closing(Vault(place.keys, KEY)) as older:
        assert older.open(kept) == "Kari"
        for lost in (newer, new):
            with pytest.raises(Unreadable, match="was lost"):
                older.open(lost)
        assert older.seal("person:1", "again").generation == 3
        assert older.seal("person:2", "again").generation == 2
        older.destroy("person:1")
        with pytest.raises(Shredded):
            older.open(newer)


def test_keys_as_new_as_the_log_lack_nothing(place: Place, keys: Vault, tmp_path: Path) -> None:
    noted(place, keys.seal("person:1", "Kari"))
    keys.close()
    back_up(place, tmp_path / "copy")
    assert [one.lost for one in restore(place, tmp_path / "copy")] == [0, 0]


def test_a_log_put_back_without_any_vault_leaves_it_to_be_found_missing(
    place: Place, keys: Vault, databases: Databases, tmp_path: Path
) -> None:
    noted(place, keys.seal("person:1", "Kari"))
    keys.close()
    back_up(place, tmp_path / "log", ("log",))
    elsewhere = replace(place, log=databases("new"), keys=databases("new-vault"))
    restore(elsewhere, tmp_path / "log")
    with closing(Vault(elsewhere.keys, KEY, at_once=False)) as none, pytest.raises(KeysMissing):
        none.prepare(must_be_there=True)


def test_giving_up_that_was_broken_off_is_done_again(
    place: Place, keys: Vault, databases: Databases, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = keys.seal("person:1", "Kari")
    noted(place, text)
    keys.close()
    left, make = replace(place, keys=databases("left")), KEYS_METADATA.create_all

    def broken_off(connection: Connection) -> None:
        make(connection)
        raise KeyboardInterrupt

    monkeypatch.setattr(KEYS_METADATA, "create_all", broken_off)
    with pytest.raises(KeyboardInterrupt):
        give_up(left)
    monkeypatch.undo()
    assert give_up(left) == 1
    with closing(Vault(left.keys, KEY)) as anew, pytest.raises(Shredded):
        anew.open(text)


def test_keys_whose_database_is_away_are_not_given_up(place: Place) -> None:
    with pytest.raises(Unable, match="do this again"):
        give_up(replace(place, keys="postgresql://nobody:@127.0.0.1:9/nowhere"))
