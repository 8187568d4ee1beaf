"""Texts and personal data are sealed before they become part of history, and can be made unreadable for good.

A sealed text stays in the log for ever; what can be destroyed is its key.  Keys live in a database of their own,
wrapped by a key from the settings, so that a backup of the log alone reads nothing.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from threading import Lock

import sqlalchemy.exc
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap, aes_key_wrap
from sqlalchemy import (
    create_engine,
    func,
    inspect,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.engine import Connection, make_url

from shared import nonces
from shared.domain import Sealed
from shared.eventstore import PATIENCE, StoreUnavailable, unavailable
from shared.key_table import KEYS, METADATA, NEWEST
from shared.remembered import Remembered

_REMEMBERED_SECONDS = 60.0
"""How long a key may be remembered; another process's destruction takes effect within it."""
_REMEMBERED_KEYS = 100_000
_LOST = b""


class Shredded(Exception):
    """The key of this text was destroyed: nobody can read it any more."""


class Unreadable(Exception):
    """The bytes do not belong to this key and place: they were moved, or the key database is not the right one.

    So is what has no key here at all.  A key that was destroyed leaves its mark; nobody decided that this one goes.
    """


class KeysMissing(StoreUnavailable):
    """The database of the keys is empty: it was lost, or the settings name another."""


