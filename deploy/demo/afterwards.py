"""After the deadline: a late extension, a report in grace without one group answer, a late one, an addendum."""

from __future__ import annotations

from deploy.demo import groups
from deploy.demo.screen import Chapter
from deploy.demo.story import EXTENDED, LATE, WITHOUT_AN_ANSWER, Story
from deploy.demo.texts import text
from deploy.demo.writing import UNANSWERED


async def play(story: Story) -> None:
    with story.screen.chapter("After the deadline") as chapter:
        chapter.expect(5)
        await story.travel(story.moments.in_grace)
        await _extend(story, chapter)
        await _excuse(story, chapter)
        await story.travel(story.moments.late)
        await _late(story, chapter)
        await _addendum(story, chapter)
        await story.travel(story.moments.before_extension)
        receipt = await story.hand_in(EXTENDED)
        story.ledger.equal("an extended report is in time by it", receipt["timing"], "in_time_by_extension")
        chapter.step()


async def _extend(story: Story, chapter: Chapter) -> None:
    desk = story.reporting(story.units[EXTENDED].desk)
    body = {"until": story.moments.extension.isoformat(), "reason": "Faglig ansvarlig har vært syk siste uke."}
    extended = await desk.post(story.at(EXTENDED, "/extensions"), body)
    until = extended["extended_until"]
    story.ledger.expect("an extension is given after the deadline", until is not None, until)
    chapter.step()


async def _excuse(story: Story, chapter: Chapter) -> None:
    """Past the deadline a stated reason is enough to go without an answer nobody gave."""
    code = WITHOUT_AN_ANSWER
    seen = (await story.report(code))["content_version"]
    refused = await story.lead(code).send("POST", story.at(code, "/submissions"), json={"seen": seen})
    story.ledger.equal("without a reason it is refused", refused.refused, "409 excuse_missing")
    receipt = await story.hand_in(code, "Medlemmet for regionen har ikke svart på tre henvendelser.")
    story.ledger.equal("with one the open answer is excused", receipt["excused"], [UNANSWERED])
    story.ledger.equal("and the submission is in grace", receipt["timing"], "in_grace")
    chapter.step()


async def _late(story: Story, chapter: Chapter) -> None:
    receipt = await story.hand_in(LATE)
    story.ledger.equal("beyond the grace, without extension, a report is late", receipt["timing"], "late")
    chapter.step()


async def _addendum(story: Story, chapter: Chapter) -> None:
    """The member answers after all; the submission stands."""
    code = WITHOUT_AN_ANSWER
    unit = story.units[code]
    late = {"question_id": UNANSWERED, "text": text(unit, UNANSWERED)}
    member = story.reporting(groups.member(unit, "region_midt"))
    done = await member.post(story.at(code, "/addenda"), late)
    addenda = (await story.report(code))["addenda"]
    seen = (done["status"], list(addenda))
    story.ledger.equal("a late group answer follows as an addendum", seen, ("submitted", [UNANSWERED]))
    chapter.step()
