"""What comes between somebody who writes and the service: a text on its way, a proxy that answers, a log-out."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Dialog, Page, Route, expect

from tests.browser.stage import Behind
from tests.browser.test_form import ACCESS, TRYING, Written, box, choose, settled, state

pytestmark = pytest.mark.browser


@pytest.fixture
def report(behind: Behind, as_person: Callable[..., Page]) -> Written:
    return Written(behind, as_person, behind.ask(behind.stage.report))


def _on_saving(page: Page, answer: Callable[[Route], None]) -> None:
    """``answer`` comes between the page and the service when the text is sent."""
    page.route(
        f"**/svar/{ACCESS}", lambda route: answer(route) if route.request.method == "POST" else route.continue_()
    )


def test_a_text_begun_while_another_is_fetched_is_not_replaced(report: Written) -> None:
    lead, coordinator = report.open("lead"), report.open("coordinator")
    held: list[Route] = []
    lead.route(f"**/svar/{ACCESS}", lambda r: held.append(r) if r.request.method == "GET" else r.continue_())
    with lead.expect_request(f"**/svar/{ACCESS}"):
        box(coordinator, ACCESS).fill("Fra koordinatoren.")
        settled(coordinator, ACCESS)
    box(lead, ACCESS).fill("Begynt i mellomtiden.")
    held[0].continue_()
    expect(lead.locator(".conflict blockquote")).to_have_text(["Begynt i mellomtiden.", "Fra koordinatoren."])
    expect(box(lead, ACCESS)).to_have_value("Begynt i mellomtiden.")
    choose(lead, "Behold min tekst")
    settled(lead, ACCESS)
    report.must_hold(ACCESS, "Begynt i mellomtiden.")


def test_an_answer_that_is_not_the_portals_is_no_acknowledgement(report: Written) -> None:
    lead = report.open("lead")
    _on_saving(lead, lambda route: route.fulfill(status=200, content_type="text/html", body="<h1>Logg inn</h1>"))
    box(lead, ACCESS).fill("Kom aldri fram.")
    expect(state(lead, ACCESS)).to_have_text(TRYING)
    lead.unroute_all()
    settled(lead, ACCESS)
    report.must_hold(ACCESS, "Kom aldri fram.")


def test_what_a_proxy_refuses_is_not_sent_again_and_again(report: Written) -> None:
    lead = report.open("lead")
    _on_saving(lead, lambda route: route.fulfill(status=403, content_type="text/html", body="<h1>Stoppet</h1>"))
    box(lead, ACCESS).fill("Stoppes på veien.")
    expect(state(lead, ACCESS)).to_have_text("Ikke lagret. Teksten din står her fortsatt.")
    lead.unroute_all()
    box(lead, ACCESS).press_sequentially(" Så går det.")
    settled(lead, ACCESS)
    report.must_hold(ACCESS, "Stoppes på veien. Så går det.")


def test_whoever_logs_out_with_unsaved_text_is_asked_once(report: Written) -> None:
    lead = report.open("lead")
    _on_saving(lead, lambda route: route.abort())
    box(lead, ACCESS).fill("Kan ikke lagres.")
    expect(state(lead, ACCESS)).to_have_text(TRYING)
    asked: list[str] = []

    def agree(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.accept()

    lead.on("dialog", agree)
    lead.locator("summary", has=lead.locator(".person-name")).click()
    lead.get_by_role("button", name="Logg ut").click()
    expect(lead.get_by_role("link", name="Logg inn").first).to_be_visible()
    assert asked == ["confirm"]


def test_changes_are_followed_however_late_the_other_scripts_come(report: Written) -> None:
    lead = report.open("lead")
    held: list[Route] = []
    lead.route("**/*.js", lambda route: route.continue_() if "/htmx." in route.request.url else held.append(route))
    with lead.expect_request("**/endringer?*"):
        lead.reload(wait_until="commit")
    assert held
    for route in held:
        route.continue_()
    expect(lead.locator("#presence")).to_contain_text("Bare du er her nå")
