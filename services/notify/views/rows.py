"""How facts become rows: our own from the state a thing is in, others' from what they said."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from services.notify.message import Message
from services.notify.preferences import Preferences
from services.notify.views import tables as t
from shared import registry_facts
from shared.contracts import Contract, registry, reporting, review
from shared.domain import Aggregate
from shared.eventstore import Change, Put
from shared.read_rows import Fold, folded, instant, text


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
        "unit_id": text(state.about.unit_id),
        "report_id": text(state.about.report_id),
        "year": state.about.year,
        "status": state.status.value,
        "reason": state.reason.value if state.reason else None,
        "attempts": state.attempts,
        "due_at": instant(state.due_at),
        "edition": state.edition,
        "asked_again": int(state.asked_again),
        "intended_at": instant(state.intended_at),
        "settled_at": instant(state.settled_at),
        "gathered_into": text(state.gathered_into),
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


KEPT: Mapping[type[Contract], Fold] = {
    **registry_facts.KEPT,
    registry.MemberProposedV1: _appointment,
    registry.MemberAppointedV1: _appointment,
    reporting.CyclePlannedV1: _cycle,
    reporting.CycleRescheduledV1: _cycle,
    reporting.ReportOpenedV1: _opened,
    reporting.PartFinishedV1: lambda s: _report(s, **{f"{s.part}_done": 1}),
    reporting.PartUnfinishedV1: lambda s: _report(s, **{f"{s.part}_done": 0}),
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
    return folded(KEPT, said)
