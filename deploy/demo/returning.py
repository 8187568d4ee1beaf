"""A report that was signed already goes back to its unit, is mended, and comes again as another number."""

from __future__ import annotations

from typing import Any

from deploy.demo.judgements import MENDED_ANSWER, MENDED_JUDGEMENT, RETURN_REASON
from deploy.demo.screen import Chapter
from deploy.demo.signing import sign, signature
from deploy.demo.story import REGIONS, RETURNED, Story

MENDED = "evaluation.treatment_quality"


async def play(story: Story) -> None:
    with story.screen.chapter("A report is returned and mended") as chapter:
        chapter.expect(3)
        unit = story.units[RETURNED]
        region = unit.regions[0]
        before = await story.seen(unit.code, f"reviewer-{region}")
        await sign(story, unit, region)
        await _return(story, region, chapter)
        await story.travel(story.moments.mended)
        await _mend(story, chapter)
        await _signature_fell(story, region, before, chapter)


async def _return(story: Story, region: str, chapter: Chapter) -> None:
    path = story.judged(RETURNED, "/returns")
    body = {"region": region, "number": 1, "reason": RETURN_REASON}
    other = next(each for each in REGIONS if each != region)
    foreign = await story.reviewer(other).send("POST", path, json=body | {"region": other})
    story.ledger.equal("another region does not return it", foreign.refused, "409 region_not_responsible")
    await story.reviewer(region).post(path, body)
    told = (await story.seen(RETURNED, f"lead-{RETURNED}"))["returns"]
    reasons = [each["reason"]["text"] for each in told]
    story.ledger.equal("the unit reads why its report is returned", reasons, [RETURN_REASON])
    await story.suite.knows("reporting", "review")
    states = ((await story.states())[RETURNED], (await story.report(RETURNED))["status"])
    story.ledger.equal("it is returned for both services", states, ("returned", "returned"))
    chapter.step()


async def _mend(story: Story, chapter: Chapter) -> None:
    base = await story.version(RETURNED, MENDED)
    await story.answer(story.lead(RETURNED), RETURNED, MENDED, MENDED_ANSWER, base)
    receipt = await story.hand_in(RETURNED, "Bare enhetens egen tekst er rettet.")
    story.ledger.equal("the mended report is submission number 2", receipt["number"], 2)
    await story.suite.knows("review", "reporting")
    chapter.step()


async def _signature_fell(story: Story, region: str, before: dict[str, Any], chapter: Chapter) -> None:
    """What was signed is not what is there now."""
    reviewer = story.reviewer(region)
    shown = await story.seen(RETURNED, f"reviewer-{region}")
    fallen = [(each["region"], each["number"], each["why"]) for each in shown["fallen_signatures"]]
    held = (fallen, shown["parts"][region]["signature"], shown["submission"]["number"])
    story.ledger.equal("the signature on number 1 is void", held[1:], (None, 2), f"fallen: {fallen}")
    story.ledger.equal("and is kept with its reason", [each[:2] for each in fallen], [(region, 1)], fallen)
    path = story.judged(RETURNED, f"/regions/{region}/signatures")
    moved = await reviewer.send("POST", path, json=signature(before, region))
    story.ledger.equal("signing number 1 now is refused", moved.refused, "409 submission_moved")
    judged = {"verdict": "ok", "text": MENDED_JUDGEMENT, "base_version": 1}
    await reviewer.put(story.judged(RETURNED, f"/regions/{region}/assessments/results"), judged)
    chapter.step()
