"""The group's leader enters what a member answered: sent when its button is pressed, and never lost before."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.doing import log_in, must_fit, offline
from tests.browser.stage import Behind
from tests.eventually import eventually

pytestmark = pytest.mark.browser

NORD = "group.region_nord"
ANSWER = "Nord er nådd. Kárášjohka ŋ 👩🏽‍⚕️ <script>alert(1)</script>"
TRYING = "Ikke lagret, vi prøver igjen"


@dataclass
class Entering:
    """A report whose member for Helse Nord answers by telephone, and its leader's window."""

    behind: Behind
    as_person: Callable[..., Page]
    id: str

    @property
    def path(self) -> str:
        return f"/reports/{self.id}/evaluering"

    def open(self) -> Page:
        page = self.as_person("leader", self.path)
        question(page).locator("summary").click()
        return page

    def stored(self) -> dict[str, Any]:
        """The answer, read past the pages."""
        path = f"/reports/{self.id}"
        shown = self.behind.ask(lambda api: self.behind.stage.reporting(api, "member").get(path))
        found: dict[str, Any] = shown["answers"].get(NORD, {})
        return found

    def answered_by_member(self, text: str) -> None:
        """The member writes after all, at another machine."""
        path, body = f"/reports/{self.id}/answers/{NORD}", {"text": text, "base_version": 0}
        self.behind.ask(lambda api: self.behind.stage.reporting(api, "member").put(path, body))


@pytest.fixture
def entering(behind: Behind, as_person: Callable[..., Page]) -> Entering:
    return Entering(behind, as_person, behind.ask(behind.report_with_a_member))


def question(page: Page) -> Locator:
    return page.locator(f"[data-question='{NORD}']")


def box(page: Page) -> Locator:
    return question(page).get_by_role("textbox", name="Svaret", exact=True)


def state(page: Page) -> Locator:
    return question(page).locator("[data-state]")


def enter(page: Page, text: str = ANSWER) -> None:
    box(page).fill(text)
    question(page).get_by_label("Dato for svaret").fill("2027-01-12")
    question(page).get_by_role("button", name="Før inn svaret").click()


def test_what_is_not_entered_yet_is_guarded_offered_again_and_sent_once(
    entering: Entering, axe: Callable[[Page], None]
) -> None:
    page = entering.open()
    box(page).fill(ANSWER)
    expect(state(page)).to_have_text("Ikke ført inn ennå")
    axe(page)
    with page.expect_event("dialog") as asked:
        page.close(run_before_unload=True)
    assert asked.value.type == "beforeunload"
    asked.value.dismiss()
    assert entering.stored() == {}
    page.on("dialog", lambda dialog: dialog.accept())
    page.reload()
    expect(question(page).locator(".unsaved blockquote")).to_have_text(ANSWER)
    axe(page)
    must_fit(page)
    page.get_by_role("button", name="Hent fram teksten").click()
    expect(box(page)).to_have_value(ANSWER)
    with offline(page):
        enter(page)
        expect(state(page)).to_have_text(TRYING)
    expect(question(page)).to_contain_text("Ikke bekreftet ennå.")
    expect(question(page).locator("summary")).to_be_focused()
    expect(page.locator("#said")).to_have_text("Svaret er ført inn. Den det gjelder, får beskjed.")
    stored = entering.stored()
    assert (stored["text"], stored["version"], stored["on_behalf_of"]["answered_on"]) == (ANSWER, 1, "2027-01-12")
    assert "Nord er nådd" not in page.evaluate("JSON.stringify(localStorage)")


def test_whoever_is_logged_out_meanwhile_logs_in_beside_and_the_answer_is_entered(entering: Entering) -> None:
    page = entering.open()
    page.context.clear_cookies()
    enter(page)
    expect(state(page)).to_contain_text("du er logget ut")
    log_in(page.context.new_page(), entering.behind.number("leader"), "/session/renewed")
    page.bring_to_front()
    eventually(lambda: entering.stored().get("text") == ANSWER)


def test_what_the_member_wrote_meanwhile_stands_and_both_texts_are_shown(
    entering: Entering, axe: Callable[[Page], None]
) -> None:
    page = entering.open()
    box(page).fill(ANSWER)
    entering.answered_by_member("Slik mener jeg det.")
    question(page).get_by_role("button", name="Vis den nye teksten").click()
    expect(question(page).locator(".written")).to_have_text("Slik mener jeg det.")
    expect(box(page)).to_have_value(ANSWER)
    enter(page)
    panel = question(page).locator(".conflict")
    expect(panel).to_contain_text("har skrevet svaret sitt selv")
    expect(panel.locator("blockquote")).to_have_text([ANSWER, "Slik mener jeg det."])
    expect(panel.get_by_role("button")).to_have_text(["Bruk den andre teksten"])
    axe(page)
    must_fit(page)
    page.on("dialog", lambda dialog: dialog.accept())
    page.reload()
    expect(page.locator("#left-behind")).to_contain_text(ANSWER)
    page.locator("summary", has=page.locator(".person-name")).click()
    page.get_by_role("button", name="Logg ut").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Du er logget ut")
    assert "Nord er nådd" not in page.evaluate("JSON.stringify(localStorage)")
    assert entering.stored()["text"] == "Slik mener jeg det."


def test_two_windows_of_the_leader_show_both_texts_and_one_is_chosen(entering: Entering) -> None:
    first = entering.open()
    second = first.context.new_page()
    second.goto(entering.path)
    question(second).locator("summary").click()
    box(second).fill("Fra det andre vinduet.")
    enter(first, "Fra det første vinduet.")
    expect(question(first)).to_contain_text("Ikke bekreftet ennå.")
    enter(second, "Fra det andre vinduet.")
    texts = ["Fra det andre vinduet.", "Fra det første vinduet."]
    expect(question(second).locator(".conflict blockquote")).to_have_text(texts)
    second.get_by_role("button", name="Behold min tekst").click()
    eventually(lambda: entering.stored()["text"] == "Fra det andre vinduet.")
