"""Rows of read models: how values stand in them, how they are found, and how they follow from what was heard."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime
from typing import Any, Protocol

from sqlalchemy import ColumnElement, Select, Table

from shared.contracts import Contract
from shared.eventstore import Change


class Rows(Protocol):
    """Runs a query: in the writer ``UnitOfWork.rows``, elsewhere ``EventStore.rows``.

    One that is asked again and again is made once, with names for what differs; the writer may remember its answers.
    """

    def __call__(self, query: Select[Any], **named: object) -> list[dict[str, Any]]: ...


Fold = Callable[[Any], Change | list[Change]]
"""The row, or rows, that follow from a contract."""


def instant(moment: datetime | None) -> str | None:
    """An instant as text that sorts like time."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ") if moment else None


def day(value: date | None) -> str | None:
    """A date as text that sorts like time."""
    return value.isoformat() if value else None


def text(value: object | None) -> str | None:
    """An id as text, when there is one."""
    return None if value is None else str(value)


def names(values: Iterable[str]) -> str:
    """Several names in one column, each between commas, so that one can be looked for: ``,vest,sor_ost,``."""
    return "".join(f",{value}" for value in values) + ","


def split(joined: str | None) -> tuple[str, ...]:
    """The names of one column again."""
    return tuple(name for name in (joined or "").split(",") if name)


def has_name(column: ColumnElement[Any], name: str) -> ColumnElement[bool]:
    """Whether a name is one of those in a column."""
    return column.contains(f",{name},", autoescape=True)


def filtered(table: Table, filters: Mapping[str, Any]) -> list[ColumnElement[bool]]:
    """The conditions of a list; a filter without a value asks for nothing, ``region`` for one of the ``regions``."""
    wanted = {column: value for column, value in filters.items() if value is not None}
    return [
        has_name(table.c.regions, value) if column == "region" and "regions" in table.c else table.c[column] == value
        for column, value in wanted.items()
    ]


def page(
    rows: Rows, query: Select[Any], key: ColumnElement[str], after: str | None, limit: int
) -> list[dict[str, Any]]:
    """A query's rows in the order of ``key``, from after a cursor, each with its own cursor."""
    if after:
        query = query.where(key > after)
    return rows(query.add_columns(key.label("cursor")).order_by(key).limit(limit))


def folded(kept: Mapping[type[Contract], Fold], said: Contract | None) -> list[Change]:
    """The rows that follow from something heard, by the table of what is kept; none from anything else."""
    keep = kept.get(type(said)) if said else None
    found = keep(said) if keep else []
    return found if isinstance(found, list) else [found]
