"""A reader of the public page cannot find out how few patients there were, not even by subtraction."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from services.portal.pages.preview.small_numbers import FEWEST, without_small_numbers

PLACES = ("nord", "midt", "vest", "sor_ost", "abroad", "unknown")
COUNTS = st.dictionaries(st.sampled_from(PLACES), st.none() | st.integers(0, 30))


def measure(total: int | None = None, **counts: int | None) -> dict[str, Any]:
    return {"measure_id": "new", "name": "Nyhenviste", "by_region": counts, "total": total}


def test_large_numbers_are_shown_as_they_are() -> None:
    fields = measure(nord=10, vest=25, total=35)
    assert without_small_numbers(fields) == (fields, [])


def test_a_small_number_is_kept_back() -> None:
    shown, kept_back = without_small_numbers(measure(nord=3, vest=25))
    assert (shown["by_region"], kept_back) == ({"vest": 25}, ["nord"])


def test_with_a_total_the_next_smallest_is_kept_back_too() -> None:
    shown, kept_back = without_small_numbers(measure(nord=3, midt=8, vest=25, total=36))
    assert (shown["by_region"], shown["total"], kept_back) == ({"vest": 25}, 36, ["midt", "nord"])


def test_a_total_goes_when_nothing_else_can() -> None:
    shown, kept_back = without_small_numbers(measure(nord=3, total=36))
    assert ("total" in shown, kept_back) == (False, ["nord", "total"])


def test_what_is_kept_back_at_one_site_is_kept_back_at_all() -> None:
    sites = [{"trust": "Vest", "by_region": {"nord": 2, "vest": 9}}, {"trust": "Nord", "by_region": {"nord": 20}}]
    shown, kept_back = without_small_numbers({**measure(nord=22, vest=9), "by_site": sites})
    assert kept_back == ["nord"]
    assert [site["by_region"] for site in (shown, *shown["by_site"])] == [{"vest": 9}, {"vest": 9}, {}]


@given(counts=COUNTS, more=st.integers(0, 10))
def test_what_is_left_over_is_never_one_small_number(counts: dict[str, int | None], more: int) -> None:
    given_counts = {place: count for place, count in counts.items() if count is not None}
    total = sum(given_counts.values()) + more
    shown, kept_back = without_small_numbers(measure(total=total, **counts))
    assert all(count is None or count >= FEWEST for count in shown["by_region"].values())
    hidden = [count for place, count in given_counts.items() if place in kept_back]
    if "total" in shown and hidden:
        assert len(hidden) > 1
        assert sum(hidden) >= FEWEST
