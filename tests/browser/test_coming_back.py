"""Somebody comes back to a text: by the browser's own way back, before the page is ready, after others changed it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.stage import Behind
from tests.browser.test_activity import Lists
from tests.browser.test_form import ACCESS, TRYING, Written, box, settled, state

pytestmark = pytest.mark.browser


TYPED = "Skrevet, men ikke lagret."
_PUT_BACK = f"""
document.addEventListener("readystatechange", () => {{
  const field = document.querySelector("[data-question='{ACCESS}'] form.answer textarea");
  if (document.readyState === "interactive" && field) field.value = "{TYPED}";
}});
"""
"""What a browser may do when it comes back to a page, before any script of the page runs."""


@pytest.fixture
def report(behind: Behind, as_person: Callable[..., Page]) -> Written:
    return Written(behind, as_person, behind.ask(behind.stage.report))


def test_what_the_browser_itself_puts_back_is_not_taken_for_saved(report: Written) -> None:
    lead = report.open("lead")
    lead.on("dialog", lambda dialog: dialog.accept())
    lead.route(f"**/svar/{ACCESS}", lambda route: route.abort())
    box(lead, ACCESS).press_sequentially(TYPED)
    expect(state(lead, ACCESS)).to_have_text(TRYING)
    lead.add_init_script(_PUT_BACK)
    lead.goto(f"/reports/{report.id}/om")
    lead.unroute_all()
    lead.go_back()
    settled(lead, ACCESS)
    report.must_hold(ACCESS, TYPED)
    assert TYPED not in lead.evaluate("JSON.stringify(localStorage)")


def test_what_is_typed_before_the_page_is_ready_is_saved(report: Written) -> None:
    lead = report.open("lead")
    held: list[Route] = []
    lead.route("**/portal.*.js", lambda route: held.append(route))
    with lead.expect_request("**/portal.*.js"):
        lead.reload(wait_until="commit")
    box(lead, ACCESS).fill(TYPED)
    for route in held:
        route.continue_()
    settled(lead, ACCESS)
    report.must_hold(ACCESS, TYPED)


def test_whoever_goes_back_finds_what_others_wrote_and_writes_on_from_it(report: Written) -> None:
    lead, coordinator = report.open("lead"), report.open("coordinator")
    box(lead, ACCESS).fill("Mitt.")
    settled(lead, ACCESS)
    lead.get_by_role("link", name="Roller og ansvar").first.click()
    expect(lead.get_by_role("heading", level=2, name="Roller og ansvar")).to_be_visible()
    box(coordinator, ACCESS).fill("Deres.")
    settled(coordinator, ACCESS)
    lead.go_back()
    came = lead.evaluate("performance.getEntriesByType('navigation')[0].toJSON()")
    assert came["type"] == "back_forward"
    assert came["transferSize"] > 0, "the browser had kept the page"
    expect(box(lead, ACCESS)).to_have_value("Deres.")
    box(lead, ACCESS).press("End")
    box(lead, ACCESS).press_sequentially(" Og mitt.")
    settled(lead, ACCESS)
    report.must_hold(ACCESS, "Deres. Og mitt.")


def test_a_line_begun_before_the_page_is_ready_is_not_replaced_by_an_older_draft(
    behind: Behind, as_person: Callable[..., Page]
) -> None:
    lists = Lists(behind, as_person, behind.ask(behind.stage.report))
    lead = lists.open("lead")
    title, dates = lead.get_by_label("Hva ble det undervist i?"), lead.get_by_label("Datoer")
    there, left = lead.get_by_role("link", name="Gå til feltet"), lead.locator("#left-behind")
    lead.get_by_role("link", name="Legg til undervisning").click()
    title.fill("Eldre")
    lead.reload()
    held: list[Route] = []
    lead.route("**/portal.*.js", lambda route: held.append(route))
    lead.goto(there.get_attribute("href") or "", wait_until="commit")
    title.fill("Nyere")
    dates.fill("28.02.2026")
    for route in held:
        route.continue_()
    expect(lead.locator("form[data-here]")).to_be_visible()
    expect(title).to_have_value("Nyere")
    expect(dates).to_be_focused()
    lead.unroute_all()
    lead.reload()
    expect(title).to_have_value("Nyere")
    for kept in (["Nyere"], ["Nyere", "Eldre"]):
        lead.get_by_role("button", name="Lagre").click()
        lists.must_hold(*kept)
        if kept == ["Nyere"]:
            there.click()
            expect(title).to_have_value("Eldre")
    expect(left).to_be_empty()
