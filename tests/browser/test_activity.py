"""The activity lists in a browser: by keyboard, by two at once, on a phone, without a script, without a network."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import Locator, Page, expect

from deploy.demo.client import Suite
from tests.browser.doing import must_fit, must_have_focus, offline
from tests.browser.stage import Behind
from tests.eventually import eventually

pytestmark = pytest.mark.browser

TEACHING = "activity.teaching"
ODD = "Kárášjohka ŋ đ ŧ 👩🏽‍⚕️ “Word” </textarea><script>alert(1)</script>"
Axe = Callable[[Page], None]


@dataclass
class Lists:
    """A report, its people's windows on its lists, and what the services keep of it."""

    behind: Behind
    as_person: Callable[..., Page]
    id: str

    @property
    def path(self) -> str:
        return f"/reports/{self.id}/aktivitet"

    def open(self, name: str, **options: Any) -> Page:
        page = self.as_person(name, self.path, **options)
        expect(page.get_by_role("heading", level=2, name="Aktivitet")).to_be_visible()
        return page

    def lines(self, question: str = TEACHING) -> list[dict[str, Any]]:
        """The lines in a list, read past the pages."""
        path = f"/reports/{self.id}"
        report = self.behind.ask(lambda api: self.behind.stage.reporting(api, "desk").get(path))
        return [line for line in report["entries"].get(question, []) if not line["removed_from_list"]]

    def must_hold(self, *titles: str) -> None:
        """What the lead reads in the list past the pages."""
        path = f"/reports/{self.id}"

        def held() -> list[str]:
            report = self.behind.ask(lambda api: self.behind.stage.reporting(api, "lead").get(path))
            lines = report["entries"].get(TEACHING, [])
            return [line["fields"]["title"] for line in lines if not line["removed_from_list"]]

        eventually(lambda: held() == list(titles))

    def add(self, by: str, *titles: str) -> None:
        """Lines that somebody else adds, past the pages."""

        async def adding(api: Suite) -> None:
            for title in titles:
                body = {"question_id": TEACHING, "fields": {"title": title}}
                await self.behind.stage.reporting(api, by).put(f"/reports/{self.id}/entries/{uuid4()}", body)

        self.behind.ask(adding)


@pytest.fixture
def lists(behind: Behind, as_person: Callable[..., Page]) -> Lists:
    return Lists(behind, as_person, behind.ask(behind.stage.report))


def teaching(page: Page) -> Locator:
    """The list the stories are told in."""
    return page.locator(f"[data-list='{TEACHING}']")


def press(page: Page, name: str, key: str = "Enter") -> None:
    """Tab on to what has this name, and use it."""
    for _ in range(80):
        if page.evaluate("document.activeElement.innerText || ''").split("\n")[0].strip() == name:
            page.keyboard.press(key)
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"no Tab leads to {name}")


def test_lines_are_kept_by_keyboard_alone(lists: Lists, axe: Axe) -> None:
    page = lists.open("lead")
    axe(page)
    must_fit(page)
    for title in ("Kurs", ODD):
        press(page, "Legg til undervisning")
        must_have_focus(page, "Hva ble det undervist i?")
        page.keyboard.insert_text(title)
        axe(page)
        press(page, "Lagre")
        must_have_focus(page, "Legg til undervisning")
        expect(page.locator("#said")).to_contain_text("er lagt til.")
    lists.must_hold("Kurs", ODD)
    axe(page)
    must_fit(page)


def test_lines_are_moved_taken_out_and_put_back_with_the_focus_where_one_goes_on(lists: Lists, axe: Axe) -> None:
    lists.add("lead", "A", "B", "C")
    page = lists.open("lead")
    page.get_by_role("button", name="Opp C").focus()
    for titles, place in ((("A", "C", "B"), 2), (("C", "A", "B"), 1)):
        page.keyboard.press("Enter")
        expect(page.locator("#said")).to_have_text(f"«C» er flyttet til plass {place} av 3.")
        lists.must_hold(*titles)
    must_have_focus(page, "Ned C")
    page.get_by_role("button", name="Fjern A").focus()
    page.keyboard.press("Enter")
    must_have_focus(page, "Angre A")
    expect(page.locator("#said")).to_have_text("«A» er fjernet.")
    lists.must_hold("C", "B")
    axe(page)
    must_fit(page)
    page.keyboard.press("Enter")
    must_have_focus(page, "Endre A")
    lists.must_hold("C", "A", "B")


def test_a_fault_takes_the_focus_and_leads_to_its_field(lists: Lists, axe: Axe) -> None:
    page = lists.open("lead")
    page.get_by_role("link", name="Legg til undervisning").click()
    page.get_by_label("Hva ble det undervist i?").fill("Kurs")
    page.get_by_label("Datoer").fill("31.02.2026")
    page.get_by_role("button", name="Lagre").click()
    expect(page.locator(":focus")).to_contain_text("Oppføringen er ikke lagret.")
    axe(page)
    must_fit(page)
    page.get_by_role("link", name="Datoer:").click()
    must_have_focus(page, "Datoer")
    page.get_by_label("Datoer").fill("28.02.2026")
    page.get_by_role("button", name="Lagre").click()
    expect(teaching(page)).to_contain_text("28. feb. 2026")
    assert lists.lines()[0]["version"] == 1


