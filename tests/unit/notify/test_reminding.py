"""When a reminder is due, and when a digest is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from services.notify.application.reminding import has_something_to_do, last_digest_time, newest_step
from shared.clock import OSLO

pytestmark = pytest.mark.unit
DEADLINE = datetime(2026, 2, 16, 15, tzinfo=UTC)
OPENED = datetime(2025, 12, 10, 8, tzinfo=UTC)


def step(now: datetime, opened: datetime = OPENED, deadline: datetime = DEADLINE) -> int | None:
    found = newest_step(deadline, opened, now)
    return found[0] if found else None


@pytest.mark.parametrize(
    ("now", "due"),
    [
        (datetime(2026, 1, 17, 7, 59, tzinfo=OSLO), None),
        (datetime(2026, 1, 17, 8, 0, tzinfo=OSLO), 30),
        (datetime(2026, 2, 2, 7, 59, tzinfo=OSLO), 30),
        (datetime(2026, 2, 2, 8, 0, tzinfo=OSLO), 14),
        (datetime(2026, 2, 9, 8, 0, tzinfo=OSLO), 7),
        (datetime(2026, 2, 15, 8, 0, tzinfo=OSLO), 1),
        (datetime(2026, 2, 16, 15, 59, tzinfo=OSLO), 1),
        (datetime(2026, 2, 16, 16, 0, tzinfo=OSLO), None),
        (datetime(2026, 2, 17, 8, 0, tzinfo=OSLO), -1),
        (datetime(2026, 3, 3, 8, 0, tzinfo=OSLO), -1),
        (datetime(2026, 3, 3, 8, 1, tzinfo=OSLO), None),
    ],
)
def test_the_newest_reminder_whose_morning_has_come(now: datetime, due: int | None) -> None:
    assert step(now) == due


def test_mornings_before_the_opening_do_not_count() -> None:
    opened = DEADLINE - timedelta(days=10)
    assert step(DEADLINE - timedelta(days=9), opened) is None
    assert step(DEADLINE - timedelta(days=6), opened) == 7


def test_the_morning_is_eight_o_clock_also_when_the_clocks_change() -> None:
    deadline = datetime(2026, 4, 1, 10, tzinfo=UTC)
    found = newest_step(deadline, OPENED, datetime(2026, 3, 20, tzinfo=UTC))
    assert found is not None
    assert found[1].astimezone(UTC) == datetime(2026, 3, 18, 7, tzinfo=UTC)
    later = newest_step(deadline, OPENED, datetime(2026, 3, 31, 12, tzinfo=UTC))
    assert later is not None
    assert later[1].astimezone(UTC) == datetime(2026, 3, 31, 6, tzinfo=UTC)


@pytest.mark.parametrize(
    ("report", "done", "expected"),
    [
        ({"unit_done": 1, "group_done": 1, "has_group": 1}, "submitted", True),
        ({"unit_done": 1, "group_done": None, "has_group": 1}, "unit_done", False),
        ({"unit_done": None, "group_done": None, "has_group": 1}, "group_done", True),
        ({"unit_done": None, "group_done": None, "has_group": 0}, "group_done", False),
    ],
)
def test_who_has_something_to_do(report: dict[str, int | None], done: str, expected: bool) -> None:
    assert has_something_to_do(report, done) is expected


def test_a_digest_is_made_at_seven() -> None:
    assert last_digest_time(datetime(2026, 2, 3, 6, 59, tzinfo=OSLO)) == datetime(2026, 2, 2, 7, tzinfo=OSLO)
    assert last_digest_time(datetime(2026, 2, 3, 7, 0, tzinfo=OSLO)) == datetime(2026, 2, 3, 7, tzinfo=OSLO)
