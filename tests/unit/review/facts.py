"""Facts the tests of review start from: one report submitted, judged by one region or by two."""

from __future__ import annotations

from typing import Any

from services.review.review import Criterion, Review, Verdict
from services.review.review.events import Completed, Opened, Presented, Reopened, Resubmitted, Returned
from services.review.review.judging import (
    Assessed,
    FeedbackSent,
    FeedbackWritten,
    QueryAnswered,
    QueryAsked,
    Signed,
)
from services.review.review.state import Submission
from shared.access import system
from shared.domain import Acting
from tests.facts import NOON, REPORT, UNIT, YEAR, fact, made_up, person, sealed

REVIEW = Review.identify(REPORT)
VEST = person("reviewer vest", "reviewer", "vest")
OST = person("reviewer ost", "reviewer", "sor_ost")
NORD = person("reviewer nord", "reviewer", "nord")
ITSELF = system("review")
QUERY = made_up("query")
TEXT = sealed("Et funn.")
BOTH = ("vest", "sor_ost")


def submission(number: int = 1) -> Submission:
    """A version the unit handed in, with a hash of its own."""
    return Submission(
        id=made_up(f"submission {number}"), number=number, sha256=f"{number}" * 64, excused=(), heard_at=NOON
    )


def opened(*regions: str) -> Opened:
    """A report that waits for the judgement of Helse Vest, unless other regions are named."""
    placed = regions or ("vest",)
    return fact(
        Opened,
        by=ITSELF,
        report_id=REPORT,
        unit_id=UNIT,
        year=YEAR,
        regions=placed,
        submission=submission(),
    )


def resubmitted(number: int = 2) -> Resubmitted:
    return fact(Resubmitted, by=ITSELF, submission=submission(number))


def assessed(criterion: Criterion = Criterion.RESULTS, by: Acting = VEST, version: int = 1, **more: Any) -> Assessed:
    """A criterion that is met, as the region of ``by`` sees it."""
    rest: dict[str, Any] = {"verdict": Verdict.OK, "text": TEXT, "on_number": 1}
    region = str(by.on_behalf_of)
    return fact(Assessed, by=by, region=region, criterion=criterion, version=version, **(rest | more))


def all_assessed(by: Acting = VEST) -> tuple[Assessed, ...]:
    """Every criterion judged by a region."""
    return tuple(assessed(criterion, by) for criterion in Criterion)


def signed(by: Acting = VEST, number: int = 1) -> Signed:
    """A region's signature on what it has assessed."""
    return fact(
        Signed,
        by=by,
        report_id=REPORT,
        region=str(by.on_behalf_of),
        number=number,
        sha256=submission(number).sha256,
        part_version=len(Criterion),
    )


def completed(number: int = 1, by: Acting = VEST) -> Completed:
    return fact(
        Completed,
        by=by,
        report_id=REPORT,
        unit_id=UNIT,
        year=YEAR,
        number=number,
        sha256=submission(number).sha256,
    )


def returned(number: int = 1, by: Acting = VEST) -> Returned:
    return fact(
        Returned,
        by=by,
        report_id=REPORT,
        unit_id=UNIT,
        number=number,
        region=str(by.on_behalf_of),
        reason=TEXT,
    )


def asked(by: Acting = VEST) -> QueryAsked:
    return fact(
        QueryAsked,
        by=by,
        report_id=REPORT,
        unit_id=UNIT,
        query_id=QUERY,
        region=str(by.on_behalf_of),
        question=TEXT,
    )


def answered(by: Acting) -> QueryAnswered:
    return fact(QueryAnswered, by=by, report_id=REPORT, query_id=QUERY, region="vest", answer=TEXT)


def feedback(version: int = 1, by: Acting = VEST) -> FeedbackWritten:
    return fact(
        FeedbackWritten,
        by=by,
        region=str(by.on_behalf_of),
        version=version,
        works_well=TEXT,
        to_work_on=TEXT,
    )


feedback_sent = fact(FeedbackSent, by=VEST, report_id=REPORT, unit_id=UNIT, region="vest")
reopened = fact(Reopened, by=ITSELF)
presented = fact(Presented, by=VEST)
SIGNED = (opened(), *all_assessed(), signed())
REVIEWED = (*SIGNED, completed())
