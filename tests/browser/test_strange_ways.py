"""Links of others and old ones, buttons pressed twice, text out of Word: met kindly, and nothing comes of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Dialog, Page, expect

from deploy.demo.client import Suite
from tests.browser.stage import Behind
from tests.e2e.stage import NETWORK, write
from tests.eventually import eventually

pytestmark = pytest.mark.browser

WORK = "evaluation.network_work"
OUT_OF_WORD = (
    "“Møter” – i ‘alle’ regioner…\u00a0\u2028\uf0b7\tKárášjohka\u000b\u00adŋ đ ŧ 👩🏽‍⚕️ <o:p></o:p>"
    "<img src=x onerror=alert(1)><script>alert(1)</script>"
)


@pytest.fixture
def report(behind: Behind) -> str:
    """The report of a network, with everything answered that must be."""

    async def made(api: Suite) -> str:
        report = await behind.stage.report(api, NETWORK)
        await write(behind.stage.reporting(api, "lead"), report)
        await behind.stage.person(api, "stranger")
        return report

    return behind.ask(made)


def shown(behind: Behind, report: str) -> dict[str, Any]:
    """The report past the pages."""
    found: dict[str, Any] = behind.ask(lambda api: behind.stage.reporting(api, "lead").get(f"/reports/{report}"))
    return found


def test_the_link_of_another_role_shows_what_is_ones_own_to_see(
    report: str, behind: Behind, as_person: Callable[..., Page], axe: Callable[[Page], None]
) -> None:
    office = as_person("office", f"/reports/{report}/kontroll")
    expect(office.get_by_role("heading", level=2, name="Kontroller og send inn")).to_be_visible()
    expect(office.get_by_role("button", name="Signer og send inn")).to_have_count(0)
    office.goto(f"/reports/{report}/evaluering#q-evaluation-network_work")
    expect(office.get_by_text("Du kan lese denne delen.")).to_be_visible()
    stranger = as_person("stranger", f"/reports/{report}/kontroll")
    expect(stranger.get_by_role("heading", level=1)).to_have_text("Vi fant ikke siden")
    axe(stranger)
    assert shown(behind, report)["submissions"] == []


def test_a_link_kept_until_the_session_was_over_leads_there_after_all(
    report: str, behind: Behind, as_person: Callable[..., Page]
) -> None:
    lead = as_person("lead")
    lead.context.clear_cookies()
    lead.goto(f"/reports/{report}/evaluering")
    lead.locator(f"button[value='{behind.number('lead')}']").click()
    expect(lead.get_by_role("heading", level=2, name="Evaluering")).to_be_visible()


@pytest.mark.parametrize("scripts", [True, False])
def test_a_button_pressed_twice_is_pressed_once(
    report: str, behind: Behind, as_person: Callable[..., Page], scripts: bool
) -> None:
    lead = as_person("lead", f"/reports/{report}/kontroll", java_script_enabled=scripts)
    lead.get_by_role("button", name="Signer og send inn").dblclick(no_wait_after=True)
    expect(lead.get_by_role("heading", name="Kvittering for levering 1")).to_be_visible()
    lead.reload()
    expect(lead.get_by_role("heading", name="Kvittering for levering 1")).to_be_visible()
    assert len(shown(behind, report)["submissions"]) == 1


def test_text_out_of_word_is_kept_as_it_is_and_nothing_in_it_runs(
    report: str, behind: Behind, as_person: Callable[..., Page]
) -> None:
    lead = as_person("lead", f"/reports/{report}/evaluering")
    ran: list[str] = []

    def hear(dialog: Dialog) -> None:
        ran.append(dialog.message)
        dialog.dismiss()

    lead.on("dialog", hear)
    field = lead.locator(f"[data-question='{WORK}'] textarea")
    field.fill("")
    field.focus()
    lead.keyboard.insert_text(OUT_OF_WORD)
    eventually(lambda: shown(behind, report)["answers"][WORK]["text"] == OUT_OF_WORD)
    for part in ("evaluering", "historikk", "forhandsvisning", "kontroll"):
        lead.goto(f"/reports/{report}/{part}")
        expect(lead.get_by_role("heading", level=1)).to_be_visible()
    lead.goto(f"/reports/{report}/evaluering")
    expect(field).to_have_value(OUT_OF_WORD)
    assert ran == []
