"""Which of review's events the others hear about, and in what shape."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, cast

from services.review.dossier import events as dossier
from services.review.follow_up import FollowUp
from services.review.review import events, judging
from shared.contracts import Contract, review
from shared.domain import Event, Recorded


def _opened(recorded: Recorded, event: events.Opened) -> Contract:
    return review.ReviewOpenedV1(
        review_id=recorded.originator_id,
        report_id=event.report_id,
        unit_id=event.unit_id,
        year=event.year,
        regions=list(event.regions),
    )


def _assigned(recorded: Recorded, event: judging.Assigned) -> Contract:
    return review.ReviewAssignedV1(
        review_id=recorded.originator_id,
        report_id=event.report_id,
        region=event.region,
        person_id=event.person_id,
    )


def _query_asked(recorded: Recorded, event: judging.QueryAsked) -> Contract:
    return review.QueryAskedV1(
        review_id=recorded.originator_id,
        report_id=event.report_id,
        unit_id=event.unit_id,
        query_id=event.query_id,
        region=event.region,
    )


def _query_answered(recorded: Recorded, event: judging.QueryAnswered) -> Contract:
    return review.QueryAnsweredV1(
        review_id=recorded.originator_id, report_id=event.report_id, query_id=event.query_id, region=event.region
    )


def _query_closed(recorded: Recorded, event: judging.QueryClosed) -> Contract:
    return review.QueryClosedV1(
        review_id=recorded.originator_id, report_id=event.report_id, query_id=event.query_id, region=event.region
    )


def _returned(recorded: Recorded, event: events.Returned) -> Contract:
    return review.ReportReturnedV1(
        review_id=recorded.originator_id,
        report_id=event.report_id,
        unit_id=event.unit_id,
        number=event.number,
        region=event.region,
    )


def _signed(recorded: Recorded, event: judging.Signed) -> Contract:
    return review.ReviewSignedV1(
        review_id=recorded.originator_id,
        report_id=event.report_id,
        region=event.region,
        number=event.number,
        sha256=event.sha256,
    )


def _completed(recorded: Recorded, event: events.Completed) -> Contract:
    return review.ReportReviewedV1(
        review_id=recorded.originator_id,
        report_id=event.report_id,
        unit_id=event.unit_id,
        year=event.year,
        number=event.number,
        sha256=event.sha256,
    )


def _feedback_sent(recorded: Recorded, event: judging.FeedbackSent) -> Contract:
    return review.FeedbackSentV1(
        review_id=recorded.originator_id, report_id=event.report_id, unit_id=event.unit_id, region=event.region
    )


def _raised(recorded: Recorded, event: FollowUp.Raised) -> Contract:
    return review.FollowUpRaisedV1(
        follow_up_id=recorded.originator_id,
        unit_id=event.unit_id,
        year=event.year,
        region=event.region,
        category=event.category,
        level=event.level,
        due=event.due,
    )


def _closed(recorded: Recorded, event: FollowUp.Closed) -> Contract:
    return review.FollowUpClosedV1(follow_up_id=recorded.originator_id, unit_id=event.unit_id)


def _carried(recorded: Recorded, event: FollowUp.Carried) -> Contract:
    return review.FollowUpCarriedV1(follow_up_id=recorded.originator_id, unit_id=event.unit_id, to_year=event.to_year)


def _prepared(recorded: Recorded, event: dossier.Prepared) -> Contract:
    return review.DossierPreparedV1(year=event.year, region=event.region)


def _confirmed(recorded: Recorded, event: dossier.Confirmed) -> Contract:
    return review.DossierConfirmedV1(year=event.year, region=event.region)


def _presented(recorded: Recorded, event: dossier.Presented) -> Contract:
    return review.DossierPresentedV1(year=event.year, on=event.meeting.on, reports=list(event.reports))


def _sent(recorded: Recorded, event: dossier.Sent) -> Contract:
    return review.DossierSentV1(year=event.year, sha256=event.bundle.sha256, reports=list(event.reports))


def _supplement_sent(recorded: Recorded, event: dossier.SupplementSent) -> Contract:
    return review.SupplementSentV1(year=event.year, number=event.number, sha256=event.bundle.sha256)


_TOLD: Mapping[type[Event], Callable[[Recorded, Any], Contract]] = {
    events.Opened: _opened,
    judging.Assigned: _assigned,
    judging.QueryAsked: _query_asked,
    judging.QueryAnswered: _query_answered,
    judging.QueryClosed: _query_closed,
    events.Returned: _returned,
    judging.Signed: _signed,
    events.Completed: _completed,
    judging.FeedbackSent: _feedback_sent,
    FollowUp.Raised: _raised,
    FollowUp.Closed: _closed,
    FollowUp.Carried: _carried,
    dossier.Prepared: _prepared,
    dossier.Confirmed: _confirmed,
    dossier.Presented: _presented,
    dossier.Sent: _sent,
    dossier.SupplementSent: _supplement_sent,
}


def _tell(translate: Callable[[Recorded, Any], Contract]) -> Callable[[Recorded], Contract]:
    return lambda recorded: translate(recorded, cast(Any, recorded.event))


PUBLISHED_EVENTS: Mapping[type[Event], Callable[[Recorded], Contract]] = {
    event: _tell(translate) for event, translate in _TOLD.items()
}
"""Every event told to others; all others stay private."""
