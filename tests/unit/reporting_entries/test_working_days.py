"""Five working days are five days on which somebody could be expected to be at work in Norway."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from services.reporting.working_days import after, is_working_day

pytestmark = pytest.mark.unit

OSLO = ZoneInfo("Europe/Oslo")


def oslo(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=OSLO)


@pytest.mark.parametrize(
    ("start", "days", "due"),
    [
        ("2026-02-09T14:30", 1, "2026-02-10T14:30"),
        ("2026-02-09T14:30", 5, "2026-02-16T14:30"),
        ("2026-02-13T16:00", 1, "2026-02-16T16:00"),
        ("2026-02-14T10:00", 1, "2026-02-16T10:00"),
        ("2026-02-15T23:59", 5, "2026-02-20T23:59"),
        ("2026-03-30T09:00", 5, "2026-04-09T09:00"),
        ("2026-04-01T09:00", 1, "2026-04-07T09:00"),
        ("2025-04-16T09:00", 1, "2025-04-22T09:00"),
        ("2024-03-27T09:00", 1, "2024-04-02T09:00"),
        ("2024-05-16T12:00", 1, "2024-05-21T12:00"),
        ("2023-05-16T12:00", 1, "2023-05-19T12:00"),
        ("2025-04-30T12:00", 1, "2025-05-02T12:00"),
        ("2025-12-23T12:00", 5, "2026-01-02T12:00"),
        ("2025-12-31T12:00", 1, "2026-01-02T12:00"),
        ("2024-12-24T12:00", 1, "2024-12-27T12:00"),
    ],
    ids=[
        "the next day",
        "a week with its weekend",
        "over a weekend",
        "from a Saturday",
        "from a Sunday",
        "over Easter 2026",
        "from the Wednesday before Easter 2026",
        "from the Wednesday before Easter 2025",
        "from the Wednesday before Easter 2024",
        "17 May 2024 and Whit Monday after it",
        "17 May 2023 and Ascension Day after it",
        "1 May",
        "Christmas and New Year",
        "New Year's Eve",
        "Christmas Eve is a working day by law",
    ],
)
def test_weekends_and_public_holidays_do_not_count(start: str, days: int, due: str) -> None:
    assert after(oslo(start), days) == oslo(due)


@pytest.mark.parametrize(
    ("start", "due", "hours"),
    [("2026-03-27T14:00", "2026-03-30T14:00", 71), ("2026-10-23T14:00", "2026-10-26T14:00", 73)],
    ids=["into summer time", "out of summer time"],
)
def test_the_time_of_day_in_oslo_stays_when_the_clocks_change(start: str, due: str, hours: int) -> None:
    reached = after(oslo(start), 1)
    assert reached == oslo(due)
    assert reached - oslo(start).astimezone(UTC) == timedelta(hours=hours)


def test_the_day_is_the_day_in_oslo() -> None:
    late_on_friday_elsewhere = datetime(2026, 2, 13, 23, 30, tzinfo=UTC)
    assert after(late_on_friday_elsewhere, 1) == oslo("2026-02-16T00:30")
    assert after(datetime(2026, 2, 12, 20, 0, tzinfo=timezone(-timedelta(hours=5))), 1) == oslo("2026-02-16T02:00")


def test_what_comes_back_is_an_instant_in_utc() -> None:
    assert after(oslo("2026-02-09T14:30:15.000250"), 5) == datetime(2026, 2, 16, 13, 30, 15, 250, tzinfo=UTC)
    assert after(oslo("2026-02-09T14:30"), 5).tzinfo is UTC


def test_no_working_days_later_is_now() -> None:
    assert after(oslo("2026-02-14T10:00"), 0) == oslo("2026-02-14T10:00")


def test_days_are_counted_forwards_from_an_instant() -> None:
    with pytest.raises(ValueError, match="forwards"):
        after(oslo("2026-02-09T14:30"), -1)
    with pytest.raises(ValueError, match="zone"):
        after(datetime(2026, 2, 9), 1)  # noqa: DTZ001 - a moment without a zone is what is refused


def test_the_holidays_of_a_year_are_those_of_the_law() -> None:
    year = [date(2026, 1, 1) + timedelta(days=n) for n in range(365)]
    free = [day for day in year if day.weekday() < 5 and not is_working_day(day)]
    assert [f"{day:%m-%d}" for day in free] == [
        "01-01",
        "04-02",
        "04-03",
        "04-06",
        "05-01",
        "05-14",
        "05-25",
        "12-25",
    ]
