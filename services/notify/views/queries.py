"""The questions notify asks its tables about cards, reports, messages and what was heard, each one query."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, func, or_, select

from services.notify.views import tables as t
from shared.contracts import CloudEvent
from shared.inbox.heard import heard, last_turn, live
from shared.inbox.lost import first_told
from shared.read_rows import Rows, instant


def card(rows: Rows, person_id: UUID) -> dict[str, Any] | None:
    """A person's contact card, when there is one."""
    found = rows(select(t.CARDS).where(t.CARDS.c.person_id == str(person_id)))
    return found[0] if found else None


def report(rows: Rows, report_id: UUID) -> dict[str, Any] | None:
    """A report that was opened."""
    found = rows(select(t.REPORTS).where(t.REPORTS.c.report_id == str(report_id), t.REPORTS.c.unit_id.is_not(None)))
    return found[0] if found else None


def appointee(rows: Rows, appointment_id: UUID) -> UUID | None:
    """Whom an appointment is about."""
    found = rows(select(t.APPOINTMENTS.c.person_id).where(t.APPOINTMENTS.c.appointment_id == str(appointment_id)))
    return UUID(found[0]["person_id"]) if found else None


def assessor(rows: Rows, review_id: UUID, region: str) -> UUID | None:
    """Who assesses for a region."""
    at = and_(t.REVIEWS.c.review_id == str(review_id), t.REVIEWS.c.region == region)
    found = rows(select(t.REVIEWS.c.assessor).where(at))
    return UUID(found[0]["assessor"]) if found else None


def is_written(row: dict[str, Any]) -> bool:
    """Whether a report is still to be handed in: open, or returned since it last was."""
    came_back = row["state"] == "submitted" and (row["returned"] or 0) >= row["submitted"]
    return row["state"] == "open" or bool(came_back)


def written_reports(rows: Rows, *, unit_id: UUID | None = None, year: int | None = None) -> list[dict[str, Any]]:
    """The reports still to be handed in, of a unit or of a year or all."""
    query = select(t.REPORTS).where(t.REPORTS.c.unit_id.is_not(None), t.REPORTS.c.state != "ended")
    if unit_id is not None:
        query = query.where(t.REPORTS.c.unit_id == str(unit_id))
    if year is not None:
        query = query.where(t.REPORTS.c.year == year)
    return [row for row in rows(query.order_by(t.REPORTS.c.report_id)) if is_written(row)]


def deadlines(rows: Rows) -> dict[int, str]:
    """The deadline of each year's cycle."""
    return {row["year"]: row["deadline"] for row in rows(select(t.CYCLES))}


@dataclass(frozen=True)
class Opening:
    """When a report was opened, and the fact that told of it."""

    fact: str
    at: datetime


def openings(rows: Rows, report_id: UUID | None = None) -> dict[str, Opening]:
    """When each report was opened, by what was heard of it."""
    query = live("reporting").where(heard.c.type == "reporting.report.opened.v1").order_by(heard.c.turn)
    if report_id is not None:
        query = query.where(heard.c.subject == str(report_id))
    events = (CloudEvent.model_validate_json(row["body"]) for row in rows(query))
    return {event.subject: Opening(first_told(rows, event), event.time) for event in events}


def newest_turn(rows: Rows) -> int:
    """The turn of what was heard last."""
    return int(rows(last_turn())[0]["turn"])


def due(rows: Rows, now: datetime, limit: int) -> list[dict[str, Any]]:
    """The messages whose time has come, oldest first; those waiting for an address also when it has come.

    What may wait for the receiver's digest is left to it.
    """
    message, person = t.MESSAGES.c, t.CARDS.c
    came = and_(message.reason == "no_address", person.email.is_not(None))
    ready = and_(message.due_at.is_not(None), or_(message.due_at <= instant(now), came))
    query = (
        select(t.MESSAGES)
        .outerjoin(t.CARDS, person.person_id == message.receiver)
        .where(ready, message.message_id.not_in(_for_digests()))
        .order_by(message.intended_at, message.message_id)
        .limit(limit)
    )
    return rows(query)


def _for_digests() -> Select[Any]:
    gathering = select(t.PREFERENCES.c.person_id).where(t.PREFERENCES.c.digest == 1)
    message = t.MESSAGES.c
    return select(message.message_id).where(
        message.duty == 0,
        message.occasion != "digest",
        message.status == "intended",
        message.asked_again == 0,
        message.receiver.in_(gathering),
    )


def for_digests(rows: Rows, before: datetime) -> dict[str, list[str]]:
    """The messages that wait for a digest since before an instant, by receiver."""
    query = (
        select(t.MESSAGES.c.receiver, t.MESSAGES.c.message_id)
        .where(t.MESSAGES.c.message_id.in_(_for_digests()), t.MESSAGES.c.intended_at < instant(before))
        .order_by(t.MESSAGES.c.intended_at, t.MESSAGES.c.message_id)
    )
    found: dict[str, list[str]] = {}
    for row in rows(query):
        found.setdefault(row["receiver"], []).append(row["message_id"])
    return found


def attempted(rows: Rows) -> list[UUID]:
    """The messages whose sending was begun and has no outcome."""
    query = select(t.MESSAGES.c.message_id).where(t.MESSAGES.c.status == "attempted")
    return [UUID(row["message_id"]) for row in rows(query)]


def counts(rows: Rows) -> dict[str, int]:
    """How many messages stand in each state."""
    query = select(t.MESSAGES.c.status, func.count().label("n")).group_by(t.MESSAGES.c.status)
    return {row["status"]: row["n"] for row in rows(query)}
