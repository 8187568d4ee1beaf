"""What time it is.  Given to whoever needs it; the domain never looks at a clock by itself."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

OSLO = ZoneInfo("Europe/Oslo")
"""Where dates and deadlines are meant."""


class Clock:
    """The time now, moved by the seconds in ``offset_file`` when there is one (development and tests only).

    All services of a local suite read the same file, so a whole year can be lived through in minutes.
    """

    def __init__(self, offset_file: Path | None = None) -> None:
        self._file = offset_file

    def now(self) -> datetime:
        """This instant, in UTC."""
        return datetime.now(UTC) + self._offset()

    def today(self) -> date:
        """Today's date in Oslo."""
        return self.now().astimezone(OSLO).date()

    def _offset(self) -> timedelta:
        if self._file is None or not self._file.exists():
            return timedelta()
        return timedelta(seconds=float(self._file.read_text() or 0))
