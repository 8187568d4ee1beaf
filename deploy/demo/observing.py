"""What the services say of the year once nothing is under way, counted by them and not by us."""

from __future__ import annotations

from collections import Counter
from typing import Any

from deploy.commands.rebuild import check
from deploy.demo import bundle
from deploy.demo.client import together
from deploy.demo.resting import rest
from deploy.demo.story import Story
from deploy.places import SERVICES, shown


async def observed(story: Story) -> dict[str, Any]:
    """The summary of the year."""
    await rest(story.suite)
    health = {service: await story.suite.health(service) for service in SERVICES}
    return {
        "year": story.year,
        "units": len(await story.registry("joint-desk").listed("/units", status="active")),
        **await _reports(story),
        "conflicts": story.suite.problems["changed_meanwhile"],
        "appointments": len(await story.registry("joint-desk").listed("/appointments", step="appointed")),
        "redactions": await _redactions(story),
        **await _reviews(story),
        "dossier": await _dossier(story),
        "messages_sent": sum(1 for row in story.messages.values() if row["status"] == "sent"),
        "events": {service: health[service]["database"]["head"] for service in SERVICES},
    }


def replay_equal(story: Story) -> bool:
    """Every read model of every service, rebuilt from own log and heard, against the live ones."""
    equal = True
    for service in SERVICES:
        found = check(service)
        seen = {name: count for name, count in found.differences.items() if count}
        told = f"{sum(found.rows.values())} rows from {found.events} events and {found.heard} heard"
        story.ledger.expect(f"{service} rebuilds to the same read models", found.equal, seen or told)
        equal = equal and found.equal
    return equal


async def _reports(story: Story) -> dict[str, Any]:
    rows = await story.reporting("joint-desk").listed("/reports", year=str(story.year))
    return {
        "reports": dict(Counter(row["status"] for row in rows)),
        "reports_submitted": sum(1 for row in rows if row["status"] == "submitted"),
        "timings": dict(Counter(row["timing"] for row in rows if row["timing"])),
    }


async def _reviews(story: Story) -> dict[str, Any]:
    rows = await story.review("joint-desk").listed("/reviews", year=str(story.year))
    points = await story.review("secretary").listed("/follow-ups")
    return {
        "states": dict(Counter((await story.states()).values())),
        "reports_reviewed": sum(1 for row in rows if row["completed_at"]),
        "returned": sum(row["returns"] for row in rows),
        "follow_ups": sum(1 for point in points if point["year"] == story.year),
    }


async def _dossier(story: Story) -> dict[str, Any]:
    dossier = await story.review("secretary").get(f"/dossiers/{story.year}")
    return {
        "presented_at": dossier["presented"]["at"],
        "sent_at": dossier["sent"]["at"],
        "bundle": shown(bundle.path(story)),
        "sha256": dossier["sent"]["sha256"],
    }


async def _redactions(story: Story) -> int:
    reader = story.reporting("joint-desk")
    reports = await together(reader.get(f"/reports/{id}") for id in story.reports.values())
    return sum(1 for report in reports for redaction in report["redactions"] if redaction["at"])
