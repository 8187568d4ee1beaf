"""The time is an instant in UTC; dates are meant in Oslo; a shared offset moves a whole local suite."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from shared.clock import OSLO, Clock

pytestmark = pytest.mark.unit


def seconds_from_now(clock: Clock) -> float:
    return (clock.now() - datetime.now(UTC)).total_seconds()


def test_the_clock_tells_this_instant_in_utc() -> None:
    assert Clock().now().utcoffset() == timedelta()
    assert abs(seconds_from_now(Clock())) < 5


def test_an_offset_that_nobody_has_written_moves_nothing(tmp_path: Path) -> None:
    assert abs(seconds_from_now(Clock(tmp_path / "offset"))) < 5


@pytest.mark.parametrize(("written", "seconds"), [("3600", 3600), ("-86400.5\n", -86400), ("", 0)])
def test_the_offset_is_read_every_time(tmp_path: Path, written: str, seconds: int) -> None:
    offset = tmp_path / "offset"
    clock = Clock(offset)
    offset.write_text("5000000")
    assert abs(seconds_from_now(clock) - 5_000_000) < 5
    offset.write_text(written)
    assert abs(seconds_from_now(clock) - seconds) < 5


class Stopped(Clock):
    """A clock that stands still."""

    def __init__(self, at: datetime) -> None:
        super().__init__()
        self._at = at

    def now(self) -> datetime:
        return self._at


@pytest.mark.parametrize(
    ("instant", "today"),
    [
        ("2026-01-20T22:59:59+00:00", "2026-01-20"),
        ("2026-01-20T23:00:00+00:00", "2026-01-21"),
        ("2026-07-20T21:59:59+00:00", "2026-07-20"),
        ("2026-07-20T22:00:00+00:00", "2026-07-21"),
    ],
)
def test_today_is_todays_date_in_oslo_in_winter_and_summer(instant: str, today: str) -> None:
    assert Stopped(datetime.fromisoformat(instant)).today().isoformat() == today


def test_a_deadline_of_the_afternoon_in_oslo_is_an_instant() -> None:
    assert datetime(2026, 2, 16, 16, 0, tzinfo=OSLO).astimezone(UTC).hour == 15