def test_two_change_one_line_and_both_see_both(lists: Lists, axe: Axe) -> None:
    lists.add("lead", "Kurs")
    lead, coordinator = lists.open("lead"), lists.open("coordinator")
    for page, title in ((lead, "Mitt"), (coordinator, "Deres")):
        page.get_by_role("link", name="Endre Kurs").click()
        page.get_by_label("Hva ble det undervist i?").fill(title)
    coordinator.get_by_role("button", name="Lagre").click()
    expect(teaching(coordinator)).to_contain_text("Deres")
    expect(lead.get_by_label("Hva ble det undervist i?")).to_have_value("Mitt")
    lead.get_by_role("button", name="Lagre").click()
    expect(lead.locator(":focus")).to_contain_text(
        f"{lists.behind.name('coordinator')} lagret den samme oppføringen mens du skrev"
    )
    expect(lead.locator(".entry-theirs")).to_contain_text("Deres")
    axe(lead)
    must_fit(lead)
    lists.must_hold("Deres")
    lead.get_by_role("button", name="Lagre min versjon").click()
    must_have_focus(lead, "Endre Mitt")
    lists.must_hold("Mitt")


def test_what_others_add_appears_and_an_open_form_stays(lists: Lists) -> None:
    page = lists.open("lead")
    lists.add("coordinator", "Deres")
    expect(teaching(page).locator(".line")).to_contain_text("Deres")
    page.get_by_role("link", name="Legg til undervisning").click()
    mine = page.get_by_label("Hva ble det undervist i?")
    mine.fill("Mitt, ikke ferdig")
    lists.add("coordinator", "Deres andre")
    page.get_by_role("button", name="Vis endringen").click()
    expect(teaching(page).locator(".line")).to_have_count(2)
    expect(mine).to_have_value("Mitt, ikke ferdig")
    page.get_by_role("button", name="Lagre").click()
    lists.must_hold("Deres", "Deres andre", "Mitt, ikke ferdig")


def test_without_the_network_nothing_typed_is_lost(lists: Lists) -> None:
    page = lists.open("lead")
    page.get_by_role("link", name="Legg til undervisning").click()
    page.get_by_label("Hva ble det undervist i?").fill("Skrevet på toget")
    with offline(page):
        page.get_by_role("button", name="Lagre").click()
        expect(teaching(page).locator("[data-state]")).to_contain_text("Det gikk ikke akkurat nå.")
    page.reload()
    expect(page.locator("#left-behind")).to_contain_text("Skrevet på toget")
    page.get_by_role("link", name="Legg til undervisning").click()
    expect(page.get_by_label("Hva ble det undervist i?")).to_have_value("Skrevet på toget")
    page.get_by_role("button", name="Lagre").click()
    must_have_focus(page, "Legg til undervisning")
    lists.must_hold("Skrevet på toget")
    page.reload()
    expect(page.locator("#left-behind")).to_be_empty()


def test_what_was_left_behind_is_taken_up_on_a_page_of_its_own(lists: Lists, axe: Axe) -> None:
    page = lists.open("lead")
    page.get_by_role("link", name="Legg til undervisning").click()
    page.get_by_label("Hva ble det undervist i?").fill("Ikke ferdig")
    page.reload()
    axe(page)
    page.get_by_role("link", name="Gå til feltet").click()
    expect(page.get_by_label("Hva ble det undervist i?")).to_have_value("Ikke ferdig")
    axe(page)
    must_fit(page)
    page.get_by_label("Timer i alt").fill("mange")
    page.get_by_role("button", name="Lagre").click()
    expect(page.locator(":focus")).to_contain_text("Oppføringen er ikke lagret.")
    page.get_by_label("Timer i alt").fill("2,5")
    page.get_by_role("button", name="Lagre").click()
    expect(teaching(page).locator(".line:focus")).to_contain_text("Ikke ferdig")
    expect(page.locator("#left-behind")).to_be_empty()
    lists.must_hold("Ikke ferdig")


def test_lines_are_kept_without_a_script(lists: Lists) -> None:
    page = lists.open("lead", java_script_enabled=False)
    for title in ("A", "B"):
        page.get_by_role("link", name="Legg til undervisning").click()
        page.get_by_label("Hva ble det undervist i?").fill(title)
        page.get_by_role("button", name="Lagre").click()
        expect(page.get_by_role("status").first).to_contain_text(f"«{title}» er lagt til.")
    page.get_by_role("button", name="Opp B").click()
    lists.must_hold("B", "A")
    page.get_by_role("button", name="Fjern B").click()
    page.get_by_role("button", name="Angre B").click()
    lists.must_hold("B", "A")


def test_nothing_to_report_is_said_on_a_phone(lists: Lists, axe: Axe) -> None:
    page = lists.open("lead", phone=True)
    teaching(page).get_by_role("button", name="Ingenting å rapportere").click()
    must_have_focus(page, "Ta svaret tilbake")
    expect(teaching(page)).to_contain_text("Svart: ingenting å rapportere.")
    axe(page)
    page.keyboard.press("Enter")
    must_have_focus(page, "Legg til undervisning")
    axe(page)
