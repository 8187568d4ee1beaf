"""Somebody comes, logs in, looks around and leaves."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.chromium import Windows
from tests.browser.doing import must_fit
from tests.browser.stage import Behind

pytestmark = pytest.mark.browser

SAMI = "Kárášjohka, Guovdageaidnu, ŋ đ ŧ ž č š"


def test_who_comes_may_read_what_this_is_before_logging_in(anyone: Page, axe: Callable[[Page], None]) -> None:
    anyone.goto("/")
    expect(anyone.get_by_role("heading", level=1)).to_be_visible()
    axe(anyone)
    must_fit(anyone)


def test_one_logs_in_by_choosing_who_to_be_and_logs_out_again(
    anyone: Page, behind: Behind, axe: Callable[[Page], None]
) -> None:
    anyone.goto("/")
    anyone.get_by_role("link", name="Logg inn").first.click()
    anyone.get_by_role("heading", level=1).wait_for()
    number = behind.number("joint-desk")
    anyone.reload()
    axe(anyone)
    must_fit(anyone)
    anyone.locator(f"button[value='{number}']").click()
    expect(anyone.locator("summary .person-name")).to_have_text(behind.name("joint-desk"))
    axe(anyone)
    must_fit(anyone)
    anyone.locator("summary", has=anyone.locator(".person-name")).click()
    anyone.get_by_role("button", name="Logg ut").click()
    expect(anyone.get_by_role("link", name="Logg inn").first).to_be_visible()
    axe(anyone)
    anyone.goto("/")
    expect(anyone.locator("summary .person-name")).to_have_count(0)


def test_two_windows_are_two_people(as_person: Callable[..., Page], behind: Behind) -> None:
    desk, office = as_person("desk"), as_person("office", phone=True)
    for page, name in ((desk, "desk"), (office, "office")):
        page.reload()
        expect(page.locator("summary .person-name")).to_contain_text(behind.name(name))


def test_one_logs_in_and_out_without_javascript(as_person: Callable[..., Page]) -> None:
    page = as_person("desk", java_script_enabled=False)
    page.locator("summary", has=page.locator(".person-name")).click()
    page.get_by_role("button", name="Logg ut").click()
    expect(page.get_by_role("link", name="Logg inn").first).to_be_visible()


def test_a_name_is_written_in_one_typeface_whatever_its_letters(anyone: Page) -> None:
    anyone.goto("/")
    heading = anyone.get_by_role("heading", level=1)
    heading.evaluate("(shown, text) => { shown.textContent = text }", SAMI)
    anyone.evaluate("document.fonts.ready.then(() => null)")
    assert _typefaces(anyone, "h1") == {("Inter", True)}


def test_picture_of_a_page_for_nobody(anyone: Page, windows: Windows, picture: Callable[[Page, str], None]) -> None:
    anyone.goto("/logout")
    picture(anyone, "logged-out")
    phone = windows.open(phone=True, color_scheme="dark")
    phone.goto("/logout")
    picture(phone, "logged-out-dark-phone")


def _typefaces(page: Page, selector: str) -> set[tuple[str, bool]]:
    """What the letters of an element are drawn with, and whether it came with the page: asked of the browser."""
    tools = page.context.new_cdp_session(page)
    for domain in ("DOM", "CSS"):
        tools.send(f"{domain}.enable")
    root = tools.send("DOM.getDocument")["root"]["nodeId"]
    node = tools.send("DOM.querySelector", {"nodeId": root, "selector": selector})["nodeId"]
    fonts = tools.send("CSS.getPlatformFontsForNode", {"nodeId": node})["fonts"]
    return {(font["familyName"], font["isCustomFont"]) for font in fonts}
