"""How what others said becomes rows: who there is, as every hearer keeps it, and how each report's life goes on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from services.review.joint_state import JointState
from services.review.views import tables as t
from shared import registry_facts
from shared.contracts import Contract, reporting
from shared.eventstore import Change, Put
from shared.read_rows import Fold, day, folded, instant, names


def _dates(said: reporting.CyclePlannedV1 | reporting.CycleRescheduledV1) -> Change:
    return Put(
        t.CYCLES,
        {
            "year": said.year,
            "recommended_on": day(said.recommended_on),
            "deadline": instant(said.deadline),
            "grace_until": instant(said.grace_until),
        },
    )


def _opened(said: reporting.ReportOpenedV1) -> Change:
    return _report(
        said.report_id,
        unit_id=str(said.unit_id),
        year=said.year,
        template=said.template,
        regions=names(said.regions),
        state=JointState.OPENED.value,
    )


def _submitted(said: reporting.ReportSubmittedV1) -> Change:
    return _report(
        said.report_id,
        unit_id=str(said.unit_id),
        year=said.year,
        regions=names(said.regions),
        state=JointState.SUBMITTED.value,
        number=said.number,
        timing=said.timing,
    )


def _removed(said: reporting.TextRedactedV1) -> Change:
    return Put(
        t.REMOVED_TEXTS,
        {
            "report_id": str(said.report_id),
            "place": said.place,
            "first_version": said.first_version,
            "last_version": said.last_version,
        },
    )


def _report(report_id: object, **columns: Any) -> Change:
    return Put(t.REPORTS, {"report_id": str(report_id), **columns})


def _begun(said: Any) -> Change:
    return _report(said.report_id, begun=1)


def _in_state(state: JointState) -> Callable[[Any], Change]:
    return lambda said: _report(said.report_id, state=state.value)


KEPT: Mapping[type[Contract], Fold] = {
    **registry_facts.KEPT,
    reporting.CyclePlannedV1: _dates,
    reporting.CycleRescheduledV1: _dates,
    reporting.CycleOpenedV1: lambda s: Put(t.CYCLES, {"year": s.year, "reports": s.reports}),
    reporting.ReportOpenedV1: _opened,
    reporting.ReportBegunV1: _begun,
    reporting.PartFinishedV1: _begun,
    reporting.AnswerEnteredOnBehalfV1: _begun,
    reporting.GroupAnswersOutdatedV1: _begun,
    reporting.NoticeGivenV1: _begun,
    reporting.ReportSubmittedV1: _submitted,
    reporting.ReportExtendedV1: lambda s: _report(s.report_id, extended_until=instant(s.until)),
    reporting.ReportReopenedV1: _in_state(JointState.REOPENED),
    reporting.ReportExemptedV1: _in_state(JointState.EXEMPTED),
    reporting.ReportWithdrawnV1: _in_state(JointState.WITHDRAWN),
    reporting.TextRedactedV1: _removed,
}
"""What review keeps of what it hears; anything else is heard and kept in the log only."""


def heard(said: Contract | None) -> list[Change]:
    """The rows that follow from something heard."""
    return folded(KEPT, said)
