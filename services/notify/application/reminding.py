"""What the clock brings about: reminders before a deadline, one word after it, and the daily digests."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from services.notify.application.intending import SYSTEM, Intention, intend
from services.notify.application.receivers import about_report, holding, target_of
from services.notify.message import About, Message, MessageState, Reason, Status
from services.notify.occasion import Occasion
from services.notify.preferences import Preferences
from services.notify.rules import DAYS_BEFORE, DAYS_OVERDUE, REMINDED
from services.notify.views import queries
from shared.clock import OSLO
from shared.desk import UnitOfWork
from shared.domain import identity
from shared.eventstore import EventStore
from shared.read_rows import Rows
from shared.schedule import Due

MORNING = time(8)
DIGEST_TIME = time(7)
STEPS = (*DAYS_BEFORE, -DAYS_OVERDUE)
LATEST = timedelta(days=14)
"""How long after its time a word about a passed deadline is still sent."""
UNTIL_DONE = frozenset({Occasion.REMINDER, Occasion.OVERDUE})
"""What nobody is told any more who has done it meanwhile."""


class Reminders:
    """Which reminders are due.

    Of those that were missed only the newest is sent: nobody is told of fourteen days when there are six.
    """

    def __init__(self, store: EventStore) -> None:
        self._store = store
        self._done: set[UUID] = set()

    def due(self, now: datetime) -> Iterator[Due]:
        """The reminders whose time has come and that were not seen to."""
        rows = self._store.rows
        reports = queries.written_reports(rows)
        openings = queries.openings(rows) if reports else {}
        deadlines = queries.deadlines(rows)
        for report in reports:
            deadline = report["extended_until"] or deadlines.get(report["year"])
            opening = openings.get(report["report_id"])
            if deadline is None or opening is None:
                continue
            step = newest_step(datetime.fromisoformat(deadline), opening.at, now)
            if step is not None:
                yield from self._unless_done(_due(report, *step, now))

    def _unless_done(self, due: Due) -> Iterator[Due]:
        command_id = due.command().id
        if command_id in self._done:
            return
        if self._store.outcome(command_id):
            self._done.add(command_id)
        else:
            yield due


def newest_step(deadline: datetime, opened_at: datetime, now: datetime) -> tuple[int, datetime] | None:
    """The last reminder whose moment has passed since the opening, and that moment; none when it is long past."""
    passed = [
        (days, moment)
        for days in STEPS
        if opened_at < (moment := _morning(deadline.astimezone(OSLO).date() - timedelta(days=days))) <= now
    ]
    if not passed or (passed[-1][0] < 0 and now - passed[-1][1] > LATEST):
        return None
    days, moment = passed[-1]
    # Between the deadline and the morning after it there is nothing to say.
    return None if days > 0 and now >= deadline else (days, moment)


def _morning(day: date) -> datetime:
    return datetime.combine(day, MORNING, OSLO)


def _due(report: dict[str, Any], days: int, moment: datetime, now: datetime) -> Due:
    rule = f"reminder_{days}" if days > 0 else "overdue"
    fact = f"{rule}:{report['report_id']}:{moment.isoformat()}"

    def decide(unit: UnitOfWork) -> Mapping[str, Any]:
        return {"messages": len(intend(unit, _reminded(unit.rows, report, rule, fact, now), now))}

    return Due(rule, report["report_id"], moment, decide)


def _reminded(rows: Rows, report: dict[str, Any], rule: str, fact: str, now: datetime) -> Iterator[Intention]:
    """Those with something left to do, as things are when the reminder is decided."""
    known = queries.report(rows, UUID(report["report_id"]))
    occasion = Occasion.OVERDUE if rule == "overdue" else Occasion.REMINDER
    if known is None or not _is_to_be_handed_in(known, occasion):
        return
    about, target = about_report(rows, known), target_of(rows, UUID(known["unit_id"]))
    for right, done in REMINDED.items():
        if has_something_to_do(known, done):
            for held in holding(rows, right, [target], now.astimezone(OSLO).date()):
                yield Intention(fact, rule, occasion, held.person_id, about, now)


def _is_to_be_handed_in(report: dict[str, Any], occasion: Occasion) -> bool:
    """Whether a report is still awaited; one that was handed in and came back is mended, and never overdue."""
    return queries.is_written(report) and not (occasion is Occasion.OVERDUE and report["submitted"])


def is_done(rows: Rows, message: MessageState) -> bool:
    """Whether nothing is left to do for the receiver of a reminder, by the roles it was meant for; else never."""
    about = message.about
    if message.occasion not in UNTIL_DONE or about.report_id is None:
        return False
    known = queries.report(rows, about.report_id)
    if known is None:
        return False
    target, on = target_of(rows, UUID(known["unit_id"])), message.intended_at.astimezone(OSLO).date()
    return not _is_to_be_handed_in(known, message.occasion) or not any(
        has_something_to_do(known, done)
        and message.receiver in {held.person_id for held in holding(rows, right, [target], on)}
        for right, done in REMINDED.items()
    )


def has_something_to_do(report: dict[str, Any], done: str) -> bool:
    """Whether what makes somebody done is still to come, in a report that is still to be handed in."""
    if done == "submitted":
        return True
    return not report[done] and (done != "group_done" or bool(report["has_group"]))


class Digests:
    """Which digests are due: what waits since before the last digest time, one message for each person."""

    def __init__(self, store: EventStore) -> None:
        self._store = store

    def due(self, now: datetime) -> Iterator[Due]:
        """A digest for everybody for whom something waits."""
        moment = last_digest_time(now)
        for receiver, waiting in queries.for_digests(self._store.rows, moment).items():
            yield Due(
                "digest", f"{receiver}:{identity('digest', *waiting)}", moment, _gather(UUID(receiver), moment, now)
            )


def last_digest_time(now: datetime) -> datetime:
    """The last time digests were made, or should have been."""
    there = now.astimezone(OSLO)
    today = datetime.combine(there.date(), DIGEST_TIME, OSLO)
    return today if today <= there else datetime.combine(there.date() - timedelta(days=1), DIGEST_TIME, OSLO)


def _gather(receiver: UUID, moment: datetime, now: datetime) -> Callable[[UnitOfWork], Mapping[str, Any]]:
    def decide(unit: UnitOfWork) -> Mapping[str, Any]:
        waiting = queries.for_digests(unit.rows, moment).get(str(receiver), [])
        messages = [unit.get(Message, UUID(message_id)) for message_id in waiting]
        preferences = unit.find(Preferences, Preferences.identify(receiver))
        muted = preferences.state.choice.muted if preferences else ()
        for message in messages:
            if message.state.occasion in muted:
                message.withhold(Reason.MUTED, by=SYSTEM, at=now)
            elif is_done(unit.rows, message.state):
                message.withhold(Reason.DONE_MEANWHILE, by=SYSTEM, at=now)
        parts = [message for message in messages if message.state.status is Status.INTENDED]
        if not parts:
            return {"messages": 0}
        fact = f"digest:{receiver}:{identity('digest', *(part.id for part in parts))}"
        about = About(messages=tuple(part.id for part in parts))
        digest = Message.intend(fact, "digest", Occasion.DIGEST, receiver, about, by=SYSTEM, at=now)
        unit.add(digest)
        for part in parts:
            part.gather(digest.id, by=SYSTEM, at=now)
        return {"messages": len(parts), "digest": str(digest.id)}

    return decide
