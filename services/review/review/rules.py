"""The rules every command on a review shares, and the refusals they give."""

from __future__ import annotations

from services.review.review.state import PAST_THE_MEETING, UNDER_WAY, RegionalPart, ReviewState
from shared.access import NotAllowed
from shared.domain import Acting, Aggregate, ChangedMeanwhile, Refused


class RegionNotResponsible(Refused):
    """The region has no part in this unit's reports."""

    code = "region_not_responsible"
    place = "region"


class NotYourRegion(NotAllowed):
    """A region speaks for itself alone; nobody assesses, signs or asks for another."""

    code = "not_your_region"
    place = "region"


class ReviewNotUnderWay(Refused):
    """The report is not being judged now: it is with the unit, or its review is done."""

    code = "review_not_under_way"


class AlreadyPresented(Refused):
    """The medical directors have had the report before them; only a supplement may follow."""

    code = "already_presented"


class SubmissionMoved(ChangedMeanwhile):
    """What is named is not what the unit has handed in last."""

    code = "submission_moved"
    place = "number"


class RegionHasSigned(Refused):
    """What a region has signed stands, until it takes its signature back."""

    code = "region_has_signed"


class Rules(Aggregate[ReviewState]):
    """What must hold before anything is recorded."""

    def part(self, region: str) -> RegionalPart:
        """A region's part; refused when the region is not responsible for the unit."""
        part = self.state.parts.get(region)
        if part is None:
            raise RegionNotResponsible(
                f"{region} is not responsible for this unit", region=region, regions=self.state.regions
            )
        return part

    def must_be_under_way(self) -> None:
        """Refuse unless a submission is being judged."""
        if self.state.step not in UNDER_WAY:
            raise ReviewNotUnderWay(f"the report is {self.state.step}", step=self.state.step)

    def must_not_be_presented(self) -> None:
        """Refuse once the medical directors' meeting has had the report."""
        if self.state.step in PAST_THE_MEETING:
            raise AlreadyPresented(f"the report is {self.state.step}", step=self.state.step)

    def must_be_unsigned(self, region: str) -> None:
        """Refuse while the region's signature stands."""
        if self.part(region).signature:
            raise RegionHasSigned(f"{region} has signed submission {self.state.judged.number}", region=region)

    def _must_act_for(self, region: str, by: Acting) -> RegionalPart:
        part = self.part(region)
        if by.on_behalf_of != region:
            raise NotYourRegion(f"you act for {by.on_behalf_of}, not for {region}", region=region)
        return part

    def _must_be_judged(self, number: int, sha256: str | None = None) -> None:
        judged = self.state.judged
        if number != judged.number or sha256 not in (None, judged.sha256):
            raise SubmissionMoved(
                f"the unit has handed in submission {judged.number}, you named {number}",
                seen=number,
                number=judged.number,
                sha256=judged.sha256,
            )

    @staticmethod
    def _must_be_latest(place: str, base: int, current: int) -> None:
        if base != current:
            raise ChangedMeanwhile(
                f"{place} was changed by somebody else", place=place, base_version=base, current_version=current
            )
