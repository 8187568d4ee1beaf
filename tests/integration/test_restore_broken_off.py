"""Putting a store back is broken off at each of its steps: there is always a whole log, the old or the new one."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
import pytest

from shared.epochs.log import EPOCH_TABLES
from shared.eventstore import EventStore
from shared.eventstore.copies import copy, put_back
from tests.integration.talk import NOON, Speaking
from tests.stores import Databases, sqlite_databases

pytestmark = pytest.mark.integration

ON_FILES = ("link", "rename", "replace", "unlink")
"""Everything by which a file takes the place of another."""


class Died(BaseException):
    """The process ended here: nothing it would have tidied up after itself happens."""


@contextmanager
def dying(monkeypatch: pytest.MonkeyPatch, at_step: int) -> Iterator[None]:
    """From the step of that number on, a statement or a change of a file's name, none is done any more."""
    steps, connect = count(1), psycopg.connect

    def breaking(real: Callable[..., Any]) -> Callable[..., Any]:
        def step(*args: Any, **kwargs: Any) -> Any:
            if next(steps) >= at_step:
                raise Died
            return real(*args, **kwargs)

        return step

    def connected(*args: Any, **kwargs: Any) -> Any:
        connection = connect(*args, **kwargs)
        monkeypatch.setattr(connection, "execute", breaking(connection.execute))
        return connection

    with monkeypatch.context() as patched:
        patched.setattr(psycopg, "connect", connected)
        for name in ON_FILES:
            patched.setattr(os, name, breaking(getattr(os, name)))
        yield


def make_tables(url: str) -> None:
    EventStore(url, [EPOCH_TABLES]).close()


def positions(url: str) -> list[int]:
    with closing(EventStore(url)) as store:
        return [position for position, _ in store.log(0, 100)]


def test_wherever_it_is_broken_off_the_store_is_what_it_was_or_what_it_is_to_be(
    databases: Databases, language: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = databases("speaking")
    with closing(Speaking(url)) as service:
        service.write("first", "one")
        copied, older = copy(url, tmp_path / "copy"), positions(url)
        service.write("later", "two")
    newer = positions(url)
    assert len(newer) > len(older)
    for number in count(1):
        at = NOON + timedelta(minutes=number)
        try:
            with dying(monkeypatch, number):
                put_back(url, tmp_path / "copy", copied, make_tables, at)
        except Died:
            assert positions(url) in (older, newer), f"broken off at step {number}"
        else:
            break
    assert number > 2, "nothing was broken off"
    assert positions(url) == older


def test_a_file_that_has_one_name_only_is_kept_as_a_copy(
    tmp_path: Path, language: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = sqlite_databases(tmp_path)("speaking")
    with closing(Speaking(url)) as service:
        service.write("first", "one")
        copied = copy(url, tmp_path / "copy")
        service.write("later", "two")

    def refused(*_: object, **__: object) -> None:
        raise PermissionError("this file system has no hard links")

    newer = positions(url)
    monkeypatch.setattr(os, "link", refused)
    kept = put_back(url, tmp_path / "copy", copied, make_tables, NOON)
    assert positions(f"sqlite:///{kept}") == newer
