"""The first chapter: the first person, the units, and everybody who has a role on them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from deploy.demo.client import together
from deploy.demo.screen import Chapter
from deploy.demo.story import REGIONS, WITH_FIGURES, Story, Unit

DATA = Path(__file__).parent / "data"
TABLES = ("units.csv", "invented-units.csv")
STAFF = {"desk": "service_desk", "authority": "appointing_authority", "reviewer": "reviewer"}
NATIONAL = {"secretary": "directors_secretary", "ministry": "ministry", "auditor": "auditor"}


async def play(story: Story) -> None:
    with story.screen.chapter("Units and people are registered") as chapter:
        if story.first_time:
            await bootstrap(story, story.cast.next_card())
            for name in TABLES:
                await import_units(story, chapter, name, (DATA / name).read_bytes())
        await know_units(story)
        _as_wanted(story)
        if story.first_time:
            trusts = await story.registry("joint-desk").listed("/trusts")
            await _staff(story, chapter, trusts)
            numbered = enumerate(story.units.values())
            await together(_people_of(story, unit, index, chapter) for index, unit in numbered)
            await _describe(story)
        await story.suite.reporting_knows()


async def bootstrap(story: Story, card: Mapping[str, str]) -> None:
    """The first person is of the joint desk, and there is one first person only."""
    operator = story.suite.registry("operator")
    made = await operator.post("/bootstrap", card)
    story.cast.ids["joint-desk"] = made["person_id"]
    again = await operator.send("POST", "/bootstrap", json=card)
    story.ledger.equal("a second first person is refused", again.refused, "409 already_bootstrapped")


async def import_units(story: Story, chapter: Chapter, name: str, table: bytes) -> None:
    """A table is tried first, then imported."""
    desk = story.registry("joint-desk")
    sent = {"content": table, "headers": {"Content-Type": "text/csv"}}
    since = f"active_from={story.year - 5}-01-01"
    tried = await desk.post(f"/imports/units?dry_run=true&{since}", **sent)
    done = await desk.post(f"/imports/units?{since}", **sent)
    chapter.expect(done["imported"])
    for _ in range(done["imported"]):
        chapter.step()
    story.ledger.equal(f"{name} imports as its dry run told", done["imported"], tried["imported"])


async def know_units(story: Story) -> None:
    """The units as the registry lists them."""
    rows = await story.registry("joint-desk").listed("/units", status="active")
    story.units = {row["code"]: Unit.of(row) for row in rows}


def _as_wanted(story: Story) -> None:
    kinds = {unit.kind for unit in story.units.values()}
    regions = {region for unit in story.units.values() for region in unit.regions}
    story.ledger.equal("units of all seven kinds", len(kinds), 7)
    story.ledger.equal("units in all four regions", regions, set(REGIONS), len(regions))


async def _staff(story: Story, chapter: Chapter, trusts: list[dict[str, Any]]) -> None:
    """The regions' people, the trusts' contact points, and those who see all regions."""
    since = f"{story.year}-01-01"
    wanted = {
        f"{alias}-{region}": {"role": role, "region": region} for alias, role in STAFF.items() for region in REGIONS
    }
    wanted |= {f"office-{trust['code']}": {"role": "trust_office", "trust": trust["code"]} for trust in trusts}
    wanted |= {alias: {"role": role} for alias, role in NATIONAL.items()}
    chapter.expect(len(wanted))
    await together(grant(story, alias, {**role, "since": since}, chapter) for alias, role in wanted.items())


async def grant(story: Story, alias: str, role: dict[str, Any], chapter: Chapter, trust: str | None = None) -> None:
    """Somebody new, with a role given by the joint desk."""
    desk = story.registry("joint-desk")
    person = await story.cast.register(desk, alias, trust)
    await desk.post("/roles", {"person_id": person, **role})
    chapter.step()


async def _people_of(story: Story, unit: Unit, index: int, chapter: Chapter) -> None:
    """Every unit has a lead, and about half of them have named a coordinator too."""
    wanted = {"lead": "professional_lead"}
    if index % 2 == 0 or unit.code == WITH_FIGURES:
        wanted["coordinator"] = "coordinator"
    chapter.expect(len(wanted))
    for alias, role in wanted.items():
        granted = {"role": role, "unit_id": unit.id, "since": f"{story.year}-01-01"}
        await grant(story, f"{alias}-{unit.code}", granted, chapter, unit.trusts[0])


async def _describe(story: Story) -> None:
    """The approved description of one unit, which its submission will freeze."""
    unit, desk = story.units[WITH_FIGURES], story.registry("joint-desk")
    seen = (await desk.get(f"/units/{unit.id}"))["version"]
    decided = f"{story.year - 1}-06-01"
    decision = {"authority": "ministry", "on": decided, "reference": "Eksempelsak 1/1", "valid_from": decided}
    body = {
        "text_nb": f"{unit.name} utreder og behandler pasienter fra hele landet.",
        "icd10": ["D 33,3"],
        "decision": decision,
    }
    await desk.change(f"/units/{unit.id}/descriptions", body, seen)
    shown = (await desk.get(f"/units/{unit.id}"))["description"]
    story.ledger.equal("codes of the description are normalised", shown["icd10"], ["D33.3"])
