"""The year's cycle: planned with its dates, tried in a dry run, opened in one sweep; one unit is exempted."""

from __future__ import annotations

from deploy.demo.screen import Chapter
from deploy.demo.story import EXEMPTED, WITH_VACANCY, Story


async def play(story: Story) -> None:
    with story.screen.chapter("The cycle is planned and opened") as chapter:
        chapter.expect(4)
        await _plan(story, chapter)
        await story.travel(story.moments.opening)
        await _try(story, chapter)
        await _open(story, chapter)
        await _exempt(story, chapter)


async def _plan(story: Story, chapter: Chapter) -> None:
    moments = story.moments
    dates = {
        "recommended_on": moments.recommended.date().isoformat(),
        "deadline": moments.deadline.isoformat(),
        "grace_until": moments.grace_until.isoformat(),
    }
    desk = story.reporting("joint-desk")
    await desk.put(f"/cycles/{story.year}", dates)
    again = await desk.send("PUT", f"/cycles/{story.year}", json=dates)
    story.ledger.equal("a year has one cycle", again.refused, "409 cycle_exists")
    chapter.step()


async def _try(story: Story, chapter: Chapter) -> None:
    """The dry-run list is looked through before anything is opened."""
    prospects = await story.reporting("joint-desk").get(f"/cycles/{story.year}/dry-run")
    faults = [f"{row['code']}: {', '.join(row['faults'])}" for row in prospects if row["faults"]]
    warned = {row["code"]: row["warnings"] for row in prospects if row["warnings"]}
    templates = len({row["template"] for row in prospects})
    story.ledger.equal("the dry run lists every unit that owes a report", len(prospects), len(story.units))
    story.ledger.equal("the dry run finds no fault", faults, [], "none")
    story.ledger.equal("the dry run warns of the vacant seat alone", warned, {WITH_VACANCY: ["vacant_seats"]})
    story.ledger.equal("all nine templates are in use", templates, 9)
    chapter.step()


async def _open(story: Story, chapter: Chapter) -> None:
    desk = story.reporting("joint-desk")
    opened = await desk.post(f"/cycles/{story.year}/openings")
    rows = await desk.listed("/reports", year=str(story.year))
    story.reports = {row["unit_code"]: row["report_id"] for row in rows}
    story.ledger.equal("one sweep opens a report for every unit", opened["opened"], len(story.units))
    story.ledger.equal("the reports are listed", sorted(story.reports), sorted(story.units), len(rows))
    chapter.step()


async def _exempt(story: Story, chapter: Chapter) -> None:
    desk = story.reporting(story.units[EXEMPTED].desk)
    body = {"reason": "Nettverket er under omlegging og hadde ingen virksomhet i året."}
    done = await desk.post(story.at(EXEMPTED, "/exemptions"), body)
    story.ledger.equal(f"{EXEMPTED} is exempted with a reason", done["status"], "exempted")
    chapter.step()
