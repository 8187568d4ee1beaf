"""What happened in review, for samples of what it tells: a report judged, a point followed up, a dossier sent."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from services.review.dossier import Dossier
from services.review.follow_up import Category, FollowUp, Level
from services.review.review.judging import Assigned, QueryClosed
from shared.domain import Event
from tests.facts import LEAD, REPORT, UNIT, YEAR, fact, made_up
from tests.unit.review.dossier_facts import confirmed, prepared, presented, sent, supplemented
from tests.unit.review.facts import (
    BOTH,
    OST,
    QUERY,
    REVIEW,
    TEXT,
    VEST,
    answered,
    asked,
    completed,
    feedback_sent,
    opened,
    returned,
    signed,
)

_POINT = made_up("follow-up point")

_JUDGED: Sequence[Event] = (
    opened(*BOTH),
    fact(Assigned, by=VEST, report_id=REPORT, region="vest", person_id=made_up("assessor")),
    asked(),
    answered(LEAD),
    fact(QueryClosed, by=VEST, report_id=REPORT, query_id=QUERY, region="vest"),
    returned(),
    signed(VEST, 2),
    signed(OST, 2),
    completed(2),
    feedback_sent,
)

_FOLLOWED_UP: Sequence[Event] = (
    fact(
        FollowUp.Raised,
        by=VEST,
        unit_id=UNIT,
        year=YEAR,
        region="vest",
        category=Category.GROUP_CANNOT_FIND_MEMBERS,
        level=Level.REGIONAL,
        text=TEXT,
        owner=None,
        due=date(2026, 9, 1),
    ),
    fact(FollowUp.Carried, by=VEST, unit_id=UNIT, to_year=YEAR + 1),
    fact(FollowUp.Closed, by=VEST, unit_id=UNIT, outcome=TEXT),
)

_BROUGHT_TO_THE_MINISTRY: Sequence[Event] = (prepared, confirmed, presented, sent, supplemented)

EXAMPLES: Sequence[tuple[UUID, Event]] = (
    *((REVIEW, event) for event in _JUDGED),
    *((_POINT, event) for event in _FOLLOWED_UP),
    *((Dossier.identify(YEAR), event) for event in _BROUGHT_TO_THE_MINISTRY),
)
