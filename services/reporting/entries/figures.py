"""Whether the figures of a clinical measure say what they were declared to say, and add up."""

from __future__ import annotations

from collections.abc import Iterator

from services.reporting.entries.treatment import ClinicalActivity, Declared, Figures

SMALL = range(1, 5)
"""Counts so low that they may point at a person."""


def judge_figures(entry: ClinicalActivity) -> Iterator[str]:
    """The codes for what is found."""
    if entry.counted is None:
        yield "figures_missing"
    else:
        yield from _as_declared(entry)
    everywhere: tuple[Figures, ...] = (entry, *entry.by_site)
    if entry.total_reason is None and any(map(_differs, everywhere)):
        yield "total_needs_reason"
    yield from _sites(entry)
    if any(count in SMALL for figures in everywhere for count in (*figures.regional, figures.total)):
        yield "small_numbers"


def _as_declared(entry: ClinicalActivity) -> Iterator[str]:
    has_regions = bool(entry.regional) or any(site.regional for site in entry.by_site)
    if entry.declared is Declared.TOTAL_ONLY:
        if has_regions:
            yield "regions_against_declaration"
    elif not has_regions:
        yield "regions_missing"
    elif entry.by_region and entry.regional and None in entry.by_region.home:
        yield "regions_incomplete"


def _differs(figures: Figures) -> bool:
    return bool(figures.regional) and figures.total not in (None, sum(figures.regional))


def _sites(entry: ClinicalActivity) -> Iterator[str]:
    if len({site.trust.casefold() for site in entry.by_site}) < len(entry.by_site):
        yield "site_repeated"
    counts = [site.counted for site in entry.by_site if site.counted is not None]
    if len(counts) < len(entry.by_site):
        yield "site_figures_missing"
    elif counts and entry.total_reason is None and sum(counts) != entry.counted:
        yield "sites_differ"
