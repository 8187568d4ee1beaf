"""People write a report in browsers; whatever befalls them no word is lost: each is read back past the pages."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.doing import log_in, must_fit, offline, without
from tests.browser.stage import Behind
from tests.e2e.suite import RunningSuite
from tests.eventually import eventually

pytestmark = pytest.mark.browser

ACCESS, PATHWAY, QUALITY = "evaluation.equal_access", "evaluation.patient_pathway", "evaluation.treatment_quality"
OVERALL = "group.overall"
SAVED, TRYING = "Lagret", "Ikke lagret, vi prøver igjen"
ODD = "Kárášjohka ŋ đ ŧ ž č š 👩🏽‍⚕️ “Word” –\u00a0• </textarea><script>alert(1)</script> & {{ 7*7 }}"
Come = Callable[..., Page]


@dataclass
class Written:
    """A report, its people's windows, and what the services keep of it."""

    behind: Behind
    as_person: Come
    id: str

    @property
    def path(self) -> str:
        return f"/reports/{self.id}/evaluering"

    def open(self, name: str, **options: Any) -> Page:
        """The evaluation in the window of somebody new."""
        page = self.as_person(name, self.path, **options)
        expect(page.get_by_role("heading", level=2, name="Evaluering")).to_be_visible()
        if options.get("java_script_enabled", True):
            expect(page.locator("form[data-autosaves]").first).to_be_attached()
        return page

    def answer(self, question: str) -> dict[str, Any]:
        path = f"/reports/{self.id}"
        report = self.behind.ask(lambda api: self.behind.stage.reporting(api, "desk").get(path))
        found: dict[str, Any] = report["answers"].get(question, {})
        return found

    def must_hold(self, question: str, text: str) -> None:
        """What was typed is what is kept, if not at once."""
        eventually(lambda: self.answer(question).get("text") == text)


@pytest.fixture
def report(behind: Behind, as_person: Come) -> Written:
    return Written(behind, as_person, behind.ask(behind.stage.report))


def box(page: Page, question: str) -> Locator:
    """The field of a question."""
    return page.locator(f"[data-question='{question}'] form.answer textarea")


def state(page: Page, question: str) -> Locator:
    """The words about a field."""
    return page.locator(f"[data-question='{question}'] [data-state]")


def settled(page: Page, question: str) -> None:
    expect(state(page, question)).to_have_attribute("data-state", "saved")
    expect(state(page, question)).to_contain_text(SAVED)


def choose(page: Page, label: str) -> None:
    page.get_by_role("button", name=label).click()


def test_what_is_typed_is_saved_by_itself(report: Written, axe: Callable[[Page], None]) -> None:
    lead = report.open("lead")
    axe(lead)
    must_fit(lead)
    box(lead, ACCESS).press_sequentially("Alle regioner får likt.", delay=10)
    settled(lead, ACCESS)
    box(lead, PATHWAY).fill(ODD)
    settled(lead, PATHWAY)
    lead.get_by_label("Faglig retningslinje").check()
    settled(lead, QUALITY)
    report.must_hold(ACCESS, "Alle regioner får likt.")
    report.must_hold(PATHWAY, ODD)
    assert report.answer(QUALITY)["choices"] == ["guideline"]
    lead.reload()
    expect(box(lead, PATHWAY)).to_have_value(ODD)
    expect(lead.get_by_label("Faglig retningslinje")).to_be_checked()
    axe(lead)
    must_fit(lead)


def test_a_hundred_thousand_characters_are_pasted_counted_and_kept(report: Written) -> None:
    lead = report.open("lead")
    text = "Ærlig talt 🧪 " * 8000
    box(lead, ACCESS).fill(text[:100_000])
    settled(lead, ACCESS)
    counter = lead.locator("#c-evaluation-equal_access")
    expect(counter).to_contain_text("for mye")
    expect(counter).to_contain_text("100 000".replace(" ", "\u00a0"))
    report.must_hold(ACCESS, text[:100_000])


def test_what_cannot_be_kept_stays_with_the_writer(report: Written) -> None:
    lead = report.open("lead")
    box(lead, ACCESS).fill("ø" * 100_001)
    expect(state(lead, ACCESS)).to_contain_text("for lang til å lagres")
    assert len(box(lead, ACCESS).input_value()) == 100_001
    box(lead, ACCESS).fill("Kortere.")
    settled(lead, ACCESS)
    report.must_hold(ACCESS, "Kortere.")


