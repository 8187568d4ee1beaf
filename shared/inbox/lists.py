"""What waits for a person, and what became of each release, page by page and oldest first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, func, select, true

from shared.eventstore import EventStore
from shared.inbox.heard import IS_PARKED, heard, parked
from shared.inbox.parked import BROKEN, releases

Rows = Sequence[dict[str, Any]]


@dataclass(frozen=True)
class ParkedContract:
    """A contract that waits for a person, since an instant in UTC.

    `error` says what kind of fault it was and where, as it was last tried.  One without an error only waits for
    the contract at `waits_for`, the first that is parked of the same thing; `behind` counts those that follow it.
    """

    speaker: str
    position: int
    subject: str
    type: str
    since: str
    error: str
    waits_for: int | None
    behind: int


@dataclass(frozen=True)
class Attempt:
    """One attempt to take in a parked contract again; `result` is handled, without_effect or broken."""

    speaker: str
    position: int
    subject: str
    parked_at: str
    released_at: str
    released_by: str
    result: str
    error: str


def waiting(
    store: EventStore, speaker: str | None, subject: str | None, after: int, limit: int
) -> list[tuple[int, ParkedContract]]:
    """Up to ``limit`` parked contracts, each with the turn it was parked at; ``after`` is the last one seen."""
    same = and_(IS_PARKED, heard.c.speaker == parked.c.speaker, heard.c.position == parked.c.position)
    query = select(parked, heard.c.type, heard.c.turn).join(heard, same).where(heard.c.turn > after)
    found = store.rows(query.where(_of(parked, speaker, subject)).order_by(heard.c.turn).limit(limit))
    things, errors = _things(store, found), _latest_errors(store, found)
    of_thing = [(row, things.get((row["speaker"], row["subject"]), [])) for row in found]
    # What was released since the first question is no longer of its thing.
    return [(row["turn"], _waiting(row, thing, errors)) for row, thing in of_thing if row["position"] in thing]


def attempts(
    store: EventStore, speaker: str | None, subject: str | None, after: int, limit: int
) -> list[tuple[int, Attempt]]:
    """Up to ``limit`` attempts to take in what was parked, each with its number; ``after`` is the last one seen."""
    numbered = select(releases, func.row_number().over(order_by=[releases.c.released_at, releases.c.id]).label("n"))
    of_all = numbered.subquery()
    query = select(of_all).where(of_all.c.n > after, _of(of_all, speaker, subject)).order_by(of_all.c.n)
    return [
        (row["n"], Attempt(**{name: row[name] for name in Attempt.__dataclass_fields__}))
        for row in store.rows(query.limit(limit))
    ]


def _of(table: Any, speaker: str | None, subject: str | None) -> ColumnElement[bool]:
    wanted = {"speaker": speaker, "subject": subject}
    return and_(true(), *(table.c[name] == value for name, value in wanted.items() if value is not None))


def _things(store: EventStore, found: Rows) -> dict[tuple[str, str], list[int]]:
    """The positions parked of each thing, in order."""
    subjects = {row["subject"] for row in found}
    query = select(parked.c.speaker, parked.c.subject, parked.c.position).where(parked.c.subject.in_(subjects))
    things: dict[tuple[str, str], list[int]] = {}
    for row in store.rows(query.order_by(parked.c.position)):
        things.setdefault((row["speaker"], row["subject"]), []).append(row["position"])
    return things


def _latest_errors(store: EventStore, found: Rows) -> dict[tuple[str, int], str]:
    """What the contracts raised that a release tried again."""
    subjects = {row["subject"] for row in found}
    query = select(releases).where(releases.c.subject.in_(subjects), releases.c.result == BROKEN)
    tried = store.rows(query.order_by(releases.c.released_at))
    return {(row["speaker"], row["position"]): row["error"] for row in tried}


def _waiting(row: dict[str, Any], thing: list[int], errors: dict[tuple[str, int], str]) -> ParkedContract:
    position = row["position"]
    is_first = thing[0] == position
    return ParkedContract(
        speaker=row["speaker"],
        position=position,
        subject=row["subject"],
        type=row["type"],
        since=row["parked_at"],
        error=errors.get((row["speaker"], position), row["error"]) if is_first else "",
        waits_for=None if is_first else thing[0],
        behind=len(thing) - 1 - thing.index(position),
    )
