"""A report comes back from the region: its lead finds it, reads why, mends it and submits it again."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from deploy.demo.client import Suite
from tests.browser.doing import must_fit
from tests.browser.stage import Behind
from tests.e2e.stage import NETWORK, hand_in, write
from tests.eventually import eventually

pytestmark = pytest.mark.browser

WHY = "Skriv hvor mange møter det var, og i hvilke regioner.\nTallet fra i fjor står her: 12 <møter>."
MENDED = "Tre møter i Helse Nord og fire i Helse Vest."


@pytest.fixture
def report(behind: Behind) -> str:
    """The report of a network, handed in and sent back by Helse Vest."""

    async def prepare(api: Suite) -> str:
        stage = behind.stage
        report = await stage.report(api, NETWORK)
        lead = stage.reporting(api, "lead")
        await write(lead, report)
        await hand_in(lead, report)
        await stage.person(api, "reviewer", role="reviewer", region="vest")
        await api.knows("review", "registry")
        await api.knows("review", "reporting")
        reviewer = stage.review(api, "reviewer")
        [review] = [row["review_id"] for row in await reviewer.listed("/reviews") if row["report_id"] == report]
        await reviewer.post(f"/reviews/{review}/returns", {"region": "vest", "number": 1, "reason": WHY})
        await api.knows("reporting", "review")
        return report

    return behind.ask(prepare)


def test_a_returned_report_is_found_mended_and_submitted_again(
    report: str, behind: Behind, as_person: Callable[..., Page], axe: Callable[[Page], None]
) -> None:
    lead = as_person("lead")
    lead.get_by_role("link", name="Rett rapporten: regionen har returnert den").click()
    expect(lead.get_by_role("heading", level=2)).to_have_text("Hvorfor rapporten er returnert")
    expect(lead.get_by_role("heading", level=3)).to_contain_text("Helse Vest om levering 1, 15. januar 2027")
    expect(lead.locator(".written")).to_have_text(WHY, use_inner_text=True)
    axe(lead)
    must_fit(lead)
    lead.get_by_role("link", name="Rett rapporten", exact=True).click()
    expect(lead.get_by_role("link", name="Les hvorfor rapporten er returnert")).to_be_visible()
    work = lead.locator("[data-question='evaluation.network_work']")
    work.get_by_role("textbox").fill(MENDED)
    expect(work.locator("[data-state]")).to_have_attribute("data-state", "saved")
    lead.get_by_role("link", name="Kontroller og send inn", exact=True).click()
    lead.get_by_role("button", name="Signer og send inn").click()
    expect(lead.get_by_role("heading", name="Kvittering for levering 2")).to_be_visible()

    def handed_in() -> list[int]:
        shown = behind.ask(lambda api: behind.stage.reporting(api, "desk").get(f"/reports/{report}"))
        assert shown["answers"]["evaluation.network_work"]["text"] == MENDED
        return [each["number"] for each in shown["submissions"]]

    eventually(lambda: handed_in() == [1, 2])
    lead.goto("/")
    expect(lead.get_by_role("link", name="Rett rapporten: regionen har returnert den")).to_have_count(0)
