"""The regions' judgement over HTTP: assigned, assessed criterion by criterion, signed, completed, or returned."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path
from pydantic import Field, StringConstraints

from services.review.api.parts import AnyText, Changed, Parts, RegionName, RegionPath, ReviewId, changed
from services.review.review import Criterion, Verdict
from shared.asked import Asking
from shared.inputs import Reason, Sent
from shared.problems import PROBLEMS

router = APIRouter(tags=["judging"], responses=PROBLEMS)
Base = Annotated[int, Field(ge=0, le=2**31 - 1, description="the version last seen; 0 when there was none")]
Number = Annotated[int, Field(ge=1, le=10_000, description="the submission seen")]


class SentAssessor(Sent):
    """One of the region's reviewers."""

    person_id: UUID


class SentAssessment(Sent):
    """How a criterion is met, on the version last seen."""

    verdict: Verdict
    text: AnyText = Field(examples=["Pasienter fra alle regioner tas imot."])
    base_version: Base


class NewSignature(Sent):
    """Exactly what the signer saw: the submission by number and hash, the assessment by its version."""

    number: Number
    sha256: Annotated[str, StringConstraints(pattern="^[0-9a-f]{64}$")]
    part_version: Base


class Why(Sent):
    """The reason, kept with the decision."""

    reason: Reason


class NewCompletion(Sent):
    """The review of this submission is done, says one of its regions."""

    region: RegionName
    number: Number


class NewReturn(Sent):
    """Send this submission back to the unit, and why."""

    region: RegionName
    number: Number
    reason: Reason


@router.put("/reviews/{review_id}/regions/{region}/assessor")
async def assign(review_id: ReviewId, region: RegionPath, body: SentAssessor, asked: Asking, parts: Parts) -> Changed:
    """Name who assesses for a region."""
    return changed(await parts.judging.assign(asked, review_id, region, body.person_id))


@router.put("/reviews/{review_id}/regions/{region}/assessments/{criterion}")
async def assess(
    review_id: ReviewId,
    region: RegionPath,
    criterion: Annotated[Criterion, Path()],
    body: SentAssessment,
    asked: Asking,
    parts: Parts,
) -> Changed:
    """Judge one criterion for your region.  When somebody was first: 409 with both, and nothing is lost."""
    done = await parts.judging.assess(asked, review_id, region, criterion, body.verdict, body.text, body.base_version)
    return changed(done)


@router.post("/reviews/{review_id}/regions/{region}/signatures", status_code=201)
async def sign(review_id: ReviewId, region: RegionPath, body: NewSignature, asked: Asking, parts: Parts) -> Changed:
    """Sign for your region.  409 when the unit has handed in anew, or the assessment is not what was seen."""
    done = await parts.judging.sign(asked, review_id, region, body.number, body.sha256, body.part_version)
    return changed(done)


@router.post("/reviews/{review_id}/regions/{region}/signature-withdrawals", status_code=201)
async def withdraw_signature(
    review_id: ReviewId, region: RegionPath, body: Why, asked: Asking, parts: Parts
) -> Changed:
    """Take your region's signature back, before the review is completed."""
    return changed(await parts.judging.withdraw_signature(asked, review_id, region, body.reason))


@router.post("/reviews/{review_id}/completions", status_code=201)
async def complete(review_id: ReviewId, body: NewCompletion, asked: Asking, parts: Parts) -> Changed:
    """Complete the review.  409 while a region responsible has not signed this submission."""
    return changed(await parts.judging.complete(asked, review_id, body.region, body.number))


@router.post("/reviews/{review_id}/returns", status_code=201)
async def take_back(review_id: ReviewId, body: NewReturn, asked: Asking, parts: Parts) -> Changed:
    """Send the submission back to the unit to be mended; until the directors' meeting has had it."""
    return changed(await parts.judging.take_back(asked, review_id, body.region, body.number, body.reason))
