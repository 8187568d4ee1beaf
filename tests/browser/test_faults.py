"""When something goes wrong, people are told what they can do, and whom to tell what."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import uuid4

import pytest
from fastapi import Depends
from playwright.sync_api import Page, expect

from services.portal.fault_words import FAULTS
from services.portal.visit import anyone as anyones
from tests.browser.doing import must_fit, without
from tests.e2e.suite import RunningSuite
from tests.integration.going_wrong import FAULTY, going_wrong
from tests.integration.portal import portal
from tests.stores import sqlite_databases
from tests.tokens import Tokens

pytestmark = pytest.mark.browser


def test_an_old_link_leads_to_a_page_that_helps(as_person: Callable[..., Page], axe: Callable[[Page], None]) -> None:
    page = as_person("desk")
    answer = page.goto(f"/reports/{uuid4()}/om")
    assert answer is not None
    assert answer.status == 404
    expect(page.get_by_role("heading", level=1)).to_have_text("Vi fant ikke siden")
    expect(page.get_by_role("code")).to_have_text(answer.headers["correlation-id"])
    axe(page)
    must_fit(page)
    page.emulate_media(color_scheme="dark")
    axe(page)
    page.get_by_role("link", name="Gå til forsiden").click()
    expect(page).to_have_url("/")


def test_while_a_service_is_away_one_is_told_so_and_tries_again(
    as_person: Callable[..., Page], suite: RunningSuite, axe: Callable[[Page], None]
) -> None:
    page = as_person("desk")
    with without(suite, "reporting"):
        page.goto(f"/reports/{uuid4()}/om")
        expect(page.get_by_role("heading", level=1)).to_have_text("En del av Aarring svarer ikke akkurat nå")
        axe(page)
    page.get_by_role("link", name="Prøv igjen").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Vi fant ikke siden")


def test_whatever_goes_wrong_the_page_of_it_can_be_read_by_everybody(
    anyone: Page, axe: Callable[[Page], None], tmp_path: Path, tokens: Tokens
) -> None:
    with ThreadPoolExecutor(1) as thread:  # the browser has this one
        drawn = thread.submit(asyncio.run, _drawn(tmp_path, tokens)).result()
    anyone.route("**/wrong/*", lambda route: route.fulfill(body=drawn[int(route.request.url.rpartition("/")[2])]))
    for status in drawn:
        anyone.goto(f"/wrong/{status}")
        expect(anyone.get_by_role("heading", level=1)).to_have_text(FAULTS[status].title)
        expect(anyone.get_by_label("Teksten du skrev")).to_have_value("Nei")
        axe(anyone)
        must_fit(anyone)


async def _drawn(folder: Path, tokens: Tokens) -> dict[int, str]:
    """The page of each fault, by its status, as somebody meets it who sent a form."""
    async with portal(sqlite_databases(folder), tokens) as made:
        made.app.include_router(going_wrong(), dependencies=[Depends(anyones)])
        browser = made.visitor(uuid4())
        return {status: (await browser.post(address, {"text": "Nei"})).text for address, status in FAULTY.items()}


def test_by_keyboard_one_skips_the_menu_and_finds_the_way_out(as_person: Callable[..., Page]) -> None:
    page = as_person("desk")
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_text("Hopp til hovedinnhold")
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    summary = page.locator("summary", has=page.locator(".person-name"))
    summary.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Logg ut")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Logg ut")).to_be_hidden()
    expect(summary).to_be_focused()


def test_the_language_is_changed_where_one_is(as_person: Callable[..., Page], axe: Callable[[Page], None]) -> None:
    page = as_person("desk", "/session/renewed")
    for name, heading in (("Nynorsk", "Du er logga inn igjen"), ("English", "You are logged in again")):
        page.get_by_role("link", name=name).click()
        expect(page.get_by_role("heading", level=1)).to_have_text(heading)
        axe(page)
