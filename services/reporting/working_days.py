"""Working days in Norway: what is due in five of them is not due in the middle of Easter."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays

_OSLO = ZoneInfo("Europe/Oslo")
_SATURDAY = 5


def after(start: datetime, days: int) -> datetime:
    """The instant (UTC) when it is the same time of day in Oslo, ``days`` working days after ``start``.

    The day of ``start`` itself does not count, working day or not.  :class:`ValueError` when ``start`` has no
    zone or ``days`` is negative.
    """
    if start.tzinfo is None:
        raise ValueError("an instant has a zone")
    if days < 0:
        raise ValueError("working days are counted forwards")
    there = start.astimezone(_OSLO)
    day = there.date()
    for _ in range(days):
        day = _next_working_day(day)
    return datetime.combine(day, there.time(), _OSLO).astimezone(UTC) if days else start.astimezone(UTC)


def is_working_day(day: date) -> bool:
    """Whether it is neither a weekend nor a public holiday in Norway."""
    return day.weekday() < _SATURDAY and day not in _public_holidays(day.year)


def _next_working_day(day: date) -> date:
    day += timedelta(days=1)
    while not is_working_day(day):
        day += timedelta(days=1)
    return day


@lru_cache(maxsize=64)
def _public_holidays(year: int) -> frozenset[date]:
    return frozenset(holidays.country_holidays("NO", years=year))
