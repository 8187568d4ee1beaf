"""Every way a mail server can answer, or not, ends in a state that can be seen: nothing is lost, nothing doubled."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from typing import Any

import pytest

from services.notify.channels import Mail, Result
from services.notify.message import Message, Reason, Status
from services.notify.message.message import MOST_LOST, PATIENCE_WITH_SERVER
from shared.contracts import registry, reporting
from shared.desk import Command, UnitOfWork
from shared.domain import identity
from shared.history import history
from shared.registry_facts import erased_keys
from shared.shredder import Shredder
from shared.vault import Shredded
from tests.facts import DESK, made_up
from tests.integration.notify import REPORT, UNIT, YEAR, Office, address_of, office, opened
from tests.servers.smtp import DIE, HANG, MailServer
from tests.stores import Databases

pytestmark = [pytest.mark.integration, pytest.mark.anyio]
LONG = {"days": 1}
IMPATIENT = 1.0
"""Seconds a sender waits that is meant to give up; every other one outlasts whatever holds the machine up."""


@pytest.fixture
def at_work(databases: Databases) -> Iterator[Office]:
    with office(databases) as made:
        yield made


@pytest.fixture
async def server() -> AsyncIterator[MailServer]:
    async with MailServer() as running:
        yield running


async def duty(at_work: Office, server: MailServer) -> None:
    """One message, to the lead, that nobody can turn off."""
    await at_work.begin("lead")
    await at_work.told(opened(has_group=False))
    at_work.connect(server.port)


async def no_duty(at_work: Office, server: MailServer) -> None:
    """One message, to the group leader, that could be turned off."""
    await at_work.begin("leader")
    await at_work.told(
        opened(has_group=False),
        reporting.PartFinishedV1(report_id=REPORT, unit_id=UNIT, year=YEAR, part="unit"),
    )
    at_work.connect(server.port)


async def ask_again(at_work: Office, message: Message) -> None:
    """Somebody on the desk has it sent again."""

    def decide(unit: UnitOfWork) -> dict[str, Any]:
        unit.get(Message, message.id).resend(by=DESK, at=at_work.clock.now())
        return {}

    await at_work.desk.do(Command(identity("again", message.id, message.version), b"", decide))


def address_used(at_work: Office, message: Message) -> object:
    """Where the history says the one attempt went."""
    (attempt,) = [
        fact
        for fact in history(at_work.store, message.id, lambda s: at_work.vault.open(s, field="address"))
        if fact["event"] == "notify.Message.Attempted"
    ]
    return attempt["data"]["address"]


async def test_a_message_is_sent_once(at_work: Office, server: MailServer) -> None:
    await duty(at_work, server)
    assert [await at_work.sender.round() for _ in range(2)] == [1, 0]
    message = at_work.message()
    assert message.state.status is Status.SENT
    (mail,) = server.mails
    assert (mail["To"], mail["Auto-Submitted"], mail["Content-Language"]) == (
        address_of("lead"),
        "auto-generated",
        "nb",
    )
    assert mail["Message-ID"] == f"<{message.id}.1@aarring.example>"
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]
    text = mail.get_body(("plain",))
    assert text is not None
    assert "16. februar 2026 kl. 16:00" in text.get_content()
    assert f"https://aarring.example/reports/{REPORT}" in text.get_content()


async def test_the_address_used_is_in_the_history_until_the_person_is_erased(
    at_work: Office, server: MailServer
) -> None:
    await duty(at_work, server)
    await at_work.sender.round()
    message = at_work.message()
    assert address_used(at_work, message) == address_of("lead")
    stored = at_work.store.recorder.select_events(message.id)
    assert not any(b"example.org" in event.state for event in stored)
    await at_work.told(registry.PersonErasedV1(person_id=made_up("lead")))
    Shredder(at_work.vault, lambda: erased_keys(at_work.store.rows)).shred()
    with pytest.raises(Shredded):
        address_used(at_work, message)


@pytest.mark.parametrize("says", [{"CONNECT": HANG}, {"EHLO": HANG}, {"MAIL": HANG}, {"RCPT": HANG}])
async def test_a_server_that_hangs_before_the_text_gets_it_later(
    at_work: Office, server: MailServer, says: dict[str, str]
) -> None:
    await duty(at_work, server)
    server.says = says
    at_work.connect(server.port, timeout=IMPATIENT)
    assert await at_work.sender.round() == 0
    assert (at_work.message().state.status, at_work.message().state.reason) == (
        Status.RETRYING,
        Reason.SERVER_AWAY,
    )
    assert at_work.sender.fault
    assert await at_work.sender.round() == 0, "it is tried again before its time"
    server.says = {}
    at_work.connect(server.port)
    at_work.wait(**LONG)
    await at_work.sender.round()
    assert at_work.message().state.status is Status.SENT
    assert not at_work.sender.fault
    assert len(server.mails) == 1


async def test_a_server_that_is_not_there_is_waited_for(at_work: Office, server: MailServer) -> None:
    await duty(at_work, server)
    at_work.connect(9)
    await at_work.sender.round()
    assert at_work.message().state.reason is Reason.SERVER_AWAY
    at_work.wait(**LONG)
    at_work.connect(server.port)
    await at_work.sender.round()
    assert at_work.message().state.status is Status.SENT


@pytest.mark.parametrize("says", [{"RCPT": "451 busy"}, {"DATA": "452 full"}, {"TEXT": "451 busy"}])
async def test_a_server_that_says_later_gets_it_later(
    at_work: Office, server: MailServer, says: dict[str, str]
) -> None:
    await duty(at_work, server)
    server.says = says
    await at_work.sender.round()
    assert at_work.message().state.reason is Reason.SERVER_SAID_LATER
    server.says, server.mails = {}, []
    at_work.wait(**LONG)
    await at_work.sender.round()
    assert at_work.message().state.status is Status.SENT
    assert len(server.mails) == 1


async def test_a_server_that_is_away_for_too_long_is_given_up(at_work: Office, server: MailServer) -> None:
    await duty(at_work, server)
    server.says = {"RCPT": "451 busy"}
    for _ in range(PATIENCE_WITH_SERVER // timedelta(hours=12) + 1):
        await at_work.sender.round()
        at_work.wait(hours=12)
    message = at_work.message()
    assert (message.state.status, message.state.reason) == (Status.NOT_SENT, Reason.GIVEN_UP)
    server.says = {}
    await ask_again(at_work, message)
    await at_work.sender.round()
    assert at_work.message().state.status is Status.SENT


async def test_an_address_that_is_refused_for_good_is_the_desks_business(at_work: Office, server: MailServer) -> None:
    await at_work.begin("lead", "desk", "desk nord", "joint desk")
    await at_work.told(opened(has_group=False))
    at_work.connect(server.port)
    server.says = {"RCPT": "550 5.1.1 no such user lead@example.org"}
    await at_work.sender.round()
    assert at_work.message(receiver=str(made_up("lead"))).state.status is Status.BOUNCED
    assert at_work.receivers(occasion="address_bounced") == ["desk"]
    await at_work.sender.round()
    assert at_work.message(occasion="address_bounced").state.status is Status.BOUNCED
    assert len(at_work.messages()) == 2, "a bounce of a bounce tells nobody"


async def test_two_bounces_of_one_day_tell_the_desk_once(at_work: Office, server: MailServer) -> None:
    await at_work.begin("lead", "desk")
    await at_work.told(opened(has_group=False), reporting.ReportReopenedV1(report_id=REPORT))
    at_work.connect(server.port)
    server.says = {"RCPT": "550 no"}
    await at_work.sender.round()
    assert len(at_work.messages(occasion="address_bounced")) == 1


async def test_nobody_on_the_desk_of_the_region_leaves_it_to_the_joint_desk(
    at_work: Office, server: MailServer
) -> None:
    await at_work.begin("lead", "joint desk")
    await at_work.told(opened(has_group=False))
    at_work.connect(server.port)
    server.says = {"RCPT": "550 no"}
    await at_work.sender.round()
    assert at_work.receivers(occasion="address_bounced") == ["joint desk"]


@pytest.mark.parametrize("says", [{"DATA": "554 no"}, {"TEXT": "554 5.7.1 no"}])
async def test_a_text_that_is_refused_for_good_is_no_fault_of_the_address(
    at_work: Office, server: MailServer, says: dict[str, str]
) -> None:
    await at_work.begin("lead", "desk")
    await at_work.told(opened(has_group=False))
    at_work.connect(server.port)
    server.says = says
    await at_work.sender.round()
    assert at_work.message(receiver=str(made_up("lead"))).state.status is Status.REJECTED
    assert at_work.messages(occasion="address_bounced") == []


@pytest.mark.parametrize("says", [{"TEXT": DIE}, {"TEXT": HANG}, {"DATA": DIE}])
async def test_a_duty_whose_outcome_is_unknown_is_sent_again_under_the_same_name(
    at_work: Office, server: MailServer, says: dict[str, str]
) -> None:
    await duty(at_work, server)
    server.says = says
    at_work.connect(server.port, timeout=IMPATIENT)
    await at_work.sender.round()
    assert at_work.message().state.status is Status.UNCERTAIN
    assert await at_work.sender.round() == 0
    server.says, before = {}, [mail["Message-ID"] for mail in server.mails]
    at_work.connect(server.port)
    at_work.wait(**LONG)
    await at_work.sender.round()
    assert at_work.message().state.status is Status.SENT
    assert {*before, server.mails[-1]["Message-ID"]} == {f"<{at_work.message().id}.1@aarring.example>"}


async def test_a_duty_that_stays_unknown_waits_for_a_person_in_the_end(at_work: Office, server: MailServer) -> None:
    await duty(at_work, server)
    server.says = {"TEXT": DIE}
    for _ in range(MOST_LOST + 2):
        await at_work.sender.round()
        at_work.wait(**LONG)
    assert len(server.mails) == MOST_LOST
    assert at_work.message().state.status is Status.UNCERTAIN


async def test_what_is_no_duty_waits_for_a_person_when_its_outcome_is_unknown(
    at_work: Office, server: MailServer
) -> None:
    await no_duty(at_work, server)
    server.says = {"TEXT": DIE}
    await at_work.sender.round()
    server.says = {}
    at_work.wait(**LONG)
    assert await at_work.sender.round() == 0
    assert len(server.mails) == 1
    await ask_again(at_work, at_work.message())
    await at_work.sender.round()
    assert at_work.message().state.status is Status.SENT
    assert len({mail["Message-ID"] for mail in server.mails}) == 1


async def test_what_was_sent_and_is_sent_again_has_a_name_of_its_own(at_work: Office, server: MailServer) -> None:
    await duty(at_work, server)
    await at_work.sender.round()
    await ask_again(at_work, at_work.message())
    await at_work.sender.round()
    id = at_work.message().id
    assert [mail["Message-ID"] for mail in server.mails] == [
        f"<{id}.1@aarring.example>",
        f"<{id}.2@aarring.example>",
    ]


class Crashed(BaseException):
    """The process is gone."""


async def test_a_crash_between_attempt_and_outcome_leaves_it_uncertain(
    at_work: Office, server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    await no_duty(at_work, server)

    async def crash(*_: object) -> None:
        raise Crashed

    with monkeypatch.context() as broken:
        broken.setattr(at_work.sender, "_keep", crash)
        with pytest.raises(Crashed):
            await at_work.sender.round()
    at_work.connect(server.port)
    assert await at_work.sender.round() == 0
    assert at_work.message().state.status is Status.ATTEMPTED
    at_work.wait(minutes=6)
    await at_work.sender.round()
    assert (at_work.message().state.status, at_work.message().state.reason) == (
        Status.UNCERTAIN,
        Reason.INTERRUPTED,
    )
    assert len(server.mails) == 1, "what may have arrived is not sent again by itself"


async def test_two_senders_make_one_attempt(at_work: Office, server: MailServer) -> None:
    await duty(at_work, server)
    first = at_work.sender
    at_work.connect(server.port)
    message = at_work.message()
    await asyncio.gather(*(sender.send(message.id) for sender in (first, at_work.sender) for _ in range(3)))
    assert len(server.mails) == 1


async def test_nothing_is_said_in_the_clear_to_a_server_that_cannot_do_otherwise(server: MailServer) -> None:
    mail = Mail("127.0.0.1", server.port, "a@aarring.example", username="aarring", password="secret", timeout=60)
    assert (await mail.send("lead@example.org", b"text")).result is Result.AWAY
    assert server.mails == []
