"""Whatever is heard and asked, in any order: replay is live, a completed review is signed by all its regions alike,
and no signature survives a new submission."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from hypothesis import event as note
from hypothesis import given, settings
from hypothesis import strategies as st

from services.review.review import Criterion, Review, Step, Verdict
from services.review.review.events import Resubmitted, Returned
from services.review.review.state import PAST_THE_MEETING
from shared.domain import Event, Recorded, Refused
from shared.eventstore.mapper import EventMapper, from_snapshot, to_snapshot
from tests.facts import LEAD, NOON, made_up
from tests.unit.review.facts import (
    BOTH,
    ITSELF,
    NORD,
    OST,
    REVIEW,
    REVIEWED,
    TEXT,
    VEST,
    all_assessed,
    opened,
    signed,
    submission,
)

pytestmark = pytest.mark.property

Ask = Callable[[Review], None]
Facts = tuple[Event, ...]
MAPPER = EventMapper()
QUERIES = [made_up(f"query {n}") for n in range(2)]
MANY = settings(max_examples=400, deadline=None, derandomize=bool(os.environ.get("CI")))
DONE = {Step.REVIEWED, *PAST_THE_MEETING}

reviewers = st.sampled_from([VEST, OST, VEST, OST, VEST, OST, VEST, OST, NORD])
regions = st.sampled_from(["vest", "sor_ost", "vest", "sor_ost", "nord"])
# Mostly what stands now, sometimes what somebody saw before.
behind = st.sampled_from([0, 0, 0, 0, 1])


def own_region(by: Any, region: str, honest: bool) -> str:
    """Mostly people act for their own region."""
    return str(by.on_behalf_of) if honest else region


@st.composite
def hearing(draw: st.DrawFn) -> Ask:
    ahead = draw(st.sampled_from([0, 1, 1, 1, 2]))
    asks: list[Ask] = [
        lambda r: r.resubmit(submission(r.state.judged.number + ahead), by=ITSELF, at=NOON),
        *[lambda r: r.note_addendum(r.state.judged.number, f"q{ahead}", by=ITSELF, at=NOON)] * 2,
        lambda r: r.reopen(by=ITSELF, at=NOON),
    ]
    return draw(st.sampled_from(asks))


@st.composite
def assessing(draw: st.DrawFn) -> Ask:
    by, criterion, off = draw(reviewers), draw(st.sampled_from(list(Criterion))), draw(behind)
    region = own_region(by, draw(regions), draw(st.integers(0, 5)) > 0)

    def assess(r: Review) -> None:
        standing = r.part(region).assessments.get(criterion)
        base = (standing.version if standing else 0) - off
        r.assess(region, criterion, Verdict.SERIOUS, TEXT, base=base, by=by, at=NOON)

    def assign(r: Review) -> None:
        r.assign(region, made_up(f"assessor {off}"), by=by, at=NOON)

    return draw(st.sampled_from([assess, assess, assign]))


@st.composite
def signing(draw: st.DrawFn) -> Ask:
    by, off, hash_off, part_off = draw(reviewers), draw(behind), draw(behind), draw(behind)
    region = own_region(by, draw(regions), draw(st.integers(0, 5)) > 0)

    def sign(r: Review) -> None:
        number = r.state.judged.number - off
        sha256 = submission(number - hash_off).sha256
        seen = r.part(region).version - part_off
        r.sign(region, number=number, sha256=sha256, part_version=seen, by=by, at=NOON)

    def withdraw(r: Review) -> None:
        r.withdraw_signature(region, TEXT, by=by, at=NOON)

    return draw(st.sampled_from([sign, sign, sign, sign, withdraw]))


@st.composite
def deciding(draw: st.DrawFn) -> Ask:
    by, off = draw(reviewers), draw(behind)
    region = own_region(by, draw(regions), draw(st.integers(0, 5)) > 0)
    complete: Ask = lambda r: r.complete(region, number=r.state.judged.number - off, by=by, at=NOON)  # noqa: E731
    present: Ask = lambda r: r.present(by=by, at=NOON)  # noqa: E731
    asks: list[Ask] = [
        *[complete] * 4,
        *[present] * 2,
        lambda r: r.take_back(region, r.state.judged.number - off, TEXT, by=by, at=NOON),
        lambda r: r.send(by=by, at=NOON),
    ]
    return draw(st.sampled_from(asks))


@st.composite
def telling(draw: st.DrawFn) -> Ask:
    by, query, off = draw(reviewers), draw(st.sampled_from(QUERIES)), draw(behind)
    region = str(by.on_behalf_of)

    def version(r: Review) -> int:
        feedback = r.part(region).feedback
        return (feedback.version if feedback else 0) - off

    asks: list[Ask] = [
        lambda r: r.ask_query(query, region, TEXT, by=by, at=NOON),
        lambda r: r.answer_query(query, TEXT, by=LEAD, at=NOON),
        lambda r: r.close_query(query, by=by, at=NOON),
        lambda r: r.write_feedback(region, TEXT, TEXT, base=version(r), by=by, at=NOON),
        lambda r: r.send_feedback(region, seen=version(r), by=by, at=NOON),
        lambda r: r.read_feedback(region, by=LEAD, at=NOON),
    ]
    return draw(st.sampled_from(asks))


asks = st.lists(
    st.one_of(hearing(), assessing(), signing(), signing(), deciding(), deciding(), telling()),
    min_size=10,
    max_size=60,
)
BY_BOTH = (opened(*BOTH), *all_assessed(VEST), *all_assessed(OST))
starts: st.SearchStrategy[Facts] = st.sampled_from(
    [
        (opened(),),
        (opened(*BOTH),),
        (opened(), *all_assessed()),
        BY_BOTH,
        (*BY_BOTH, signed(VEST)),
        (*BY_BOTH, signed(VEST), signed(OST)),
        REVIEWED,
    ]
)


def encoded(review: Review) -> bytes:
    return msgspec.json.encode([review.version, review.state], order="deterministic")


class Watched(Review):
    """A review that is looked at after everything that happens to it."""

    states: list[bytes]

    def trigger(self, event: Event) -> None:
        super().trigger(event)
        self.states.append(encoded(self))
        if isinstance(event, Resubmitted | Returned):
            assert self.state.signatures() == []
        _must_be_sound(self)


def _must_be_sound(review: Review) -> None:
    judged = review.state.judged
    signed = {s.region: (s.number, s.sha256) for s in review.state.signatures()}
    if review.state.step in DONE:
        assert signed == dict.fromkeys(review.state.regions, (judged.number, judged.sha256))
    assert set(signed.values()) <= {(judged.number, judged.sha256)}


def live(start: Facts, commands: list[Ask]) -> tuple[Review, list[bytes], list[Recorded]]:
    """The review all of this was heard by and asked of, as it was at every version, and what happened."""
    review = Watched.begin(REVIEW, start[0])
    states = review.states = [encoded(review)]
    for event in start[1:]:
        review.trigger(event)
    for ask in commands:
        before = encoded(review)
        try:
            ask(review)
        except Refused as refusal:
            note(type(refusal).__name__)
            assert encoded(review) == before, "a refused command has changed something"
    happened = list(review.collect_events())
    for recorded in happened:
        note(type(recorded.event).__name__)
    return review, states, [MAPPER.to_domain_event(MAPPER.to_stored_event(r)) for r in happened]


def folded(history: list[Recorded], onto: Review | None = None) -> Review:
    review = Review.fold(history, onto)
    assert review is not None
    return review


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
    review, _, history = live(start, commands)
    at = data.draw(st.integers(1, len(history)), label="snapshot at")
    snapshot = from_snapshot(Review, to_snapshot(folded(history[:at])))
    again = folded(history[at:], snapshot)
    assert (again.version, again.state) == (review.version, review.state)
