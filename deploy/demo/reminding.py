"""Two weeks before the deadline those are reminded who have something left to do, and nobody else."""

from __future__ import annotations

from deploy.demo.client import eventually
from deploy.demo.screen import Chapter
from deploy.demo.story import Story

REMINDED_WITHIN = 60.0


async def play(story: Story) -> None:
    await story.travel(story.moments.reminders)
    with story.screen.chapter("A deadline is remembered") as chapter:
        chapter.expect(1)
        await _remind(story, chapter)


async def _remind(story: Story, chapter: Chapter) -> None:
    """Every unit's part is done, so its coordinator is left in peace; the lead has still to submit."""
    grouped = [unit.code for unit in story.written if any(q["part"] == "group" for q in await story.questions(unit))]
    wanted = {story.cast[f"lead-{unit.code}"] for unit in story.written}
    wanted |= {story.cast[f"leader-{code}"] for code in grouped}

    async def all_are() -> bool:
        return await _reminded(story) >= wanted

    await eventually(all_are, "those with something to do are reminded", patience=REMINDED_WITHIN)
    told = f"{len(story.written)} leads, {len(grouped)} group leaders"
    story.ledger.equal("those are reminded who are not done", await _reminded(story), wanted, told)
    chapter.step()


async def _reminded(story: Story) -> set[str]:
    log = await story.notify("joint-desk").listed("/messages", occasion="reminder", year=str(story.year))
    return {row["receiver"] for row in log}
