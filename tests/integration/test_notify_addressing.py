"""Who is written to and who is not, and why not; in which language; and what is gathered into one message a day."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from services.notify.message import Reason, Status
from services.notify.message.message import PATIENCE_WITH_CARD
from services.notify.occasion import Occasion
from services.notify.preferences import Choice, Language, Preferences
from services.notify.views import log, queries
from shared.contracts import registry, reporting
from shared.desk import Command, UnitOfWork
from shared.domain import Acting, identity
from shared.registry_facts import erased_keys
from shared.shredder import Shredder
from shared.vault import Shredded
from tests.facts import made_up
from tests.integration.notify import REPORT, UNIT, YEAR, Office, address_of, office, opened, submitted
from tests.integration.test_notify_sending import ask_again
from tests.servers.smtp import MailServer
from tests.stores import Databases

pytestmark = [pytest.mark.integration, pytest.mark.anyio]
UNIT_DONE = reporting.PartFinishedV1(report_id=REPORT, unit_id=UNIT, year=YEAR, part="unit")


@pytest.fixture
def at_work(databases: Databases) -> Iterator[Office]:
    with office(databases) as made:
        yield made


@pytest.fixture
async def server(at_work: Office) -> AsyncIterator[MailServer]:
    async with MailServer() as running:
        at_work.connect(running.port)
        yield running


async def choose(at_work: Office, name: str, **choice: Any) -> None:
    """Somebody chooses how to be told."""
    person_id = made_up(name)

    def decide(unit: UnitOfWork) -> dict[str, Any]:
        by = Acting(subject=str(person_id), role="oneself")
        unit.add(Preferences.first(person_id, Choice(**choice), by=by, at=at_work.clock.now()))
        return {}

    await at_work.desk.do(Command(identity("choose", person_id), b"", decide))


async def test_a_card_that_comes_later_is_waited_for_and_used_at_once(at_work: Office, server: MailServer) -> None:
    await at_work.begin("lead")
    await at_work.cards.changed(str(made_up("lead")), None)
    await at_work.told(opened())
    await at_work.sender.round()
    assert at_work.message().state.reason is Reason.NO_ADDRESS
    assert [await at_work.sender.round(), server.mails] == [0, []]
    await at_work.card("lead")
    await at_work.sender.round()
    assert at_work.message().state.status is Status.SENT
    assert len(server.mails) == 1


@pytest.mark.parametrize("email", ["no address", "two words@example.org", "tab\\there@example.org", "nobody@"])
async def test_an_address_that_is_none_is_a_missing_one(at_work: Office, server: MailServer, email: str) -> None:
    await at_work.begin("lead")
    await at_work.card("lead", email)
    await at_work.told(opened())
    await at_work.sender.round()
    assert at_work.message().state.reason is Reason.NO_ADDRESS
    assert await at_work.sender.round() == 0


async def test_an_address_that_the_server_cannot_be_told_is_refused_for_good(
    at_work: Office, server: MailServer
) -> None:
    await at_work.begin("lead")
    await at_work.card("lead", "blåbær@example.org")
    await at_work.told(opened())
    await at_work.sender.round()
    assert at_work.message().state.status is Status.BOUNCED


async def test_a_card_that_never_comes_is_given_up(at_work: Office, server: MailServer) -> None:
    await at_work.begin("lead")
    await at_work.cards.complete(frozenset())
    await at_work.told(opened())
    for _ in range(PATIENCE_WITH_CARD.days + 1):
        await at_work.sender.round()
        at_work.wait(days=1)
    assert (at_work.message().state.status, at_work.message().state.reason) == (Status.NOT_SENT, Reason.NO_ADDRESS)


async def test_an_erased_person_is_not_written_to_and_what_was_used_is_unreadable(
    at_work: Office, server: MailServer
) -> None:
    await at_work.begin("lead")
    await at_work.told(opened())
    await at_work.sender.round()
    address = next(
        recorded.event.address  # type: ignore[attr-defined]  # only an attempt has one
        for recorded in at_work.store.recorded(at_work.message().id)
        if recorded.event.TOPIC == "notify.Message.Attempted"
    )
    await at_work.told(submitted(), registry.PersonErasedV1(person_id=made_up("lead")))
    await at_work.sender.round()
    Shredder(at_work.vault, lambda: erased_keys(at_work.store.rows)).shred()
    assert at_work.message(occasion="submitted").state.reason is Reason.ERASED
    assert len(server.mails) == 1
    with pytest.raises(Shredded):
        at_work.vault.open(address, field="address")


async def test_the_log_names_nobody_who_is_erased_though_the_card_still_stands(
    at_work: Office, server: MailServer
) -> None:
    await at_work.begin("lead")
    await at_work.told(opened())
    (named,) = log.page(at_work.store.rows, {}, None, 10)
    assert named["email"] == address_of("lead")
    await at_work.told(registry.PersonErasedV1(person_id=made_up("lead")))
    assert queries.card(at_work.store.rows, made_up("lead")), "the bus could not tell of it yet"
    (unnamed,) = log.page(at_work.store.rows, {}, None, 10)
    assert (unnamed["name"], unnamed["email"]) == (None, None)


async def test_what_is_muted_is_recorded_and_not_sent(at_work: Office, server: MailServer) -> None:
    await at_work.begin("leader")
    await choose(at_work, "leader", muted=(Occasion.UNIT_PART_DONE,))
    await at_work.told(opened(), UNIT_DONE)
    await at_work.sender.round()
    assert at_work.message(occasion="unit_part_done").state.reason is Reason.MUTED
    assert at_work.message(occasion="form_sent").state.status is Status.SENT


async def test_a_trial_reaches_only_those_it_names(databases: Databases) -> None:
    async with MailServer() as server:
        with office(databases, server.port, trial=frozenset({address_of("lead")})) as at_work:
            await at_work.begin("lead", "coordinator")
            await at_work.told(opened())
            await at_work.sender.round()
            assert at_work.receivers(status="sent") == ["lead"]
            assert at_work.receivers(reason="trial") == ["coordinator"]
            assert [mail["To"] for mail in server.mails] == [address_of("lead")]


@pytest.mark.parametrize(
    ("language", "subject"),
    [
        (Language.BOKMAL, "Årsrapporten for 2025 kan fylles ut: Nasjonal behandlingstjeneste L-1"),
        (Language.NYNORSK, "Årsrapporten for 2025 kan fyllast ut: Nasjonal behandlingstjeneste L-1"),
        (Language.ENGLISH, "The annual report for 2025 can be filled in: National treatment service L-1"),
    ],
)
async def test_everybody_reads_their_own_language(
    at_work: Office, server: MailServer, language: Language, subject: str
) -> None:
    await at_work.begin("lead")
    await choose(at_work, "lead", language=language)
    await at_work.told(opened())
    await at_work.sender.round()
    assert (server.mails[0]["Subject"].strip(), server.mails[0]["Content-Language"]) == (subject, language.value)


async def test_what_is_no_duty_is_gathered_into_one_message_a_day(at_work: Office, server: MailServer) -> None:
    await at_work.begin("leader")
    await choose(at_work, "leader", digest=True, muted=(Occasion.SUBMITTED_COPY,))
    await at_work.told(opened(), UNIT_DONE)
    at_work.wait(hours=1)
    await at_work.told(UNIT_DONE, submitted())
    await at_work.sender.round()
    assert at_work.receivers(status="sent") == ["leader"], "a duty waits for no digest"
    assert await at_work.timing.tick() == 0
    at_work.clock.at = datetime(2026, 1, 13, 6, 0, tzinfo=UTC)
    assert [await at_work.timing.tick() for _ in range(2)] == [1, 0]
    await at_work.sender.round()
    digest = at_work.message(occasion="digest")
    assert digest.state.status is Status.SENT
    assert {row["gathered_into"] for row in at_work.messages(status="gathered")} == {str(digest.id)}
    assert at_work.message(occasion="submitted_copy").state.reason is Reason.MUTED
    text = server.mails[-1].get_body(("plain",))
    assert text is not None
    assert text.get_content().count("Enhetens del er ferdig: Nasjonal behandlingstjeneste L-1") == 2
    assert len(server.mails) == 2


async def test_a_part_of_a_digest_that_a_person_has_sent_again_goes_by_itself(
    at_work: Office, server: MailServer
) -> None:
    await at_work.begin("leader")
    await choose(at_work, "leader", digest=True)
    await at_work.told(opened(), UNIT_DONE)
    at_work.clock.at = datetime(2026, 1, 13, 6, 0, tzinfo=UTC)
    await at_work.timing.tick()
    await at_work.sender.round()
    await ask_again(at_work, at_work.message(occasion="unit_part_done"))
    assert await at_work.sender.round() == 1
    part = at_work.message(occasion="unit_part_done")
    assert part.state.status is Status.SENT
    assert server.mails[-1]["Message-ID"] == f"<{part.id}.1@aarring.example>"
    at_work.clock.at = datetime(2026, 1, 14, 6, 0, tzinfo=UTC)
    assert await at_work.timing.tick() == 0
    assert len(at_work.messages(occasion="digest")) == 1


async def test_who_no_longer_wants_digests_gets_what_waited(at_work: Office, server: MailServer) -> None:
    await at_work.begin("leader")
    await choose(at_work, "leader", digest=True)
    await at_work.told(opened(), UNIT_DONE)

    def decide(unit: UnitOfWork) -> dict[str, Any]:
        by = Acting(subject=str(made_up("leader")), role="oneself")
        unit.get(Preferences, Preferences.identify(made_up("leader"))).choose(Choice(), by=by, at=at_work.clock.now())
        return {}

    await at_work.desk.do(Command(identity("choose again"), b"", decide))
    await at_work.sender.round()
    assert len(server.mails) == 2
