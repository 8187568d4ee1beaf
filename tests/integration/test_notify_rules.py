"""Every rule tells those it names and nobody else, and hearing the same twice changes nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

import pytest

from services.notify.application.intending import intend
from services.notify.application.receivers import concerned
from services.notify.message import Reason
from services.notify.rules import RULES
from shared.contracts import Contract, registry, reporting, review
from shared.desk import Command, UnitOfWork
from shared.domain import identity
from tests.facts import made_up
from tests.integration.notify import (
    DEADLINE,
    OTHER_UNIT,
    PEOPLE,
    REPORT,
    REVIEW,
    UNIT,
    YEAR,
    Office,
    granted,
    office,
    opened,
    submitted,
)
from tests.stores import Databases

pytestmark = [pytest.mark.integration, pytest.mark.anyio]
LATER = datetime(2026, 2, 20, 15, 0, tzinfo=UTC)
APPOINTMENT, QUERY = made_up("appointment"), made_up("query")
WRITERS = ("coordinator", "lead", "site lead")
BOTH = ("coordinator", "lead", "leader", "site lead")
OTHER_REPORT = opened(made_up("other report"), OTHER_UNIT, has_group=False)

PROPOSED = registry.MemberProposedV1(
    unit_id=UNIT,
    appointment_id=APPOINTMENT,
    seat="region_nord",
    person_id=made_up("member"),
    desk_region="vest",
)
RETURNED = review.ReportReturnedV1(review_id=REVIEW, report_id=REPORT, unit_id=UNIT, number=1, region="vest")
ASKED = {"review_id": REVIEW, "report_id": REPORT, "query_id": QUERY, "region": "vest"}


@dataclass(frozen=True)
class Case:
    """What was heard before, what is heard now, and who is told."""

    said: Contract
    told: Sequence[str]
    before: Sequence[Contract] = (opened(),)


def part(name: str) -> Contract:
    return reporting.PartFinishedV1(report_id=REPORT, unit_id=UNIT, year=YEAR, part=name)


CASES: dict[str, Case] = {
    "form_sent": Case(opened(), WRITERS, ()),
    "form_sent_to_group": Case(opened(), ("leader",), ()),
    "unit_part_done": Case(part("unit"), ("leader",)),
    "group_part_done": Case(part("group"), WRITERS),
    "unit_changed": Case(reporting.GroupAnswersOutdatedV1(report_id=REPORT, questions=["nord"]), ("leader",)),
    "entered_on_behalf": Case(
        reporting.AnswerEnteredOnBehalfV1(report_id=REPORT, question_id="nord", holder=made_up("member")), ("member",)
    ),
    "notice_given": Case(
        reporting.NoticeGivenV1(report_id=REPORT, open_questions=["nord"], waits_until=DEADLINE), ("leader",)
    ),
    "submitted": Case(submitted(), ("lead",)),
    "submitted_copy": Case(
        submitted(copies=[made_up("member"), made_up("leader")]), ("coordinator", "leader", "member", "site lead")
    ),
    "submitted_late": Case(submitted(timing="late"), ("desk",)),
    "addendum": Case(reporting.AddendumSignedV1(report_id=REPORT, number=1, question_id="nord"), ("desk", "lead")),
    "extension": Case(reporting.ReportExtendedV1(report_id=REPORT, until=LATER), BOTH),
    "deadline_changed": Case(
        reporting.CycleRescheduledV1(year=YEAR, recommended_on=date(2026, 2, 12), deadline=LATER, grace_until=LATER),
        ("coordinator", "lead", "leader", "other lead", "site lead"),
        (opened(), OTHER_REPORT),
    ),
    "reopened": Case(reporting.ReportReopenedV1(report_id=REPORT), BOTH, (opened(), submitted())),
    "redaction": Case(
        reporting.TextRedactedV1(report_id=REPORT, place="nord", first_version=1, last_version=2), ("desk", "lead")
    ),
    "returned": Case(RETURNED, BOTH, (opened(), submitted())),
    "query": Case(review.QueryAskedV1(**ASKED, unit_id=UNIT), WRITERS),
    "query_answered": Case(
        review.QueryAnsweredV1(**ASKED),
        ("reviewer",),
        (
            opened(),
            review.ReviewAssignedV1(review_id=REVIEW, report_id=REPORT, region="vest", person_id=made_up("reviewer")),
        ),
    ),
    "feedback": Case(review.FeedbackSentV1(review_id=REVIEW, report_id=REPORT, unit_id=UNIT, region="vest"), BOTH),
    "sent_to_ministry": Case(
        review.DossierSentV1(year=YEAR, sha256="0" * 64, reports=[REPORT, made_up("other report")]),
        ("lead", "other lead"),
        (opened(), OTHER_REPORT),
    ),
    "proposal_received": Case(PROPOSED, ("desk",), ()),
    "appointed": Case(
        registry.MemberAppointedV1(
            unit_id=UNIT,
            appointment_id=APPOINTMENT,
            seat="region_nord",
            person_id=made_up("member"),
            assignment_id=made_up("seat"),
            appointed_by_region="nord",
        ),
        ("member",),
        (PROPOSED,),
    ),
    "declined": Case(
        registry.AppointmentDeclinedV1(
            unit_id=UNIT, appointment_id=APPOINTMENT, seat="region_nord", person_id=made_up("member")
        ),
        ("coordinator", "lead"),
        (PROPOSED,),
    ),
    "appointment_information": Case(
        registry.AppointmentInformedV1(unit_id=UNIT, appointment_id=APPOINTMENT), ("lead", "leader", "trust"), ()
    ),
}


@pytest.fixture
def at_work(databases: Databases) -> Iterator[Office]:
    with office(databases) as made:
        yield made


def test_every_rule_has_its_case() -> None:
    assert set(CASES) == {rule.name for rule in RULES}


@pytest.mark.parametrize("name", CASES)
async def test_a_rule_tells_those_it_names_and_hearing_it_twice_changes_nothing(at_work: Office, name: str) -> None:
    case = CASES[name]
    await at_work.begin()
    await at_work.told(*case.before)
    await at_work.told(case.said)
    assert at_work.receivers(rule=name) == sorted(case.told)
    before, head = at_work.messages(), at_work.store.head()
    assert await intended_again(at_work, case.said) == []
    await at_work.hear()
    await at_work.follow()
    assert (at_work.messages(), at_work.store.head()) == (before, head)


async def intended_again(at_work: Office, contract: Contract) -> list[str]:
    """The messages that come of taking the newest contract in once more, as if its turn had not been tracked."""
    again = at_work.said[contract.NAME.split(".", 1)[0]].events[-1]

    def decide(unit: UnitOfWork) -> dict[str, list[str]]:
        said = again.contract()
        assert said is not None
        return {"new": intend(unit, concerned(unit.rows, again, said), at_work.clock.now())}

    done = await at_work.desk.do(Command(identity("twice", again.id), b"", decide))
    new: list[str] = done.answer["new"]
    return new


async def test_the_trace_runs_from_the_request_to_the_message(at_work: Office) -> None:
    await at_work.begin("lead")
    await at_work.told(opened())
    (event,) = [recorded.event for recorded in at_work.store.recorded(at_work.message().id)]
    assert event.trace == at_work.said["reporting"].events[-1].traceparent


async def test_the_other_partys_part_is_told_to_nobody_of_the_own(at_work: Office) -> None:
    await at_work.begin()
    await at_work.told(opened(has_group=False))
    assert at_work.receivers(occasion="form_sent") == sorted(WRITERS)
    await at_work.told(part("unit"))
    assert at_work.receivers(occasion="unit_part_done") == ["leader"]


async def test_an_answer_that_nobody_assesses_yet_is_told_to_the_regions_reviewers(at_work: Office) -> None:
    await at_work.begin()
    await at_work.told(
        opened(), review.QueryAnsweredV1(**ASKED), review.QueryAnsweredV1(**{**ASKED, "region": "nord"})
    )
    assert at_work.receivers(occasion="query_answered") == ["reviewer"]


async def test_who_held_the_role_before_or_will_later_is_not_told(at_work: Office) -> None:
    await at_work.begin("coordinator", "lead")
    ended = granted("lead").model_dump()["assignment_id"]
    await at_work.told(
        registry.RoleEndedV1(assignment_id=ended, until=date(2025, 12, 31)),
        granted("member", since=date(2026, 3, 1), role="professional_lead", unit_id=UNIT),
    )
    await at_work.told(opened())
    assert at_work.receivers() == ["coordinator"]


async def test_who_gets_a_role_while_the_report_is_written_gets_its_form(at_work: Office) -> None:
    await at_work.begin("lead")
    await at_work.told(opened(), submitted(), RETURNED)
    await at_work.told(granted("coordinator"), granted("leader"), granted("trust"))
    assert at_work.receivers(occasion="form_sent") == ["coordinator", "lead", "leader"]
    before = at_work.messages()
    await at_work.told(granted("coordinator"))
    assert at_work.messages() == before


async def test_who_gets_a_role_when_the_report_is_done_does_not(at_work: Office) -> None:
    await at_work.begin("lead")
    await at_work.told(opened(), submitted())
    await at_work.told(granted("coordinator"))
    assert at_work.receivers(occasion="form_sent") == ["lead"]


async def test_a_report_waits_until_the_roles_it_rests_on_are_heard(at_work: Office) -> None:
    at_work.say(*(granted(name) for name in PEOPLE), opened())
    await at_work.hear("reporting")
    await at_work.follow()
    assert (at_work.messages(), at_work.concerning.waits_for) == ([], "registry")
    await at_work.hear("registry")
    await at_work.follow()
    assert at_work.receivers() == sorted(BOTH)
    assert at_work.concerning.waits_for == ""


async def test_a_judgement_waits_until_the_report_it_rests_on_is_heard(at_work: Office) -> None:
    await at_work.begin("lead")
    at_work.say(opened(), submitted(), RETURNED)
    await at_work.hear("review")
    await at_work.follow()
    assert at_work.messages() == []
    await at_work.hear()
    await at_work.follow()
    assert at_work.message(occasion="returned").state.about.year == YEAR


async def test_what_happened_long_ago_is_recorded_and_not_sent(at_work: Office) -> None:
    await at_work.begin("lead")
    at_work.say(opened())
    at_work.wait(days=15)
    await at_work.hear()
    await at_work.follow()
    assert at_work.message().state.reason is Reason.TOO_OLD
