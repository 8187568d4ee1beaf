"""Every region asks a unit something: the query is asked, answered, and closed, in this order and by nobody else."""

from __future__ import annotations

from typing import Any

from deploy.demo.client import together
from deploy.demo.judgements import ANSWER, QUESTION
from deploy.demo.screen import Chapter
from deploy.demo.story import NOT_REVIEWED, REGIONS, Story, Unit


async def play(story: Story) -> None:
    with story.screen.chapter("Regions ask, units answer") as chapter:
        asked = {region: _unit_of(story, region) for region in REGIONS}
        chapter.expect(3 * len(asked))
        closed = await together(_ask(story, unit, region, chapter) for region, unit in asked.items())
        story.ledger.equal("queries are asked, answered and closed", closed, ["closed"] * len(REGIONS), len(closed))
        region, unit = next(iter(asked.items()))
        await _out_of_turn(story, unit, region)


def _unit_of(story: Story, region: str) -> Unit:
    return next(unit for unit in story.written if unit.regions == (region,) and unit.code != NOT_REVIEWED)


async def _ask(story: Story, unit: Unit, region: str, chapter: Chapter) -> str:
    """What became of one query."""
    path = story.judged(unit.code, "/queries")
    query_id = (await story.reviewer(region).post(path, {"region": region, "question": QUESTION}))["query_id"]
    chapter.step()
    writer = f"coordinator-{unit.code}" if f"coordinator-{unit.code}" in story.cast else f"lead-{unit.code}"
    await story.review(writer).post(f"{path}/{query_id}/answers", {"answer": ANSWER})
    chapter.step()
    await story.reviewer(region).post(f"{path}/{query_id}/closings")
    chapter.step()
    query = await _query(story, unit, f"lead-{unit.code}", query_id)
    return str(query["status"])


async def _out_of_turn(story: Story, unit: Unit, region: str) -> None:
    """A second query, which nobody may close before it is answered, nor ask for another region."""
    path = story.judged(unit.code, "/queries")
    body = {"region": region, "question": QUESTION}
    other = next(each for each in REGIONS if each != region)
    foreign = await story.reviewer(other).send("POST", path, json=body)
    story.ledger.equal("a region asks for itself alone", foreign.refused, "403 not_your_region")
    query_id = (await story.reviewer(region).post(path, body))["query_id"]
    early = await story.reviewer(region).send("POST", f"{path}/{query_id}/closings")
    story.ledger.equal("an open query is not closed", early.refused, "409 query_in_another_state")
    await story.review(f"lead-{unit.code}").post(f"{path}/{query_id}/answers", {"answer": ANSWER})
    again = await story.review(f"lead-{unit.code}").send(
        "POST", f"{path}/{query_id}/answers", json={"answer": ANSWER}
    )
    story.ledger.equal("an answer is given once", again.refused, "409 query_in_another_state")
    await story.reviewer(region).post(f"{path}/{query_id}/closings")
    hidden = (await story.seen(unit.code, f"reviewer-{other}"))["queries"]
    story.ledger.equal("other regions do not read queries of an unsigned review", hidden, [], "none")


async def _query(story: Story, unit: Unit, alias: str, query_id: str) -> dict[str, Any]:
    shown = (await story.seen(unit.code, alias))["queries"]
    found: dict[str, Any] = next(query for query in shown if query["query_id"] == query_id)
    return found
