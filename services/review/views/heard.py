"""How what others said becomes rows: who there is, which role they hold, and how each report's life goes on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from services.review.joint_state import JointState
from services.review.views import tables as t
from services.review.views.rows import instant, names
from shared.contracts import Contract, registry, reporting
from shared.eventstore import Change, Put


def _day(value: date | None) -> str | None:
    return value.isoformat() if value else None


def _text(value: object | None) -> str | None:
    return None if value is None else str(value)


def _unit(said: registry.UnitRegisteredV1) -> Change:
    return Put(
        t.UNITS,
        {
            "unit_id": str(said.unit_id),
            "code": said.code,
            "kind": said.kind,
            "name_nb": said.name_nb,
            "name_en": said.name_en,
            "regions": names(said.regions),
            "trusts": names(said.trusts),
            "active_from": _day(said.active_from),
        },
    )


def _renamed(said: registry.UnitRenamedV1) -> Change:
    return Put(t.UNITS, {"unit_id": str(said.unit_id), "name_nb": said.name_nb, "name_en": said.name_en})


def _role(said: registry.RoleGrantedV1) -> Change:
    return Put(
        t.ASSIGNMENTS,
        {
            "assignment_id": str(said.assignment_id),
            "person_id": str(said.person_id),
            "role": said.role,
            "since": _day(said.since),
            "until": _day(said.until),
            "unit_id": _text(said.unit_id),
            "region": said.region,
            "trust": said.trust,
            "seat": said.seat,
            "acting": int(said.acting),
        },
    )


def _phase(said: registry.UnitPhaseSetV1) -> Change:
    return Put(t.PHASES, {"unit_id": str(said.unit_id), "year": said.year, "phase": said.phase})


def _dates(said: reporting.CyclePlannedV1 | reporting.CycleRescheduledV1) -> Change:
    return Put(
        t.CYCLES,
        {
            "year": said.year,
            "recommended_on": _day(said.recommended_on),
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


KEPT: Mapping[type[Contract], Callable[[Any], Change]] = {
    registry.UnitRegisteredV1: _unit,
    registry.UnitRenamedV1: _renamed,
    registry.UnitPhaseSetV1: _phase,
    registry.UnitEndedV1: lambda s: Put(t.UNITS, {"unit_id": str(s.unit_id), "ended_on": _day(s.on)}),
    registry.PersonRegisteredV1: lambda s: Put(t.PERSONS, {"person_id": str(s.person_id), "erased": 0}),
    registry.PersonErasedV1: lambda s: Put(t.PERSONS, {"person_id": str(s.person_id), "erased": 1}),
    registry.RoleGrantedV1: _role,
    registry.RoleEndedV1: lambda s: Put(
        t.ASSIGNMENTS, {"assignment_id": str(s.assignment_id), "until": _day(s.until)}
    ),
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
    keep = KEPT.get(type(said)) if said else None
    return [keep(said)] if keep else []
