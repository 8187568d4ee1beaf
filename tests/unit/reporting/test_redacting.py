"""A text is removed from all history by two persons, what may stay is kept, and the history stays unbroken."""

from __future__ import annotations

from typing import Any

import pytest

from services.reporting.report import Report, Status
from services.reporting.report.ending import AddendumSigned, Redacted, RedactionRejected, RedactionRequested
from services.reporting.report.redacting import FourEyesNeeded, RangeUnknown, RedactionDecided, RedactionNotFound
from services.reporting.report.rules import QuestionNotInTemplate, SealedWithDestroyedKey
from shared.domain import Acting, ChangedMeanwhile, Event, Sealed
from tests.facts import (
    COMPLETE,
    DESK,
    GROUP_LEADER,
    LEAD,
    NOON,
    OTHER_DESK,
    UNIT_PART,
    answered,
    fact,
    line,
    made_up,
    opened,
    sealed,
    submitted,
)
from tests.spec import Given, Outcome, given

pytestmark = pytest.mark.unit

ASKED = made_up("redaction")
KEY = "report:made-up"
THREE_VERSIONS = (opened, answered("results", "one"), answered("results", "two", 2), answered("results", "three", 3))
KEPT = {"sha256 of one": sealed("one", generation=2)}


def requested(place: str = "results", first: int = 1, last: int = 3) -> RedactionRequested:
    return fact(
        RedactionRequested,
        by=GROUP_LEADER,
        redaction_id=ASKED,
        place=place,
        first=first,
        last=last,
        reason="names a patient",
        legal_basis="GDPR 17",
    )


def redacted(place: str = "results", first: int = 1, last: int = 3, **more: Any) -> Redacted:
    rest: dict[str, Any] = {"kept": {}, "current": None, "current_removed": True, **more}
    return fact(
        Redacted, by=DESK, redaction_id=ASKED, place=place, first=first, last=last, subject=KEY, generation=1, **rest
    )


def request(asked: Given[Report], first: int, last: int, place: str = "results") -> Outcome:
    return asked.when(
        lambda r: r.request_redaction(
            ASKED,
            place,
            first=first,
            last=last,
            reason="names a patient",
            legal_basis="GDPR 17",
            by=GROUP_LEADER,
            at=NOON,
        )
    )


def redact(
    asked: Given[Report],
    *,
    seen: int,
    by: Acting = DESK,
    kept: dict[str, Sealed] | None = None,
    current: Sealed | None = None,
) -> Outcome:
    return asked.when(
        lambda r: r.redact(
            ASKED, seen=seen, subject=KEY, generation=1, kept=kept or {}, current=current, by=by, at=NOON
        )
    )


# Asking.


def test_a_range_of_versions_is_asked_to_be_removed() -> None:
    asked = given(Report, *THREE_VERSIONS)
    request(asked, 1, 2).then(requested(last=2))
    assert asked.thing.state.answers["results"].text == sealed("three")


@pytest.mark.parametrize(("first", "last"), [(0, 1), (2, 1), (1, 4), (4, 4)])
def test_versions_the_place_does_not_have_are_refused(first: int, last: int) -> None:
    request(given(Report, *THREE_VERSIONS), first, last).then_refused(RangeUnknown, current_version=3)


def test_a_place_where_nothing_was_written_is_refused() -> None:
    request(given(Report, opened), 1, 1).then_refused(QuestionNotInTemplate, place="results")
    request(given(Report, opened), 1, 1, str(made_up("line"))).then_refused(QuestionNotInTemplate)


def test_a_line_is_redacted_by_its_id() -> None:
    place = str(made_up("first"))
    request(given(Report, opened, line("first")), 1, 1, place).then(requested(place, last=1))


@pytest.mark.parametrize("history", [COMPLETE, (*COMPLETE, submitted())])
def test_a_text_is_removed_whatever_state_the_report_is_in(history: tuple[Event, ...]) -> None:
    asked = given(Report, *history)
    status = asked.thing.state.status
    request(asked, 1, 1).then(requested(last=1))
    redact(asked, seen=1).then(redacted(last=1))
    assert asked.thing.state.status is status


# Deciding.


def test_another_person_approves_and_the_text_is_gone() -> None:
    asked = given(Report, *THREE_VERSIONS, requested())
    redact(asked, seen=3).then(redacted())
    answer = asked.thing.state.answers["results"]
    assert (answer.text, answer.version, answer.is_given) == (None, 4, False)
    assert asked.thing.state.shredded == {KEY: 1}
    assert asked.thing.redaction(ASKED).approved_by == DESK


def test_removing_what_stands_now_moves_the_version_a_submitter_must_have_seen() -> None:
    asked = given(Report, *THREE_VERSIONS, requested())
    redact(asked, seen=3)
    assert (asked.thing.state.content_version, asked.thing.state.touched["results"]) == (4, 4)


def test_what_is_outside_the_range_is_kept_under_a_new_key() -> None:
    asked = given(Report, *THREE_VERSIONS, requested(first=2, last=2))
    anew = sealed("three", generation=2)
    redact(asked, seen=3, kept=KEPT, current=anew).then(
        redacted(first=2, last=2, kept=KEPT, current=anew, current_removed=False)
    )
    state = asked.thing.state
    assert (state.answers["results"].text, state.answers["results"].version) == (anew, 3)
    assert (state.kept, state.content_version) == (KEPT, 3)


def test_a_line_whose_present_text_is_removed_leaves_its_list() -> None:
    place = str(made_up("first"))
    asked = given(Report, opened, line("first"), requested(place, last=1))
    redact(asked, seen=1).then(redacted(place, last=1))
    entry = asked.thing.state.entry(made_up("first"))
    assert entry is not None
    assert (entry.fields, entry.removed, entry.version) == (None, True, 2)
    assert asked.thing.state.live_entries("articles") == []


