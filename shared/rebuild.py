"""Every read model made again from the log and from what was heard, and held against the live one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import MetaData, func, select

from shared.contracts import Contract
from shared.domain import Aggregate
from shared.epochs.log import EPOCH_TABLES
from shared.eventstore import Change, EventStore
from shared.eventstore.scratch import ScratchTables
from shared.inbox import INBOX_TABLES, heard_by
from shared.inbox.heard import heard

PROGRESS_EVERY = 1_000


@dataclass(frozen=True)
class ReadModels:
    """What a service's read models are made of.

    ``own`` gives the rows of a thing in the state it is in; ``heard`` the rows that follow from a contract.
    ``of_others`` are those of the tables that hold nothing but what follows from contracts.  ``mirrors`` hold copies
    of what others keep: they are no part of history and are not made again from it.
    """

    tables: Sequence[MetaData]
    own: Callable[[Aggregate[Any]], Iterable[Change]]
    heard: Callable[[Contract], Iterable[Change]] = lambda _: ()
    mirrors: Sequence[MetaData] = ()
    of_others: Sequence[MetaData] = ()


def every_table(models: ReadModels) -> list[MetaData]:
    """All tables of a service's database beside its log."""
    return [*models.tables, *models.mirrors, INBOX_TABLES, EPOCH_TABLES]


@dataclass
class Comparison:
    """How the rebuilt tables compare with the live ones; ``differences`` counts rows on one side only."""

    events: int = 0
    heard: int = 0
    rows: dict[str, int] = field(default_factory=dict)
    differences: dict[str, int] = field(default_factory=dict)

    @property
    def equal(self) -> bool:
        """Whether every table came out the same."""
        return not any(self.differences.values())


def size(store: EventStore) -> int:
    """How much a rebuild goes through: the events of our own log, and the contracts heard."""
    [kept] = store.rows(select(func.count().label("heard")).select_from(heard))
    return store.count() + int(kept["heard"])


def compare(store: EventStore, models: ReadModels, progress: Callable[[int], None] = lambda done: None) -> Comparison:
    """Rebuild all read models of a service and compare them, row by row, with the live ones.

    The store is only read.  Run it while nothing is written: a row written in between counts as a difference.
    ``progress`` is told, every now and then, how much of its :func:`size` is done.  Of the things only one at a time
    is in memory, of the read models all that was made again, and one live table with it.
    """
    found = Comparison()
    with ScratchTables(models.tables) as scratch:
        _fold(store, models, scratch, found, progress)
        for metadata in models.tables:
            for table in metadata.sorted_tables:
                every = select(table)
                live, rebuilt = _rows(store.rows(every)), _rows(scratch.rows(every))
                found.rows[table.name] = len(live)
                found.differences[table.name] = len(live ^ rebuilt)
    return found


def _fold(
    store: EventStore,
    models: ReadModels,
    scratch: ScratchTables,
    found: Comparison,
    progress: Callable[[int], None],
) -> None:
    """What others said in the order it was heard, then each thing of ours in the state its history leaves it in."""
    scratch.write(_of_others(store, models, found, progress))
    scratch.write(_of_own(store, models, found, progress))
    progress(found.heard + found.events)


def _of_others(
    store: EventStore, models: ReadModels, found: Comparison, progress: Callable[[int], None]
) -> Iterator[Change]:
    for item in heard_by(store):
        found.heard += 1
        contract = item.event.contract() if item.is_folded else None
        if contract is not None:
            yield from models.heard(contract)
        if found.heard % PROGRESS_EVERY == 0:
            progress(found.heard)


def _of_own(
    store: EventStore, models: ReadModels, found: Comparison, progress: Callable[[int], None]
) -> Iterator[Change]:
    told = 0
    for thing in store.things():
        found.events += thing.version
        yield from models.own(thing)
        if found.events - told >= PROGRESS_EVERY:
            told = found.events
            progress(found.heard + told)


def _rows(rows: Iterable[Mapping[str, Any]]) -> set[tuple[Any, ...]]:
    return {tuple(row.values()) for row in rows}
