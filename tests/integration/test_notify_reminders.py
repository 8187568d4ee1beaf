"""Reminders before a deadline: to those who are not done, once, and none of the past when a tick was missed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from services.notify.message import Reason
from shared.contracts import Contract, reporting
from tests.facts import made_up
from tests.integration.notify import DEADLINE, REPORT, UNIT, YEAR, Office, granted, office, opened, submitted
from tests.integration.test_notify_addressing import UNIT_DONE, choose
from tests.integration.test_notify_rules import RETURNED
from tests.servers.smtp import MailServer
from tests.stores import Databases

pytestmark = [pytest.mark.integration, pytest.mark.anyio]
BOTH = ["coordinator", "lead", "leader", "site lead"]


@pytest.fixture
def at_work(databases: Databases) -> Iterator[Office]:
    with office(databases) as made:
        yield made


async def opened_in_january(at_work: Office) -> None:
    await at_work.begin()
    await at_work.told(opened())


async def days_before(at_work: Office, days: int) -> None:
    """It is noon so many days before the deadline, and the clock ticks twice."""
    at_work.clock.at = DEADLINE - timedelta(days=days, hours=4)
    await at_work.timing.tick()
    await at_work.timing.tick()


def rules(at_work: Office) -> set[str]:
    return {row["rule"] for row in at_work.messages() if row["occasion"] in ("reminder", "overdue")}


async def test_all_who_have_something_to_do_are_reminded_four_times_and_told_once_when_it_is_late(
    at_work: Office,
) -> None:
    await opened_in_january(at_work)
    for days in range(33, -4, -1):
        await days_before(at_work, days)
    for rule in ("reminder_30", "reminder_14", "reminder_7", "reminder_1", "overdue"):
        assert at_work.receivers(rule=rule) == BOTH
    assert len(at_work.messages(occasion="reminder")) == 16


async def test_after_a_missed_tick_only_the_newest_is_sent(at_work: Office) -> None:
    await opened_in_january(at_work)
    await days_before(at_work, 6)
    assert rules(at_work) == {"reminder_7"}


async def test_a_restart_reminds_nobody_twice(at_work: Office) -> None:
    await opened_in_january(at_work)
    await days_before(at_work, 14)
    before = at_work.messages()
    at_work.connect(9)
    await days_before(at_work, 13)
    assert at_work.messages() == before


async def test_who_is_done_is_not_reminded(at_work: Office) -> None:
    await opened_in_january(at_work)
    await at_work.told(reporting.PartFinishedV1(report_id=REPORT, unit_id=UNIT, year=YEAR, part="unit"))
    await days_before(at_work, 14)
    assert at_work.receivers(rule="reminder_14") == ["lead", "leader"]
    await at_work.told(reporting.PartFinishedV1(report_id=REPORT, unit_id=UNIT, year=YEAR, part="group"))
    await days_before(at_work, 7)
    assert at_work.receivers(rule="reminder_7") == ["lead"]
    await at_work.told(submitted())
    await days_before(at_work, 1)
    await days_before(at_work, -2)
    assert rules(at_work) == {"reminder_14", "reminder_7"}


@pytest.mark.parametrize(("part", "whose"), [("unit", ["coordinator", "site lead"]), ("group", ["leader"])])
async def test_who_takes_back_that_a_part_is_done_is_reminded_again(
    at_work: Office, part: str, whose: list[str]
) -> None:
    await opened_in_january(at_work)
    done = [
        reporting.PartFinishedV1(report_id=REPORT, unit_id=UNIT, year=YEAR, part=each) for each in ("unit", "group")
    ]
    await at_work.told(*done, reporting.PartUnfinishedV1(report_id=REPORT, part=part))
    await days_before(at_work, 14)
    assert at_work.receivers(rule="reminder_14") == sorted(["lead", *whose])


@pytest.mark.parametrize(
    "back", [RETURNED, reporting.ReportReopenedV1(report_id=REPORT)], ids=["returned", "reopened"]
)
async def test_what_was_handed_in_and_came_back_is_not_overdue(at_work: Office, back: Contract) -> None:
    await opened_in_january(at_work)
    await at_work.told(submitted())
    at_work.clock.at = DEADLINE + timedelta(hours=1)
    await at_work.told(back)
    await days_before(at_work, -2)
    assert rules(at_work) == set()


async def test_a_word_of_being_late_is_not_sent_to_who_handed_in_before_it_left(at_work: Office) -> None:
    await at_work.begin("lead")
    await at_work.told(opened())
    await days_before(at_work, -1)
    at_work.clock.at += timedelta(minutes=1)
    await at_work.told(submitted(), RETURNED)
    async with MailServer() as server:
        at_work.connect(server.port)
        await at_work.sender.round()
    assert at_work.message(rule="overdue").state.reason is Reason.DONE_MEANWHILE


async def test_what_was_returned_is_to_be_done_again(at_work: Office) -> None:
    await opened_in_january(at_work)
    await at_work.told(submitted(), RETURNED)
    await days_before(at_work, 7)
    assert "lead" in at_work.receivers(rule="reminder_7")
    await at_work.told(submitted(2))
    await days_before(at_work, 1)
    assert at_work.receivers(rule="reminder_1") == []


async def test_who_needs_no_report_is_not_reminded(at_work: Office) -> None:
    await opened_in_january(at_work)
    await at_work.told(reporting.ReportExemptedV1(report_id=REPORT))
    await days_before(at_work, 7)
    assert rules(at_work) == set()


async def test_an_extension_moves_the_reminders(at_work: Office) -> None:
    await opened_in_january(at_work)
    await at_work.told(reporting.ReportExtendedV1(report_id=REPORT, until=DEADLINE + timedelta(days=20)))
    await days_before(at_work, 1)
    assert rules(at_work) == {"reminder_30"}
    assert at_work.message(rule="reminder_30", receiver=str(made_up("lead"))).state.about.deadline == (
        DEADLINE + timedelta(days=20)
    )


async def test_what_was_before_the_opening_is_not_made_up_for(at_work: Office) -> None:
    await at_work.begin("lead")
    at_work.clock.at = datetime(2026, 2, 5, 12, tzinfo=UTC)
    await at_work.told(opened())
    await days_before(at_work, 10)
    assert rules(at_work) == set()
    await days_before(at_work, 6)
    assert rules(at_work) == {"reminder_7"}


async def test_long_after_the_deadline_nothing_is_said(at_work: Office) -> None:
    await opened_in_january(at_work)
    await days_before(at_work, -30)
    assert rules(at_work) == set()


async def test_who_is_done_before_it_is_sent_is_not_bothered(at_work: Office) -> None:
    await at_work.begin("lead")
    await at_work.told(opened())
    await days_before(at_work, 7)
    at_work.clock.at += timedelta(minutes=1)
    await at_work.told(submitted())
    async with MailServer() as server:
        at_work.connect(server.port)
        await at_work.sender.round()
    assert at_work.message(rule="reminder_7").state.reason is Reason.DONE_MEANWHILE


async def test_who_is_done_with_their_own_part_is_not_bothered_either(at_work: Office) -> None:
    await at_work.begin("lead", "coordinator")
    await at_work.told(opened())
    await days_before(at_work, 7)
    await at_work.told(UNIT_DONE)
    async with MailServer() as server:
        at_work.connect(server.port)
        await at_work.sender.round()
    assert at_work.receivers(rule="reminder_7", reason="done_meanwhile") == ["coordinator"]
    assert at_work.receivers(rule="reminder_7", status="sent") == ["lead"]


@pytest.mark.parametrize("done", [UNIT_DONE, submitted()], ids=["the own part", "the report"])
async def test_a_digest_reminds_nobody_of_what_is_done(at_work: Office, done: Contract) -> None:
    await at_work.begin("coordinator")
    await choose(at_work, "coordinator", digest=True)
    await at_work.told(opened(has_group=False))
    await days_before(at_work, 7)
    await at_work.told(done)
    at_work.clock.at = DEADLINE - timedelta(days=6, hours=9)
    await at_work.timing.tick()
    assert at_work.message(rule="reminder_7").state.reason is Reason.DONE_MEANWHILE
    assert "reminder" not in {row["occasion"] for row in at_work.messages(status="gathered")}


async def test_a_newcomer_after_a_reminder_gets_the_form_and_not_the_reminder(at_work: Office) -> None:
    await at_work.begin("lead")
    await at_work.told(opened())
    await days_before(at_work, 7)
    await at_work.told(granted("coordinator"))
    await days_before(at_work, 5)
    assert at_work.receivers(rule="reminder_7") == ["lead"]
    assert at_work.receivers(occasion="form_sent") == ["coordinator", "lead"]


async def test_nobody_is_reminded_while_something_was_said_and_not_heard(at_work: Office) -> None:
    await opened_in_january(at_work)
    at_work.say(submitted())
    await days_before(at_work, 7)
    assert rules(at_work) == set()
    await at_work.hear()
    await days_before(at_work, 6)
    assert rules(at_work) == set()
    await at_work.told(RETURNED)
    await days_before(at_work, 5)
    assert rules(at_work) == {"reminder_7"}