class Vault:
    """Seals and opens texts.  Safe from any thread.

    A *subject* is what a key belongs to: ``person:<id>``, or ``report:<id>:<question or entry>``.  After a key is
    destroyed, the subject's next text gets a key of the next generation.
    """

    def __init__(self, url: str, wrapping_key: bytes, *, at_once: bool = True) -> None:
        """With ``at_once`` a missing table is made now, else the writer does it with :meth:`prepare`."""
        address = make_url(url)
        if address.get_backend_name() == "postgresql":
            address = address.set(drivername="postgresql+psycopg")
        elif address.database:
            os.makedirs(os.path.dirname(os.path.abspath(address.database)), exist_ok=True)
        patience = dict(PATIENCE) if address.get_backend_name() == "postgresql" else {}
        self._engine = create_engine(address, pool_pre_ping=True, connect_args=patience)
        self._insert = sqlite_insert if self._engine.dialect.name == "sqlite" else postgresql_insert
        self._keep = self._insert(KEYS).on_conflict_do_nothing()
        self._wrapping_key = wrapping_key
        self._remembered = Remembered[tuple[str, int], AESGCM](_REMEMBERED_SECONDS, _REMEMBERED_KEYS)
        self._current = Remembered[str, int](_REMEMBERED_SECONDS, _REMEMBERED_KEYS)
        self._changes = 0
        """How often keys were destroyed or renewed: what was read before the last time is not remembered after it."""
        self._lock = Lock()
        if at_once:
            self.prepare()

    def prepare(self, *, must_be_there: bool = False) -> None:
        """Make the table of keys if it is not there yet; two must not do it at once.

        Where a log needs it, a table that is not there was lost: :class:`KeysMissing`, for with new keys nobody would
        notice that the old texts can no longer be read.
        """
        with self._database() as connection:
            if must_be_there and not inspect(connection).has_table(KEYS.name):
                raise KeysMissing("the log has events, but the keys that belong to it are not there")
            METADATA.create_all(connection)

    def seal(self, subject: str, text: str, *, field: str = "") -> Sealed:
        """``text`` sealed for ``subject``; a key is made and stored first when the subject has none.

        ``field`` says what the text is of its subject (name, e-mail), so that one cannot be passed off as another.
        """
        return _sealed(subject, *self._sealing_key(subject), text, field)

    def seal_at_hand(self, subject: str, text: str, *, field: str = "") -> Sealed | None:
        """The same at once, without asking the database; None unless the key is remembered."""
        at_hand = self._at_hand(subject)
        return _sealed(subject, *at_hand, text, field) if at_hand else None

    def open(self, sealed: Sealed, *, field: str = "") -> str:
        """The text again.  :class:`Shredded` when its key was destroyed, :class:`Unreadable` when moved or lost."""
        key = self._key(sealed.subject, sealed.generation)
        place = _place(sealed.subject, sealed.generation, field)
        try:
            return key.decrypt(sealed.sealed[: nonces.LENGTH], sealed.sealed[nonces.LENGTH :], place).decode()
        except (InvalidTag, ValueError):  # ValueError: too short to be anything sealed
            raise Unreadable(f"{sealed.subject} generation {sealed.generation}") from None

    def destroy(self, subject: str, up_to_generation: int | None = None) -> None:
        """Destroy the subject's keys, all or up to a generation; again, or where there is none, is no error.

        The generation stays marked as used, so that it is never given to a new key.
        """
        if up_to_generation is None:
            up_to_generation = self.generation(subject)
        with self._database() as connection:
            for generation in range(1, up_to_generation + 1):
                connection.execute(self._keep, {"subject": subject, "generation": generation, "wrapped": None})
            connection.execute(
                update(KEYS)
                .where(KEYS.c.subject == subject, KEYS.c.generation <= up_to_generation)
                .values(wrapped=None)
            )
        with self._lock:
            self._changes += 1
            self._current.forget(subject)
            for generation in range(1, up_to_generation + 1):
                self._remembered.forget((subject, generation))

    def mark_missing(self, keys: Iterable[tuple[str, int]], *, destroyed: bool) -> list[tuple[str, int]]:
        """Mark those of ``keys`` that are not here as used, so that they are never made; which those were.

        They count as ``destroyed`` where somebody decided so, else as lost: what they sealed is unreadable.  All at
        once, and with them the table where there is none: half of it would pass for a vault that is whole.
        """
        with self._database() as connection:
            if connection.dialect.name == "sqlite":
                connection.exec_driver_sql("BEGIN IMMEDIATE")  # else a table is made at once, whatever follows
            METADATA.create_all(connection)
            there = {
                (row.subject, row.generation) for row in connection.execute(select(KEYS.c.subject, KEYS.c.generation))
            }
            lost = sorted(set(keys) - there)
            wrapped = None if destroyed else _LOST
            marks = [{"subject": s, "generation": generation, "wrapped": wrapped} for s, generation in lost]
            if marks:
                connection.execute(self._insert(KEYS), marks)
        with self._lock:
            self._changes += 1
            for subject, _ in lost:
                self._current.forget(subject)
        return lost

    def renew(self, subject: str, known: int = 0) -> int:
        """Seal with a key of the next generation from now on; returns the last generation before it.

        ``known`` is a generation that texts were sealed with, though its key may be lost.
        """
        before = max(self.generation(subject), known)
        with self._database() as connection:
            self._kept(connection, subject, before + 1, self._new_key())
        with self._lock:
            self._changes += 1
            self._current.forget(subject)
        return before

    def generation(self, subject: str) -> int:
        """The newest generation of the subject's keys, destroyed or not; 0 when it never had one."""
        with self._database() as connection:
            newest = connection.scalar(select(func.max(KEYS.c.generation)).where(KEYS.c.subject == subject))
        return newest or 0

    def let_go(self) -> None:
        """Forget the keys whose time is over, though nobody asks for others."""
        with self._lock:
            self._current.let_go()
            self._remembered.let_go()

    def ping(self) -> None:
        """Raise unless the keys can be read."""
        self.let_go()
        with self._database() as connection:
            connection.execute(select(KEYS.c.generation).limit(1))

    def close(self) -> None:
        self._engine.dispose()

    @contextmanager
    def _database(self) -> Iterator[Connection]:
        """A transaction on the keys; a database that is away raises the same as an event store's."""
        try:
            with self._engine.begin() as connection:
                yield connection
        except (sqlalchemy.exc.OperationalError, sqlalchemy.exc.InterfaceError, sqlalchemy.exc.TimeoutError) as fault:
            raise unavailable(fault) from fault

    def _sealing_key(self, subject: str) -> tuple[int, AESGCM]:
        changes = self._changes
        if at_hand := self._at_hand(subject):
            return at_hand
        generation, wrapped = self._usable(subject)
        key = self._unwrapped(subject, wrapped)
        with self._lock:
            if changes == self._changes:
                self._current.keep(subject, generation)
                self._remembered.keep((subject, generation), key)
        return generation, key

    def _at_hand(self, subject: str) -> tuple[int, AESGCM] | None:
        with self._lock:
            generation = self._current.get(subject)
            key = self._remembered.get((subject, generation)) if generation else None
        return (generation, key) if generation and key else None

    def _usable(self, subject: str) -> tuple[int, bytes]:
        """The newest generation and its key as it is kept; one is made where there is none or it was destroyed.

        Two at once make the same generation: the first one's key is the key, for both.
        """
        while True:
            with self._database() as connection:
                found = connection.execute(NEWEST, {"subject": subject}).one_or_none()
                if found and found.wrapped:
                    return found.generation, found.wrapped
                generation, wrapped = (found.generation if found else 0) + 1, self._new_key()
                if self._kept(connection, subject, generation, wrapped):
                    return generation, wrapped

    def _new_key(self) -> bytes:
        return aes_key_wrap(self._wrapping_key, AESGCM.generate_key(256))

    def _kept(self, connection: Connection, subject: str, generation: int, wrapped: bytes) -> bool:
        """Keep a new key; whether it is ours, and nobody else was first."""
        row = {"subject": subject, "generation": generation, "wrapped": wrapped}
        return connection.execute(self._keep, row).rowcount == 1

    def _key(self, subject: str, generation: int) -> AESGCM:
        with self._lock:
            key, changes = self._remembered.get((subject, generation)), self._changes
        if key is not None:
            return key
        wrapped = self._wrapped(subject, generation)
        if wrapped is None:
            raise Shredded(f"{subject} generation {generation}")
        if wrapped == _LOST:
            raise Unreadable(f"the key of {subject} generation {generation} was lost")
        key = self._unwrapped(subject, wrapped)
        with self._lock:
            if changes == self._changes:
                self._remembered.keep((subject, generation), key)
        return key

    def _unwrapped(self, subject: str, wrapped: bytes) -> AESGCM:
        try:
            return AESGCM(aes_key_unwrap(self._wrapping_key, wrapped))
        except InvalidUnwrap:
            raise Unreadable(f"the key of {subject} was wrapped by another key") from None

    def _wrapped(self, subject: str, generation: int) -> bytes | None:
        """A key as it is kept; None when it was destroyed, empty when it was lost."""
        query = select(KEYS.c.wrapped).where(KEYS.c.subject == subject, KEYS.c.generation == generation)
        with self._database() as connection:
            row = connection.execute(query).one_or_none()
        if row is None:
            raise Unreadable(f"there is no key of {subject} generation {generation}")
        wrapped: bytes | None = row.wrapped
        return wrapped


def _sealed(subject: str, generation: int, key: AESGCM, text: str, field: str) -> Sealed:
    nonce = nonces.draw()
    place = _place(subject, generation, field)
    return Sealed(subject, generation, nonce + key.encrypt(nonce, text.encode(), place), len(text))


def _place(subject: str, generation: int, field: str) -> bytes:
    return f"{subject}|{generation}|{field}".encode()
