"""The versions of a report that people would compare: turning points, and the end of each day of writing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from services.portal.pages.history.happenings import Happening

_NAMED = frozenset({"Opened", "PartFinished", "DescriptionUpdated"})


@dataclass(frozen=True)
class Point:
    """A version worth comparing with; ``happening`` made it one, or it is the last of a day."""

    version: int
    at: datetime
    happening: Happening | None


def points(told: Sequence[Happening]) -> list[Point]:
    """The versions worth comparing, newest first; the first of them is what stands now."""
    found: list[Point] = []
    day = None
    for happening in told:
        named = happening.is_turning_point or happening.event in _NAMED
        if named or happening.day != day:
            found.append(Point(happening.version, happening.ended, happening if named else None))
        day = happening.day
    return found


def point_before(told: Sequence[Happening], version: int) -> Happening | None:
    """The last thing that had happened when the report was at a version."""
    return next((happening for happening in told if happening.version <= version), None)