def test_two_write_at_once_without_disturbing_each_other(report: Written) -> None:
    lead, leader = report.open("lead"), report.open("leader")
    box(lead, ACCESS).press_sequentially("Enheten skriver sitt.", delay=5)
    box(leader, OVERALL).press_sequentially("Gruppen skriver sitt.", delay=5)
    settled(lead, ACCESS)
    settled(leader, OVERALL)
    report.must_hold(ACCESS, "Enheten skriver sitt.")
    report.must_hold(OVERALL, "Gruppen skriver sitt.")
    assert box(leader, ACCESS).count() == box(lead, OVERALL).count() == 0


def test_each_is_seen_by_the_other_and_told_in_the_others_language(report: Written, behind: Behind) -> None:
    lead, coordinator = report.open("lead"), report.open("coordinator")
    coordinator.get_by_role("link", name="English").click()
    expect(coordinator.locator("#presence")).to_contain_text(f"{behind.name('lead')} is here too")
    expect(lead.locator("#presence")).to_contain_text(f"{behind.name('coordinator')} er også her")
    box(coordinator, ACCESS).click()
    box(lead, ACCESS).fill("Leders tekst.")
    expect(coordinator.locator("#notice-evaluation-equal_access")).to_contain_text("changed this text at")
    expect(box(coordinator, ACCESS)).to_have_value("")
    coordinator.get_by_role("button", name="Show the new text").click()
    expect(box(coordinator, ACCESS)).to_have_value("Leders tekst.")
    box(lead, PATHWAY).fill("Ikke i bruk hos den andre.")
    expect(box(coordinator, PATHWAY)).to_have_value("Ikke i bruk hos den andre.")


@pytest.mark.parametrize(
    ("choice", "kept"),
    [
        ("Behold min tekst", "Koordinators tekst. Mer."),
        ("Bruk den andre teksten", "Leders tekst."),
        ("Rediger videre", "Begges tekst."),
    ],
)
def test_two_on_one_text_get_both_and_choose(
    report: Written, axe: Callable[[Page], None], choice: str, kept: str
) -> None:
    lead, coordinator = report.open("lead"), report.open("coordinator")
    with offline(coordinator):
        box(coordinator, ACCESS).fill("Koordinators tekst.")
        box(lead, ACCESS).fill("Leders tekst.")
        settled(lead, ACCESS)
    panel = coordinator.locator("#panel-evaluation-equal_access")
    expect(panel).to_contain_text("endret teksten mens du skrev")
    expect(panel.locator("blockquote")).to_have_text(["Koordinators tekst.", "Leders tekst."])
    box(coordinator, ACCESS).press_sequentially(" Mer.")
    expect(panel.locator("[data-mine]")).to_have_text("Koordinators tekst. Mer.")
    axe(coordinator)
    must_fit(coordinator)
    report.must_hold(ACCESS, "Leders tekst.")
    choose(coordinator, choice)
    if choice == "Rediger videre":
        box(coordinator, ACCESS).fill("Begges tekst.")
    settled_or_theirs = SAVED if choice != "Bruk den andre teksten" else "Du bruker den andre teksten."
    expect(state(coordinator, ACCESS)).to_contain_text(settled_or_theirs)
    report.must_hold(ACCESS, kept)
    if choice == "Bruk den andre teksten":
        choose(coordinator, "Angre og hent tilbake min tekst")
        settled(coordinator, ACCESS)
        report.must_hold(ACCESS, "Koordinators tekst. Mer.")


def test_a_lost_network_loses_nothing(report: Written, axe: Callable[[Page], None]) -> None:
    lead = report.open("lead")
    with offline(lead):
        box(lead, ACCESS).fill("Skrevet uten nett.")
        expect(state(lead, ACCESS)).to_have_text(TRYING)
        box(lead, ACCESS).fill("Skrevet uten nett, og mer til.")
        axe(lead)
    settled(lead, ACCESS)
    report.must_hold(ACCESS, "Skrevet uten nett, og mer til.")
    assert report.answer(ACCESS)["by"]["role"] == "professional_lead"


@pytest.mark.parametrize("program", ["reporting", "portal"])
def test_a_service_restarted_under_the_writer_loses_nothing(
    report: Written, suite: RunningSuite, program: str
) -> None:
    lead = report.open("lead")
    with without(suite, program):
        box(lead, ACCESS).fill(f"Skrevet mens {program} var nede.")
        expect(state(lead, ACCESS)).to_have_text(TRYING)
    settled(lead, ACCESS)
    report.must_hold(ACCESS, f"Skrevet mens {program} var nede.")


def test_an_answer_that_got_lost_on_its_way_back_is_no_conflict(report: Written) -> None:
    """The first save is taken, and its answer is not heard; meanwhile more is written."""
    lead = report.open("lead")
    lost = iter([True])

    def swallow(route: Any) -> None:
        if next(lost, False):
            route.fetch()
            route.abort()
        else:
            route.continue_()

    lead.route(f"**/svar/{ACCESS}", swallow)
    box(lead, ACCESS).fill("Først.")
    expect(state(lead, ACCESS)).to_have_text(TRYING)
    box(lead, ACCESS).fill("Først. Så mer.")
    settled(lead, ACCESS)
    report.must_hold(ACCESS, "Først. Så mer.")
    assert report.answer(ACCESS)["version"] == 2


