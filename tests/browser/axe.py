"""What axe-core finds wrong with a page, in whatever state it is."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

from playwright.sync_api import Page

from tests.npm import packages

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
SETTLED = "() => new Promise(drawn => requestAnimationFrame(() => requestAnimationFrame(() => drawn())))"
"""Colours that have just been changed are the old ones until the page has been drawn once more."""
ASKED = {"runOnly": {"type": "tag", "values": TAGS}, "resultTypes": ["violations", "incomplete"]}


@cache
def _script() -> str:
    return (packages() / "axe-core/axe.min.js").read_text()


def examine(page: Page) -> list[str]:
    """Fails on whatever violates a rule; what axe could not decide is returned, for somebody to look at."""
    page.evaluate(SETTLED)
    page.evaluate(_script())
    found = page.evaluate("asked => axe.run(document, asked)", ASKED)
    violations = list(_lines(found["violations"]))
    assert not violations, "\n".join([f"axe: {page.url}", *violations])
    return list(_lines(found["incomplete"]))


def _lines(results: list[dict[str, Any]]) -> Iterator[str]:
    for result in results:
        for node in result["nodes"]:
            place = " ".join(str(part) for part in node["target"])
            why = (node.get("failureSummary") or "").partition("\n")[2].strip().replace("\n", ";")
            yield f"{result['id']} ({result['impact']}) at {place}: {why}"
