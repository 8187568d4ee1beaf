"""The regions sign what they saw, complete their reviews and tell the units; two regions sign one report together."""

from __future__ import annotations

from typing import Any

from deploy.demo.client import together
from deploy.demo.screen import Chapter
from deploy.demo.story import BY_TWO_REGIONS, NOT_REVIEWED, Story, Unit


async def play(story: Story) -> None:
    await story.travel(story.moments.signing)
    with story.screen.chapter("Regions sign, and tell the units") as chapter:
        signed = [unit for unit in story.written if unit.code != NOT_REVIEWED]
        chapter.expect(len(signed))
        jointly = next(unit for unit in signed if unit.kind == BY_TWO_REGIONS)
        await _by_two_regions(story, jointly, chapter)
        await together(_complete(story, unit, chapter) for unit in signed if unit is not jointly)
        states = {code: state for code, state in (await story.states()).items() if code in story.reviews}
        wanted = {code: "under_review" if code == NOT_REVIEWED else "reviewed" for code in states}
        story.ledger.equal("all but one are reviewed", states, wanted, f"{len(states) - 1} reviewed")


def signature(shown: dict[str, Any], region: str) -> dict[str, Any]:
    """What a reviewer signs who has seen this review."""
    submission, part = shown["submission"], shown["parts"][region]
    return {
        "number": submission["number"],
        "sha256": submission["sha256"],
        "part_version": part["part_version"],
    }


async def sign(story: Story, unit: Unit, region: str) -> None:
    """A region signs what it sees."""
    shown = await story.seen(unit.code, f"reviewer-{region}")
    path = story.judged(unit.code, f"/regions/{region}/signatures")
    await story.reviewer(region).post(path, signature(shown, region))


async def _complete(story: Story, unit: Unit, chapter: Chapter) -> None:
    for region in unit.regions:
        await sign(story, unit, region)
    await _done(story, unit, chapter)


async def _done(story: Story, unit: Unit, chapter: Chapter) -> None:
    """One of the regions completes the review; each tells the unit, and the unit reads it."""
    shown = await story.seen(unit.code, f"reviewer-{unit.regions[0]}")
    body = {"region": unit.regions[0], "number": shown["submission"]["number"]}
    await story.reviewer(unit.regions[0]).post(story.judged(unit.code, "/completions"), body)
    for region in unit.regions:
        path = story.judged(unit.code, f"/regions/{region}/feedback")
        await story.reviewer(region).post(f"{path}/dispatches", {"base_version": 1})
        await story.review(f"lead-{unit.code}").post(f"{path}/readings")
    feedback = (await story.seen(unit.code, f"lead-{unit.code}"))["parts"][unit.regions[0]]["feedback"]
    if unit.name not in feedback["works_well"]["text"] or not feedback["read_at"]:
        story.ledger.expect(f"{unit.code} reads its feedback", False, feedback)
    chapter.step()


async def _by_two_regions(story: Story, unit: Unit, chapter: Chapter) -> None:
    """A multiregional unit is judged by both its regions, and neither can do it without the other."""
    one, other = unit.regions
    await sign(story, unit, one)
    body = {"region": one, "number": 1}
    alone = await story.reviewer(one).send("POST", story.judged(unit.code, "/completions"), json=body)
    told = (alone.refused, alone.body.get("missing"))
    story.ledger.equal("one region alone does not complete it", told, ("409 signatures_missing", [other]))
    await _for_another(story, unit, one, other)
    await _moved(story, unit, other)
    await sign(story, unit, other)
    shown = await story.seen(unit.code, f"reviewer-{one}")
    signatures = [shown["parts"][region]["signature"] for region in unit.regions]
    signed = {(each["number"], each["sha256"]) for each in signatures}
    judged = (shown["submission"]["number"], shown["submission"]["sha256"])
    story.ledger.equal(
        "both sign the same number and hash", signed, {judged}, f"{one} and {other}, number {judged[0]}"
    )
    await _done(story, unit, chapter)


async def _for_another(story: Story, unit: Unit, one: str, other: str) -> None:
    """The one region tries to sign for the other, which it cooperates with."""
    shown = await story.seen(unit.code, f"reviewer-{other}")
    path = story.judged(unit.code, f"/regions/{other}/signatures")
    refused = await story.reviewer(one).send("POST", path, json=signature(shown, other))
    story.ledger.equal("nobody signs for another region", refused.refused, "403 not_your_region")


async def _moved(story: Story, unit: Unit, region: str) -> None:
    """The assessment is changed between what the signer saw and the signature."""
    seen = await story.seen(unit.code, f"reviewer-{region}")
    reviewer, path = story.reviewer(region), story.judged(unit.code, f"/regions/{region}")
    body = {"verdict": "follow_up", "text": "Tallene bør forklares nærmere.", "base_version": 1}
    await reviewer.put(f"{path}/assessments/equal_access", body)
    refused = await reviewer.send("POST", f"{path}/signatures", json=signature(seen, region))
    story.ledger.equal("signing a version that has moved is refused", refused.refused, "409 assessment_moved")
