"""What happened in reporting, for samples of what it tells: one cycle, and one report with an eventful life."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

import msgspec

from services.reporting.cycle import Cycle, Pin
from services.reporting.question import Party
from services.reporting.report import Report, ending, events
from services.reporting.report.state import Timing
from shared.domain import Event
from tests.facts import (
    DATES,
    DESK,
    MEMBER_NORD,
    NOON,
    OTHER_DESK,
    REPORT,
    YEAR,
    begun,
    entered_for_nord,
    fact,
    finished,
    made_up,
    opened,
    sealed,
    submitted,
)

CYCLE = Cycle.identify(YEAR)
OTHER_REPORT = Report.identify(made_up("other unit"), YEAR)
LATER = msgspec.structs.replace(DATES, deadline=DATES.deadline + timedelta(days=3))
_redacted = fact(
    ending.Redacted,
    by=OTHER_DESK,
    redaction_id=made_up("redaction"),
    place="results",
    first=1,
    last=2,
    subject=f"report:{REPORT}:results",
    generation=1,
    kept={},
    current=None,
    current_removed=True,
)

EXAMPLES: Sequence[tuple[UUID, Event]] = (
    (CYCLE, fact(Cycle.Planned, by=DESK, year=YEAR, dates=DATES)),
    (CYCLE, fact(Cycle.Rescheduled, by=DESK, year=YEAR, dates=LATER, reason="a holiday")),
    (CYCLE, fact(Cycle.Opened, by=DESK, year=YEAR, pins=(Pin(opened.template_key, 1),), reports=2)),
    (REPORT, opened),
    (REPORT, begun()),
    (REPORT, finished(Party.UNIT)),
    (REPORT, fact(events.PartUnfinished, part=Party.UNIT)),
    (REPORT, entered_for_nord()),
    (REPORT, fact(events.GroupAnswersOutdated, questions=("nord",))),
    (
        REPORT,
        fact(events.NoticeGiven, open_questions=("overall", "user"), waits_until=NOON + timedelta(days=7)),
    ),
    (REPORT, fact(ending.Extended, by=DESK, until=DATES.deadline + timedelta(days=10), reason="illness")),
    (
        REPORT,
        submitted(
            sha256="9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
            timing=Timing.IN_TIME_BY_EXTENSION,
            excused=("overall", "user"),
            excuse="no reply",
        ),
    ),
    (
        REPORT,
        fact(ending.AddendumSigned, by=MEMBER_NORD, question_id="user", number=1, version=1, text=sealed("late")),
    ),
    (REPORT, _redacted),
    (REPORT, fact(ending.Reopened, by=DESK, reason="a figure was wrong")),
    (OTHER_REPORT, fact(ending.Exempted, by=DESK, reason="closed for the year")),
    (OTHER_REPORT, fact(ending.Withdrawn, by=DESK, reason="opened by mistake")),
)
"""A year's cycle and its reports, from the planning to a reopening."""
