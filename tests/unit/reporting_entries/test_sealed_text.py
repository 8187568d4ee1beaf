"""What is sealed can be read again as the same entry, this year and in ten years."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from services.reporting.entries import ENTRY_TYPES, from_text, judge, parse, to_text
from services.reporting.entries.fields import COUNT, LIST, NAME, TEXT, TITLE
from tests.unit.reporting_entries.samples import REPORT_YEAR, SAMPLES

pytestmark = pytest.mark.unit

REGIONS = st.lists(st.sampled_from(["nord", "midt", "vest", "sor_ost"]), max_size=6)
COUNTS = st.none() | st.integers(0, COUNT)
WRITTEN = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=40)
LETTERS = st.text("abcÆøš0123456789-_.", min_size=1, max_size=20)
LINKS = st.none() | LETTERS.map("https://example.org/{}".format)
DAYS = st.dates().map(str)
BY_REGION = st.fixed_dictionaries(
    {}, optional=dict.fromkeys(["nord", "midt", "vest", "sor_ost", "abroad", "unknown"], COUNTS)
)


def texts(most: int) -> st.SearchStrategy[str | None]:
    return st.none() | WRITTEN | st.just("ø" * most)


FIELDS: dict[str, dict[str, st.SearchStrategy[Any]]] = {
    "article": {
        "title": texts(TITLE),
        "authors": texts(TEXT),
        "journal": texts(NAME),
        "year": st.none() | st.integers(1900, 2200),
        "doi": st.none() | LETTERS.map("https://doi.org/10.1000/{}%25".format),
        "pmid": st.none() | st.integers(1, 999_999_999).map("PMID: {}".format),
        "link": LINKS,
        "relevance": texts(TEXT),
        "collaborating_regions": REGIONS,
    },
    "doctorate": {
        "candidate": texts(NAME),
        "title": texts(TITLE),
        "institution": texts(NAME),
        "disputation_on": st.none() | DAYS,
        "main_supervisor": texts(NAME),
        "link": LINKS,
    },
    "project": {
        "title": texts(TITLE),
        "leader": texts(NAME),
        "starts_on": st.none() | DAYS,
        "ends_on": st.none() | DAYS,
        "status": st.sampled_from([None, "", "planned", "ongoing", "completed", "discontinued"]),
        "funders": st.lists(texts(NAME).map(lambda text: text or ""), max_size=5),
        "partner_regions": REGIONS,
        "ethics_reference": texts(NAME),
        "result": texts(TITLE),
    },
    "teaching": {
        "title": texts(TITLE),
        "kind": st.sampled_from([None, "course", "observership", "e_learning"]),
        "target_group": texts(NAME),
        "regions_reached": REGIONS,
        "dates": st.lists(DAYS, max_size=LIST // 10),
        "hours": st.none() | st.floats(0, 100_000) | st.integers(0, 100_000),
        "participants": COUNTS,
        "digital": st.none() | st.booleans(),
        "link": LINKS,
    },
    "dissemination": {
        "title": texts(TITLE),
        "kind": st.sampled_from([None, "lecture", "podcast", "website"]),
        "arena": texts(NAME),
        "held_on": st.none() | DAYS,
        "level": st.sampled_from([None, "local", "regional", "national", "international"]),
        "target_group": texts(NAME),
        "regions": REGIONS,
        "link": LINKS,
    },
    "clinical_activity": {
        "measure_id": st.text("abc0-_.", max_size=63).map("m{}".format),
        "name": texts(TITLE),
        "definition": texts(TEXT),
        "declared": st.sampled_from(["by_region", "total_only"]),
        "by_region": st.none() | BY_REGION,
        "total": COUNTS,
        "total_reason": texts(TEXT),
        "by_site": st.lists(
            st.fixed_dictionaries(
                {"trust": st.sampled_from(["One", "Two", "Sámi"])}, optional={"by_region": BY_REGION, "total": COUNTS}
            ),
            max_size=3,
        ),
        "comment": texts(TEXT),
    },
    "quality_tool": {
        "name": texts(TITLE),
        "kind": st.sampled_from([None, "biobank", "prom_prem", "other"]),
        "link": LINKS,
        "coverage_percent": st.none() | st.floats(0, 100),
        "used_for": texts(TEXT),
    },
}


def entries(entry_type: str) -> st.SearchStrategy[tuple[str, dict[str, Any]]]:
    fields = FIELDS[entry_type]
    needed = {name: strategy for name, strategy in fields.items() if name == "measure_id"}
    other = {name: strategy for name, strategy in fields.items() if name != "measure_id"}
    return st.fixed_dictionaries(needed, optional=other).map(lambda data: (entry_type, data))


@settings(deadline=None)
@given(st.sampled_from(sorted(ENTRY_TYPES)).flatmap(entries))
def test_what_is_sealed_is_read_again_as_the_same(sent: tuple[str, dict[str, Any]]) -> None:
    entry_type, data = sent
    entry = parse(entry_type, data)
    text = to_text(entry)
    text.encode()
    read = from_text(entry_type, text)
    assert read == entry
    assert to_text(read) == text
    assert parse(entry_type, json.loads(text)) == entry
    assert judge(read, report_year=REPORT_YEAR) == judge(entry, report_year=REPORT_YEAR)


@pytest.mark.parametrize("entry_type", SAMPLES)
def test_every_field_of_a_complete_entry_is_sealed(entry_type: str) -> None:
    sent = SAMPLES[entry_type]
    assert json.loads(to_text(parse(entry_type, sent))) == sent
    assert FIELDS[entry_type].keys() == sent.keys()


def test_the_text_has_one_spelling() -> None:
    one = parse("article", {"year": 2025, "title": "Ærlig ", "doi": "doi:10.1000/A", "journal": None})
    other = parse("article", {"doi": "10.1000/a", "title": "Ærlig", "journal": "", "year": 2025})
    assert to_text(one) == to_text(other)
    assert to_text(one) == '{"collaborating_regions":[],"doi":"10.1000/a","title":"Ærlig","year":2025}'


OLD = {
    "article": '{"collaborating_regions":["vest"],"doi":"10.1000/a","pmid":"1","title":"A","year":2025}',
    "doctorate": '{"candidate":"K","disputation_on":"2025-05-16","title":"B"}',
    "project": '{"ends_on":"2027-12-31","funders":["F"],"partner_regions":[],"status":"ongoing","title":"C"}',
    "teaching": '{"dates":["2025-03-03"],"digital":false,"hours":7.5,"kind":"course","regions_reached":["nord"]}',
    "dissemination": '{"held_on":"2025-09-12","kind":"patient_material","level":"national","regions":[]}',
    "clinical_activity": (
        '{"by_region":{"nord":0,"unknown":7},"by_site":[{"total":78,"trust":"T"}],'
        '"declared":"by_region","measure_id":"new_patients","name":"N","total":85,"total_reason":"R"}'
    ),
    "quality_tool": '{"coverage_percent":87.5,"kind":"prom_prem","name":"D"}',
}
"""Texts as they were first sealed; they stay here as they are, whatever becomes of the models."""


@pytest.mark.parametrize("entry_type", OLD)
def test_what_was_once_sealed_stays_readable(entry_type: str) -> None:
    read = json.loads(to_text(from_text(entry_type, OLD[entry_type])))
    assert json.loads(OLD[entry_type]).items() <= read.items()


@pytest.mark.parametrize("text", ["", "{", "[]", '{"title":"\\ud800"}', '{"unknown":1}'])
def test_a_text_that_is_no_entry_is_refused(text: str) -> None:
    with pytest.raises(ValidationError):
        from_text("article", text)


def test_a_text_of_an_unknown_kind_is_refused() -> None:
    with pytest.raises(ValidationError, match="An entry is one of"):
        from_text("poem", "{}")
