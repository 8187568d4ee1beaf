"""What people type into the form of an activity line, and what it is taken for."""

from __future__ import annotations

from typing import Any

import pytest

from services.portal.languages import tongue
from services.portal.pages.activity.kinds import KINDS, kind_of
from services.portal.pages.activity.typed import Filled, differing, read, refused, typed, value_at

pytestmark = pytest.mark.unit
NB = tongue("nb")


class Form(dict[str, list[str]]):
    """A form as a browser sends it."""

    def getlist(self, key: str) -> list[str]:
        return self.get(key, [])


def filled(entry_type: str, sites: int = 0, **texts: Any) -> Filled:
    sent = {name.replace("__", "."): text if isinstance(text, list) else [text] for name, text in texts.items()}
    return read(kind_of(entry_type, sites), Form(sent), NB)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("31.12.2025", "2025-12-31"),
        ("1.3.2025", "2025-03-01"),
        (" 01/03/2025 ", "2025-03-01"),
        ("1 3 2025", "2025-03-01"),
        ("2025-03-01", "2025-03-01"),
        ("29.02.2024", "2024-02-29"),
    ],
)
def test_a_date_is_taken_as_people_write_it(text: str, day: str) -> None:
    assert filled("project", title="P", starts_on=text).fields["starts_on"] == day


@pytest.mark.parametrize(
    "text", ["29.02.2025", "31.04.2025", "1.3.25", "3.2025", "2025", "i mars", "0.0.0000", "1.3.2025x"]
)
def test_what_is_no_date_is_said_with_how_to_write_one(text: str) -> None:
    found = filled("project", title="P", starts_on=text)
    assert found.faults == {"starts_on": f"«{text}» er ikke en dato. Skriv den slik: 31.12.2025."}
    assert found.typed["starts_on"] == [text]


@pytest.mark.parametrize(("text", "hours"), [("7,5", 7.5), ("7.5", 7.5), ("1 000", 1000.0), ("0", 0.0)])
def test_a_number_may_have_a_comma_and_blanks(text: str, hours: float) -> None:
    assert filled("teaching", title="K", hours=text).fields["hours"] == hours


@pytest.mark.parametrize("text", ["1e3", "nan", "inf", "-1", "1,2,3", "٣x", "100001"])
def test_what_is_no_number_is_said(text: str) -> None:
    assert set(filled("teaching", title="K", hours=text).faults) == {"hours"}


def test_an_empty_field_is_unknown_and_zero_is_zero() -> None:
    found = filled("clinical_activity", name="Nye", by_region__nord="0", by_region__vest="", total="")
    assert (found.fields["by_region"], "total" in found.fields) == ({"nord": 0}, False)


def test_sites_are_those_that_something_was_given_for() -> None:
    found = filled("clinical_activity", 2, name="Nye", by_site__1__trust="Sykehuset", by_site__1__by_region__nord="4")
    assert found.fields["by_site"] == [{"trust": "Sykehuset", "by_region": {"nord": 4}}]
    nameless = filled("clinical_activity", 2, name="Nye", by_site__0__total="4")
    assert set(nameless.faults) == {"by_site.0.trust"}


@pytest.mark.parametrize("entry_type", KINDS)
def test_what_is_kept_is_typed_back_as_it_is(entry_type: str) -> None:
    kind = kind_of(entry_type, 2)
    kept: dict[str, Any] = {
        "title": "T",
        "name": "N",
        "declared": "total_only",
        "measure_id": "m-1",
        "dates": ["2025-03-01", "2025-04-01"],
        "starts_on": "2025-01-31",
        "disputation_on": "2025-06-01",
        "held_on": "2025-04-01",
        "hours": 7.25,
        "coverage_percent": 92.5,
        "digital": False,
        "funders": ["A", "B"],
        "regions": ["nord", "sor_ost"],
        "by_site": [{"trust": "A", "total": 3}, {"trust": "B", "by_region": {"midt": 0}}],
    }
    names = {each.name.split(".")[0] for each in kind.fields}
    fields = {name: value for name, value in kept.items() if name in names}
    again = read(kind, Form(typed(kind, fields)), NB)
    assert (again.fields, again.faults) == (fields, {})
    assert differing(kind, again.fields, {**fields, "link": None, "regions_reached": []}) == []


def test_a_field_that_the_form_does_not_have_is_not_read() -> None:
    assert filled("teaching", title="K", leader="Kari").fields == {"title": "K"}


def test_what_the_api_refused_stands_beside_its_field() -> None:
    kind = KINDS["article"]
    errors = [
        {"code": "doi_malformed", "pointer": "/fields/doi"},
        {"code": "new_code", "pointer": "/fields/collaborating_regions/1"},
        {"code": "strange", "pointer": "/elsewhere"},
    ]
    told = refused(kind, errors, NB)
    assert told["doi"] == "Skriv DOI slik: 10.1000/182."
    assert set(told) == {"doi", "collaborating_regions", "title"}


def test_a_value_is_found_by_a_name_with_dots() -> None:
    fields = {"by_site": [{"by_region": {"nord": 1}}]}
    assert value_at(fields, "by_site.0.by_region.nord") == 1
    assert value_at(fields, "by_site.1.by_region.nord") is value_at(fields, "title.x") is None
