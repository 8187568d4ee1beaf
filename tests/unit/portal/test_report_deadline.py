"""How long there is left is said in words that fit."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from services.portal.languages import tongue
from services.portal.pages.report.deadline import Deadline

pytestmark = pytest.mark.unit

DUE = datetime(2027, 2, 16, 15, 0, tzinfo=UTC)
DATES = {"due": DUE.isoformat(), "grace_until": (DUE + timedelta(days=2)).isoformat(), "extended_until": None}


@pytest.mark.parametrize(
    ("before", "color", "said"),
    [
        (timedelta(days=30), "info", "30 dager igjen."),
        (timedelta(days=15), "info", "15 dager igjen."),
        (timedelta(days=14), "warning", "14 dager igjen."),
        (timedelta(days=1), "warning", "Fristen er i morgen kl. 16:00."),
        (timedelta(hours=17), "warning", "Fristen er i morgen kl. 16:00."),
        (timedelta(minutes=5), "warning", "Fristen er i dag kl. 16:00."),
        (timedelta(), "danger", "Fristen er ute. Rapporten kan leveres i margin til 18. februar 2027 kl. 16:00."),
        (
            -timedelta(days=3),
            "danger",
            "Fristen er ute. Rapporten kan fortsatt leveres, og blir merket som levert for sent.",
        ),
    ],
)
def test_the_time_left_is_said_in_days_as_people_count_them(before: timedelta, color: str, said: str) -> None:
    deadline = Deadline.of(DATES, DUE - before, tongue("nb"))
    assert (deadline.color, deadline.title, deadline.text) == (color, "Frist 16. februar 2027 kl. 16:00", said)


def test_an_extension_is_called_one() -> None:
    dates = DATES | {"extended_until": DUE.isoformat()}
    assert (
        Deadline.of(dates, DUE - timedelta(days=20), tongue("nn")).title
        == "Forlengd frist 16. februar 2027 kl. 16:00"
    )


def test_a_deadline_at_night_in_utc_is_the_day_it_is_in_oslo() -> None:
    due = datetime(2027, 6, 30, 22, 30, tzinfo=UTC)
    deadline = Deadline.of(DATES | {"due": due.isoformat()}, datetime(2027, 6, 30, 10, 0, tzinfo=UTC), tongue("en"))
    assert deadline.text == "The deadline is tomorrow at 00:30."
