"""An empty suite on a developer's machine is filled once, through the public HTTP APIs alone."""

from __future__ import annotations

import asyncio
import os
from enum import StrEnum

from deploy.demo.client import Suite, Unexpected
from deploy.demo.ledger import Ledger
from deploy.demo.people import Cast
from deploy.demo.resting import rest
from deploy.demo.screen import Screen
from deploy.demo.story import Story
from deploy.demo.times import Moments, TimeMachine
from deploy.environment import Addresses
from deploy.examples import judging, people, registering, reports
from deploy.issuer import Issuer
from deploy.places import CLOCK, EXAMPLE_PEOPLE, EXAMPLES, Unable

BEGUN = EXAMPLES / "begun"
IDENTITY = "identity"
"""The program whose logins are linked: the test identity provider is known by its address."""


class Filled(StrEnum):
    """What there is for a newcomer to look at."""

    NOW = "now"
    BEFORE = "before"
    OTHERWISE = "otherwise"
    """With something else: the demo's people, or one's own."""


def fill(addresses: Addresses | None = None, emptied_by: str = "make reset") -> Filled:
    """Fill the running suite, unless something is in it already; :class:`Unable` outside of development."""
    if os.environ.get("AARRING_ENVIRONMENT") != "development":
        raise Unable("examples are for a developer's machine: AARRING_ENVIRONMENT is not development")
    return asyncio.run(_fill(addresses or Addresses.chosen(), emptied_by))


async def _fill(addresses: Addresses, emptied_by: str) -> Filled:
    async with Suite(addresses, Issuer()) as suite:
        if (await suite.health("registry"))["database"]["head"]:
            return found(emptied_by)
        EXAMPLES.mkdir(parents=True, exist_ok=True)
        BEGUN.touch()
        try:
            ids = await _play(suite, addresses.service(IDENTITY))
        except Unexpected as reason:
            raise Unable(f"the examples were broken off, begin anew with {emptied_by}: {reason}") from reason
    people.write(EXAMPLE_PEOPLE, ids)
    return Filled.NOW


def found(emptied_by: str = "make reset") -> Filled:
    """What a suite holds that is not empty; :class:`Unable` where the examples were broken off."""
    if EXAMPLE_PEOPLE.exists():
        return Filled.BEFORE
    if BEGUN.exists():
        raise Unable(f"the examples were broken off half-way: {emptied_by} lets the next start begin anew")
    return Filled.OTHERWISE


async def _play(suite: Suite, issuer: str) -> dict[str, str]:
    """The ids of the people, by alias."""
    machine, screen = TimeMachine(CLOCK), Screen()
    now = machine.now()
    moments = Moments(reports.year_reported(now))
    story = Story(suite, Cast(), Ledger(), screen, machine, moments, first_time=True, began=now)
    with screen.playing():
        await registering.play(story, issuer)
        await reports.open_cycle(story)
        await reports.write(story)
        await judging.play(story)
    await rest(suite)
    return story.cast.ids
