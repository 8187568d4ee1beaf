"""What people read is true: the tour quotes the code, links and files exist, each decision names what keeps it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.places import ROOT
from tests.rules.source import python_files

pytestmark = pytest.mark.rules

DECISIONS = sorted((ROOT / "docs/decisions").glob("[0-9]*.md"))
WRITTEN = [
    ROOT / "README.md",
    ROOT / "CHANGELOG.md",
    ROOT / "CONTRIBUTING.md",
    ROOT / "deploy/runbook.md",
    *sorted((ROOT / "docs").glob("*.md")),
    *sorted((ROOT / "docs/decisions").glob("*.md")),
    *sorted((ROOT / "services").glob("*/README.md")),
]
QUOTATION = re.compile(r"^`([\w/.-]+)`\n```\w+\n(.*?)\n```$", re.MULTILINE | re.DOTALL)
NAMED = re.compile(r"`((?:services|shared|tests|deploy|docs)/[\w/.-]*\w/?)`")
LINK = re.compile(r"\]\(([^)#:]+)(?:#[^)]*)?\)")
PARTS = ["Context", "Decision", "Consequences", "Alternatives", "Enforced by"]


def test_the_tour_quotes_what_stands_in_the_code() -> None:
    quotations = QUOTATION.findall((ROOT / "docs/tour.md").read_text())
    assert len(quotations) >= 10
    assert [text for file, text in quotations if text not in (ROOT / file).read_text()] == []


@pytest.mark.parametrize("file", WRITTEN, ids=lambda file: file.relative_to(ROOT).as_posix())
def test_every_file_named_or_linked_to_exists(file: Path) -> None:
    assert [name for name in _named(file) if not (ROOT / name).exists()] == []
    assert [link for link in LINK.findall(file.read_text()) if not (file.parent / link).exists()] == []


def test_decisions_are_numbered_and_listed() -> None:
    assert [file.name[:5] for file in DECISIONS] == [f"{number:04d}-" for number in range(1, len(DECISIONS) + 1)]
    listed = LINK.findall((ROOT / "docs/decisions/README.md").read_text())
    assert listed == [file.name for file in DECISIONS]


@pytest.mark.parametrize("file", DECISIONS, ids=lambda file: file.stem)
def test_a_decision_is_one_page_and_names_what_keeps_it(file: Path) -> None:
    text = file.read_text()
    assert re.findall(r"^## (.+)$", text, re.MULTILINE) == PARTS
    assert len(text.splitlines()) <= 60
    kept_by = text.partition("## Enforced by")[2]
    assert NAMED.findall(kept_by) or "`pyproject.toml`" in kept_by


def test_the_glossarys_words_are_those_of_the_code() -> None:
    """What is not built yet says so; when it is built, it no longer may."""
    code = [*python_files("services", "shared"), *(ROOT / "services").rglob("*.json")]
    written = {word for file in code for word in re.findall(r"\w+", file.read_text())}
    rows = [line.rsplit("|", 2)[1] for line in (ROOT / "docs/glossary.md").read_text().splitlines() if "` " in line]
    for cell in rows:
        words = set(re.findall(r"`(\w+)`", cell))
        assert (words <= written) is ("to come" not in cell), cell


def test_a_services_readme_fits_on_a_page() -> None:
    for service in (ROOT / "services").iterdir():
        if (service / "app.py").exists():
            assert len((service / "README.md").read_text().splitlines()) <= 40, service.name


def _named(file: Path) -> Iterator[str]:
    """The files of the project a text names, without the patterns for files to come (`services/<name>/…`)."""
    yield from NAMED.findall(file.read_text())
