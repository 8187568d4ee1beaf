"""What the regions judge by and follow up, word by word: a word that goes missing is missed here."""

from __future__ import annotations

import pytest

from services.review.follow_up import Category
from services.review.review.state import Criterion

pytestmark = pytest.mark.unit
CRITERIA = ["equal_access", "results", "activity_towards_regions", "research", "reference_group"]
OF_THE_GROUP = [
    "comments_on_report",
    "does_not_function",
    "cannot_find_members",
    "poor_cooperation",
    "wrong_composition",
]


def test_the_regions_judge_by_five_criteria() -> None:
    assert [criterion.value for criterion in Criterion] == CRITERIA


def test_what_is_followed_up_is_a_criterion_or_of_the_group_or_the_website_or_something_else() -> None:
    assert [category.value for category in Category] == [*CRITERIA, *OF_THE_GROUP, "website", "other"]
