"""Reporting was put back and says things anew: people are told of what is new, and of nothing twice."""

from __future__ import annotations

import pytest

from services.notify.app import READ_MODELS
from services.notify.application.concerning import FOLLOWER
from services.notify.application.hearing import keep
from shared.contracts import Contract, envelope
from shared.epochs.log import FIRST, Epoch
from shared.inbox import Hearing, Views
from shared.inbox.adopting import Adopting
from shared.inbox.lost import lost_of
from shared.inbox.views import differences
from tests.integration.notify import REPORT, Office, granted, office, opened, submitted
from tests.stores import Databases

pytestmark = [pytest.mark.integration, pytest.mark.anyio]
VIEWS = Views(READ_MODELS.of_others, READ_MODELS.heard)


async def lose(made: Office, after: int) -> None:
    adopting = Adopting(made.desk, "reporting", VIEWS, None)
    await adopting.adopt([FIRST, Epoch(2, after)])
    await adopting.settle()


async def told_anew(made: Office, after: int, *contracts: Contract) -> None:
    """Reporting says something in its second epoch."""
    listener = Hearing(made.desk, "reporting", keep)
    listener.lineage = "reporting@2"
    events = [
        envelope(
            said,
            position=after + 1 + n,
            previous=after + n,
            subject=str(REPORT),
            time=made.clock.now(),
            traceparent="",
            epoch=2,
        )
        for n, said in enumerate(contracts)
    ]
    await listener.take(events, after)
    await made.follow()


async def test_what_is_said_again_word_for_word_is_told_to_nobody_twice(databases: Databases) -> None:
    with office(databases) as made:
        await made.begin("lead", "coordinator")
        after = made.said["reporting"].events[-1].position
        await made.told(opened(), submitted())
        before = made.messages()
        await lose(made, after)
        assert made.messages() == before, "what people were told stands"
        made.wait(hours=1)
        await told_anew(made, after, opened(), submitted())
        assert made.messages() == before
        assert differences(made.store, VIEWS) == []


async def test_what_is_new_is_told_anew(databases: Databases) -> None:
    with office(databases) as made:
        await made.begin("lead")
        after = made.said["reporting"].events[-1].position
        await made.told(opened(), submitted())
        await lose(made, after)
        await told_anew(made, after, opened(), submitted().model_copy(update={"sha256": "f" * 64}))
        facts = [row["fact"] for row in made.messages(occasion="submitted")]
        assert facts[0].startswith("reporting:")
        assert facts[1:] == [f"reporting@2:{after + 2}"]


async def test_a_newcomer_gets_the_form_of_a_report_that_was_opened_anew(databases: Databases) -> None:
    with office(databases) as made:
        await made.begin("lead")
        after = made.said["reporting"].events[-1].position
        await made.told(opened())
        await lose(made, after)
        await told_anew(made, after, opened())
        await made.told(granted("coordinator"))
        sent = {row["fact"] for row in made.messages(occasion="form_sent")}
        assert (len(sent), made.receivers(occasion="form_sent")) == (1, ["coordinator", "lead"])


async def test_the_messages_that_followed_something_lost_are_listed(databases: Databases) -> None:
    with office(databases) as made:
        await made.begin("lead")
        after = made.said["reporting"].events[-1].position
        await made.told(opened())
        await lose(made, after)
        (lost,) = lost_of(made.store, "reporting", [FOLLOWER])
        assert [str(caused.thing) for caused in lost.caused] == [row["message_id"] for row in made.messages()]
