"""The one door through which a service writes: commands of people, facts heard from others, and timers.

Behind the desk one writer thread owns the aggregates in use and the event store.  A command decides and causes
nothing by itself: what it decides becomes one unit of work, written whole or not at all.
"""

from __future__ import annotations

import asyncio
import json
from collections import OrderedDict
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar
from uuid import UUID

import structlog
from eventsourcing.persistence import (
    DataError,
    IntegrityError,
    NotSupportedError,
    PersistenceError,
    ProgrammingError,
)

from shared.desk.unit import (
    A,
    Command,
    Done,
    HeardElsewhere,
    HistoryBehind,
    KeyReused,
    StandingBy,
    Unavailable,
    UnitOfWork,
    of_database,
)
from shared.desk.waiting import Waiting
from shared.domain import Aggregate, Recorded, Refused, identity
from shared.eventstore import Change, EventStore, Outcome, StoreFull, Tracking, Verdict, Work
from shared.eventstore.store import SNAPSHOT_EVERY

T = TypeVar("T")
Rows = Callable[[Aggregate[Any]], Iterable[Change]]
log = structlog.get_logger()

HOT = 2_000
"""Aggregates kept in memory between commands."""
WAITING = 1_000
"""Commands that may wait before the desk turns further ones away."""
TRIES = 5
"""How often a command is decided again because another writer was first."""


_OUR_FAULT = (DataError, IntegrityError, NotSupportedError, ProgrammingError)


class _Behind(Exception):
    """The decision was made on a thing that another process has changed since."""


