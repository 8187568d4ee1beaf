"""What an entry must look like to be saved at all, and that a draft may lack nearly everything."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from services.reporting.entries import ENTRY_TYPES, ClinicalActivity, parse, to_text
from services.reporting.entries.fields import COUNT, LINK, LIST, NAME, TEXT, TITLE
from services.reporting.entries.treatment import MOST_SITES
from tests.unit.reporting_entries.samples import SAMPLES

pytestmark = pytest.mark.unit

LIMITS: list[tuple[str, str, int]] = [
    ("article", "title", TITLE),
    ("article", "authors", TEXT),
    ("article", "journal", NAME),
    ("article", "relevance", TEXT),
    ("doctorate", "candidate", NAME),
    ("doctorate", "title", TITLE),
    ("doctorate", "institution", NAME),
    ("doctorate", "main_supervisor", NAME),
    ("project", "title", TITLE),
    ("project", "leader", NAME),
    ("project", "ethics_reference", NAME),
    ("project", "result", TITLE),
    ("teaching", "title", TITLE),
    ("teaching", "target_group", NAME),
    ("dissemination", "title", TITLE),
    ("dissemination", "arena", NAME),
    ("dissemination", "target_group", NAME),
    ("clinical_activity", "name", TITLE),
    ("clinical_activity", "definition", TEXT),
    ("clinical_activity", "total_reason", TEXT),
    ("clinical_activity", "comment", TEXT),
    ("quality_tool", "name", TITLE),
    ("quality_tool", "used_for", TEXT),
]
OF_ITSELF = {"measure_id", "declared"} | {
    "collaborating_regions",
    "funders",
    "partner_regions",
    "regions_reached",
    "dates",
    "regions",
    "by_site",
}
"""What even an empty draft says: its measure, and lists that are empty."""
LINKED = ["article", "doctorate", "teaching", "dissemination", "quality_tool"]
TOO_MUCH: list[tuple[str, dict[str, Any], str]] = [
    ("article", {"year": 1899}, "greater_than_equal"),
    ("article", {"year": 2201}, "less_than_equal"),
    ("article", {"collaborating_regions": ["nord"] * (LIST + 1)}, "too_long"),
    ("project", {"funders": ["A"] * (LIST + 1)}, "too_long"),
    ("project", {"partner_regions": ["nord"] * (LIST + 1)}, "too_long"),
    ("teaching", {"regions_reached": ["nord"] * (LIST + 1)}, "too_long"),
    ("teaching", {"dates": ["2025-01-01"] * (LIST + 1)}, "too_long"),
    ("teaching", {"hours": -0.5}, "greater_than_equal"),
    ("teaching", {"hours": 100_001}, "less_than_equal"),
    ("teaching", {"hours": float("nan")}, "finite_number"),
    ("teaching", {"participants": COUNT + 1}, "less_than_equal"),
    ("dissemination", {"regions": ["nord"] * (LIST + 1)}, "too_long"),
    ("clinical_activity", {"by_site": [{"trust": str(n)} for n in range(MOST_SITES + 1)]}, "too_long"),
    ("clinical_activity", {"total": -1}, "greater_than_equal"),
    ("clinical_activity", {"total": 10**400}, "less_than_equal"),
    ("quality_tool", {"coverage_percent": 100.1}, "less_than_equal"),
    ("quality_tool", {"coverage_percent": -1}, "greater_than_equal"),
]
MISSHAPEN: list[tuple[str, dict[str, Any], str, tuple[str | int, ...]]] = [
    ("article", {"year": "2025"}, "int_type", ("year",)),
    ("article", {"year": True}, "int_type", ("year",)),
    ("article", {"title": 7}, "string_type", ("title",)),
    ("article", {"titel": "x"}, "extra_forbidden", ("titel",)),
    ("article", {"collaborating_regions": ["abroad"]}, "enum", ("collaborating_regions", 0)),
    ("doctorate", {"disputation_on": 1_700_000_000}, "date_malformed", ("disputation_on",)),
    ("doctorate", {"disputation_on": "16.05.2025"}, "date_malformed", ("disputation_on",)),
    ("doctorate", {"disputation_on": "2025-02-30"}, "date_from_datetime_parsing", ("disputation_on",)),
    ("project", {"status": "asleep"}, "enum", ("status",)),
    ("teaching", {"dates": ["2025-01-01", ""]}, "date_malformed", ("dates", 1)),
    ("teaching", {"kind": "hospitation"}, "enum", ("kind",)),
    ("teaching", {"participants": 4.5}, "int_type", ("participants",)),
    ("dissemination", {"level": "world"}, "enum", ("level",)),
    ("clinical_activity", {"by_region": {"nord": True}}, "int_type", ("by_region", "nord")),
    ("clinical_activity", {"by_region": {"oslo": 1}}, "extra_forbidden", ("by_region", "oslo")),
    ("clinical_activity", {"by_site": [{"total": 1}]}, "missing", ("by_site", 0, "trust")),
    ("clinical_activity", {"by_site": [{"trust": "  "}]}, "string_too_short", ("by_site", 0, "trust")),
    ("clinical_activity", {"measure_id": "New patients"}, "string_pattern_mismatch", ("measure_id",)),
    ("quality_tool", {"kind": "hammer"}, "enum", ("kind",)),
]


def fault(entry_type: str, data: object) -> tuple[str, tuple[str | int, ...]]:
    """The code and the place of the one thing wrong."""
    with pytest.raises(ValidationError) as caught:
        parse(entry_type, data)
    (error,) = caught.value.errors()
    return error["type"], error["loc"]


def draft(entry_type: str, **fields: Any) -> dict[str, Any]:
    return {"measure_id": "m", **fields} if entry_type == "clinical_activity" else fields


@pytest.mark.parametrize("entry_type", SAMPLES)
def test_a_complete_entry_has_every_field_of_its_kind(entry_type: str) -> None:
    assert set(SAMPLES[entry_type]) == set(ENTRY_TYPES[entry_type].model_fields)
    assert type(parse(entry_type, SAMPLES[entry_type])) is ENTRY_TYPES[entry_type]


@pytest.mark.parametrize("entry_type", ENTRY_TYPES)
def test_a_draft_may_lack_nearly_everything(entry_type: str) -> None:
    assert set(json.loads(to_text(parse(entry_type, draft(entry_type))))) <= OF_ITSELF


@pytest.mark.parametrize("entry_type", ENTRY_TYPES)
def test_an_empty_field_of_a_form_is_a_field_not_given(entry_type: str) -> None:
    blank = {name: "  " for name, value in SAMPLES[entry_type].items() if isinstance(value, str)}
    blank.pop("measure_id", None)
    blank.pop("declared", None)
    assert parse(entry_type, draft(entry_type, **blank)) == parse(entry_type, draft(entry_type))


def test_a_measure_is_always_named_by_its_stable_id() -> None:
    assert fault("clinical_activity", {}) == ("missing", ("measure_id",))


def test_a_region_not_given_is_not_zero() -> None:
    entry = parse("clinical_activity", {"measure_id": "m", "by_region": {"nord": 0}})
    assert isinstance(entry, ClinicalActivity)
    assert entry.by_region
    assert (entry.by_region.nord, entry.by_region.midt, entry.by_region.given) == (0, None, (0,))


@pytest.mark.parametrize(("entry_type", "field", "most"), LIMITS)
def test_a_text_is_kept_up_to_its_limit_and_refused_beyond(entry_type: str, field: str, most: int) -> None:
    assert getattr(parse(entry_type, draft(entry_type, **{field: "á" * most})), field) == "á" * most
    assert fault(entry_type, draft(entry_type, **{field: "á" * (most + 1)})) == ("string_too_long", (field,))
    assert fault(entry_type, draft(entry_type, **{field: "x" * 100_000})) == ("string_too_long", (field,))


@pytest.mark.parametrize("entry_type", LINKED)
def test_a_link_is_kept_up_to_its_limit_and_refused_beyond(entry_type: str) -> None:
    longest = "https://example.org/".ljust(LINK, "x")
    assert getattr(parse(entry_type, {"link": longest}), "link") == longest  # noqa: B009 - several models
    assert fault(entry_type, {"link": longest + "x"}) == ("string_too_long", ("link",))


@pytest.mark.parametrize(("field", "most"), [("funders", NAME)])
def test_an_item_of_a_list_has_a_limit_too(field: str, most: int) -> None:
    assert fault("project", {field: ["A", "x" * (most + 1)]}) == ("string_too_long", (field, 1))


def test_the_name_of_a_site_has_a_limit() -> None:
    sites = [{"trust": "x" * (NAME + 1)}]
    assert fault("clinical_activity", draft("clinical_activity", by_site=sites)) == (
        "string_too_long",
        ("by_site", 0, "trust"),
    )


@pytest.mark.parametrize(("entry_type", "data", "code"), TOO_MUCH)
def test_numbers_and_lists_have_limits(entry_type: str, data: dict[str, Any], code: str) -> None:
    assert fault(entry_type, draft(entry_type, **data))[0] == code


@pytest.mark.parametrize(("entry_type", "data", "code", "place"), MISSHAPEN)
def test_what_is_misshapen_is_refused_with_its_place(
    entry_type: str, data: dict[str, Any], code: str, place: tuple[str | int, ...]
) -> None:
    assert fault(entry_type, draft(entry_type, **data)) == (code, place)


@pytest.mark.parametrize("data", [None, [], "text", 7])
def test_an_entry_is_an_object(data: object) -> None:
    assert fault("article", data) == ("model_type", ())


@pytest.mark.parametrize("entry_type", ["", "articles", "__class__", "\ud800"])
def test_an_unknown_kind_of_entry_is_refused_with_the_known_ones(entry_type: str) -> None:
    with pytest.raises(ValidationError, match="clinical_activity") as caught:
        parse(entry_type, {})
    assert [(e["type"], e["loc"]) for e in caught.value.errors()] == [("unknown_entry_type", ("entry_type",))]


def test_the_same_region_or_day_twice_counts_once() -> None:
    twice = parse("teaching", {"dates": ["2025-01-02", "2025-01-02"], "regions_reached": ["vest", "nord", "vest"]})
    once = parse("teaching", {"dates": ["2025-01-02"], "regions_reached": ["vest", "nord"]})
    assert twice == once


def test_an_entry_does_not_change() -> None:
    entry: BaseModel = parse("article", SAMPLES["article"])
    with pytest.raises(ValidationError):
        entry.title = "another"  # type: ignore[attr-defined]
