"""Texts are kept as they were written, whatever they say, unless they cannot be kept at all."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from services.reporting.entries import Article, Project, from_text, parse, to_text

pytestmark = pytest.mark.unit


def article(**fields: Any) -> Article:
    entry = parse("article", fields)
    assert isinstance(entry, Article)
    return entry


def code(**fields: Any) -> str:
    with pytest.raises(ValidationError) as caught:
        parse("article", fields)
    return caught.value.errors()[0]["type"]


@pytest.mark.parametrize(
    "text",
    [
        "Buorre beaivi, áčđŋšŧž ÁČĐŊŠŦŽ",
        "👩🏽‍⚕️ 🇳🇴 𝛼-cells",
        "<script>alert('x')</script>",
        "'; DROP TABLE reports; --",
        "first line\nsecond\tline",
        "שלום ‮ reversed",
        "{{ 7*7 }} ${x} %s \\u0000",
        "null",
    ],
)
def test_a_text_is_kept_as_it_was_written(text: str) -> None:
    entry = article(title=text, relevance=text)
    assert (entry.title, entry.relevance) == (text, text)
    assert from_text("article", to_text(entry)) == entry


def test_space_around_a_text_is_taken_off() -> None:
    assert article(title=" \u00a0\n A title \t").title == "A title"


def test_empty_items_of_a_list_are_left_out() -> None:
    entry = parse("project", {"funders": ["", " A fund ", "  "]})
    assert isinstance(entry, Project)
    assert entry.funders == ("A fund",)


@pytest.mark.parametrize("field", ["title", "authors", "journal", "link", "relevance"])
def test_nul_is_refused(field: str) -> None:
    assert code(**{field: "https://example.org/a\0b"}) == "text_has_nul"


@pytest.mark.parametrize("field", ["title", "authors", "journal", "doi", "pmid", "link", "relevance"])
def test_half_a_character_is_refused(field: str) -> None:
    assert code(**{field: "https://example.org/\ud83d"}) == "string_unicode"


@pytest.mark.parametrize(
    ("data", "place"), [({"\ud800": 1}, ()), ({"measure_id": "m", "by_region": {"\ud800": 1}}, ("by_region",))]
)
def test_a_field_whose_name_cannot_be_sent_back_is_refused_without_it(
    data: dict[str, Any], place: tuple[str]
) -> None:
    with pytest.raises(ValidationError) as caught:
        parse("clinical_activity", {"measure_id": "m", **data})
    assert [(e["type"], e["loc"]) for e in caught.value.errors()] == [("string_unicode", place)]


@pytest.mark.parametrize(
    "link",
    [
        "https://example.org",
        "http://example.org:8080/a/b?c=d&e=f#g",
        "HTTPS://EXAMPLE.ORG/",
        "https://blåbær.example/sámi/čáppat",
        "https://[2001:db8::1]/x",
        "https://example.org?only=query",
    ],
)
def test_a_link_leads_to_the_web(link: str) -> None:
    assert article(link=f" {link} ").link == link


@pytest.mark.parametrize(
    "link",
    [
        "example.org",
        "www.example.org/a",
        "ftp://example.org/a",
        "javascript:alert(1)",
        "data:text/html,x",
        "https://",
        "https:///a",
        "https://a b.example",
        "https://example.org/a b",
        "https://example.org/<script>",
        "https://user:word@example.org/",
        "//example.org",
        "https:example.org",
        "see https://example.org",
    ],
)
def test_what_is_no_link_is_refused(link: str) -> None:
    assert code(link=link) == "link_malformed"


@pytest.mark.parametrize(
    "pasted",
    [
        "10.1000/ABC.d(1)",
        "doi:10.1000/abc.D(1)",
        "DOI: 10.1000/abc.d(1)",
        "https://doi.org/10.1000/abc.d(1)",
        "http://dx.doi.org/10.1000/abc.d(1)",
        "HTTPS://DOI.ORG/10.1000/ABC.D%281%29",
        "doi.org/10.1000/abc.d(1)",
        "doi:https://doi.org/10.1000/abc.d(1)",
        "  10.1000/abc.d(1)  ",
    ],
)
def test_a_doi_is_kept_in_one_form_however_it_was_pasted(pasted: str) -> None:
    assert article(doi=pasted).doi == "10.1000/abc.d(1)"


def test_a_doi_may_have_a_longer_prefix_and_other_letters() -> None:
    assert article(doi="10.123456789.12/Ærlig").doi == "10.123456789.12/Ærlig"


@pytest.mark.parametrize(
    "doi",
    [
        "10.100/abc",
        "10.1234567890/abc",
        "11.1000/abc",
        "10.1000/",
        "10.1000",
        "10.1000/a b",
        "10.1000/a\0",
        "10.١٢٣٤/abc",
        "https://example.org/10.1000/abc",
        "https://doi.org/10.1000/a%20b",
        "https://doi.org/10.1000/a%00",
    ],
)
def test_what_is_no_doi_is_refused(doi: str) -> None:
    assert code(doi=doi) == "doi_malformed"


@pytest.mark.parametrize(
    "pasted",
    [
        "39000001",
        " 39000001 ",
        "PMID: 39000001",
        "pmid39000001",
        "039000001",
        "https://pubmed.ncbi.nlm.nih.gov/39000001/",
        "https://www.ncbi.nlm.nih.gov/pubmed/39000001",
    ],
)
def test_a_pmid_is_kept_as_its_digits(pasted: str) -> None:
    assert article(pmid=pasted).pmid == "39000001"


@pytest.mark.parametrize("pmid", ["0", "1234567890", "PMC39000001", "39 000 001", "٣٩", "-1", "1.5", "PMID:"])
def test_what_is_no_pmid_is_refused(pmid: str) -> None:
    assert code(pmid=pmid) == "pmid_malformed"
