"""A region judges: criterion by criterion, then signs for exactly the submission and the judgement it saw."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from services.review.review.judging import Assessed, Assigned, SignatureWithdrawn, Signed
from services.review.review.rules import Rules
from services.review.review.state import Criterion, Verdict
from shared.domain import Acting, ChangedMeanwhile, Refused, Sealed


class CriteriaUnassessed(Refused):
    """A region signs when it has judged every criterion; ``criteria`` lists what is missing."""

    code = "criteria_unassessed"


class AssessmentMoved(ChangedMeanwhile):
    """The region's assessment is not what the signer saw."""

    code = "assessment_moved"
    place = "part_version"


class NotSigned(Refused):
    """There is no signature to take back."""

    code = "not_signed"


class Assessing(Rules):
    """What may be asked of a region's part."""

    def assign(self, region: str, person_id: UUID, *, by: Acting, at: datetime) -> None:
        """Name who assesses for the region; naming the same person again changes nothing."""
        part = self._must_act_for(region, by)
        self.must_be_under_way()
        if part.assessor != person_id:
            self.trigger(Assigned(at=at, by=by, report_id=self.state.report_id, region=region, person_id=person_id))

    def assess(
        self,
        region: str,
        criterion: Criterion,
        verdict: Verdict,
        text: Sealed,
        *,
        base: int,
        by: Acting,
        at: datetime,
    ) -> None:
        """Judge one criterion, on the version last seen (0 when there was none)."""
        part = self._must_act_for(region, by)
        self.must_be_under_way()
        self.must_be_unsigned(region)
        standing = part.assessments.get(criterion)
        current = standing.version if standing else 0
        self._must_be_latest(criterion, base, current)
        self.trigger(
            Assessed(
                at=at,
                by=by,
                region=region,
                criterion=criterion,
                version=current + 1,
                verdict=verdict,
                text=text,
                on_number=self.state.judged.number,
            )
        )

    def sign(self, region: str, *, number: int, sha256: str, part_version: int, by: Acting, at: datetime) -> None:
        """Stand by the region's judgement, as seen at ``part_version``, of exactly this submission."""
        part = self._must_act_for(region, by)
        self.must_be_under_way()
        self._must_be_judged(number, sha256)
        self.must_be_unsigned(region)
        self.must_be_assessed(region)
        if part_version != part.version:
            raise AssessmentMoved(
                f"the assessment is at version {part.version}, you saw {part_version}",
                seen=part_version,
                part_version=part.version,
            )
        self.trigger(
            Signed(
                at=at,
                by=by,
                report_id=self.state.report_id,
                region=region,
                number=number,
                sha256=sha256,
                part_version=part_version,
            )
        )

    def withdraw_signature(self, region: str, reason: Sealed, *, by: Acting, at: datetime) -> None:
        """Take the region's signature back, before the review is completed."""
        self._must_act_for(region, by)
        self.must_be_under_way()
        self.must_be_signed(region)
        self.trigger(SignatureWithdrawn(at=at, by=by, region=region, reason=reason))

    # The rules.

    def must_be_assessed(self, region: str) -> None:
        """Refuse unless the region has judged every criterion."""
        missing = [criterion for criterion in Criterion if criterion not in self.part(region).assessments]
        if missing:
            raise CriteriaUnassessed(f"{region} has not judged {', '.join(missing)}", criteria=missing)

    def must_be_signed(self, region: str) -> None:
        """Refuse unless the region's signature stands."""
        if self.part(region).signature is None:
            raise NotSigned(f"{region} has not signed", region=region)
