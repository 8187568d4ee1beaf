"""What stops a submission and what is only shown: every code is provoked, and its neighbour is not."""

from __future__ import annotations

from typing import Any

import pytest

from services.reporting.entries import CODES, FAULTS, Judgement, judge, judging, parse
from tests.unit.reporting_entries.samples import ARTICLE, CLINICAL_ACTIVITY, REPORT_YEAR, SAMPLES

pytestmark = pytest.mark.unit

FINE = Judgement((), ())
MEASURE = {key: CLINICAL_ACTIVITY[key] for key in ("measure_id", "name", "definition")}
FOUR = {"nord": 10, "midt": 20, "vest": 30, "sor_ost": 40}
TWO_SITES = [{"trust": "One", "total": 60}, {"trust": "Two", "total": 40}]


def judged(entry_type: str, data: dict[str, Any], **changes: Any) -> Judgement:
    """The judgement of an entry in the report of the year, some of its fields changed, None for left out."""
    return judge(parse(entry_type, {**data, **changes}), report_year=REPORT_YEAR)


def measured(**figures: Any) -> Judgement:
    return judged("clinical_activity", MEASURE, **figures)


@pytest.mark.parametrize("entry_type", SAMPLES)
def test_a_complete_entry_is_fine(entry_type: str) -> None:
    assert judged(entry_type, SAMPLES[entry_type]) == FINE


CHANGED: list[tuple[str, dict[str, Any], Judgement]] = [
    ("article", {"title": ""}, Judgement(("title_missing",), ())),
    ("article", {"year": None}, Judgement(("year_missing",), ())),
    ("article", {"year": 2024}, Judgement((), ("year_differs",))),
    ("article", {"year": 2026}, Judgement((), ("year_differs",))),
    ("article", {"year": 2023}, Judgement(("year_out_of_range",), ())),
    ("article", {"year": 2027}, Judgement(("year_out_of_range",), ())),
    ("article", {"doi": None, "pmid": None, "link": None}, Judgement((), ("no_identifier",))),
    ("article", {"doi": None, "pmid": None}, FINE),
    ("article", {"doi": None, "link": None}, FINE),
    ("article", {"pmid": None, "link": None}, FINE),
    ("article", {"authors": None}, Judgement((), ("reference_incomplete",))),
    ("article", {"journal": None}, Judgement((), ("reference_incomplete",))),
    ("article", {"relevance": None}, Judgement((), ("relevance_missing",))),
    ("doctorate", {"title": None}, Judgement(("title_missing",), ())),
    ("doctorate", {"candidate": None}, Judgement((), ("candidate_missing",))),
    ("doctorate", {"disputation_on": None}, Judgement(("disputation_missing",), ())),
    ("doctorate", {"disputation_on": "2024-12-31"}, Judgement(("disputation_not_in_report_year",), ())),
    ("doctorate", {"disputation_on": "2026-01-01"}, Judgement(("disputation_not_in_report_year",), ())),
    ("doctorate", {"disputation_on": "2025-12-31"}, FINE),
    ("project", {"title": None}, Judgement(("title_missing",), ())),
    ("project", {"leader": None}, Judgement((), ("leader_missing",))),
    ("project", {"ends_on": "2023-12-31"}, Judgement(("period_reversed",), ())),
    ("project", {"ends_on": "2024-12-31"}, Judgement((), ("period_outside_report_year",))),
    ("project", {"starts_on": "2026-01-01"}, Judgement((), ("period_outside_report_year",))),
    ("project", {"starts_on": None, "ends_on": None}, FINE),
    ("teaching", {"title": None}, Judgement(("title_missing",), ())),
    ("teaching", {"kind": None}, Judgement((), ("kind_missing",))),
    ("teaching", {"dates": ["2025-01-01", "2026-01-01"]}, Judgement((), ("date_not_in_report_year",))),
    ("teaching", {"dates": []}, FINE),
    ("dissemination", {"title": None}, Judgement(("title_missing",), ())),
    ("dissemination", {"kind": None}, Judgement((), ("kind_missing",))),
    ("dissemination", {"held_on": "2024-06-01"}, Judgement((), ("date_not_in_report_year",))),
    ("clinical_activity", {"name": None}, Judgement(("title_missing",), ())),
    ("clinical_activity", {"definition": None}, Judgement(("definition_missing",), ())),
    ("quality_tool", {"name": None}, Judgement(("title_missing",), ())),
    ("quality_tool", {"kind": ""}, Judgement((), ("kind_missing",))),
]

