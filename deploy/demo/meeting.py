"""Two parties write at once: different questions never disturb each other, the same one loses no text."""

from __future__ import annotations

from typing import Any

from deploy.demo.client import together
from deploy.demo.replies import Reply
from deploy.demo.screen import Chapter
from deploy.demo.story import CHANGED_AFTER_THE_GROUP, WITH_FIGURES, Story

MET_ON = "evaluation.equal_access"
LEADS = "Henvisningene kommer jevnt fra alle regioner, og ventetiden er under seks uker."
COORDINATORS = "Pasienter fra nord får samordnet reise, slik at avstanden ikke avgjør tilbudet."


async def play(story: Story) -> None:
    with story.screen.chapter("Two write at once, and meet") as chapter:
        chapter.expect(4)
        await _side_by_side(story, chapter)
        await _conflict(story, chapter)
        await _coordinator_may_not_submit(story, chapter)
        await _after_the_group(story, chapter)


async def _side_by_side(story: Story, chapter: Chapter) -> None:
    """The unit and its group change their own answers in the same moment."""
    code = WITH_FIGURES
    lead, leader = story.lead(code), story.reporting(f"leader-{code}")
    pairs = ((lead, "evaluation.patient_pathway"), (leader, "group.overall"))
    answers = (await story.report(code))["answers"]
    saved = await together(
        story.answer(who, code, question, f"Oppdatert i siste uke: {question}.", answers[question]["version"])
        for who, question in pairs
    )
    story.ledger.equal("two parties save at once, both are kept", [each["version"] for each in saved], [2, 2])
    chapter.step()


async def _conflict(story: Story, chapter: Chapter) -> None:
    """Lead and coordinator change the same answer from the same version; both texts come back, and are merged."""
    code, path = WITH_FIGURES, story.at(WITH_FIGURES, f"/answers/{MET_ON}")
    base = await story.version(code, MET_ON)
    writers = ((story.lead(code), LEADS), (story.second(code), COORDINATORS))
    replies = await together(
        who.send("PUT", path, json={"text": text, "base_version": base}) for who, text in writers
    )
    won = [reply for reply in replies if reply.status == 200]
    lost = [reply for reply in replies if reply.refused == "409 changed_meanwhile"]
    story.ledger.equal("of two on the same answer one is first", (len(won), len(lost)), (1, 1))
    both = _both(lost[0]) if lost else []
    story.ledger.equal("the other gets both texts back", sorted(both), sorted((LEADS, COORDINATORS)), "both")
    merged = await story.answer(story.second(code), code, MET_ON, "\n\n".join((LEADS, COORDINATORS)), base + 1)
    history = await story.lead(code).get(story.at(code, "/history"))
    texts = [_text(fact) for fact in history if fact["data"].get("question_id") == MET_ON]
    story.ledger.equal("the merged answer is a version of its own", merged["version"], base + 2)
    kept = sum(1 for text in texts if text in (LEADS, COORDINATORS)), LEADS in texts[-1] and COORDINATORS in texts[-1]
    story.ledger.equal("the history shows the first text, then both", kept, (1, True))
    chapter.step()


async def _coordinator_may_not_submit(story: Story, chapter: Chapter) -> None:
    code = WITH_FIGURES
    seen = (await story.report(code))["content_version"]
    refused = await story.second(code).send("POST", story.at(code, "/submissions"), json={"seen": seen})
    allowed = (await story.report(code, f"coordinator-{code}"))["allowed_operations"]
    story.ledger.equal("the coordinator may not submit", refused.refused, "403 not_allowed")
    fits = "submit" not in allowed and "answer_unit_part" in allowed
    story.ledger.expect("and is not offered it", fits, ", ".join(allowed))
    chapter.step()


async def _after_the_group(story: Story, chapter: Chapter) -> None:
    """The unit changes an answer the group has read; the group's answers are marked until they are looked at."""
    code, question = CHANGED_AFTER_THE_GROUP, "evaluation.patient_pathway"
    base = await story.version(code, question)
    await story.answer(story.lead(code), code, question, "Forløpet er endret etter møtet i januar.", base)
    report = await story.report(code)
    given = {id: answer for id, answer in report["answers"].items() if id.startswith("group.")}
    marked = sum(1 for answer in given.values() if answer["based_on_older_version"])
    story.ledger.equal("a change after the group answered marks its answers", marked, len(given))
    text = f"{given['group.overall']['text']} Gruppen har sett endringen."
    leader = story.reporting(f"leader-{code}")
    await story.answer(leader, code, "group.overall", text, given["group.overall"]["version"])
    after = (await story.report(code))["answers"]["group.overall"]
    story.ledger.equal("an answer given anew is no longer marked", after["based_on_older_version"], False)
    chapter.step()


def _both(reply: Reply) -> list[str]:
    return [reply.body["yours"]["text"], reply.body["theirs"]["text"]]


def _text(fact: dict[str, Any]) -> str:
    """The text a fact of the history holds, where it holds one that may be read."""
    sealed = fact["data"].get("text")
    return (sealed or {}).get("text") or ""
