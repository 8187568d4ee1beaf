"""The language of a page, and how it says dates, numbers and plurals."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from services.portal.languages import chosen, tongue

pytestmark = pytest.mark.unit
NOON_IN_FEBRUARY = datetime(2027, 2, 16, 11, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("cookie", "accepted", "language"),
    [
        ("nn", "en", "nn"),
        ("se", "en", "en"),
        (None, "no", "nb"),
        (None, "nn-NO,no;q=0.8", "nn"),
        (None, "de;q=0.9,en-GB;q=0.8,nb;q=0.7", "en"),
        (None, "nb;q=0.2,en;q=0.9", "en"),
        (None, "en;q=0,nn;q=0.1", "nn"),
        (None, "en;q=much,nn", "nn"),
        (None, "fr", "nb"),
        (None, "", "nb"),
        (None, "," * 100_000, "nb"),
    ],
)
def test_the_language_is_the_one_chosen_else_the_one_the_browser_asks_for(
    cookie: str | None, accepted: str, language: str
) -> None:
    assert chosen(cookie, accepted) == language


def test_a_moment_is_told_as_it_is_in_oslo() -> None:
    assert tongue("nb").moment(NOON_IN_FEBRUARY) == "16. februar 2027 kl. 12:00"
    assert tongue("nn").moment("2027-02-16T11:00:00+00:00") == "16. februar 2027 kl. 12:00"
    assert tongue("en").moment(NOON_IN_FEBRUARY) == "16 February 2027 at 12:00"


def test_a_day_is_told_with_its_weekday_where_that_is_wanted() -> None:
    monday = date(2027, 2, 1)
    assert tongue("nb").date(monday, "full") == "mandag 1. februar 2027"
    assert tongue("nn").date("2027-02-01", "full") == "måndag 1. februar 2027"


def test_late_in_the_evening_it_is_tomorrow_in_oslo() -> None:
    assert tongue("nb").date("2027-02-16T23:30:00Z") == "17. februar 2027"


def test_numbers_do_not_break_over_lines() -> None:
    assert tongue("nb").number(100_000) == "100\N{NO-BREAK SPACE}000"


def test_a_text_is_said_in_the_language_with_what_is_filled_in() -> None:
    assert tongue("nb").text("Tilbake til %(place)s", place="Oslo") == "Tilbake til Oslo"
    assert tongue("en").text("Tilbake til %(place)s", place="Oslo") == "Back to Oslo"


def test_one_is_said_otherwise_than_many() -> None:
    said = [tongue("nb").ngettext("%(num)s dag", "%(num)s dager", n) for n in (0, 1, 2000)]
    assert said == ["0 dager", "1 dag", "2\N{NO-BREAK SPACE}000 dager"]
