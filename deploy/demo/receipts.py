"""The last chapter: every receipt is held against what was handed in, and every report is in a definite state."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from typing import Any

from deploy.demo.client import Caller, together
from deploy.demo.registering import DATA
from deploy.demo.screen import Chapter
from deploy.demo.story import EXEMPTED, WITH_FIGURES, Story


async def play(story: Story) -> None:
    with story.screen.chapter("Receipts are checked") as chapter:
        chapter.expect(len(story.receipts))
        reader = story.reporting("joint-desk")
        proven = await together(_proven(reader, receipt, chapter) for receipt in story.receipts)
        story.ledger.equal("the hash of every receipt covers what was handed in", sum(proven), len(story.receipts))
        await _named(story)
        await _figures(story)
        await _definite(story)


async def _proven(reader: Caller, receipt: dict[str, Any], chapter: Chapter) -> bool:
    frozen = await reader.get(f"/submissions/{receipt['submission_id']}")
    chapter.step()
    covered = hashlib.sha256(frozen["canonical"].encode()).hexdigest()
    return bool(covered == receipt["sha256"] == frozen["sha256"])


async def _named(story: Story) -> None:
    """The submission keeps roles and names as they were."""
    receipt = next(r for r in story.receipts if r["report_id"] == story.reports[WITH_FIGURES])
    frozen = await story.lead(WITH_FIGURES).get(f"/submissions/{receipt['submission_id']}")
    names = {role["role"]: role["name"] for role in frozen["roles"]}
    card = (await story.registry("joint-desk").get(f"/persons/{story.cast[f'lead-{WITH_FIGURES}']}"))["card"]
    story.ledger.equal("the submission names its lead as the registry does", names["professional_lead"], card["name"])
    described = str((frozen["report"]["description"] or {}).get("text_nb"))
    story.ledger.expect("and keeps the approved description", "hele landet" in described, described)


async def _figures(story: Story) -> None:
    """The published figures stand in the submitted report as they were published."""
    entries = (await story.report(WITH_FIGURES))["entries"]["activity.clinical_activity"]
    fields = {entry["fields"]["measure_id"]: entry["fields"] for entry in entries}
    patients = fields.pop("patients_treated")["by_region"]
    by_region = {region: count for region, count in patients.items() if count is not None}
    totals = {measure: each["total"] for measure, each in fields.items() if each["declared"] == "total_only"}
    published = json.loads((DATA / "published-figures.json").read_text())
    wanted = (published["patients_by_region"], published["measures"])
    story.ledger.equal(f"{WITH_FIGURES} reports the figures as published", (by_region, totals), wanted, totals)


async def _definite(story: Story) -> None:
    rows = await story.reporting("joint-desk").listed("/reports", year=str(story.year))
    states = {row["unit_code"]: row["status"] for row in rows}
    wanted = {code: "exempted" if code == EXEMPTED else "submitted" for code in story.units}
    told = ", ".join(f"{count} {status}" for status, count in Counter(states.values()).items())
    story.ledger.equal("every unit ends in a definite state", states, wanted, told)
