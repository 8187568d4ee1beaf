"""Which field of a line a judgement is about, so that a page can lead to it."""

from __future__ import annotations

_FIELDS = {
    "title_missing": "title",
    "year_missing": "year",
    "year_out_of_range": "year",
    "year_differs": "year",
    "disputation_missing": "disputation_on",
    "disputation_not_in_report_year": "disputation_on",
    "period_reversed": "ends_on",
    "period_outside_report_year": "starts_on",
    "definition_missing": "definition",
    "figures_missing": "total",
    "regions_missing": "by_region",
    "regions_incomplete": "by_region",
    "regions_against_declaration": "declared",
    "total_needs_reason": "total_reason",
    "site_repeated": "by_site",
    "site_figures_missing": "by_site",
    "sites_differ": "by_site",
    "small_numbers": "by_region",
    "no_identifier": "doi",
    "reference_incomplete": "authors",
    "relevance_missing": "relevance",
    "candidate_missing": "candidate",
    "leader_missing": "leader",
    "kind_missing": "kind",
    "date_not_in_report_year": "dates",
}
_OTHERWISE = {
    ("clinical_activity", "title_missing"): "name",
    ("quality_tool", "title_missing"): "name",
    ("dissemination", "date_not_in_report_year"): "held_on",
}


def field_of(entry_type: str, code: str) -> str | None:
    """The field of a kind of line that a code is about."""
    return _OTHERWISE.get((entry_type, code)) or _FIELDS.get(code)
