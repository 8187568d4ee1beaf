"""Nobody is logged out in the middle of a sentence: a question before, and a way back after."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from deploy.demo.client import Caller
from tests.browser.doing import must_fit, must_have_focus
from tests.browser.stage import Behind
from tests.e2e.suite import RunningSuite

pytestmark = pytest.mark.browser
MINUTE = 60_000


def test_before_a_session_is_over_one_is_asked_and_goes_on_with_a_key(
    as_person: Callable[..., Page], suite: RunningSuite, axe: Callable[[Page], None]
) -> None:
    page = _waiting(as_person("desk"), suite, 56)
    question = page.get_by_role("dialog", name="Er du her fortsatt?")
    expect(question).to_contain_text(re.compile(r"Du blir logget ut om [34] minutter\."))
    must_have_focus(page, "Fortsett her")
    axe(page)
    must_fit(page)
    page.keyboard.press("Enter")
    expect(question).to_be_hidden()
    assert _minutes_left(page) >= 55


def test_after_it_is_over_one_logs_in_beside_and_goes_on(
    as_person: Callable[..., Page], suite: RunningSuite, behind: Behind, axe: Callable[[Page], None]
) -> None:
    page = _waiting(as_person("desk"), suite, 61)
    over = page.get_by_role("dialog", name="Du er logget ut")
    expect(over).to_be_visible()
    axe(page)
    with page.context.expect_page() as opened:
        over.get_by_role("link", name="Logg inn på nytt").click()
    beside = opened.value
    beside.locator(f"button[value='{behind.number('desk')}']").click()
    expect(beside.get_by_role("heading", name="Du er logget inn igjen")).to_be_visible()
    axe(beside)
    expect(over).to_be_hidden()
    token = page.locator("input[name=csrf]").first.input_value()
    assert page.evaluate(_GO_ON, token) == 200


def test_where_somebody_else_logs_in_the_page_is_no_longer_the_first_persons(
    as_person: Callable[..., Page], suite: RunningSuite, behind: Behind
) -> None:
    other = behind.number("office")
    page = _waiting(as_person("desk"), suite, 61)
    over = page.get_by_role("dialog", name="Du er logget ut")
    with page.context.expect_page() as opened:
        over.get_by_role("link", name="Logg inn på nytt").click()
    beside = opened.value
    beside.locator(f"button[value='{other}']").click()
    expect(beside.get_by_role("heading", name="Du er logget inn igjen")).to_be_visible()
    expect(page.locator("summary .person-name")).to_have_text(behind.name("office"))


def test_whoever_asks_to_see_what_others_wrote_is_there(
    as_person: Callable[..., Page], suite: RunningSuite, behind: Behind
) -> None:
    report = behind.ask(behind.stage.report)
    page = as_person("lead", f"/reports/{report}/evaluering")
    field = page.locator("[data-question='evaluation.equal_access'] form.answer textarea")
    field.focus()
    _did_nothing(suite, 30)
    behind.ask(lambda api: _write(behind.stage.reporting(api, "coordinator"), report))
    page.get_by_role("button", name="Vis den nye teksten").click()
    expect(field).to_have_value("Fra koordinatoren.")
    assert _minutes_left(page) >= 55
    page.goto(f"/reports/{report}/aktivitet")
    page.get_by_role("link", name="Legg til undervisning").focus()
    _did_nothing(suite, 30)
    behind.ask(lambda api: _add_line(behind.stage.reporting(api, "coordinator"), report))
    page.get_by_role("button", name="Vis endringen").click()
    expect(page.locator("[data-list='activity.teaching'] .line")).to_contain_text("Kurs")
    assert _minutes_left(page) >= 55


async def _write(coordinator: Caller, report: str) -> None:
    body = {"text": "Fra koordinatoren.", "base_version": 0}
    await coordinator.put(f"/reports/{report}/answers/evaluation.equal_access", body)


async def _add_line(coordinator: Caller, report: str) -> None:
    body = {"question_id": "activity.teaching", "fields": {"title": "Kurs"}}
    await coordinator.put(f"/reports/{report}/entries/{uuid4()}", body)


_GO_ON = (
    "token => fetch('/session', {method: 'POST', headers: {'X-CSRF-Token': token}}).then(answer => answer.status)"
)


def _waiting(page: Page, suite: RunningSuite, minutes: int) -> Page:
    """The page after its person did nothing for some minutes, which have passed for the portal too."""
    page.clock.install()
    page.reload()
    _did_nothing(suite, minutes)
    page.clock.fast_forward(minutes * MINUTE)
    return page


def _did_nothing(suite: RunningSuite, minutes: int) -> None:
    """For the portal nobody did anything for so long."""
    with closing(sqlite3.connect(suite.var / "data/portal.db", timeout=60)) as database, database:
        database.execute("UPDATE sessions SET seen = seen - ?", [minutes * MINUTE])


def _minutes_left(page: Page) -> int:
    seconds: float = page.evaluate("() => fetch('/session').then(answer => answer.json()).then(told => told.seconds)")
    return round(seconds / 60)
