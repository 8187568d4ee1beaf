"""What must be followed up is written down as points; each region sums up its year."""

from __future__ import annotations

from datetime import date
from typing import Any

from deploy.demo.client import Caller, together
from deploy.demo.judgements import OUTCOME, SUMMARY
from deploy.demo.screen import Chapter
from deploy.demo.story import REGIONS, WITH_FIGURES, WITH_REDACTION, WITH_VACANCY, WITHOUT_AN_ANSWER, Story

POINTS = (
    (WITH_FIGURES, "equal_access", "national", "Følg med på andelen pasienter fra nord."),
    (WITH_VACANCY, "cannot_find_members", "regional", "Hjelp tjenesten med å finne medlemmer til gruppen."),
    (WITHOUT_AN_ANSWER, "does_not_function", "regional", "Gruppen svarte ikke for alle regioner innen fristen."),
    (WITH_REDACTION, "website", "regional", "Spredningsplanen mangler på nettstedet."),
)
"""Unit, category, level, text."""
CLOSED, CARRIED = WITH_VACANCY, WITH_FIGURES


async def play(story: Story) -> None:
    with story.screen.chapter("Points are followed up, years summed up") as chapter:
        chapter.expect(len(POINTS) + len(REGIONS))
        await _beside_this_year(story)
        raised = dict(await together(_raise(story, *point, chapter) for point in POINTS))
        await _close(story, raised[CLOSED])
        await _carry(story, raised[CARRIED])
        await _who_reads(story, raised)
        await together(_sum_up(story, region, chapter) for region in REGIONS)
        told = await story.review("joint-desk").get(f"/summaries/{story.year}")
        story.ledger.equal("each region sums up its year", {each["region"] for each in told}, set(REGIONS), len(told))


async def _beside_this_year(story: Story) -> None:
    """The points that were carried to this year, in a suite that has lived through the one before."""
    open_now = await story.review(f"lead-{CARRIED}").listed("/follow-ups", year=str(story.year), status="carried")
    came_from = [each["year"] for each in open_now]
    wanted = [] if story.first_time else [story.year - 1]
    told = ", ".join(map(str, came_from)) or "none"
    story.ledger.equal("the unit sees what was carried from the year before", came_from, wanted, told)


async def _raise(
    story: Story, code: str, category: str, level: str, text: str, chapter: Chapter
) -> tuple[str, dict[str, Any]]:
    unit = story.units[code]
    body = {
        "unit_id": unit.id,
        "year": story.year,
        "region": unit.regions[0],
        "category": category,
        "level": level,
        "text": text,
        "owner": story.cast[f"reviewer-{unit.regions[0]}"],
        "due": date(story.year + 1, 9, 1).isoformat(),
    }
    raised = await story.reviewer(unit.regions[0]).post("/follow-ups", body)
    chapter.step()
    return code, raised


async def _close(story: Story, point: dict[str, Any]) -> None:
    reviewer, path = _keeper(story, CLOSED), f"/follow-ups/{point['follow_up_id']}"
    closed = await reviewer.post(f"{path}/closings", {"outcome": OUTCOME})
    on = {"to_year": story.year + 1}
    again = await reviewer.send("POST", f"{path}/carryings", json=on, headers={"If-Match": str(closed["version"])})
    told = (closed["status"], again.refused)
    story.ledger.equal("a closed point stays closed", told, ("closed", "409 follow_up_is_closed"))


async def _carry(story: Story, point: dict[str, Any]) -> None:
    """An open point goes on next year, where the unit sees it beside its form."""
    path, lead = f"/follow-ups/{point['follow_up_id']}", story.review(f"lead-{CARRIED}")
    before = await lead.send("GET", path)
    other = next(region for region in REGIONS if region != story.units[CARRIED].regions[0])
    on = {"to_year": story.year + 1}
    seen = {"If-Match": str(point["version"])}
    foreign = await story.reviewer(other).send("POST", f"{path}/carryings", json=on, headers=seen)
    story.ledger.equal("a point is carried by its own region alone", foreign.refused, "403 not_your_region")
    carried = await _keeper(story, CARRIED).change(f"{path}/carryings", on, point["version"])
    shown = (before.status, carried["current_year"], (await lead.get(path))["status"])
    wanted = (404, story.year + 1, "carried")
    story.ledger.equal("the unit reads a point once it is carried to the next year", shown, wanted)


async def _who_reads(story: Story, raised: dict[str, dict[str, Any]]) -> None:
    """All four regions read what is national; what is regional is read by the unit's own."""
    reader = next(region for region in REGIONS if all(region not in story.units[code].regions for code in raised))
    found = await story.reviewer(reader).listed("/follow-ups")
    ids = {each["follow_up_id"] for each in found}
    shown = [code for code, point in raised.items() if point["follow_up_id"] in ids]
    national = [code for code, _, level, _ in POINTS if level == "national"]
    story.ledger.equal("another region reads the national points alone", shown, national)


async def _sum_up(story: Story, region: str, chapter: Chapter) -> None:
    body = {"text": SUMMARY.format(region=region), "base_version": 0}
    await story.reviewer(region).put(f"/summaries/{story.year}/{region}", body)
    chapter.step()


def _keeper(story: Story, code: str) -> Caller:
    return story.reviewer(story.units[code].regions[0])