def test_a_session_that_is_over_is_begun_again_beside_the_text(report: Written, behind: Behind) -> None:
    lead = report.open("lead")
    lead.context.clear_cookies()
    box(lead, ACCESS).fill("Skrevet da økten var over.")
    expect(state(lead, ACCESS)).to_contain_text("du er logget ut")
    other = lead.context.new_page()
    log_in(other, behind.number("lead"), "/session/renewed")
    lead.bring_to_front()
    settled(lead, ACCESS)
    report.must_hold(ACCESS, "Skrevet da økten var over.")


def test_text_that_could_not_be_saved_is_offered_again(report: Written, axe: Callable[[Page], None]) -> None:
    lead = report.open("lead")
    _leave_unsaved(lead, "Dette rakk ikke fram.")
    offer = lead.locator("#panel-evaluation-equal_access .unsaved")
    expect(offer).to_contain_text("Dette rakk ikke fram.")
    axe(lead)
    must_fit(lead)
    choose(lead, "Hent fram teksten")
    settled(lead, ACCESS)
    report.must_hold(ACCESS, "Dette rakk ikke fram.")
    lead.reload()
    expect(box(lead, ACCESS)).to_have_value("Dette rakk ikke fram.")
    expect(lead.locator(".unsaved")).to_have_count(0)


def test_what_is_offered_does_not_overrule_what_came_since(report: Written) -> None:
    lead, coordinator = report.open("lead"), report.open("coordinator")
    _leave_unsaved(lead, "Gammel tekst herfra.", before=lambda: _written(coordinator, "Nyere tekst."))
    choose(lead, "Hent fram teksten")
    expect(lead.locator(".conflict blockquote")).to_have_text(["Gammel tekst herfra.", "Nyere tekst."])
    report.must_hold(ACCESS, "Nyere tekst.")


def test_nobody_else_at_the_machine_finds_what_was_not_saved(report: Written, behind: Behind) -> None:
    lead = report.open("lead")
    _leave_unsaved(lead, "Ikke for andre.")
    assert "Ikke for andre." in _kept(lead)
    lead.context.clear_cookies()
    log_in(lead, behind.number("coordinator"), report.path)
    expect(lead.get_by_role("heading", level=2, name="Evaluering")).to_be_visible()
    assert "Ikke for andre." not in _kept(lead)
    expect(lead.locator(".unsaved")).to_have_count(0)


def test_logging_out_leaves_nothing_in_the_browser(report: Written) -> None:
    lead = report.open("lead")
    _leave_unsaved(lead, "Skal bort.")
    lead.locator("summary", has=lead.locator(".person-name")).click()
    lead.get_by_role("button", name="Logg ut").click()
    expect(lead.get_by_role("heading", level=1)).to_have_text("Du er logget ut")
    assert "Skal bort." not in _kept(lead)


def test_a_link_waits_for_the_text_and_leaving_unsaved_is_asked_about(report: Written) -> None:
    lead = report.open("lead")
    box(lead, ACCESS).fill("Rett før jeg gikk videre.")
    lead.get_by_role("link", name="Roller og ansvar").first.click()
    expect(lead.get_by_role("heading", level=2, name="Roller og ansvar")).to_be_visible()
    report.must_hold(ACCESS, "Rett før jeg gikk videre.")
    lead.goto(report.path)
    with offline(lead):
        box(lead, ACCESS).fill("Ikke lagret ennå.")
        expect(state(lead, ACCESS)).to_have_text(TRYING)
        with lead.expect_event("dialog") as asked:
            lead.close(run_before_unload=True)
        assert asked.value.type == "beforeunload"
        asked.value.dismiss()
    settled(lead, ACCESS)
    report.must_hold(ACCESS, "Ikke lagret ennå.")


def test_the_same_person_in_two_windows_is_told_and_loses_nothing(report: Written) -> None:
    first = report.open("lead")
    second = first.context.new_page()
    second.goto(report.path)
    box(second, ACCESS).click()
    box(first, ACCESS).fill("Fra det første vinduet.")
    settled(first, ACCESS)
    expect(second.locator("#notice-evaluation-equal_access")).to_contain_text("Du endret denne teksten")
    box(second, ACCESS).fill("Fra det andre vinduet.")
    expect(second.locator(".conflict")).to_contain_text("Du endret denne teksten i et annet vindu")
    choose(second, "Behold min tekst")
    settled(second, ACCESS)
    report.must_hold(ACCESS, "Fra det andre vinduet.")


