"""The regions assess every report handed in: somebody is assigned, five criteria are judged, feedback is drafted."""

from __future__ import annotations

import json

from deploy.demo.client import together
from deploy.demo.judgements import CRITERIA, TO_WORK_ON, WORKS_WELL, judgement, verdict
from deploy.demo.screen import Chapter
from deploy.demo.story import REGIONS, WITH_FIGURES, WITHOUT_AN_ANSWER, Story, Unit
from deploy.demo.texts import text
from deploy.demo.writing import UNANSWERED


async def play(story: Story) -> None:
    await story.travel(story.moments.review)
    with story.screen.chapter("Regions assess the reports") as chapter:
        await _know_reviews(story)
        parts = [(unit, region) for unit in story.written for region in unit.regions]
        chapter.expect(len(parts))
        await together(assess(story, unit, region, chapter) for unit, region in parts)
        regions = {region for _, region in parts}
        story.ledger.equal("units of all four regions are assessed", regions, set(REGIONS), len(parts))
        states = {state for code, state in (await story.states()).items() if code in story.reviews}
        story.ledger.equal("all reports handed in are under review", states, {"under_review"})
        await _drafts_are_hidden(story)
        await _addendum(story)


async def _know_reviews(story: Story) -> None:
    """Hearing of a submission opens its review."""
    rows = await story.review("joint-desk").listed("/reviews", year=str(story.year))
    story.reviews = {row["unit_code"]: row["review_id"] for row in rows}
    written = sorted(unit.code for unit in story.written)
    story.ledger.equal("every submission heard opened a review", sorted(story.reviews), written, len(rows))
    numbers = {row["unit_code"]: (row["number"], row["sha256"]) for row in rows}
    newest = dict.fromkeys(numbers, (0, ""))
    codes = {report: code for code, report in story.reports.items()}
    for receipt in story.receipts:
        code = codes[receipt["report_id"]]
        newest[code] = max(newest[code], (receipt["number"], receipt["sha256"]))
    story.ledger.equal("each judges what was handed in last, by number and hash", numbers, newest, len(numbers))


async def assess(story: Story, unit: Unit, region: str, chapter: Chapter) -> None:
    """One region's part of one review, up to the signature."""
    part, reviewer = story.judged(unit.code, f"/regions/{region}"), story.reviewer(region)
    assessor = {"person_id": story.cast[f"reviewer-{region}"]}
    await story.review(f"desk-{region}").put(f"{part}/assessor", assessor)
    for criterion in CRITERIA:
        judged = {"verdict": verdict(unit, criterion), "text": judgement(unit, criterion), "base_version": 0}
        await reviewer.put(f"{part}/assessments/{criterion}", judged)
    feedback = {"works_well": WORKS_WELL.format(name=unit.name), "to_work_on": TO_WORK_ON, "base_version": 0}
    await reviewer.put(f"{part}/feedback", feedback)
    chapter.step()


async def _drafts_are_hidden(story: Story) -> None:
    """What a region has not signed is read by itself alone, and nobody writes it but itself."""
    unit = story.units[WITH_FIGURES]
    region = unit.regions[0]
    other = next(each for each in REGIONS if each != region)
    readers = (f"reviewer-{region}", f"reviewer-{other}", f"lead-{unit.code}")
    hidden = [(await story.seen(unit.code, reader))["parts"][region]["hidden"] for reader in readers]
    story.ledger.equal("a draft is hidden from other regions and the unit", hidden, [False, True, True])
    path = story.judged(unit.code, f"/regions/{region}/assessments/results")
    body = {"verdict": "ok", "text": "", "base_version": 1}
    refused = await story.reviewer(other).send("PUT", path, json=body)
    story.ledger.equal("a region assesses its own units alone", refused.refused, "403 not_your_region")


async def _addendum(story: Story) -> None:
    """The late group answer was heard, and is shown with what is judged."""
    unit = story.units[WITHOUT_AN_ANSWER]
    region = unit.regions[0]
    noted = [
        (each["number"], each["question_id"])
        for each in (await story.seen(unit.code, f"reviewer-{region}"))["addenda"]
    ]
    story.ledger.equal("a late addendum is heard by the review", noted, [(1, UNANSWERED)])
    judged = await story.reviewer(region).get(story.judged(unit.code, "/submission"))
    shown = text(unit, UNANSWERED) in json.dumps(judged["addenda"], ensure_ascii=False)
    story.ledger.expect("and can be read beside the submission", shown, ", ".join(judged["addenda"]))
