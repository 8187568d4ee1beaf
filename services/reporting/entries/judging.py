"""What the content of an activity entry is judged to lack: faults stop the submission, warnings are only shown.

================================ ======= ============================================================
code                             kind    entries
================================ ======= ============================================================
title_missing                    fault   all: the title, or the name of the measure or tool
year_missing                     fault   article
year_out_of_range                fault   article: two years or more outside the report's period
disputation_missing              fault   doctorate
disputation_not_in_report_year   fault   doctorate
period_reversed                  fault   project: it ends before it starts
definition_missing               fault   clinical activity
figures_missing                  fault   clinical activity: neither regions nor a total
regions_missing                  fault   clinical activity: declared by region, and no region given
regions_against_declaration      fault   clinical activity: declared as total only, and regions given
total_needs_reason               fault   clinical activity: the total is not the sum of its regions
site_repeated                    fault   clinical activity: the same site twice
year_differs                     warning article: the year before or after the report's period
no_identifier                    warning article: neither DOI nor PMID nor link
reference_incomplete             warning article: no authors or no journal
relevance_missing                warning article
candidate_missing                warning doctorate
leader_missing                   warning project
period_outside_report_year       warning project
kind_missing                     warning teaching, dissemination, quality tool
date_not_in_report_year          warning teaching, dissemination
regions_incomplete               warning clinical activity: some of the four regions are not given
site_figures_missing             warning clinical activity: a site has neither regions nor a total
sites_differ                     warning clinical activity: the sites do not come to the total
small_numbers                    warning clinical activity: a count from 1 to 4
================================ ======= ============================================================
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any, NamedTuple

from services.reporting.entries.fields import Entry
from services.reporting.entries.figures import judge_figures
from services.reporting.entries.research import Article, Doctorate, Project
from services.reporting.entries.spreading import Dissemination, Teaching
from services.reporting.entries.treatment import ClinicalActivity, QualityTool

FAULTS = frozenset(
    {
        "title_missing",
        "year_missing",
        "year_out_of_range",
        "disputation_missing",
        "disputation_not_in_report_year",
        "period_reversed",
        "definition_missing",
        "figures_missing",
        "regions_missing",
        "regions_against_declaration",
        "total_needs_reason",
        "site_repeated",
    }
)
"""The codes that stop a submission; every other code is a warning."""


class Judgement(NamedTuple):
    """The codes of what was found, in the order of the fields."""

    faults: tuple[str, ...]
    warnings: tuple[str, ...]


class Period(NamedTuple):
    """The years a report looks back on, both included."""

    first: int
    last: int

    def holds(self, day: date) -> bool:
        """Whether a day lies in it."""
        return self.first <= day.year <= self.last

    def distance(self, year: int) -> int:
        """How many years outside it a year is."""
        return max(self.first - year, year - self.last, 0)


def judge(entry: Entry, *, report_year: int, since: int | None = None) -> Judgement:
    """What is to be said of an entry in the report of ``report_year``.

    ``since`` is the first year that report looks back on, where that is more than its own year (a final report).
    """
    period = Period(report_year if since is None else since, report_year)
    found = tuple(_JUDGES[type(entry)](entry, period))
    return Judgement(
        faults=tuple(code for code in found if code in FAULTS),
        warnings=tuple(code for code in found if code not in FAULTS),
    )


def _article(entry: Article, period: Period) -> Iterator[str]:
    if entry.title is None:
        yield "title_missing"
    if entry.authors is None or entry.journal is None:
        yield "reference_incomplete"
    if entry.year is None:
        yield "year_missing"
    elif period.distance(entry.year) > 1:
        yield "year_out_of_range"
    elif period.distance(entry.year) == 1:
        yield "year_differs"
    if entry.doi is None and entry.pmid is None and entry.link is None:
        yield "no_identifier"
    if entry.relevance is None:
        yield "relevance_missing"


def _doctorate(entry: Doctorate, period: Period) -> Iterator[str]:
    if entry.candidate is None:
        yield "candidate_missing"
    if entry.title is None:
        yield "title_missing"
    if entry.disputation_on is None:
        yield "disputation_missing"
    elif not period.holds(entry.disputation_on):
        yield "disputation_not_in_report_year"


def _project(entry: Project, period: Period) -> Iterator[str]:
    if entry.title is None:
        yield "title_missing"
    if entry.leader is None:
        yield "leader_missing"
    if entry.starts_on and entry.ends_on and entry.ends_on < entry.starts_on:
        yield "period_reversed"
    elif (entry.starts_on and entry.starts_on.year > period.last) or (
        entry.ends_on and entry.ends_on.year < period.first
    ):
        yield "period_outside_report_year"


def _teaching(entry: Teaching, period: Period) -> Iterator[str]:
    if entry.title is None:
        yield "title_missing"
    if entry.kind is None:
        yield "kind_missing"
    if not all(map(period.holds, entry.dates)):
        yield "date_not_in_report_year"


def _dissemination(entry: Dissemination, period: Period) -> Iterator[str]:
    if entry.title is None:
        yield "title_missing"
    if entry.kind is None:
        yield "kind_missing"
    if entry.held_on and not period.holds(entry.held_on):
        yield "date_not_in_report_year"


def _clinical_activity(entry: ClinicalActivity, period: Period) -> Iterator[str]:
    if entry.name is None:
        yield "title_missing"
    if entry.definition is None:
        yield "definition_missing"
    yield from judge_figures(entry)


def _quality_tool(entry: QualityTool, period: Period) -> Iterator[str]:
    if entry.name is None:
        yield "title_missing"
    if entry.kind is None:
        yield "kind_missing"


_JUDGES: dict[type[Entry], Callable[[Any, Period], Iterator[str]]] = {
    Article: _article,
    Doctorate: _doctorate,
    Project: _project,
    Teaching: _teaching,
    Dissemination: _dissemination,
    ClinicalActivity: _clinical_activity,
    QualityTool: _quality_tool,
}
