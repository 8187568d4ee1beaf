"""Every alarm can be acted upon: it leads to a heading of the runbook, and the runbook knows no other alarms."""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]  # it ships no types

from deploy.places import ROOT
from shared.figures import FIGURES

pytestmark = pytest.mark.rules

RUNBOOK = (ROOT / "deploy/runbook.md").read_text()
ALARMS = yaml.safe_load((ROOT / "deploy/prometheus/alarms.yml").read_text())["groups"][0]["rules"]
HEADINGS = re.findall(r"^#+ (.+)$", RUNBOOK, re.MULTILINE)
COMMAND = re.compile(r"aarring ([a-z]+)")


def anchor(heading: str) -> str:
    return re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")


def test_the_runbook_has_a_heading_for_each_alarm_and_no_others() -> None:
    chapter = RUNBOOK.partition("\n## Alarms\n")[2].partition("\n## ")[0]
    assert re.findall(r"^### (.+)$", chapter, re.MULTILINE) == [alarm["alert"] for alarm in ALARMS]


@pytest.mark.parametrize("alarm", ALARMS, ids=lambda alarm: alarm["alert"])
def test_an_alarm_says_how_urgent_it_is_and_where_to_read_on(alarm: dict[str, Any]) -> None:
    assert alarm["labels"]["severity"] in {"critical", "warning", "info"}
    assert alarm["annotations"]["summary"]
    assert alarm["annotations"]["runbook"] == f"deploy/runbook.md#{anchor(alarm['alert'])}"
    section = RUNBOOK.partition(f"\n### {alarm['alert']}\n")[2].partition("\n### ")[0]
    assert f"*{alarm['labels']['severity'].capitalize()}.*" in section
    for told in ("*Look at*", "*Do*", "*Over when*"):
        assert told in section


def test_the_runbooks_links_lead_somewhere_in_it() -> None:
    anchors = {anchor(heading) for heading in HEADINGS}
    assert [link for link in re.findall(r"\]\(#([^)]+)\)", RUNBOOK) if link not in anchors] == []


def test_every_figure_says_what_it_tells_and_ends_with_its_unit() -> None:
    for name, figure in FIGURES.items():
        assert figure.text, name
        assert not figure.text.endswith("."), name
        assert "seconds" not in (figure.called or name).removesuffix("_seconds"), name