class Desk:
    """Writes one unit of work after another.

    ``rows`` gives the read rows that must be true the moment a thing has changed; they are written in the same
    transaction as its events.  ``may_write`` says whether this process is the one that writes.
    """

    def __init__(self, store: EventStore, rows: Rows, may_write: Callable[[], bool] = lambda: True) -> None:
        self.store = store
        self._may_write = may_write
        self.recorded = asyncio.Event()
        self._rows = rows
        self._writer = ThreadPoolExecutor(1, "desk")
        self._cache: OrderedDict[UUID, Aggregate[Any]] = OrderedDict()
        self.waiting = Waiting()
        self._behind = ""

    def stop_adding(self, why: str) -> None:
        """Turn away whatever would add to the history, because of ``why``; nothing for going on."""
        self._behind = why

    async def do(self, command: Command, *, though_behind: bool = False) -> Done:
        """Carry out what somebody asks.

        Raises :class:`Refused` when a rule says no, :class:`KeyReused` when the key belongs to another request and
        :class:`Unavailable` when another process writes, too many wait or the database does not answer.  While the
        history is behind what others have heard, only what resolves that is carried out: ``though_behind``.
        """
        if not though_behind:
            self._must_not_be_behind()
        return await self._in_turn(self._do, command)

    async def hear(
        self,
        speaker: str,
        position: int,
        decide: Callable[[UnitOfWork], None],
        trace: str = "",
        *,
        after: int | None = None,
    ) -> bool:
        """Take in what ``speaker`` said up to ``position``; False when it had been heard before.

        The reactions, the rows and the position tracked are one unit of work, so hearing twice changes nothing.
        The same holds for a follower of the service's own log, under a name of its own.  With ``after`` the work
        is written only if exactly that position was tracked before, else :class:`HeardElsewhere`.
        """
        self._must_not_be_behind()
        return await self._in_turn(self._hear, Tracking(speaker, position), decide, trace, after)

    async def keep(self, *changes: Change) -> None:
        """Write rows that follow from no history: copies of what somebody else holds the newest of."""
        if changes:
            await self._in_turn(self.store.record, [Work(changes=changes)])

    def _must_not_be_behind(self) -> None:
        if self._behind:
            raise HistoryBehind(self._behind)

    async def _in_turn(self, job: Callable[..., T], *args: Any) -> T:
        with self.waiting.one(room_for=WAITING):
            done = await asyncio.get_running_loop().run_in_executor(self._writer, self._as_writer, job, *args)
        self.recorded.set()
        return done

    async def forget(self) -> None:
        """Finish the work in hand, then keep nothing in memory: another process may change it from now on."""
        await asyncio.get_running_loop().run_in_executor(self._writer, self._cache.clear)

    # The writer thread.

    def _as_writer(self, job: Callable[..., T], *args: Any) -> T:
        """Do ``job`` if, when its turn has come, this is still the process that writes."""
        if not self._may_write():
            raise StandingBy("another process does the writing")
        try:
            return job(*args)
        except StoreFull as fault:
            raise of_database(fault) from fault

    def _do(self, command: Command) -> Done:
        for _ in range(TRIES):
            try:
                done = self.done_before(command.id, command.digest) or self._try(command)
            except _Behind:
                continue
            except PersistenceError as fault:
                return self._resolve(command, fault)
            if done:
                return done
        raise Unavailable("others keep changing the same thing")

    def _try(self, command: Command) -> Done | None:
        """Decide and record; None when another writer was first."""
        unit = UnitOfWork(self._hot, self.store.rows)
        answer = self._decide(unit, lambda unit: json.dumps(command.decide(unit), default=str))
        outcome = Outcome(command.id, command.digest, answer)
        verdict, position = self._record(unit, command.id, command.trace, outcome=outcome)
        return Done(json.loads(answer), position) if verdict is Verdict.RECORDED else None

    def _hear(self, upto: Tracking, decide: Callable[[UnitOfWork], None], trace: str, after: int | None) -> bool:
        speaker, position = upto.application_name, upto.notification_id
        for _ in range(TRIES):
            tracked = self.store.tracked(speaker)
            if tracked >= position:
                return False
            if after not in (None, tracked):
                raise HeardElsewhere(f"{speaker} was heard up to {tracked}, not {after}")
            unit = UnitOfWork(self._hot, self.store.rows)
            try:
                self._decide(unit, decide)
            except _Behind:
                continue
            cause = identity("heard", speaker, position)
            verdict, _position = self._record(unit, cause, trace, tracking=upto, tracked_before=after)
            if verdict is Verdict.RECORDED:
                return True
        raise Unavailable("others keep changing the same thing")

    def done_before(self, command_id: UUID, digest: bytes) -> Done | None:
        """What was answered to a command, or None; :class:`KeyReused` when its key belongs to another request."""
        before = self.store.outcome(command_id)
        if before is None:
            return None
        if before.digest != digest:
            raise KeyReused("this Idempotency-Key was used for another request")
        return Done(json.loads(before.answer), before.position, repeated=True)

    def _resolve(self, command: Command, fault: PersistenceError) -> Done:
        """The database went away while writing: look whether the command was recorded, never guess.

        What the database itself refused is a fault of ours, which asking again does not cure.
        """
        if isinstance(fault, _OUR_FAULT):
            raise fault
        log.warning("outcome_unknown", command_id=str(command.id), fault=type(fault).__name__)
        try:
            done = self.done_before(command.id, command.digest)
        except PersistenceError:
            done = None
        if done is None:
            raise of_database(fault) from fault
        return done

    def _decide(self, unit: UnitOfWork, decide: Callable[[UnitOfWork], Any]) -> Any:
        try:
            return decide(unit)
        except Refused as refusal:
            # What is in memory may be behind what another process has written: then it must be asked again.
            behind = any(self._is_behind(thing) for thing in unit.things())
            self._forget(unit)
            raise (_Behind() if behind else refusal) from refusal
        except BaseException:
            self._forget(unit)
            raise

    def _is_behind(self, thing: Aggregate[Any]) -> bool:
        recorded = thing.version - len(thing.pending)
        return recorded > 0 and next(iter(self.store.recorded(thing.id, after=recorded)), None) is not None

    def _record(self, unit: UnitOfWork, cause: UUID, trace: str, **what: Any) -> tuple[Verdict, int | None]:
        touched = unit.touched()
        due = [thing for thing in touched if _passes_a_mark(thing)]
        events: list[Recorded] = []
        changes = list(unit.changes)
        try:
            unit.caused_by(cause, trace)
            for thing in touched:
                changes.extend(self._rows(thing))
                events.extend(thing.collect_events())
            receipt = self.store.record([Work(self.store.stored(events), changes=changes, **what)])[0]
        except BaseException:
            self._evict(touched)
            raise
        if receipt.verdict is not Verdict.RECORDED:
            self._evict(touched)
            return receipt.verdict, None
        self._keep(touched)
        for thing in due:
            self._snapshot(thing)
        return receipt.verdict, receipt.positions[-1] if receipt.positions else None

    def _hot(self, cls: type[A], thing_id: UUID) -> A | None:
        if thing_id in self._cache:
            self._cache.move_to_end(thing_id)
            return self._cache[thing_id]  # type: ignore[return-value]  # find() checks the class
        thing = self.store.load(cls, thing_id)
        if thing is not None:
            self._cache[thing_id] = thing
        return thing

    def _keep(self, touched: Iterable[Aggregate[Any]]) -> None:
        for thing in touched:
            self._cache[thing.id] = thing
            self._cache.move_to_end(thing.id)
        while len(self._cache) > HOT:
            self._cache.popitem(last=False)

    def _snapshot(self, thing: Aggregate[Any]) -> None:
        try:
            self.store.snapshot(thing)
        except PersistenceError as fault:
            # The events are recorded; a missing snapshot only makes the next opening slower.
            log.warning("snapshot_failed", thing=str(thing.id), fault=type(fault).__name__)

    def _forget(self, unit: UnitOfWork) -> None:
        """Drop what a refused command may have half changed, also where an event broke before it was pending."""
        self._evict(unit.things())

    def _evict(self, things: Iterable[Aggregate[Any]]) -> None:
        for thing in things:
            self._cache.pop(thing.id, None)

    def close(self) -> None:
        """Finish the work in hand and stop."""
        self._writer.shutdown(wait=True)


def _passes_a_mark(thing: Aggregate[Any]) -> bool:
    """Whether its new events take it to or over a multiple of the versions between two snapshots."""
    before = thing.version - len(thing.pending)
    return thing.version // SNAPSHOT_EVERY > before // SNAPSHOT_EVERY
