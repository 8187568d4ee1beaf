"""Competence services come and go: each year one hands in its final report, and has ended when the next begins."""

from __future__ import annotations

from typing import Any

from deploy.demo.client import together
from deploy.demo.screen import Chapter
from deploy.demo.story import Story

PHASES = ("new", "final", "ongoing")
"""What the first competence services are in; all further ones are ongoing too."""


async def play(story: Story) -> None:
    with story.screen.chapter("The phases of the year are set") as chapter:
        shown = await _services(story)
        ended = [unit for unit in shown if _is_past_its_final_report(unit, story.year)]
        await together(_end(story, unit, chapter) for unit in ended)
        lasting = sorted((unit for unit in shown if unit not in ended), key=_special)
        phases = (*PHASES, *("ongoing" for _ in lasting[len(PHASES) :]))
        await together(_set(story, unit, phase, chapter) for unit, phase in zip(lasting, phases, strict=False))
        wanted = 0 if story.first_time else 1
        story.ledger.equal("a service ends with its final report", len(ended), wanted)
        await story.suite.reporting_knows()


async def _services(story: Story) -> list[dict[str, Any]]:
    desk = story.registry("joint-desk")
    services = [unit for unit in story.units.values() if unit.kind == "national_competence_service"]
    return await together(desk.get(f"/units/{unit.id}") for unit in services)


def _special(unit: dict[str, Any]) -> tuple[bool, str]:
    """Those with a part in the story go on for as long as there are others."""
    return not unit["code"].startswith("X-"), unit["code"]


def _is_past_its_final_report(unit: dict[str, Any], year: int) -> bool:
    return any(set_phase["phase"] == "final" and int(of) < year for of, set_phase in unit["phases"].items())


async def _end(story: Story, unit: dict[str, Any], chapter: Chapter) -> None:
    chapter.expect(1)
    body = {"on": f"{story.year - 1}-12-31", "reason": "Oppgavene er ført videre i et nettverk."}
    await story.registry("joint-desk").change(f"/units/{unit['unit_id']}/endings", body, unit["version"])
    del story.units[unit["code"]]
    chapter.step()


async def _set(story: Story, unit: dict[str, Any], phase: str, chapter: Chapter) -> None:
    chapter.expect(1)
    body = {"year": story.year, "phase": phase, "reason": "Fastsatt ved planlegging av årets rapportering."}
    await story.registry("joint-desk").change(f"/units/{unit['unit_id']}/phases", body, unit["version"])
    chapter.step()
