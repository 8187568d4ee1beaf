"""How facts become rows: our own from the state a thing is in, others' from what they said."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime
from typing import Any

from services.notify.message import Message
from services.notify.preferences import Preferences
from services.notify.views import tables as t
from shared.contracts import Contract, registry, reporting, review
from shared.domain import Aggregate
from shared.eventstore import Change, Put


def instant(moment: datetime | None) -> str | None:
    """An instant as text that sorts like time."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ") if moment else None


def names(values: Iterable[str]) -> str:
    """Several names in one column, each between commas, so that one can be looked for: ``,vest,sor_ost,``."""
    return "".join(f",{value}" for value in values) + ","


def own(thing: Aggregate[Any]) -> list[Change]:
    """The rows that must be true the moment ``thing`` has changed."""
    match thing:
        case Message():
            return [Put(t.MESSAGES, _message(thing))]
        case Preferences():
            return [Put(t.PREFERENCES, _preferences(thing))]
        case _:
            raise TypeError(f"{type(thing).__name__} has no rows in notify")


def _message(message: Message) -> dict[str, Any]:
    state = message.state
    return {
        "message_id": str(message.id),
        "fact": state.fact,
        "rule": state.rule,
        "occasion": state.occasion.value,
        "receiver": str(state.receiver),
        "duty": int(state.duty),
        "unit_id": _text(state.about.unit_id),
        "report_id": _text(state.about.report_id),
        "year": state.about.year,
        "status": state.status.value,
        "reason": state.reason.value if state.reason else None,
        "attempts": state.attempts,
        "due_at": instant(state.due_at),
        "edition": state.edition,
        "intended_at": instant(state.intended_at),
        "settled_at": instant(state.settled_at),
        "gathered_into": _text(state.gathered_into),
        "version": message.version,
    }


def _preferences(preferences: Preferences) -> dict[str, Any]:
    choice = preferences.state.choice
    return {
        "person_id": str(preferences.state.person_id),
        "language": choice.language.value,
        "digest": int(choice.digest),
        "muted": json.dumps(choice.muted),
        "version": preferences.version,
    }


def _day(value: date | None) -> str | None:
    return value.isoformat() if value else None


def _text(value: object | None) -> str | None:
    return None if value is None else str(value)


def _unit(said: registry.UnitRegisteredV1) -> Change:
    row = {"unit_id": str(said.unit_id), "code": said.code, "name_nb": said.name_nb, "name_en": said.name_en}
    return Put(t.UNITS, {**row, "regions": names(said.regions), "trusts": names(said.trusts)})


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
        },
    )


def _appointment(said: registry.MemberProposedV1 | registry.MemberAppointedV1) -> Change:
    row = {"appointment_id": str(said.appointment_id), "unit_id": str(said.unit_id)}
    return Put(t.APPOINTMENTS, {**row, "person_id": str(said.person_id)})


def _opened(said: reporting.ReportOpenedV1) -> Change:
    row = {"report_id": str(said.report_id), "unit_id": str(said.unit_id), "year": said.year}
    return Put(t.REPORTS, {**row, "has_group": int(said.has_group), "state": "open"})


def _submitted(said: reporting.ReportSubmittedV1) -> Change:
    return _report(said, state="submitted", submitted=said.number)


def _returned(said: review.ReportReturnedV1) -> Change:
    return _report(said, returned=said.number)


def _report(said: Any, **changed: Any) -> Change:
    return Put(t.REPORTS, {"report_id": str(said.report_id), **changed})


def _cycle(said: reporting.CyclePlannedV1 | reporting.CycleRescheduledV1) -> Change:
    return Put(t.CYCLES, {"year": said.year, "deadline": instant(said.deadline)})


def _assessor(said: review.ReviewAssignedV1) -> Change:
    return Put(t.REVIEWS, {"review_id": str(said.review_id), "region": said.region, "assessor": str(said.person_id)})


KEPT: Mapping[type[Contract], Callable[[Any], Change]] = {
    registry.UnitRegisteredV1: _unit,
    registry.UnitRenamedV1: _renamed,
    registry.PersonRegisteredV1: lambda s: Put(t.PERSONS, {"person_id": str(s.person_id), "erased": 0}),
    registry.PersonErasedV1: lambda s: Put(t.PERSONS, {"person_id": str(s.person_id), "erased": 1}),
    registry.RoleGrantedV1: _role,
    registry.RoleEndedV1: lambda s: Put(
        t.ASSIGNMENTS, {"assignment_id": str(s.assignment_id), "until": _day(s.until)}
    ),
    registry.MemberProposedV1: _appointment,
    registry.MemberAppointedV1: _appointment,
    reporting.CyclePlannedV1: _cycle,
    reporting.CycleRescheduledV1: _cycle,
    reporting.ReportOpenedV1: _opened,
    reporting.PartFinishedV1: lambda s: _report(s, **{f"{s.part}_done": 1}),
    reporting.ReportSubmittedV1: _submitted,
    reporting.ReportExtendedV1: lambda s: _report(s, extended_until=instant(s.until)),
    reporting.ReportExemptedV1: lambda s: _report(s, state="ended"),
    reporting.ReportWithdrawnV1: lambda s: _report(s, state="ended"),
    reporting.ReportReopenedV1: lambda s: _report(s, state="open"),
    review.ReportReturnedV1: _returned,
    review.ReviewAssignedV1: _assessor,
}
"""What notify keeps of what it hears; anything else is heard and kept in the log only."""


def heard(said: Contract | None) -> list[Change]:
    """The rows that follow from something heard."""
    keep = KEPT.get(type(said)) if said else None
    return [keep(said)] if keep else []
