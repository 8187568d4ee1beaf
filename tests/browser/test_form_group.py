"""The reference group writes its part: answers entered and confirmed, and the unit's part read when it is done."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.doing import must_fit
from tests.browser.stage import Behind

pytestmark = pytest.mark.browser

NORD, USER = "group.region_nord", "group.user_representative"


@pytest.fixture
def report(behind: Behind) -> str:
    """A report whose group has a leader, and somebody for Helse Nord; nobody for the users."""
    return behind.ask(behind.report_with_a_member)


def question(page: Page, id: str) -> Any:
    return page.locator(f"[data-question='{id}']")


def test_the_leader_enters_an_answer_and_the_member_stands_by_it(
    report: str, behind: Behind, as_person: Callable[..., Page], axe: Callable[[Page], None]
) -> None:
    path = f"/reports/{report}/evaluering"
    leader, member = as_person("leader", path), as_person("member", path)
    expect(leader.get_by_role("heading", level=3).first).to_have_text("Referansegruppens del")
    expect(question(leader, NORD)).to_contain_text(f"Besvares av {behind.name('member')}")
    expect(question(leader, USER)).to_contain_text("Plassen er ledig")
    question(leader, NORD).locator("summary").click()
    axe(leader)
    must_fit(leader)
    question(leader, NORD).get_by_role("textbox", name="Svaret", exact=True).fill("Nord er nådd.")
    question(leader, NORD).get_by_label("Dato for svaret").fill("2027-01-12")
    leader.get_by_role("button", name="Før inn svaret").first.click()
    expect(question(leader, NORD)).to_contain_text("Ikke bekreftet ennå.")
    expect(question(member, NORD).locator("textarea")).to_have_value("Nord er nådd.")
    axe(member)
    member.get_by_role("button", name="Bekreft svaret").click()
    expect(question(member, NORD)).to_contain_text("Bekreftet 15. januar 2027.")
    expect(question(leader, NORD)).to_contain_text("Bekreftet 15. januar 2027.")
    expect(question(leader, NORD).locator("summary")).to_have_count(0)
    kept = behind.ask(lambda api: behind.stage.reporting(api, "member").get(f"/reports/{report}"))
    assert kept["answers"][NORD]["text"] == "Nord er nådd."


def test_the_group_reads_the_unit_s_part_when_it_is_done(report: str, as_person: Callable[..., Page]) -> None:
    path = f"/reports/{report}/evaluering"
    lead, leader = as_person("lead", path), as_person("leader", path)
    lead.get_by_label("Likeverdig tilgang").fill("Bare vårt ennå.")
    expect(lead.locator("[data-question='evaluation.equal_access'] [data-state]")).to_contain_text("Lagret")
    unit = question(leader, "evaluation.equal_access")
    expect(unit).to_contain_text("Utkastet er ikke ferdig")
    lead.get_by_role("button", name="Enhetens del er ferdig").click()
    expect(leader.locator("#happened")).to_contain_text("meldte delen ferdig")
    leader.get_by_role("link", name="Last siden på nytt").click()
    expect(unit).to_contain_text("Bare vårt ennå.")