def test_without_javascript_everything_is_written_and_saved(report: Written, axe: Callable[[Page], None]) -> None:
    lead, other = report.open("lead", java_script_enabled=False), report.open("coordinator")
    box(lead, ACCESS).fill(ODD)
    lead.locator(f"[data-question='{ACCESS}']").get_by_role("button", name="Lagre").click()
    expect(lead.locator(".said")).to_contain_text(SAVED)
    report.must_hold(ACCESS, ODD)
    _written(other, "Koordinator kom først.", PATHWAY)
    box(lead, PATHWAY).fill("Leder uten skript.")
    lead.locator(f"[data-question='{PATHWAY}']").get_by_role("button", name="Lagre").click()
    expect(lead.get_by_role("heading", level=2)).to_contain_text("endret teksten mens du skrev")
    expect(lead.get_by_text("Koordinator kom først.")).to_be_visible()
    lead.get_by_role("button", name="Behold min tekst").click()
    expect(lead.locator(".said")).to_contain_text(SAVED)
    report.must_hold(PATHWAY, "Leder uten skript.")
    must_fit(other)


def test_on_a_phone_the_parts_are_a_list_and_writing_works(report: Written, axe: Callable[[Page], None]) -> None:
    lead = report.open("lead", phone=True)
    axe(lead)
    must_fit(lead)
    parts = lead.get_by_role("navigation", name="Deler av rapporten").get_by_role("listitem")
    lefts = {round(parts.nth(n).bounding_box()["x"]) for n in range(parts.count())}  # type: ignore[index]
    assert len(lefts) == 1
    box(lead, ACCESS).tap()
    box(lead, ACCESS).press_sequentially("Fra telefonen.")
    settled(lead, ACCESS)
    report.must_hold(ACCESS, "Fra telefonen.")


def test_the_keyboard_is_enough(report: Written) -> None:
    lead = report.open("lead")
    lead.keyboard.press("Tab")
    expect(lead.locator(":focus")).to_have_text("Hopp til hovedinnhold")
    lead.keyboard.press("Enter")
    for _ in range(40):
        lead.keyboard.press("Tab")
        if lead.evaluate("document.activeElement.id") == "f-evaluation-equal_access":
            break
    lead.keyboard.type("Skrevet med tastaturet.")
    lead.keyboard.press("Control+s")
    settled(lead, ACCESS)
    expect(box(lead, ACCESS)).to_be_focused()
    report.must_hold(ACCESS, "Skrevet med tastaturet.")
    lead.locator("#ferdig-unit button").focus()
    lead.keyboard.press("Enter")
    expect(lead.locator("#ferdig-unit")).to_contain_text("er meldt ferdig")


def test_roles_are_chosen_with_a_tick(report: Written, axe: Callable[[Page], None]) -> None:
    lead = report.as_person("lead", f"/reports/{report.id}/roller")
    axe(lead)
    must_fit(lead)
    ticks = lead.get_by_role("group", name="Hvordan").get_by_label("Vises offentlig")
    before = ticks.first.is_checked()
    ticks.first.set_checked(not before)
    expect(lead.locator(".person-shown [data-state]").first).to_contain_text(SAVED)
    lead.reload()
    assert ticks.first.is_checked() is not before
    lead.goto(f"/reports/{report.id}/om")
    axe(lead)
    must_fit(lead)


def test_a_program_that_dies_under_the_writer_loses_nothing(report: Written, suite: RunningSuite) -> None:
    lead = report.open("lead")
    box(lead, ACCESS).press_sequentially("Først noe.")
    settled(lead, ACCESS)
    died = suite.pid("reporting")
    os.kill(died, signal.SIGKILL)
    box(lead, ACCESS).press_sequentially(" Så mer.")
    settled(lead, ACCESS)
    report.must_hold(ACCESS, "Først noe. Så mer.")


def _written(page: Page, text: str, question: str = ACCESS) -> None:
    box(page, question).fill(text)
    settled(page, question)


def _leave_unsaved(page: Page, text: str, before: Callable[[], None] = lambda: None) -> None:
    """Text that cannot be saved, and a page that is opened anew."""
    page.on("dialog", lambda dialog: dialog.accept())
    page.route(
        f"**/svar/{ACCESS}", lambda route: route.abort() if route.request.method == "POST" else route.continue_()
    )
    box(page, ACCESS).fill(text)
    expect(state(page, ACCESS)).to_have_text(TRYING)
    before()
    page.unroute_all()
    page.route(f"**/svar/{ACCESS}", lambda route: route.abort())
    page.reload()
    page.unroute_all()


def _kept(page: Page) -> str:
    """All that this browser keeps of us."""
    found: str = page.evaluate("JSON.stringify(localStorage)")
    return found
