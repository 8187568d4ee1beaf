"""Whatever is asked of a report, in any order: what is replayed is what is live, and a refusal changes nothing."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

import msgspec
import pytest
from hypothesis import event as note
from hypothesis import given, settings
from hypothesis import strategies as st

from services.reporting.question import Party
from services.reporting.report import Report
from services.reporting.report.ending import Submitted
from services.reporting.report.state import Description, Shown
from services.reporting.report.submitting import canonical
from shared.domain import Acting, Event, Recorded, Refused, Sealed
from shared.eventstore.mapper import EventMapper, from_snapshot, to_snapshot
from tests.facts import (
    COMPLETE,
    DATES,
    DESK,
    GROUP_LEADER,
    LEAD,
    MEMBER_NORD,
    NOON,
    REPORT,
    ROLES,
    SLOTS,
    UNIT_PART,
    line,
    made_up,
    opened,
    sealed,
)

pytestmark = pytest.mark.property

Ask = Callable[[Report], None]
Facts = tuple[Event, ...]
MAPPER = EventMapper()
LINES = [made_up(f"line {n}") for n in range(4)]
REDACTIONS = [made_up(f"redaction {n}") for n in range(2)]
TEXTS = [slot.id for slot in SLOTS if slot.id != "articles"]
ARTICLES = [line(f"line {n}") for n in range(2)]
MOMENTS = [NOON, DATES.deadline, DATES.grace_until + timedelta(days=1)]
MANY = settings(max_examples=400, deadline=None, derandomize=bool(os.environ.get("CI")))

people = st.sampled_from([LEAD, GROUP_LEADER, MEMBER_NORD, DESK])
moments = st.sampled_from(MOMENTS)
parties = st.sampled_from(list(Party))
lines = st.sampled_from(LINES)
# Mostly what stands now, sometimes what somebody saw before.
behind = st.sampled_from([0, 0, 0, 0, 1])
written = st.sampled_from(["results", "quality", "nord", "results", "articles", *map(str, LINES)])
codes = st.sampled_from([(), (), ("title_missing",)])
choices = st.sampled_from([(), ("registry",), ("registry", "procedure"), ("luck",)])
questions = st.sampled_from([*TEXTS, *TEXTS, "articles", "asked_elsewhere"])


def version(report: Report, question_id: str) -> int:
    answer = report.state.answers.get(question_id)
    return answer.version if answer else 0


def line_version(report: Report, entry_id: Any) -> int:
    entry = report.state.entry(entry_id)
    return entry.version if entry else 0


def seal(report: Report, place: str, text: str) -> Sealed:
    """Sealed under the place's newest key, as the vault would."""
    subject = f"report:{place}"
    return sealed(text, subject, report.state.shredded.get(subject, 0) + 1)


words = st.sampled_from(["", "short", "a text that is longer than its limit"])


@st.composite
def answers(draw: st.DrawFn) -> Ask:
    q, text, off, by, at = draw(questions), draw(words), draw(behind), draw(people), draw(moments)
    ticked = draw(choices) if q == "quality" else ()
    return lambda r: r.answer(q, seal(r, q, text), base=version(r, q) - off, by=by, at=at, choices=ticked)


@st.composite
def on_behalf(draw: st.DrawFn) -> Ask:
    q, off, at = draw(st.sampled_from(["nord", "user"])), draw(behind), draw(moments)
    confirm: bool = draw(st.booleans())
    if confirm:
        return lambda r: r.confirm(q, base=version(r, q) - off, by=MEMBER_NORD, at=at)
    return lambda r: r.enter_on_behalf(
        q,
        seal(r, q, "said"),
        base=version(r, q) - off,
        holder=None,
        answered_on=at.date(),
        by=GROUP_LEADER,
        at=at,
    )


@st.composite
def listing(draw: st.DrawFn) -> Ask:
    entry, off, by, at = draw(lines), draw(behind), draw(people), draw(moments)
    who: dict[str, Any] = {"by": by, "at": at}
    judged: dict[str, Any] = {"faults": draw(codes), "warnings": draw(codes), **who}
    index, declared = draw(st.integers(-1, 3)), draw(st.booleans())
    asks: list[Ask] = [
        lambda r: r.add_entry(entry, "articles", seal(r, str(entry), "new"), **judged),
        lambda r: r.change_entry(entry, seal(r, str(entry), "other"), base=line_version(r, entry) - off, **judged),
        lambda r: r.move_entry(entry, index, **who),
        lambda r: r.remove_entry(entry, base=line_version(r, entry) - off, **who),
        lambda r: r.restore_entry(entry, base=line_version(r, entry) - off, **who),
        lambda r: r.declare_nothing("articles", declared=declared, base=version(r, "articles") - off, **who),
    ]
    return draw(st.sampled_from(asks))


@st.composite
def handing_in(draw: st.DrawFn) -> Ask:
    by, at, part, off = draw(people), draw(moments), draw(parties), draw(behind)
    done, excuse, q = draw(st.booleans()), draw(st.sampled_from([None, "no reply"])), draw(st.sampled_from(TEXTS))
    submit: Ask = lambda r: r.submit(  # noqa: E731  # one of a list of asks
        seen=r.state.content_version - off, dates=DATES, roles=ROLES, excuse=excuse, by=by, at=at
    )
    asks: list[Ask] = [
        submit,
        submit,
        lambda r: r.finish(part, finished=done, by=by, at=at),
        lambda r: r.show_person(made_up("lead"), Shown(done, True), by=by, at=at),
        lambda r: r.update_description(Description(2, "ny") if done else Description(3, "nyere"), by=by, at=at),
        lambda r: r.give_notice(at + timedelta(days=7), by=by, at=at),
        lambda r: r.consent(by=by, at=at),
        lambda r: r.add_addendum(q, seal(r, q, "late"), by=by, at=at),
    ]
    return draw(st.sampled_from(asks))


