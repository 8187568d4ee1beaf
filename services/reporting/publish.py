"""Which of reporting's events the others hear about, and in what shape."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, cast

from services.reporting.cycle import Cycle
from services.reporting.report import Report, ending, events
from shared.contracts import Contract, reporting
from shared.domain import Event, Recorded


def _planned(recorded: Recorded, event: Cycle.Planned) -> Contract:
    return reporting.CyclePlannedV1(
        year=event.year,
        recommended_on=event.dates.recommended_on,
        deadline=event.dates.deadline,
        grace_until=event.dates.grace_until,
        opens_at=event.dates.opens_at,
    )


def _rescheduled(recorded: Recorded, event: Cycle.Rescheduled) -> Contract:
    return reporting.CycleRescheduledV1(
        year=event.year,
        recommended_on=event.dates.recommended_on,
        deadline=event.dates.deadline,
        grace_until=event.dates.grace_until,
    )


def _cycle_opened(recorded: Recorded, event: Cycle.Opened) -> Contract:
    return reporting.CycleOpenedV1(year=event.year, reports=event.reports)


def _opened(recorded: Recorded, event: events.Opened) -> Contract:
    return reporting.ReportOpenedV1(
        report_id=recorded.originator_id,
        unit_id=event.unit_id,
        year=event.year,
        template=event.template_key,
        regions=list(event.regions),
        has_group=any(slot.part == "group" for slot in event.slots),
    )


def _begun(recorded: Recorded, event: events.Begun) -> Contract:
    return reporting.ReportBegunV1(report_id=recorded.originator_id, unit_id=event.unit_id, year=event.year)


def _part_finished(recorded: Recorded, event: events.PartFinished) -> Contract:
    return reporting.PartFinishedV1(
        report_id=recorded.originator_id, unit_id=event.unit_id, year=event.year, part=event.part
    )


def _part_unfinished(recorded: Recorded, event: events.PartUnfinished) -> Contract:
    return reporting.PartUnfinishedV1(report_id=recorded.originator_id, part=event.part)


def _outdated(recorded: Recorded, event: events.GroupAnswersOutdated) -> Contract:
    return reporting.GroupAnswersOutdatedV1(report_id=recorded.originator_id, questions=list(event.questions))


def _entered_on_behalf(recorded: Recorded, event: events.EnteredOnBehalf) -> Contract:
    return reporting.AnswerEnteredOnBehalfV1(
        report_id=recorded.originator_id, question_id=event.question_id, holder=event.on_behalf.holder
    )


def _notice_given(recorded: Recorded, event: events.NoticeGiven) -> Contract:
    return reporting.NoticeGivenV1(
        report_id=recorded.originator_id,
        open_questions=list(event.open_questions),
        waits_until=event.waits_until,
    )


def _submitted(recorded: Recorded, event: ending.Submitted) -> Contract:
    return reporting.ReportSubmittedV1(
        report_id=recorded.originator_id,
        submission_id=Report.submission_id(recorded.originator_id, event.number),
        unit_id=event.unit_id,
        year=event.year,
        number=event.number,
        content_version=event.content_version,
        sha256=event.sha256,
        timing=event.timing,
        excused=list(event.excused),
        regions=list(event.regions),
        copies=[role.person_id for role in event.roles if role.copy],
    )


def _addendum(recorded: Recorded, event: ending.AddendumSigned) -> Contract:
    return reporting.AddendumSignedV1(
        report_id=recorded.originator_id, number=event.number, question_id=event.question_id
    )


def _extended(recorded: Recorded, event: ending.Extended) -> Contract:
    return reporting.ReportExtendedV1(report_id=recorded.originator_id, until=event.until)


def _redacted(recorded: Recorded, event: ending.Redacted) -> Contract:
    return reporting.TextRedactedV1(
        report_id=recorded.originator_id,
        place=event.place,
        first_version=event.first,
        last_version=event.last,
    )


def _only_id(contract: type[Contract]) -> Callable[[Recorded, Any], Contract]:
    return lambda recorded, _: contract.model_validate({"report_id": recorded.originator_id})


_TOLD: Mapping[type[Event], Callable[[Recorded, Any], Contract]] = {
    Cycle.Planned: _planned,
    Cycle.Rescheduled: _rescheduled,
    Cycle.Opened: _cycle_opened,
    events.Opened: _opened,
    events.Begun: _begun,
    events.PartFinished: _part_finished,
    events.PartUnfinished: _part_unfinished,
    events.GroupAnswersOutdated: _outdated,
    events.EnteredOnBehalf: _entered_on_behalf,
    events.NoticeGiven: _notice_given,
    ending.Submitted: _submitted,
    ending.AddendumSigned: _addendum,
    ending.Extended: _extended,
    ending.Exempted: _only_id(reporting.ReportExemptedV1),
    ending.Withdrawn: _only_id(reporting.ReportWithdrawnV1),
    ending.Reopened: _only_id(reporting.ReportReopenedV1),
    ending.Redacted: _redacted,
}


def _tell(translate: Callable[[Recorded, Any], Contract]) -> Callable[[Recorded], Contract]:
    return lambda recorded: translate(recorded, cast(Any, recorded.event))


PUBLISHED_EVENTS: Mapping[type[Event], Callable[[Recorded], Contract]] = {
    event: _tell(translate) for event, translate in _TOLD.items()
}
"""Every event told to others; all others stay private."""
