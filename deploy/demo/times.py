"""The moments of a reporting year, and the suite's clock moved from one to the next, never back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from shared.clock import OSLO, Clock


@dataclass(frozen=True)
class Moments:
    """When things happen in the cycle of a report year."""

    year: int

    def _next_year(self, month: int, day: int, hour: int) -> datetime:
        return datetime(self.year + 1, month, day, hour, tzinfo=OSLO)

    @property
    def opening(self) -> datetime:
        return datetime(self.year, 12, 10, 8, tzinfo=OSLO)

    @property
    def writing(self) -> datetime:
        return self._next_year(1, 12, 9)

    @property
    def reminders(self) -> datetime:
        return self._next_year(2, 3, 9)

    @property
    def recommended(self) -> datetime:
        return self._next_year(2, 10, 9)

    @property
    def last_week(self) -> datetime:
        return self._next_year(2, 12, 9)

    @property
    def deadline(self) -> datetime:
        return self._next_year(2, 16, 16)

    @property
    def in_grace(self) -> datetime:
        return self._next_year(2, 16, 18)

    @property
    def grace_until(self) -> datetime:
        return self._next_year(2, 17, 16)

    @property
    def late(self) -> datetime:
        return self._next_year(2, 19, 9)

    @property
    def extension(self) -> datetime:
        return self._next_year(3, 1, 16)

    @property
    def before_extension(self) -> datetime:
        return self._next_year(2, 26, 9)

    @property
    def review(self) -> datetime:
        return self._next_year(3, 9, 9)

    @property
    def mended(self) -> datetime:
        return self._next_year(3, 18, 9)

    @property
    def signing(self) -> datetime:
        return self._next_year(3, 25, 9)

    @property
    def dossier(self) -> datetime:
        return self._next_year(4, 8, 9)

    @property
    def meeting(self) -> datetime:
        return self._next_year(4, 20, 9)

    @property
    def after_meeting(self) -> datetime:
        return self._next_year(4, 21, 9)

    @property
    def receipt(self) -> datetime:
        return self._next_year(4, 24, 9)


class TimeMachine:
    """The clock file that all services of the suite read."""

    def __init__(self, path: Path) -> None:
        self._path, self._clock = path, Clock(path)

    def now(self) -> datetime:
        return self._clock.now()

    def first_year(self) -> int:
        """The first report year whose opening is still to come."""
        now = self.now()
        return now.year if now < Moments(now.year).opening else now.year + 1

    def travel(self, moment: datetime) -> None:
        """Make it that moment in the whole suite, unless it is later already."""
        if moment <= self.now():
            return
        offset = (moment - datetime.now(UTC)).total_seconds()
        # Replaced whole: a service that reads meanwhile sees the old time or the new one.
        new = self._path.with_suffix(".new")
        new.write_text(f"{offset:.3f}\n")
        new.replace(self._path)
