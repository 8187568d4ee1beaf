"""Small numbers of patients are not shown in public, nor anything they could be computed back from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

FEWEST = 5
"""The lowest count that is shown."""
TOTAL = "total"
_COUNTS = "by_region"


def without_small_numbers(fields: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """The fields of a measure as the public sees them, and which counts are kept back: regions, ``total``.

    A count that is kept back in one table is kept back in all: a unit's own figures and its sites' add up.
    """
    kept_back = sorted({name for table in _tables(fields) for name in _kept_back(table)})
    shown = dict(_without(fields, kept_back))
    if fields.get("by_site"):
        shown["by_site"] = [_without(site, kept_back) for site in fields["by_site"]]
    return shown, kept_back


def _tables(fields: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield fields
    yield from fields.get("by_site") or ()


def _kept_back(table: Mapping[str, Any]) -> set[str]:
    """The small counts; where a total is told, as many more that what is left over is no small number of one."""
    counts = {place: count for place, count in (table.get(_COUNTS) or {}).items() if count is not None}
    total = table.get(TOTAL)
    hidden = {place for place, count in counts.items() if count < FEWEST}
    if total is None:
        return hidden
    if total < FEWEST:
        return hidden | {TOTAL}
    by_size = sorted((place for place in counts if place not in hidden), key=lambda place: counts[place])
    while hidden and (len(hidden) < 2 or sum(counts[place] for place in hidden) < FEWEST):
        if not by_size:
            return hidden | {TOTAL}
        hidden.add(by_size.pop(0))
    return hidden


def _without(table: Mapping[str, Any], kept_back: list[str]) -> dict[str, Any]:
    shown = {name: value for name, value in table.items() if name not in kept_back}
    if table.get(_COUNTS):
        shown[_COUNTS] = {place: count for place, count in table[_COUNTS].items() if place not in kept_back}
    return shown
