"""What the regions make of what was submitted: one report is assessed, one returned, one point followed up."""

from __future__ import annotations

from datetime import timedelta

from deploy.demo.client import eventually
from deploy.demo.judgements import QUESTION, RETURN_REASON, judgement, verdict
from deploy.demo.screen import Chapter
from deploy.demo.story import Story
from deploy.examples.reports import HALF_WRITTEN, SUBMITTED

ASSESSED, RETURNED = "EKS-NSE-1", "EKS-NET-1"
CRITERIA = ("equal_access", "results")
POINT = "Fortell hvor lenge pasientene ventet på vurdering, for hver region."
DAYS_TO_FOLLOW_UP = 21


async def play(story: Story) -> None:
    with story.screen.chapter("The regions have begun to assess") as chapter:
        chapter.expect(3)
        await _know_reviews(story)
        await _assess(story, chapter)
        await _return(story, chapter)
        await _follow_up(story, chapter)
        await story.suite.knows("reporting", "review")


async def _know_reviews(story: Story) -> None:
    """Hearing of a submission opens its review."""
    await story.suite.knows("review", "reporting")

    async def are_there() -> bool:
        rows = await story.review("joint-desk").listed("/reviews", year=str(story.year))
        story.reviews = {row["unit_code"]: row["review_id"] for row in rows}
        return set(SUBMITTED) <= set(story.reviews)

    await eventually(are_there, "review knows what was submitted")


async def _assess(story: Story, chapter: Chapter) -> None:
    unit = story.units[ASSESSED]
    region = unit.regions[0]
    part, reviewer = story.judged(unit.code, f"/regions/{region}"), story.reviewer(region)
    await story.review(f"desk-{region}").put(f"{part}/assessor", {"person_id": story.cast[f"reviewer-{region}"]})
    for criterion in CRITERIA:
        judged = {"verdict": verdict(unit, criterion), "text": judgement(unit, criterion), "base_version": 0}
        await reviewer.put(f"{part}/assessments/{criterion}", judged)
    await reviewer.post(story.judged(unit.code, "/queries"), {"region": region, "question": QUESTION})
    chapter.step()


async def _return(story: Story, chapter: Chapter) -> None:
    region = story.units[RETURNED].regions[0]
    body = {"region": region, "number": 1, "reason": RETURN_REASON}
    await story.reviewer(region).post(story.judged(RETURNED, "/returns"), body)
    chapter.step()


async def _follow_up(story: Story, chapter: Chapter) -> None:
    """A point from the year before stands beside this year's form."""
    unit = story.units[HALF_WRITTEN]
    region = unit.regions[0]
    body = {
        "unit_id": unit.id,
        "year": story.year - 1,
        "region": region,
        "category": "equal_access",
        "level": "regional",
        "text": POINT,
        "owner": story.cast[f"reviewer-{region}"],
        "due": (story.began + timedelta(days=DAYS_TO_FOLLOW_UP)).date().isoformat(),
    }
    reviewer = story.reviewer(region)
    raised = await reviewer.post("/follow-ups", body)
    path = f"/follow-ups/{raised['follow_up_id']}/carryings"
    await reviewer.change(path, {"to_year": story.year}, raised["version"])
    chapter.step()
