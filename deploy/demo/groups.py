"""Reference groups: every seat is filled by proposal, appointment and information; one stays vacant for a while."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from deploy.demo.client import together
from deploy.demo.screen import Chapter
from deploy.demo.story import REGIONS, VACANT_SEAT, WITH_VACANCY, Story, Unit
from shared.clock import OSLO

INFORMED = ["unit", "group", "unit_trust", "member_trust", "member"]
EMPLOYERS = {
    "nord": "universitetssykehuset-nord-norge-hf",
    "midt": "st-olavs-hospital-hf",
    "vest": "helse-bergen-hf",
    "sor_ost": "oslo-universitetssykehus-hf",
}
"""Where the members for each region work."""
WITHOUT_GROUP = ("regional_competence_centre", "regional_competence_service")


async def play(story: Story) -> None:
    with story.screen.chapter("Reference groups are appointed") as chapter:
        grouped = [unit for unit in story.units.values() if unit.kind not in WITHOUT_GROUP]
        if story.first_time:
            await together(_fill(story, unit, chapter) for unit in grouped)
        elif not (await _group(story, WITH_VACANCY))["vacant"]:
            await _resign(story, chapter)
        await story.suite.reporting_knows()
        group = await _group(story, WITH_VACANCY)
        story.ledger.equal(f"a seat of {WITH_VACANCY} is vacant", group["vacant"], [VACANT_SEAT])


async def fill_the_vacancy(story: Story, chapter: Chapter) -> None:
    """The unit finds nobody, asks for help, and proposes whom it was told of."""
    chapter.expect(2)
    unit = story.units[WITH_VACANCY]
    lead, desk = story.registry(f"lead-{unit.code}"), story.registry(unit.desk)
    wanted = await lead.post(f"/units/{unit.id}/group/help-requests", {"seat": VACANT_SEAT})
    answer = {"answer": "Kontakt fagmiljøet i regionen; de har en kandidat som er spurt."}
    await desk.post(f"/units/{unit.id}/group/help-requests/{wanted['request_id']}/answers", answer)
    chapter.step()
    candidate = await story.cast.register(lead, member(unit, VACANT_SEAT), EMPLOYERS["sor_ost"])
    unasked = {"seat": VACANT_SEAT, "person_id": candidate, "conditions": {"asked": True}}
    refused = await lead.send("POST", f"/units/{unit.id}/group/proposals", json=unasked)
    missing = len(refused.body.get("errors", []))
    story.ledger.expect(
        "a proposal without the seat's conditions is refused with all of them",
        (refused.refused, missing) == ("409 conditions_missing", 4),
        f"{refused.refused}, {missing} missing",
    )
    await _appoint(story, unit, {"id": VACANT_SEAT, "kind": "regional", "region": "sor_ost"}, candidate)
    chapter.step()
    group = await _group(story, WITH_VACANCY)
    story.ledger.equal("the vacant seat is filled by appointment", group["vacant"], [], "no seat is vacant")
    await story.suite.reporting_knows()


def member(unit: Unit, seat: str) -> str:
    """The short name of whoever sits in a seat."""
    prefix = {"user": "user", "unit": "seat"}.get(seat, f"member-{seat.removeprefix('region_')}")
    return f"{prefix}-{unit.code}"


def leader_region(unit: Unit) -> str:
    """The leader comes from another region than the unit."""
    return next(region for region in REGIONS if region not in unit.regions)


async def _fill(story: Story, unit: Unit, chapter: Chapter) -> None:
    group = await _group(story, unit.code)
    vacant = VACANT_SEAT if unit.code == WITH_VACANCY else None
    seats = [seat for seat in group["seats"] if seat["id"] != vacant]
    chapter.expect(len(seats))
    for seat in seats:
        employer = EMPLOYERS.get(seat["region"]) or unit.trusts[0]
        registrar = story.registry(f"lead-{unit.code}")
        employed = None if seat["kind"] == "user" else employer
        person = await story.cast.register(registrar, member(unit, seat["id"]), employed)
        await _appoint(story, unit, seat, person)
        chapter.step()
    if group["mandate"]["leader_designated_by"]:
        await _designate(story, unit)


async def _appoint(story: Story, unit: Unit, seat: dict[str, Any], person: str) -> None:
    """The unit proposes, the regional health authority appoints, the service desk informs."""
    today = story.machine.now().astimezone(OSLO).date().isoformat()
    proposals = f"/units/{unit.id}/group/proposals"
    conditions: dict[str, Any] = {"asked": True, "informed": True, "willing": True}
    if seat["kind"] == "user":
        conditions["nominated_by"] = "Foreningen for oppdiktede pasienter"
    else:
        conditions |= {"cleared_by": "Leder Eksempelsen", "cleared_on": today}
    wanted = {"seat": seat["id"], "person_id": person, "conditions": conditions}
    lead = story.registry(f"lead-{unit.code}")
    proposed = f"{proposals}/{(await lead.post(proposals, wanted))['appointment_id']}"
    authority = story.registry(f"authority-{seat['region'] or unit.regions[0]}")
    await authority.post(f"{proposed}/appointments", {"since": today})
    await story.registry(unit.desk).post(f"{proposed}/notices", {"parties": INFORMED, "on": today})


async def _designate(story: Story, unit: Unit) -> None:
    """The responsible trust makes one of the members the leader."""
    region = leader_region(unit)
    alias = member(unit, f"region_{region}")
    story.cast.ids[f"leader-{unit.code}"] = story.cast[alias]
    role = {"role": "group_leader", "unit_id": unit.id, "since": f"{story.year}-01-01"}
    await story.registry(f"office-{unit.trusts[0]}").post("/roles", {"person_id": story.cast[alias], **role})


async def _resign(story: Story, chapter: Chapter) -> None:
    """A member who was appointed in an earlier year leaves."""
    chapter.expect(1)
    alias = member(story.units[WITH_VACANCY], VACANT_SEAT)
    person = story.registry(alias)
    held = await person.listed("/roles", person_id=story.cast[alias], role="group_member")
    last_day = story.machine.now().astimezone(OSLO).date() - timedelta(days=1)
    ending = {"until": last_day.isoformat(), "reason": "Går over i ny stilling."}
    await person.post(f"/roles/{held[-1]['assignment_id']}/endings", ending)
    chapter.step()


async def _group(story: Story, code: str) -> dict[str, Any]:
    group: dict[str, Any] = await story.registry("joint-desk").get(f"/units/{story.units[code].id}/group")
    return group
