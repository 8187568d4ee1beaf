"""A region judges criterion by criterion, signs exactly what it saw, and all regions complete together."""

from __future__ import annotations

from typing import Any

import pytest

from services.review.review import Criterion, Review, Verdict
from services.review.review.assessing import AssessmentMoved, CriteriaUnassessed, NotSigned
from services.review.review.judging import Assigned, SignatureWithdrawn
from services.review.review.review import SignaturesMissing
from services.review.review.rules import (
    NotYourRegion,
    RegionHasSigned,
    RegionNotResponsible,
    ReviewNotUnderWay,
    SubmissionMoved,
)
from shared.domain import Acting, ChangedMeanwhile, Event
from tests.facts import NOON, REPORT, fact, made_up
from tests.spec import Given, Outcome, given
from tests.unit.review.facts import (
    BOTH,
    NORD,
    OST,
    REVIEWED,
    SIGNED,
    TEXT,
    VEST,
    all_assessed,
    assessed,
    completed,
    opened,
    reopened,
    resubmitted,
    returned,
    signed,
    submission,
)

pytestmark = pytest.mark.unit

COLLEAGUE = made_up("assessor")
assigned = fact(Assigned, by=VEST, report_id=REPORT, region="vest", person_id=COLLEAGUE)
withdrawn = fact(SignatureWithdrawn, by=VEST, region="vest", reason=TEXT)
NOT_UNDER_WAY = [(*REVIEWED,), (*SIGNED, returned()), (*SIGNED, reopened)]


def assess(asked: Given[Review], region: str = "vest", base: int = 0, by: Acting = VEST) -> Outcome:
    return asked.when(lambda r: r.assess(region, Criterion.RESULTS, Verdict.OK, TEXT, base=base, by=by, at=NOON))


def sign(asked: Given[Review], region: str = "vest", by: Acting = VEST, **seen: Any) -> Outcome:
    said = {"number": 1, "sha256": submission().sha256, "part_version": 5, **seen}
    return asked.when(lambda r: r.sign(region, by=by, at=NOON, **said))


def complete(asked: Given[Review], region: str = "vest", by: Acting = VEST, number: int = 1) -> Outcome:
    return asked.when(lambda r: r.complete(region, number=number, by=by, at=NOON))


def test_a_region_names_who_assesses() -> None:
    asked = given(Review, opened())
    asked.when(lambda r: r.assign("vest", COLLEAGUE, by=VEST, at=NOON)).then(assigned)
    asked.when(lambda r: r.assign("vest", COLLEAGUE, by=VEST, at=NOON)).then()


def test_a_criterion_is_judged_on_the_version_last_seen() -> None:
    asked = given(Review, opened())
    assess(asked).then(assessed())
    assess(asked, base=1).then(assessed(version=2))
    assess(asked, base=1).then_refused(ChangedMeanwhile, base_version=1, current_version=2)


def test_two_criteria_never_disturb_each_other() -> None:
    asked = given(Review, opened(), assessed(Criterion.RESEARCH))
    assess(asked).then(assessed())


def test_a_judgement_says_which_submission_was_looked_at() -> None:
    assess(given(Review, opened(), resubmitted())).then(assessed(on_number=2))


def test_a_region_judges_only_its_own_units_and_only_for_itself() -> None:
    asked = given(Review, opened(*BOTH))
    assess(asked, "nord", by=NORD).then_refused(RegionNotResponsible, region="nord")
    assess(asked, "sor_ost", by=VEST).then_refused(NotYourRegion)


@pytest.mark.parametrize("history", NOT_UNDER_WAY)
def test_nothing_is_judged_or_signed_while_the_report_is_elsewhere(history: tuple[Event, ...]) -> None:
    assess(given(Review, *history), base=1).then_refused(ReviewNotUnderWay)
    sign(given(Review, *history)).then_refused(ReviewNotUnderWay)
    complete(given(Review, *history)).then_refused(ReviewNotUnderWay)


def test_a_region_signs_exactly_what_it_saw() -> None:
    sign(given(Review, opened(), *all_assessed())).then(signed())


def test_signing_a_version_that_has_moved_is_refused() -> None:
    asked = given(Review, opened(), *all_assessed(), resubmitted())
    sign(asked).then_refused(SubmissionMoved, seen=1, number=2)
    sign(asked, number=2).then_refused(SubmissionMoved, sha256=submission(2).sha256)
    sign(asked, number=2, sha256=submission(2).sha256).then(signed(number=2))


def test_signing_an_assessment_that_has_moved_is_refused() -> None:
    asked = given(Review, opened(), *all_assessed(), assessed(version=2))
    sign(asked).then_refused(AssessmentMoved, seen=5, part_version=6)


def test_signing_for_another_region_is_refused() -> None:
    asked = given(Review, opened(*BOTH), *all_assessed(VEST), *all_assessed(OST))
    sign(asked, "sor_ost", by=VEST).then_refused(NotYourRegion)
    sign(asked, "nord", by=NORD).then_refused(RegionNotResponsible)


def test_signing_with_criteria_unassessed_is_refused() -> None:
    sign(given(Review, opened(), assessed()), part_version=1).then_refused(
        CriteriaUnassessed, criteria=[c for c in Criterion if c is not Criterion.RESULTS]
    )


def test_a_region_signs_once_and_its_judgement_then_stands() -> None:
    asked = given(Review, *SIGNED)
    sign(asked).then_refused(RegionHasSigned)
    assess(asked, base=1).then_refused(RegionHasSigned)


def test_a_signature_taken_back_opens_the_judgement_again() -> None:
    asked = given(Review, *SIGNED)
    asked.when(lambda r: r.withdraw_signature("vest", TEXT, by=VEST, at=NOON)).then(withdrawn)
    assert [f.why for f in asked.thing.state.fallen] == ["withdrawn"]
    assess(asked, base=1).then(assessed(version=2))
    asked.when(lambda r: r.withdraw_signature("vest", TEXT, by=VEST, at=NOON)).then_refused(NotSigned)


def test_the_region_of_a_unit_completes_alone_when_it_has_signed() -> None:
    complete(given(Review, opened(), *all_assessed())).then_refused(SignaturesMissing, missing=["vest"])
    complete(given(Review, *SIGNED)).then(completed())


def test_completing_a_multiregional_review_alone_is_refused() -> None:
    history = (opened(*BOTH), *all_assessed(VEST), *all_assessed(OST), signed(VEST))
    complete(given(Review, *history)).then_refused(SignaturesMissing, missing=["sor_ost"])
    both = given(Review, *history, signed(OST))
    complete(both, "sor_ost", by=OST).then(completed(by=OST))


def test_a_signature_of_one_region_does_not_survive_while_the_other_signs_the_next_version() -> None:
    history = (opened(*BOTH), *all_assessed(VEST), *all_assessed(OST), signed(VEST), resubmitted(), signed(OST, 2))
    complete(given(Review, *history), "sor_ost", by=OST, number=2).then_refused(SignaturesMissing, missing=["vest"])


def test_completing_names_the_submission_that_was_seen() -> None:
    complete(given(Review, *SIGNED), number=2).then_refused(SubmissionMoved)
