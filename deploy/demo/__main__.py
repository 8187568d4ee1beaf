"""``./run demo``: play a reporting year against the running suite, and check what was seen."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Mapping
from typing import Annotated, Any

import httpx
import typer

from deploy import local
from deploy.commands.token import PEOPLE
from deploy.demo import (
    afterwards,
    asking,
    assessing,
    cycle,
    dossier,
    following_up,
    groups,
    handing_in,
    languages,
    mails,
    meeting,
    observing,
    phases,
    receipts,
    redaction,
    registering,
    reminding,
    returning,
    signing,
    writing,
)
from deploy.demo.client import Suite, Unexpected
from deploy.demo.ledger import Ledger
from deploy.demo.people import Cast
from deploy.demo.screen import Screen
from deploy.demo.story import VACANT_SEAT, WITH_VACANCY, Story
from deploy.demo.times import Moments, TimeMachine
from deploy.environment import Addresses
from deploy.issuer import Issuer
from deploy.places import CLOCK, DEMO, Unable, shown

SUMMARY = DEMO / "summary.json"
CHAPTERS = (
    registering.play,
    phases.play,
    languages.play,
    groups.play,
    cycle.play,
    writing.play,
    reminding.play,
    writing.play_groups,
    meeting.play,
    redaction.play,
    handing_in.play,
    afterwards.play,
    assessing.play,
    asking.play,
    returning.play,
    signing.play,
    following_up.play,
    receipts.play,
    dossier.play,
    dossier.play_sending,
    mails.play,
)


def demo(
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Delete everything the suite knows first, and begin with an empty one.")
    ] = False,
) -> None:
    """Play a reporting year with invented people, through the public HTTP APIs alone.

    The suite is started if need be.  An empty suite gets its units and people first; one the demo has played in
    before lives through the next year with them.  The suite's clock is moved forward on the way, and stays there;
    --fresh, or make reset, takes it back.
    """
    started = time.monotonic()
    if fresh:
        local.reset()
    local.up()
    screen, ledger = Screen(), Ledger()
    summary = asyncio.run(_play(screen, ledger, started))
    screen.expectations(ledger)
    screen.summary(summary)
    print(f"written to {shown(SUMMARY)}; to go on by hand: ./run token --as lead-L-HB7 --for reporting")
    for failed in ledger.failed:
        print(f"FAILED: {failed.what}: {failed.seen}", file=sys.stderr)
    raise typer.Exit(1 if ledger.failed else 0)


async def _play(screen: Screen, ledger: Ledger, started: float) -> Mapping[str, Any]:
    async with Suite(Addresses.chosen(), Issuer()) as suite:
        story = await _begin(suite, screen, ledger)
        screen.console.print(f"The reporting year {story.year}")
        try:
            with screen.playing():
                for play in CHAPTERS:
                    await play(story)
            summary = await observing.observed(story)
        except Unexpected as reason:
            ledger.expect("the story goes on to its end", False, reason)
            return {"year": story.year}
        finally:
            story.cast.write(PEOPLE)
    summary |= {"replay_equal": observing.replay_equal(story), "seconds": round(time.monotonic() - started, 1)}
    SUMMARY.write_text(json.dumps(summary, indent=2) + "\n")
    return summary


async def _begin(suite: Suite, screen: Screen, ledger: Ledger) -> Story:
    """A story for an empty suite, or the next year of one the demo has played in before."""
    machine, cast = TimeMachine(CLOCK), Cast.read(PEOPLE)
    is_empty = (await suite.health("registry"))["database"]["head"] == 0
    year = machine.first_year()
    if is_empty:
        cast = Cast()
    elif not await _is_ours(suite, cast):
        others = "the examples of make up, or people of your own"
        raise Unable(f"the suite holds {others}: ./run demo --fresh deletes all and begins anew")
    else:
        planned = {row["year"] for row in await suite.reporting(cast["joint-desk"]).get("/cycles")}
        year = next(year for year in range(year, year + 100) if year not in planned)
    began = machine.now()
    return Story(suite, cast, ledger, screen, machine, Moments(year), first_time=is_empty, began=began)


async def _is_ours(suite: Suite, cast: Cast) -> bool:
    """Whether the demo has made these people, down to whom it appoints last."""
    if f"member-{VACANT_SEAT.removeprefix('region_')}-{WITH_VACANCY}" not in cast or "ministry" not in cast:
        return False
    me = await suite.registry(cast["joint-desk"]).send("GET", "/me")
    return me.status == httpx.codes.OK


app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
app.command()(demo)


def main() -> None:
    try:
        app()
    except Unable as reason:
        sys.exit(f"aarring: {reason}")


if __name__ == "__main__":
    main()
