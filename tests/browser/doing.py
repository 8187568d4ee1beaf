"""What befalls people who use the pages, and what they do more than once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Page, expect

from tests.e2e.suite import RunningSuite

NARROW = {"width": 320, "height": 640}
"""A page at 1280 pixels, enlarged four times: what WCAG 1.4.10 asks for."""


def log_in(page: Page, number: str, to: str = "/") -> None:
    """As somebody does it: to the page wanted, on to the identity provider, a choice, and back."""
    page.goto(f"/login?next={to}")
    page.locator(f"button[value='{number}']").click()
    expect(page.get_by_role("banner")).to_be_visible()


@contextmanager
def offline(page: Page) -> Iterator[None]:
    """No network for one window."""
    page.context.set_offline(True)
    try:
        yield
    finally:
        page.context.set_offline(False)


@contextmanager
def without(suite: RunningSuite, program: str) -> Iterator[None]:
    """One program of the suite is stopped meanwhile, and ready again after."""
    suite.run("deploy.cli", "stop", program)
    try:
        yield
    finally:
        suite.run("deploy.cli", "start", program)


def must_fit(page: Page) -> None:
    """At 320 pixels nothing is lost and nobody has to scroll sideways; the window is as before afterwards."""
    before = page.viewport_size
    page.set_viewport_size(NARROW)  # type: ignore[arg-type]  # a mapping, as documented
    wide = page.evaluate("() => document.scrollingElement.scrollWidth")
    over = page.evaluate(
        "() => [...document.body.querySelectorAll('*')]"
        ".filter(e => e.getBoundingClientRect().right > innerWidth + 1 && e.checkVisibility())"
        ".slice(0, 5).map(e => e.outerHTML.slice(0, 120))"
    )
    assert wide <= NARROW["width"], "\n".join([f"{page.url} is {wide} pixels wide at {NARROW['width']}", *over])
    if before:
        page.set_viewport_size(before)


def must_have_focus(page: Page, name: str) -> None:
    """What has the focus, by the name it has for whoever cannot see it."""
    expect(page.locator(":focus")).to_have_accessible_name(name)