FIGURES: list[tuple[dict[str, Any], Judgement]] = [
    ({}, Judgement(("figures_missing",), ())),
    ({"by_region": {}}, Judgement(("figures_missing",), ())),
    ({"declared": "total_only"}, Judgement(("figures_missing",), ())),
    ({"by_region": FOUR}, FINE),
    ({"by_region": FOUR, "total": 100}, FINE),
    ({"by_region": FOUR, "total": 99}, Judgement(("total_needs_reason",), ())),
    ({"by_region": FOUR, "total": 99, "total_reason": " "}, Judgement(("total_needs_reason",), ())),
    ({"by_region": FOUR, "total": 99, "total_reason": "Counted twice."}, FINE),
    ({"by_region": {**FOUR, "abroad": 5, "unknown": 6}, "total": 111}, FINE),
    ({"total": 100}, Judgement(("regions_missing",), ())),
    ({"declared": "total_only", "total": 100}, FINE),
    ({"declared": "total_only", "total": 0}, FINE),
    ({"declared": "total_only", "by_region": FOUR}, Judgement(("regions_against_declaration",), ())),
    ({"by_region": {**FOUR, "midt": None}}, Judgement((), ("regions_incomplete",))),
    ({"by_region": {**FOUR, "midt": 0}}, FINE),
    ({"by_region": {**FOUR, "midt": 1}}, Judgement((), ("small_numbers",))),
    ({"by_region": {**FOUR, "abroad": 4}}, Judgement((), ("small_numbers",))),
    ({"by_region": {**FOUR, "abroad": 5}}, FINE),
    ({"declared": "total_only", "total": 4}, Judgement((), ("small_numbers",))),
    ({"by_region": FOUR, "by_site": TWO_SITES}, FINE),
    ({"declared": "total_only", "by_site": TWO_SITES}, FINE),
    ({"by_site": [{"trust": "One", "by_region": FOUR}]}, FINE),
    ({"by_region": FOUR, "by_site": TWO_SITES[:1]}, Judgement((), ("sites_differ",))),
    ({"by_region": FOUR, "by_site": [*TWO_SITES, {"trust": "Three"}]}, Judgement((), ("site_figures_missing",))),
    (
        {"by_region": FOUR, "by_site": [TWO_SITES[0], {"trust": "ONE", "total": 40}]},
        Judgement(("site_repeated",), ()),
    ),
    (
        {"by_region": FOUR, "by_site": [TWO_SITES[0], {"trust": "Two", "by_region": {"nord": 39}, "total": 40}]},
        Judgement(("total_needs_reason",), ()),
    ),
    (
        {"by_region": FOUR, "by_site": [{"trust": "One", "by_region": {"nord": 2, "vest": 98}}]},
        Judgement((), ("small_numbers",)),
    ),
]


@pytest.mark.parametrize(("entry_type", "changes", "judgement"), CHANGED)
def test_what_an_entry_lacks_is_said(entry_type: str, changes: dict[str, Any], judgement: Judgement) -> None:
    assert judged(entry_type, SAMPLES[entry_type], **changes) == judgement


@pytest.mark.parametrize(("figures", "judgement"), FIGURES)
def test_figures_are_there_and_add_up_or_say_why_not(figures: dict[str, Any], judgement: Judgement) -> None:
    assert measured(**figures) == judgement


def test_everything_found_is_said_at_once() -> None:
    assert judge(parse("article", {"year": 2000}), report_year=REPORT_YEAR) == Judgement(
        faults=("title_missing", "year_out_of_range"),
        warnings=("reference_incomplete", "no_identifier", "relevance_missing"),
    )


@pytest.mark.parametrize(
    ("year", "judgement"),
    [
        (2018, Judgement(("year_out_of_range",), ())),
        (2019, Judgement((), ("year_differs",))),
        (2020, FINE),
        (2023, FINE),
        (2025, FINE),
        (2026, Judgement((), ("year_differs",))),
    ],
)
def test_a_final_report_looks_back_to_the_start(year: int, judgement: Judgement) -> None:
    entry = parse("article", {**ARTICLE, "year": year})
    assert judge(entry, report_year=REPORT_YEAR, since=2020) == judgement


def test_every_code_has_a_sentence_in_three_languages_and_is_provoked_here() -> None:
    told = [judgement for _, _, judgement in CHANGED] + [judgement for _, judgement in FIGURES]
    provoked = {code for judgement in told for code in (*judgement.faults, *judgement.warnings)}
    assert provoked == set(CODES)
    assert provoked & FAULTS == FAULTS
    for sentences in CODES.values():
        assert list(sentences) == ["nb", "nn", "en"]
        assert all(sentence.endswith(".") and len(sentence) > 10 for sentence in sentences.values())


def test_every_code_is_explained_where_the_judging_is() -> None:
    rows = [line.split()[:2] for line in (judging.__doc__ or "").splitlines() if "_" in line]
    assert dict(rows) == {code: "fault" if code in FAULTS else "warning" for code in CODES}
