"""What a submission signs moves its hash and the version a submitter must have seen; nothing else does."""

from __future__ import annotations

import hashlib
from datetime import timedelta

import msgspec
import pytest

from services.reporting.question import Party
from services.reporting.report import Report
from services.reporting.report.ending import Extended, Reopened
from services.reporting.report.events import (
    AnswerConfirmed,
    ConsentGiven,
    DescriptionUpdated,
    GroupAnswersOutdated,
    NothingDeclared,
    NoticeGiven,
    PartUnfinished,
    PersonShown,
)
from services.reporting.report.lines import EntryChanged, EntryMoved, EntryRemoved, EntryRestored
from services.reporting.report.state import Description
from services.reporting.report.submitting import canonical
from shared.domain import Event
from tests.facts import (
    DATES,
    DESK,
    GROUP_LEADER,
    MEMBER_NORD,
    NOON,
    ROLES,
    answered,
    entered_for_nord,
    fact,
    finished,
    line,
    made_up,
    opened,
    sealed,
    submitted,
)
from tests.spec import given

pytestmark = pytest.mark.unit

FIRST = made_up("first")
BEFORE: tuple[Event, ...] = (
    opened,
    line("first"),
    line("second"),
    fact(EntryRemoved, entry_id=made_up("second"), version=2),
    line("third"),
    answered("results"),
    answered("quality", choices=("registry",)),
    entered_for_nord(),
    finished(Party.UNIT),
)

SIGNED: dict[str, Event] = {
    "a text": answered("results", "another", 2),
    "a text of the group": answered("overall", by=GROUP_LEADER),
    "choices": answered("quality", version=2, choices=("registry", "procedure")),
    "a new line": line("fourth"),
    "a changed line": fact(EntryChanged, entry_id=FIRST, version=2, fields=sealed("other"), faults=(), warnings=()),
    "a moved line": fact(EntryMoved, entry_id=FIRST, index=2),
    "a line taken out": fact(EntryRemoved, entry_id=FIRST, version=2),
    "a line put back": fact(EntryRestored, entry_id=made_up("second"), version=3),
    "nothing to report": fact(NothingDeclared, question_id="articles", version=1, declared=True),
    "a finished part": finished(Party.GROUP, by=GROUP_LEADER),
    "a part taken back": fact(PartUnfinished, part=Party.UNIT),
    "a description": fact(DescriptionUpdated, description=Description(2, "Ny.")),
}

NOT_SIGNED: dict[str, Event] = {
    "a confirmation": fact(AnswerConfirmed, by=MEMBER_NORD, question_id="nord"),
    "a mark on group answers": fact(GroupAnswersOutdated, questions=("nord",)),
    "a notice": fact(NoticeGiven, open_questions=("user",), waits_until=NOON),
    "a consent": fact(ConsentGiven, by=GROUP_LEADER),
    "an extension": fact(Extended, by=DESK, until=DATES.deadline + timedelta(days=3), reason="illness"),
    "a submission": submitted(),
    "a reopening": fact(Reopened, by=DESK, reason="a figure was wrong"),
}


def signed(*history: Event) -> tuple[int, str]:
    """The content version, and the hash a submission would have now."""
    state = given(Report, *history).thing.state
    return state.content_version, hashlib.sha256(canonical(state, ROLES)).hexdigest()


@pytest.mark.parametrize("what", SIGNED)
def test_what_is_signed_moves_the_version_and_the_hash(what: str) -> None:
    version, sha256 = signed(*BEFORE)
    assert signed(*BEFORE, SIGNED[what])[0] == version + 1
    assert signed(*BEFORE, SIGNED[what])[1] != sha256


@pytest.mark.parametrize("what", NOT_SIGNED)
def test_what_is_not_signed_moves_neither(what: str) -> None:
    assert signed(*BEFORE, NOT_SIGNED[what]) == signed(*BEFORE)


def test_a_role_shown_moves_the_version_and_stands_in_the_hash_by_the_roles_submitted() -> None:
    shown = fact(PersonShown, assignment_id=ROLES[0].assignment_id, public=False, copy=True)
    version, _ = signed(*BEFORE)
    assert signed(*BEFORE, shown)[0] == version + 1
    state = given(Report, *BEFORE).thing.state
    hidden = (msgspec.structs.replace(ROLES[0], public=False),)
    assert canonical(state, ROLES) != canonical(state, hidden)


def test_the_same_content_written_in_another_order_has_the_same_hash() -> None:
    one = (opened, answered("results"), answered("quality", choices=("registry", "procedure")))
    other = (opened, answered("quality", choices=("procedure", "registry")), answered("results"))
    assert signed(*one) == signed(*other)


def test_who_wrote_and_when_is_history_and_not_content() -> None:
    assert signed(opened, answered("results")) == signed(
        opened, answered("results", by=DESK, at=NOON + timedelta(hours=1))
    )
