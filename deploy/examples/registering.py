"""The units of the examples, everybody with a role on them, and the logins that are linked to these people."""

from __future__ import annotations

from typing import Any

from deploy.demo.client import together
from deploy.demo.groups import member
from deploy.demo.registering import bootstrap, import_units, know_units
from deploy.demo.screen import Chapter
from deploy.demo.story import Story
from deploy.examples.people import DATA, STRANGER, Example, examples

ONGOING = "EKS-NKT-1"
"""The competence service, whose template follows from its phase."""
UNITS = DATA / "units.csv"
PROPOSED = ("EKS-NBT-2", "region_nord", "candidate-EKS-NBT-2")
"""The unit, the vacant seat, and who is proposed for it."""
LEADING = {"professional_lead": "lead", "coordinator": "coordinator", "group_leader": "leader"}
"""How the story calls those who write, before the code of their unit."""


async def play(story: Story, issuer: str) -> None:
    with story.screen.chapter("Units and people are registered") as chapter:
        people = [person for person in examples() if person.alias != STRANGER]
        chapter.expect(2 * len(people))
        first = next(person for person in people if person.alias == "joint-desk")
        await bootstrap(story, first.card())
        await import_units(story, chapter, UNITS.name, UNITS.read_bytes())
        await know_units(story)
        await together(_register(story, person, chapter) for person in people)
        await together(_link(story, person, issuer, chapter) for person in people)
        await _set_phase(story)
        await _propose(story)
        await story.suite.reporting_knows()
        await story.suite.knows("review", "registry")


async def _register(story: Story, person: Example, chapter: Chapter) -> None:
    """A person with all roles; what a group has already is recorded as found."""
    desk = story.registry("joint-desk")
    if person.alias not in story.cast:
        story.cast.ids[person.alias] = (await desk.post("/persons", person.card()))["person_id"]
        for role in person.roles:
            await desk.post("/roles", {"person_id": story.cast[person.alias], **_granted(story, role)})
    for role in person.roles:
        _remember(story, person.alias, role)
    chapter.step()


def _granted(story: Story, role: Any) -> dict[str, Any]:
    granted = {"since": f"{story.year}-01-01", **role}
    if "unit" in granted:
        granted["unit_id"] = story.units[granted.pop("unit")].id
    if "seat" in granted or granted["role"] == "group_leader":
        granted["imported"] = True
    return granted


def _remember(story: Story, alias: str, role: Any) -> None:
    """Let the story find whoever writes for a unit by the names it uses."""
    if "seat" in role and role["role"] != "network_member":
        story.cast.ids[member(story.units[role["unit"]], role["seat"])] = story.cast[alias]
    elif role["role"] in LEADING:
        story.cast.ids[f"{LEADING[role['role']]}-{role['unit']}"] = story.cast[alias]


async def _link(story: Story, person: Example, issuer: str, chapter: Chapter) -> None:
    """The login that the test identity provider vouches for is this person's."""
    login = {"issuer": issuer, "national_id": person.pid}
    await story.registry("joint-desk").post(f"/persons/{story.cast[person.alias]}/logins", login)
    chapter.step()


async def _set_phase(story: Story) -> None:
    desk, path = story.registry("joint-desk"), f"/units/{story.units[ONGOING].id}"
    body = {"year": story.year, "phase": "ongoing", "reason": "Fastsatt ved planlegging av årets rapportering."}
    await desk.change(f"{path}/phases", body, (await desk.get(path))["version"])


async def _propose(story: Story) -> None:
    """One seat is vacant, and whom the unit proposes for it waits to be appointed."""
    code, seat, candidate = PROPOSED
    conditions = {
        "asked": True,
        "informed": True,
        "willing": True,
        "cleared_by": "Leder Eksempelsen",
        "cleared_on": story.machine.now().date().isoformat(),
    }
    wanted = {"seat": seat, "person_id": story.cast[candidate], "conditions": conditions}
    await story.registry(f"lead-{code}").post(f"/units/{story.units[code].id}/group/proposals", wanted)
