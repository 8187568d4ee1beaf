"""A region's summary of a year, and the names of the states everybody sees."""

from __future__ import annotations

import pytest

from services.review.joint_state import ENDED, NAMES, JointState
from services.review.review.state import Step
from services.review.summary import NotYourSummary, Summary
from shared.domain import ChangedMeanwhile
from tests.facts import NOON, YEAR, fact
from tests.spec import given, when_begun
from tests.unit.review.facts import OST, TEXT, VEST

pytestmark = pytest.mark.unit


def written(version: int = 1) -> Summary.Written:
    return fact(Summary.Written, by=VEST, region="vest", year=YEAR, text=TEXT, text_version=version)


def test_a_region_sums_up_its_year_and_may_do_so_anew() -> None:
    when_begun(lambda: Summary.write_first("vest", YEAR, TEXT, base=0, by=VEST, at=NOON)).then(written())
    given(Summary, written()).when(lambda s: s.write(TEXT, base=1, by=VEST, at=NOON)).then(written(2))


def test_two_who_write_at_once_do_not_overwrite_each_other() -> None:
    when_begun(lambda: Summary.write_first("vest", YEAR, TEXT, base=1, by=VEST, at=NOON)).then_refused(
        ChangedMeanwhile
    )
    given(Summary, written(), written(2)).when(lambda s: s.write(TEXT, base=1, by=VEST, at=NOON)).then_refused(
        ChangedMeanwhile, current_version=2
    )


def test_a_region_sums_up_for_itself_alone() -> None:
    when_begun(lambda: Summary.write_first("vest", YEAR, TEXT, base=0, by=OST, at=NOON)).then_refused(NotYourSummary)
    given(Summary, written()).when(lambda s: s.write(TEXT, base=1, by=OST, at=NOON)).then_refused(NotYourSummary)


def test_every_state_has_a_name_in_three_languages() -> None:
    assert set(NAMES) == set(JointState)
    assert all(all(names) for names in NAMES.values())


def test_every_step_of_a_review_is_a_state_of_the_report() -> None:
    assert {step.value for step in Step} | ENDED | {"opened", "in_progress"} == {state.value for state in JointState}
