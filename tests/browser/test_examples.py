"""``make up`` as a newcomer meets it: an empty suite is filled once, and everybody sees what was promised."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from deploy.examples.people import DATA, STRANGER, examples
from tests.browser.chromium import Windows
from tests.browser.doing import log_in, must_fit
from tests.e2e.suite import RunningSuite

pytestmark = pytest.mark.browser
DEVELOPMENT = {"AARRING_ENVIRONMENT": "development"}
LEAD, COORDINATOR, READY = "lead-EKS-NBT-1", "coordinator-EKS-NBT-1", "lead-EKS-NKT-1"
UNITS = {row["code"]: row["name_nb"] for row in csv.DictReader((DATA / "units.csv").read_text().splitlines())}
PEOPLE = {person.alias: person for person in examples()}
WAITS = {
    LEAD: ("Skriv enhetens del", "Regionen følger opp fra i fjor", "dager igjen"),
    COORDINATOR: ("Skriv enhetens del",),
    "administrative-EKS-NBT-1": ("Ingenting venter på deg nå",),
    READY: ("Kontroller og send inn rapporten",),
    "lead-EKS-NET-1": ("Rett rapporten: regionen har returnert den", "Returnert for retting"),
    "lead-EKS-NSE-1": ("Svar på 1 spørsmål fra regionen", "Under vurdering"),
    "lead-EKS-NBT-2": ("Skriv enhetens del", "Åpnet", "Levert"),
    "member-sor_ost": ("Svar på 2 spørsmål til referansegruppen",),
    "member-nord": ("Svar på 1 spørsmål til referansegruppen",),
    "user": ("Svar på 1 spørsmål til referansegruppen",),
    "desk-vest": ("Under arbeid", "Åpnet"),
    "reviewer-vest": ("Følg opp et punkt",),
    "reviewer-nord": ("Vurder rapporten: du er saksbehandler",),
    "reviewer-sor_ost": ("Rapporten er levert og venter på vurdering i regionen",),
    "authority-nord": ("Oppnevn eller avslå et foreslått medlem",),
    "ministry": ("Ingenting venter på deg nå",),
    "candidate-EKS-NBT-2": ("Du har ingen rolle i Aarring ennå",),
}
"""What the descriptions promise, beside the units."""
LOOKED_AT = (
    LEAD,
    "lead-EKS-NSE-1",
    "member-sor_ost",
    "desk-vest",
    "authority-nord",
    "ministry",
    "candidate-EKS-NBT-2",
)
"""Those whose pages differ in what they are made of."""


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSuite]:
    """A developer's suite, started as ``make up`` starts it."""
    with RunningSuite(tmp_path_factory.mktemp("examples"), told=DEVELOPMENT) as running:
        yield running


@pytest.fixture
def windows(browser: Browser, filled: RunningSuite) -> Iterator[Windows]:
    opened = Windows(browser, filled.addresses.service("portal"))
    yield opened
    opened.close()
    assert opened.faults == []


def test_a_filled_suite_is_left_as_it_is(filled: RunningSuite) -> None:
    people = (filled.var / "examples/people.json").read_text()
    told = filled.run("deploy.cli", "up").stdout
    assert "holds the examples from before" in told
    assert all(person.name in told for person in examples() if person.first)
    assert (filled.var / "examples/people.json").read_text() == people
    assert len(json.loads(people)) == len(PEOPLE)


def test_the_demo_does_not_play_among_the_examples(filled: RunningSuite) -> None:
    told = filled.run("deploy.demo", check=False)
    assert told.returncode == 1
    assert "--fresh" in told.stderr


def test_a_newcomer_reads_whom_to_log_in_as(windows: Windows, axe: Callable[[Page], None]) -> None:
    page = windows.open()
    page.goto("/")
    for person in examples():
        expect(page.locator("dl", has_text=person.name).get_by_text(person.description["nb"])).to_be_visible()
    axe(page)
    must_fit(page)
    page.get_by_role("link", name="English").click()
    expect(page.get_by_text(PEOPLE[LEAD].description["en"])).to_be_visible()


@pytest.mark.parametrize("alias", [alias for alias in PEOPLE if alias != STRANGER])
def test_everybody_sees_what_was_promised(windows: Windows, axe: Callable[[Page], None], alias: str) -> None:
    page = windows.open()
    log_in(page, PEOPLE[alias].pid)
    main = page.get_by_role("main")
    for code in PEOPLE[alias].sees:
        expect(main.get_by_text(UNITS[code]).first).to_be_visible()
    for said in WAITS.get(alias, ()):
        expect(main.get_by_text(said).first).to_be_visible()
    expect(main.locator(".start-away")).to_have_count(0)
    if alias in LOOKED_AT:
        axe(page)
        must_fit(page)


def test_whom_the_registry_does_not_know_is_told_what_to_do(filled: RunningSuite, browser: Browser) -> None:
    opened = Windows(browser, filled.addresses.service("portal"))
    page = opened.open()
    log_in(page, PEOPLE[STRANGER].pid)
    expect(page.get_by_role("heading", level=1)).to_have_text("Aarring kjenner deg ikke ennå")
    opened.close()


def test_from_the_start_page_one_comes_to_the_report(windows: Windows, axe: Callable[[Page], None]) -> None:
    page = windows.open()
    log_in(page, PEOPLE[LEAD].pid)
    page.get_by_role("main").get_by_role("link", name=UNITS["EKS-NBT-1"]).first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Årsrapport")
    expect(page.get_by_role("main")).to_contain_text(UNITS["EKS-NBT-1"])
    page.get_by_role("navigation", name="Hovedmeny").get_by_role("link", name="Rapporter").click()
    expect(page.get_by_role("table")).to_contain_text(UNITS["EKS-NBT-1"])
    axe(page)
    must_fit(page)