@st.composite
def ending(draw: st.DrawFn) -> Ask:
    by, at, until = draw(people), draw(moments), draw(moments)
    reopen: Ask = lambda r: r.reopen("a figure was wrong", by=by, at=at)  # noqa: E731
    asks: list[Ask] = [
        lambda r: r.extend(until, "illness", deadline=DATES.deadline, by=by, at=at),
        lambda r: r.exempt("closed", by=by, at=at),
        lambda r: r.withdraw("a mistake", by=by, at=at),
        *[reopen] * 6,
    ]
    return draw(st.sampled_from(asks))


@st.composite
def redacting(draw: st.DrawFn) -> Ask:
    redaction, by, other, at = draw(st.sampled_from(REDACTIONS)), draw(people), draw(people), draw(moments)
    off, length = draw(behind), draw(st.integers(0, 1))
    place = draw(written)

    def request(r: Report) -> None:
        first = max(1, r.place_version(place) - off - length)
        r.request_redaction(
            redaction, place, first=first, last=first + length, reason="a name", legal_basis="law", by=by, at=at
        )

    approve: Ask = lambda r: redact(r, redaction, other, at)  # noqa: E731
    reject: Ask = lambda r: r.reject_redaction(redaction, "none named", by=by, at=at)  # noqa: E731
    asks = [request, request, request, approve, approve, reject]
    return draw(st.sampled_from(asks))


def redact(report: Report, redaction_id: Any, by: Acting, at: datetime) -> None:
    """Approve a redaction as the service does: what may stay is sealed anew, under the next generation."""
    asked = report.redaction(redaction_id)
    subject, seen = f"report:{asked.place}", report.place_version(asked.place)
    generation = report.state.shredded.get(subject, 0) + 1
    anew = sealed("kept", subject, generation + 1)
    removed = asked.first <= seen <= asked.last
    report.redact(
        redaction_id,
        seen=seen,
        subject=subject,
        generation=generation,
        kept={} if removed else {f"{generation}": anew},
        current=None if removed else anew,
        by=by,
        at=at,
    )


asks = st.lists(
    st.one_of(answers(), listing(), on_behalf(), handing_in(), handing_in(), ending(), redacting()),
    min_size=10,
    max_size=60,
)
starts = st.sampled_from([(opened,), COMPLETE, (opened, *UNIT_PART), (*COMPLETE[:1], *COMPLETE[2:], *ARTICLES)])


def encoded(report: Report) -> bytes:
    return msgspec.json.encode([report.version, report.state], order="deterministic")


class Watched(Report):
    """A report that remembers how it was at every version."""

    states: list[bytes]

    def trigger(self, event: Event) -> None:
        super().trigger(event)
        self.states.append(encoded(self))


def live(start: Facts, commands: list[Ask]) -> tuple[Report, list[bytes], list[Recorded]]:
    """The report all of this was asked of, as it was at every version, and what happened."""
    report = Watched.begin(REPORT, start[0])
    states = report.states = [encoded(report)]
    for event in start[1:]:
        report.trigger(event)
    for ask in commands:
        before, content = encoded(report), report.state.content_version
        try:
            ask(report)
        except Refused as refusal:
            note(type(refusal).__name__)
            assert encoded(report) == before, "a refused command has changed something"
        assert report.state.content_version >= content
    happened = list(report.collect_events())
    for recorded in happened:
        note(type(recorded.event).__name__)
    return report, states, [MAPPER.to_domain_event(MAPPER.to_stored_event(r)) for r in happened]


def folded(history: list[Recorded], onto: Report | None = None) -> Report:
    report = Report.fold(history, onto)
    assert report is not None
    return report


@MANY
@given(starts, asks)
def test_replay_from_stored_bytes_is_what_was_live_at_every_version(start: Facts, commands: list[Ask]) -> None:
    _, states, history = live(start, commands)
    assert len(states) == len(history)
    replayed = folded(history[:1])
    assert encoded(replayed) == states[0]
    for recorded, state in zip(history[1:], states[1:], strict=True):
        assert encoded(folded([recorded], replayed)) == state


@MANY
@given(starts, asks, st.data())
def test_a_snapshot_and_its_tail_are_what_was_live(start: Facts, commands: list[Ask], data: st.DataObject) -> None:
    report, _, history = live(start, commands)
    at = data.draw(st.integers(1, len(history)), label="snapshot at")
    snapshot = from_snapshot(Report, to_snapshot(folded(history[:at])))
    again = folded(history[at:], snapshot)
    assert (again.version, again.state) == (report.version, report.state)
    assert from_snapshot(Report, to_snapshot(report)) is not None


@MANY
@given(starts, asks)
def test_every_submission_can_be_proved_from_the_state_it_froze(start: Facts, commands: list[Ask]) -> None:
    _, _, history = live(start, commands)
    for recorded in history:
        if isinstance(submitted := recorded.event, Submitted):
            frozen = folded(history[: submitted.report_version])
            assert frozen.state.content_version == submitted.content_version
            assert sha256(canonical(frozen.state, submitted.roles)).hexdigest() == submitted.sha256
