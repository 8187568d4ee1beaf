"""A report is checked, signed and kept: by keyboard, by script and without, and looked back on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from playwright.sync_api import Page, expect

from deploy.demo.client import Suite
from tests.browser.doing import must_fit
from tests.browser.stage import Behind
from tests.e2e.stage import NETWORK, write

pytestmark = pytest.mark.browser
WORK = "evaluation.network_work"


@dataclass
class Told:
    """A report of the stage, and what is known of it behind the pages."""

    behind: Behind
    id: str

    @property
    def path(self) -> str:
        return f"/reports/{self.id}"

    def answer(self, name: str, text: str, base: int, question: str = WORK) -> None:
        """Somebody writes, at another machine."""
        body = {"text": text, "base_version": base}

        async def put(api: Suite) -> None:
            await self.behind.stage.reporting(api, name).put(f"{self.path}/answers/{question}", body)

        self.behind.ask(put)

    def submissions(self) -> int:
        """How often it was handed in."""

        async def read(api: Suite) -> int:
            return len((await self.behind.stage.reporting(api, "desk").get(self.path))["submissions"])

        return self.behind.ask(read)


@pytest.fixture
def empty(behind: Behind) -> Told:
    """The report of a unit with a reference group, in which nothing is written."""
    return Told(behind, behind.ask(behind.stage.report))


@pytest.fixture
def written(behind: Behind) -> Told:
    """The report of a network, with everything answered that must be."""

    async def made(api: Suite) -> str:
        report = await behind.stage.report(api, NETWORK)
        await write(behind.stage.reporting(api, "lead"), report)
        return report

    return Told(behind, behind.ask(made))


def tab_to(page: Page, role: str, name: str) -> None:
    """On by keyboard alone until something has the focus."""
    wanted = page.get_by_role(role, name=name, exact=True)  # type: ignore[arg-type]  # one of the roles
    expect(wanted).to_be_visible()
    for _ in range(80):
        page.keyboard.press("Tab")
        if wanted.evaluate("element => element === document.activeElement"):
            return
    raise AssertionError(f"the keyboard does not reach {name}")


def test_a_report_is_signed_by_keyboard_alone(
    written: Told, as_person: Callable[..., Page], axe: Callable[[Page], None]
) -> None:
    page = as_person("lead", f"{written.path}/evaluering")
    tab_to(page, "link", "Kontroller og send inn")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Dette signeres")).to_be_visible()
    axe(page)
    must_fit(page)
    tab_to(page, "button", "Signer og send inn versjon 2")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Kvittering for levering 1")).to_be_visible()
    axe(page)
    must_fit(page)
    assert written.submissions() == 1


def test_every_fault_leads_to_its_field(
    empty: Told, as_person: Callable[..., Page], axe: Callable[[Page], None]
) -> None:
    empty.answer("lead", "å" * 4100, 0, "evaluation.equal_access")
    page = as_person("lead", f"{empty.path}/kontroll")
    expect(page.get_by_role("heading", name="Må rettes før rapporten kan sendes inn")).to_be_visible()
    axe(page)
    must_fit(page)
    faulty = page.locator(".check-list li", has_text="4 100 tegn").or_(
        page.locator(".check-list li", has_text="4100")
    )
    faulty.get_by_role("link").press("Enter")
    expect(page.locator("#f-evaluation-equal_access")).to_be_focused()
    page.go_back()
    page.locator("a[href$='#navn-activity-articles']").press("Enter")
    expect(page.locator("#navn-activity-articles")).to_be_focused()


def test_a_report_that_moved_is_looked_at_anew(
    written: Told, as_person: Callable[..., Page], axe: Callable[[Page], None]
) -> None:
    page = as_person("lead", f"{written.path}/kontroll")
    written.answer("coordinator", "Møter i alle regioner og et kurs.", 1)
    page.get_by_role("button", name="Signer og send inn").click()
    expect(page.locator("#moved")).to_be_focused()
    expect(page.locator("#moved")).to_contain_text(written.behind.name("coordinator"))
    expect(page.locator(".difference ins")).to_contain_text("og et kurs")
    axe(page)
    must_fit(page)
    assert written.submissions() == 0
    page.get_by_role("button", name="Signer og send inn versjon 3").click()
    expect(page.get_by_role("heading", name="Kvittering for levering 1")).to_be_visible()


def test_going_back_after_signing_sends_nothing_twice(written: Told, as_person: Callable[..., Page]) -> None:
    page, other = as_person("lead", f"{written.path}/kontroll"), as_person("lead", f"{written.path}/kontroll")
    page.get_by_role("button", name="Signer og send inn").click()
    expect(page.get_by_role("heading", name="Kvittering for levering 1")).to_be_visible()
    page.go_back()
    again = page.get_by_role("button", name="Signer og send inn")
    expect(again.or_(page.get_by_role("link", name="Se kvitteringen")).first).to_be_visible()
    if again.is_visible():
        again.click()
        expect(page.get_by_role("heading", name="Kvittering for levering 1")).to_be_visible()
    other.get_by_role("button", name="Signer og send inn").click()
    expect(other.get_by_text("allerede sendt inn")).to_be_visible()
    expect(other.get_by_role("heading", name="Kvittering for levering 1")).to_be_visible()
    assert written.submissions() == 1


def test_the_receipt_is_kept_on_paper(written: Told, as_person: Callable[..., Page]) -> None:
    page = as_person("lead", f"{written.path}/kontroll")
    page.get_by_role("button", name="Signer og send inn").click()
    expect(page.get_by_role("button", name="Skriv ut kvitteringen")).to_be_visible()
    page.emulate_media(media="print")
    for gone in (page.get_by_role("banner"), page.locator(".report-parts"), page.locator(".actions").first):
        expect(gone).to_be_hidden()
    for kept in (page.locator("code.hash").last, page.get_by_text("Signert av")):
        expect(kept).to_be_visible()


def test_a_report_is_signed_without_javascript(written: Told, as_person: Callable[..., Page]) -> None:
    page = as_person("lead", f"{written.path}/kontroll", java_script_enabled=False, phone=True)
    page.get_by_role("button", name="Signer og send inn").click()
    expect(page.get_by_role("heading", name="Kvittering for levering 1")).to_be_visible()
    page.get_by_role("link", name="Les rapporten slik den ble sendt inn").click()
    expect(page.get_by_text("Den ble sendt inn som levering 1.")).to_be_visible()


def test_others_see_who_signs(written: Told, as_person: Callable[..., Page], axe: Callable[[Page], None]) -> None:
    page = as_person("coordinator", f"{written.path}/kontroll")
    expect(
        page.get_by_text("Bare faglig ansvarlig kan signere og sende inn rapporten: {written.behind.name('lead')}")
    )
    expect(page.get_by_role("button", name="Signer og send inn")).to_have_count(0)
    axe(page)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_history_is_read_narrowed_and_compared(
    written: Told, as_person: Callable[..., Page], axe: Callable[[Page], None], scheme: str
) -> None:
    written.answer("coordinator", "Møter i tre regioner.", 1)
    page = as_person("lead", f"{written.path}/historikk", color_scheme=scheme)
    expect(page.locator(".history-list > li")).not_to_have_count(0)
    axe(page)
    must_fit(page)
    page.get_by_label("Hvem").select_option(label=written.behind.name("coordinator"))
    page.get_by_role("button", name="Vis", exact=True).press("Enter")
    expect(page.locator(".history-list > li")).to_have_count(1)
    page.get_by_role("link", name="Se endringen").click()
    expect(page.locator(".difference del")).to_contain_text("alle")
    expect(page.locator(".difference ins")).to_contain_text("tre")
    axe(page)
    must_fit(page)
    page.get_by_role("link", name="Per spørsmål").click()
    expect(page.get_by_role("heading", name="Historikk")).to_be_visible()
    axe(page)
    must_fit(page)


def test_the_preview_is_what_the_public_would_see(
    written: Told, as_person: Callable[..., Page], axe: Callable[[Page], None]
) -> None:
    page = as_person("lead", f"{written.path}/forhandsvisning")
    public = page.get_by_role("article", name="Den offentlige siden")
    expect(public).to_contain_text("Møter i alle regioner.")
    expect(public).to_contain_text(written.behind.name("lead"))
    expect(public).not_to_contain_text(written.behind.name("coordinator"))
    axe(page)
    must_fit(page)
