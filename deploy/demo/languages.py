"""How people want to be told: some in nynorsk, some in English, all others in bokmål."""

from __future__ import annotations

from deploy.demo.client import together
from deploy.demo.screen import Chapter
from deploy.demo.story import WITH_REDACTION, WITHOUT_AN_ANSWER, Story

ENGLISH = (f"lead-{WITH_REDACTION}", f"lead-{WITHOUT_AN_ANSWER}")


async def play(story: Story) -> None:
    await story.suite.knows("notify", "registry")
    with story.screen.chapter("People choose how to be told") as chapter:
        nynorsk = [f"lead-{unit.code}" for unit in story.units.values() if unit.regions == ("vest",)]
        story.languages = {story.cast[alias]: "nn" for alias in nynorsk}
        story.languages |= {story.cast[alias]: "en" for alias in ENGLISH}
        if story.first_time:
            await together(_choose(story, alias, chapter) for alias in (*nynorsk, *ENGLISH))
        chosen = [
            (await story.notify(alias).get("/me/preferences"))["language"] for alias in (*ENGLISH, "joint-desk")
        ]
        story.ledger.equal("each is told in the language chosen", chosen, ["en", "en", "nb"])
        await _duties(story)


async def _choose(story: Story, alias: str, chapter: Chapter) -> None:
    chapter.expect(1)
    body = {"language": story.languages[story.cast[alias]], "digest": False, "muted": []}
    await story.notify(alias).put("/me/preferences", body, headers={"If-Match": '"0"'})
    chapter.step()


async def _duties(story: Story) -> None:
    """Nobody can choose not to hear that a report came back."""
    caller = story.notify(ENGLISH[0])
    seen = (await caller.get("/me/preferences"))["version"]
    body = {"language": "en", "digest": False, "muted": ["returned"]}
    refused = await caller.send("PUT", "/me/preferences", json=body, headers={"If-Match": f'"{seen}"'})
    story.ledger.equal("a duty cannot be turned off", refused.refused, "409 duty_cannot_be_muted")