def test_a_line_whose_earlier_text_is_removed_stays() -> None:
    place = str(made_up("first"))
    asked = given(Report, opened, line("first", "again"), requested(place, last=1))
    asked.when(
        lambda r: r.change_entry(made_up("first"), sealed("better"), faults=(), warnings=(), base=1, by=LEAD, at=NOON)
    )
    redact(asked, seen=2, current=sealed("better", generation=2))
    [entry] = asked.thing.state.live_entries("articles")
    assert (entry.fields, entry.version) == (sealed("better", generation=2), 2)


def test_whoever_asks_does_not_approve() -> None:
    redact(given(Report, *THREE_VERSIONS, requested()), seen=3, by=GROUP_LEADER).then_refused(FourEyesNeeded)


def test_the_same_person_in_another_role_does_not_approve_either() -> None:
    same = Acting(subject=GROUP_LEADER.subject, role="service_desk")
    redact(given(Report, *THREE_VERSIONS, requested()), seen=3, by=same).then_refused(FourEyesNeeded)


def test_what_was_written_while_the_rest_was_sealed_anew_is_not_lost() -> None:
    asked = given(Report, *THREE_VERSIONS, requested(last=2), answered("results", "four", 4))
    redact(asked, seen=3).then_refused(ChangedMeanwhile, base_version=3, current_version=4)


def test_a_redaction_nobody_asked_for_is_refused() -> None:
    asked = given(Report, *THREE_VERSIONS)
    redact(asked, seen=3).then_refused(RedactionNotFound)
    asked.when(lambda r: r.reject_redaction(ASKED, "no", by=DESK, at=NOON)).then_refused(RedactionNotFound)
    asked.when(lambda r: r.must_have_undecided_redactions()).then_refused(RedactionNotFound)


def test_a_request_turned_down_removes_nothing_and_stays_in_history() -> None:
    asked = given(Report, *THREE_VERSIONS, requested())
    asked.when(lambda r: r.reject_redaction(ASKED, "no patient named", by=DESK, at=NOON)).then(
        fact(RedactionRejected, by=DESK, redaction_id=ASKED, reason="no patient named")
    )
    assert asked.thing.redaction(ASKED).rejected
    assert asked.thing.state.answers["results"].text == sealed("three")


def test_a_request_is_decided_once() -> None:
    turned_down = fact(RedactionRejected, by=DESK, redaction_id=ASKED, reason="no patient named")
    for decided in (redacted(), turned_down):
        asked = given(Report, *THREE_VERSIONS, requested(), decided)
        redact(asked, seen=asked.thing.place_version("results"), by=OTHER_DESK).then_refused(RedactionDecided)
        asked.when(lambda r: r.reject_redaction(ASKED, "no", by=OTHER_DESK, at=NOON)).then_refused(RedactionDecided)
        asked.when(lambda r: r.must_have_undecided_redactions()).then_refused(RedactionNotFound)


# Texts on their way.


def test_a_text_sealed_with_a_key_destroyed_meanwhile_is_refused() -> None:
    history = (*THREE_VERSIONS, requested(), redacted())
    stale, fresh = sealed("four"), sealed("four", generation=2)
    asked = given(Report, *history)
    asked.when(lambda r: r.answer("results", stale, base=4, by=LEAD, at=NOON)).then_refused(
        SealedWithDestroyedKey, destroyed_up_to=1
    )
    outcome = asked.when(lambda r: r.answer("results", fresh, base=4, by=LEAD, at=NOON))
    assert outcome.refusal is None


def test_every_way_a_text_comes_in_is_guarded() -> None:
    gone: tuple[Event, ...] = (requested(last=1), redacted(last=1))
    asked = given(Report, opened, *UNIT_PART[1:], *gone, line("first", fields="x"))
    text = sealed("stale")
    judged: dict[str, Any] = {"faults": (), "warnings": (), "by": LEAD, "at": NOON}
    for ask in (
        lambda r: r.add_entry(made_up("second"), "articles", text, **judged),
        lambda r: r.change_entry(made_up("first"), text, base=1, **judged),
        lambda r: r.enter_on_behalf(
            "nord", text, base=0, holder=None, answered_on=NOON.date(), by=GROUP_LEADER, at=NOON
        ),
    ):
        asked.when(ask).then_refused(SealedWithDestroyedKey)
    handed_in = given(Report, *COMPLETE, *gone, submitted(excused=("user",), excuse="no reply"))
    assert handed_in.thing.state.status is Status.SUBMITTED
    handed_in.when(lambda r: r.add_addendum("user", text, by=LEAD, at=NOON)).then_refused(SealedWithDestroyedKey)
    handed_in.when(lambda r: r.add_addendum("user", sealed("late", generation=2), by=LEAD, at=NOON)).then(
        fact(AddendumSigned, question_id="user", number=1, version=2, text=sealed("late", generation=2))
    )


def test_an_addendum_is_removed_like_the_answer_it_is() -> None:
    signed = fact(AddendumSigned, by=GROUP_LEADER, question_id="user", number=1, version=1, text=sealed("late"))
    history = (opened, *UNIT_PART, submitted(excused=("user",), excuse="no reply"), signed, requested("user", 1, 1))
    asked = given(Report, *history)
    redact(asked, seen=1).then(redacted("user", 1, 1))
    assert asked.thing.state.addenda["user"].text is None
    assert asked.thing.state.status is Status.SUBMITTED
