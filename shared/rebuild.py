"""Every read model made again from the log and from what was heard, and held against the live one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import MetaData, select

from shared.contracts import Contract
from shared.domain import AGGREGATES, Aggregate, Recorded
from shared.epochs.log import EPOCH_TABLES
from shared.eventstore import Change, EventStore
from shared.eventstore.scratch import ScratchTables
from shared.inbox import INBOX_TABLES, Heard, in_order

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


def compare(store: EventStore, models: ReadModels, progress: Callable[[int], None] = lambda done: None) -> Comparison:
    """Rebuild all read models of a service and compare them, row by row, with the live ones.

    The store is only read.  Run it while nothing is written: a row written in between counts as a difference.
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
    things: dict[UUID, Aggregate[Any]] = {}
    for item in in_order(store):
        if isinstance(item, Heard):
            found.heard += 1
            contract = item.event.contract()
            if contract is not None and item.is_folded:
                scratch.write(models.heard(contract))
        else:
            found.events += 1
            _grow(things, item[1])
        if (found.events + found.heard) % PROGRESS_EVERY == 0:
            progress(found.events + found.heard)
    for thing in things.values():
        scratch.write(models.own(thing))
    progress(found.events + found.heard)


def _grow(things: dict[UUID, Aggregate[Any]], recorded: Recorded) -> None:
    """Let the thing an event belongs to live through it."""
    thing = things.get(recorded.originator_id)
    cls = type(thing) if thing else AGGREGATES[recorded.event.TOPIC.rsplit(".", 1)[0]]
    grown = cls.fold([recorded], thing)
    if grown is not None:
        things[recorded.originator_id] = grown


def _rows(rows: Iterable[Mapping[str, Any]]) -> set[tuple[tuple[str, Any], ...]]:
    return {tuple(sorted(row.items())) for row in rows}
