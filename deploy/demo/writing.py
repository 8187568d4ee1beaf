"""The two parties write: every unit its part, every reference group its answers, many at the same time."""

from __future__ import annotations

from itertools import cycle
from typing import Any
from uuid import uuid4

from deploy.demo import groups
from deploy.demo.client import Caller, together
from deploy.demo.entries import lines
from deploy.demo.screen import Chapter
from deploy.demo.story import WITH_VACANCY, WITHOUT_AN_ANSWER, Story, Unit
from deploy.demo.texts import text

UNANSWERED = "group.region_midt"
"""The question that stays open in the report of :data:`WITHOUT_AN_ANSWER`."""
ON_BEHALF = "group.region_midt"
"""The answer that the group leader of :data:`WITH_VACANCY` enters for its holder."""


async def play(story: Story) -> None:
    await story.travel(story.moments.writing)
    with story.screen.chapter("Units write their parts") as chapter:
        await together(unit_part(story, unit, chapter) for unit in story.written)


async def play_groups(story: Story) -> None:
    await story.travel(story.moments.recommended)
    with story.screen.chapter("A seat is filled, groups answer") as chapter:
        await groups.fill_the_vacancy(story, chapter)
        await _on_behalf(story, chapter)
        await together(group_part(story, unit, chapter) for unit in story.written)


async def unit_part(story: Story, unit: Unit, chapter: Chapter) -> None:
    """Lead and coordinator write different questions at the same time, and neither disturbs the other."""
    asked = [question for question in await story.questions(unit) if question["part"] == "unit"]
    writers = cycle((story.lead(unit.code), story.second(unit.code)))
    chapter.expect(len(asked))
    await together(unit_answer(story, unit, q, writer, chapter) for q, writer in zip(asked, writers, strict=False))
    finished = {"part": "unit", "finished": True}
    await story.second(unit.code).post(story.at(unit.code, "/finished-parts"), finished)


async def unit_answer(story: Story, unit: Unit, question: dict[str, Any], writer: Caller, chapter: Chapter) -> None:
    id = question["id"]
    if question["type"] == "entries":
        await _list(story, unit, question, writer)
    else:
        choices = [choice["id"] for choice in question["choices"]][:3]
        body = {"text": text(unit, id), "choices": choices, "base_version": 0}
        await writer.put(story.at(unit.code, f"/answers/{id}"), body)
    chapter.step()


async def _list(story: Story, unit: Unit, question: dict[str, Any], writer: Caller) -> None:
    id = question["id"]
    wanted = lines(unit, question["entry_type"], story.year)
    if not wanted:
        nothing = {"declared": True, "base_version": 0}
        await writer.put(story.at(unit.code, f"/answers/{id}/nothing-to-report"), nothing)
    for fields in wanted:
        added = await writer.put(story.at(unit.code, f"/entries/{uuid4()}"), {"question_id": id, "fields": fields})
        if added["version"] != 1:
            story.ledger.expect(f"a new line of {unit.code} has version 1", False, added)


async def group_part(story: Story, unit: Unit, chapter: Chapter) -> None:
    """Every member answers for the own region, the user representative for the users, the leader for all."""
    asked = [question for question in await story.questions(unit) if question["part"] == "group"]
    skipped = {WITHOUT_AN_ANSWER: UNANSWERED, WITH_VACANCY: ON_BEHALF}.get(unit.code)
    asked = [question for question in asked if question["id"] != skipped]
    chapter.expect(len(asked))
    await together(member_answer(story, unit, question, chapter) for question in asked)
    if asked:
        finished = {"part": "group", "finished": True}
        await story.reporting(f"leader-{unit.code}").post(story.at(unit.code, "/finished-parts"), finished)


async def member_answer(story: Story, unit: Unit, question: dict[str, Any], chapter: Chapter) -> None:
    holders = {"group_leader": f"leader-{unit.code}", "user_representative": groups.member(unit, "user")}
    alias = holders.get(question["answered_by"]) or groups.member(unit, f"region_{question['region']}")
    await story.answer(story.reporting(alias), unit.code, question["id"], text(unit, question["id"]), 0)
    chapter.step()


async def _on_behalf(story: Story, chapter: Chapter) -> None:
    """A member told the leader on the telephone; the leader enters it, and the member stands by it."""
    chapter.expect(2)
    unit = story.units[WITH_VACANCY]
    told_on = story.moments.recommended.date().isoformat()
    body = {"text": text(unit, ON_BEHALF), "answered_on": told_on, "base_version": 0}
    leader = story.reporting(f"leader-{unit.code}")
    entered = await leader.put(story.at(unit.code, f"/answers/{ON_BEHALF}/on-behalf"), body)
    chapter.step()
    holder = story.reporting(groups.member(unit, "region_midt"))
    confirmation = {"base_version": entered["version"]}
    await holder.post(story.at(unit.code, f"/answers/{ON_BEHALF}/confirmations"), confirmation)
    chapter.step()
    again = body | {"base_version": entered["version"]}
    refused = await leader.send("PUT", story.at(unit.code, f"/answers/{ON_BEHALF}/on-behalf"), json=again)
    behalf = (await story.report(unit.code))["answers"][ON_BEHALF]["on_behalf_of"]
    confirmed = behalf["holder"] == holder.subject and behalf["confirmed_at"] is not None
    story.ledger.expect("an answer entered on behalf is confirmed by its holder", confirmed, behalf["answered_on"])
    story.ledger.equal("once confirmed only the holder changes it", refused.refused, "409 answer_is_confirmed")
