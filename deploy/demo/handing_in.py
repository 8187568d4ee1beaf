"""Reports are handed in before the deadline: what was seen is what is submitted; one is opened again."""

from __future__ import annotations

from deploy.demo.client import together
from deploy.demo.screen import Chapter
from deploy.demo.story import EXTENDED, LATE, REOPENED_KIND, WITH_FIGURES, WITHOUT_AN_ANSWER, Story

NOT_YET = (EXTENDED, LATE, WITHOUT_AN_ANSWER)


async def play(story: Story) -> None:
    await story.travel(story.moments.last_week)
    with story.screen.chapter("Reports are handed in") as chapter:
        in_time = [unit.code for unit in story.written if unit.code not in NOT_YET]
        chapter.expect(len(in_time) + 2)
        await _moved(story)
        chapter.step()
        await together(_hand_in(story, code, chapter) for code in in_time if code != WITH_FIGURES)
        await _group_not_done(story, chapter)
        await _reopen(story, chapter)
        timings = {receipt["timing"] for receipt in story.receipts}
        story.ledger.equal("all of them are in time", timings, {"in_time"})


async def _hand_in(story: Story, code: str, chapter: Chapter) -> None:
    checks = await story.lead(code).get(story.at(code, "/checks"))
    if not checks["can_be_submitted"]:
        story.ledger.expect(f"{code} can be submitted", False, checks["findings"])
    await story.hand_in(code)
    chapter.step()


async def _moved(story: Story) -> None:
    """The lead has read the report, the coordinator changes it, the lead submits what is no longer there."""
    code, question = WITH_FIGURES, "evaluation.reporting_feedback"
    report = await story.report(code)
    base = report["answers"][question]["version"]
    await story.answer(story.second(code), code, question, "Fint at svar lagres ett og ett.", base)
    lead = story.lead(code)
    refused = await lead.send("POST", story.at(code, "/submissions"), json={"seen": report["content_version"]})
    story.ledger.equal("a submission of what has moved is refused", refused.refused, "409 moved_since_seen")
    story.ledger.equal("and told what moved", refused.body.get("moved"), [question])
    accepted = await story.hand_in(code)
    story.ledger.equal("what is seen anew is accepted", accepted["status"], "submitted")
    locked = await story.second(code).send(
        "PUT", story.at(code, f"/answers/{question}"), json={"text": "For sent.", "base_version": base + 1}
    )
    story.ledger.equal("a submitted report is locked", locked.refused, "409 report_is_locked")


async def _group_not_done(story: Story, chapter: Chapter) -> None:
    """Before the deadline the unit cannot pass over the group."""
    code = WITHOUT_AN_ANSWER
    seen = (await story.report(code))["content_version"]
    refused = await story.lead(code).send("POST", story.at(code, "/submissions"), json={"seen": seen})
    story.ledger.equal("open group answers hold a submission before the deadline", refused.code, "group_answers_open")
    chapter.step()


async def _reopen(story: Story, chapter: Chapter) -> None:
    """A fault is found after the submission: the desk opens the report, it is mended and handed in again."""
    unit = next(unit for unit in story.written if unit.kind == REOPENED_KIND)
    body = {"reason": "Senteret har funnet en feil i teksten og ber om å få rette den."}
    opened = await story.reporting(unit.desk).post(story.at(unit.code, "/reopenings"), body)
    base = await story.version(unit.code, "evaluation.centre_work")
    mended = "Senteret har prioritert retningslinjer og opplæring. Feilen i forrige versjon er rettet."
    await story.answer(story.lead(unit.code), unit.code, "evaluation.centre_work", mended, base)
    receipt = await story.hand_in(unit.code)
    seen = (opened["status"], receipt["number"])
    story.ledger.equal("a report opened again is handed in as number 2", seen, ("reopened", 2))
    chapter.step()
