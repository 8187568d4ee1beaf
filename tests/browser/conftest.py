"""One suite and one browser for all stories; for each test windows of its own, in which people log in."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page

from deploy.places import VAR
from tests.browser import axe as accessibility
from tests.browser import pictures
from tests.browser.chromium import Windows, chromium
from tests.browser.doing import log_in
from tests.browser.stage import Behind, begin
from tests.e2e.suite import RunningSuite
from tests.npm import packages

FAILED = VAR / "browser/failed"
OUTCOME = pytest.StashKey[bool]()
UNDECIDED = "axe could not decide"


@pytest.fixture(scope="package")
def suite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSuite]:
    """A suite on SQLite, up for all stories, at a time of its own."""
    running = RunningSuite(tmp_path_factory.mktemp("suite"))
    begin(running)
    with running:
        yield running


@pytest.fixture(scope="package")
def behind(suite: RunningSuite) -> Behind:
    """The services behind the pages, with a stage set in them."""
    return Behind(suite)


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    packages()  # without them pages are bare, and nobody would meet them so
    with chromium() as started:
        yield started


@pytest.fixture
def windows(browser: Browser, suite: RunningSuite, request: pytest.FixtureRequest) -> Iterator[Windows]:
    """What was opened is looked at once more when the test is over, and photographed when it failed."""
    opened = Windows(browser, suite.addresses.service("portal"))
    yield opened
    if not request.node.stash.get(OUTCOME, True):
        _photograph(opened, request.node.name)
    opened.close()
    assert opened.faults == []


@pytest.fixture
def as_person(windows: Windows, behind: Behind) -> Callable[..., Page]:
    """``as_person("lead")`` is a window in which the lead of the stage's latest unit has logged in.

    Each is a browser of its own: two of them are two people at two machines, or one person at both.  ``to`` is the
    page opened, ``phone=True`` a phone, and whatever else Playwright lets one choose for a context.
    """

    def come(name: str, to: str = "/", **options: Any) -> Page:
        page = windows.open(**options)
        log_in(page, behind.number(name), to)
        return page

    return come


@pytest.fixture
def anyone(windows: Windows) -> Page:
    """A window in which nobody has logged in."""
    return windows.open()


@pytest.fixture
def axe(request: pytest.FixtureRequest) -> Callable[[Page], None]:
    """Fails on what violates a rule; what axe could not decide is told when all tests are done."""

    def examine(page: Page) -> None:
        undecided = accessibility.examine(page)
        request.node.user_properties.extend((UNDECIDED, line) for line in undecided)

    return examine


@pytest.fixture
def picture(request: pytest.FixtureRequest) -> Callable[..., None]:
    """Fails where a page has come to look different; ``make pictures`` accepts how it looks now."""
    assert "picture" in request.node.name, "make pictures runs the tests that have the word in their names"

    def compare(page: Page, name: str, masked: Sequence[Locator] = (), tall: int = 0) -> None:
        pictures.compare(page, name, masked, tall)

    return compare


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Any:
    report = yield
    item.stash[OUTCOME] = item.stash.get(OUTCOME, True) and not report.failed
    return report


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """For somebody to look at: much of it is text on a picture or a gradient."""
    reports = [
        report for each in terminalreporter.stats.values() for report in each if isinstance(report, pytest.TestReport)
    ]
    lines = {str(line) for report in reports for kind, line in report.user_properties if kind == UNDECIDED}
    if lines:
        terminalreporter.section(UNDECIDED)
        for line in sorted(lines):
            terminalreporter.line(line)


def _photograph(windows: Windows, test: str) -> None:
    FAILED.mkdir(parents=True, exist_ok=True)
    name = re.sub(r"[^\w-]+", "-", test)
    for number, page in enumerate(windows.opened):
        if not page.is_closed():
            page.screenshot(path=FAILED / f"{name}-{number}.png", full_page=True)
