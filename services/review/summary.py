"""What a region says of a whole year, in short: written anew until the year's dossier is presented."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from shared.access import NotAllowed
from shared.domain import Acting, Aggregate, ChangedMeanwhile, Event, Sealed, State, identity


class SummaryState(State, kw_only=True):
    """A region's summary of a year; ``text_version`` counts its wordings."""

    region: str
    year: int
    text: Sealed
    text_version: int
    by: Acting
    at: datetime


class NotYourSummary(NotAllowed):
    """A region sums up for itself alone."""

    code = "not_your_summary"
    place = "region"


class Summary(Aggregate[SummaryState]):
    """One region's summary of one year."""

    TOPIC = "review.Summary"
    STATE = SummaryState

    # What can happen, and what it changes.

    class Written(Event, frozen=True, kw_only=True):
        """The region put its year into words, for the first time or anew."""

        TOPIC: ClassVar[str] = "review.Summary.Written"
        region: str
        year: int
        text: Sealed
        text_version: int

        def begin(self) -> SummaryState:
            return SummaryState(
                region=self.region,
                year=self.year,
                text=self.text,
                text_version=self.text_version,
                by=self.by,
                at=self.at,
            )

        def apply(self, state: SummaryState) -> None:
            state.text, state.text_version = self.text, self.text_version
            state.by, state.at = self.by, self.at

    # What may be asked of it.

    @staticmethod
    def identify(region: str, year: int) -> UUID:
        """A region sums up a year once."""
        return identity("summary", region, year)

    @classmethod
    def write_first(cls, region: str, year: int, text: Sealed, *, base: int, by: Acting, at: datetime) -> Summary:
        """The first wording; refused when the writer saw one that is not there."""
        _must_act_for(region, by)
        _must_be_latest(base, 0)
        return cls.begin(cls.identify(region, year), cls._written(region, year, text, 1, by, at))

    def write(self, text: Sealed, *, base: int, by: Acting, at: datetime) -> None:
        """Another wording, on the version last seen."""
        state = self.state
        _must_act_for(state.region, by)
        _must_be_latest(base, state.text_version)
        self.trigger(self._written(state.region, state.year, text, state.text_version + 1, by, at))

    @classmethod
    def _written(cls, region: str, year: int, text: Sealed, version: int, by: Acting, at: datetime) -> Written:
        return cls.Written(at=at, by=by, region=region, year=year, text=text, text_version=version)


# The rules.


def _must_act_for(region: str, by: Acting) -> None:
    if by.on_behalf_of != region:
        raise NotYourSummary(f"you act for {by.on_behalf_of}, not for {region}", region=region)


def _must_be_latest(base: int, current: int) -> None:
    if base != current:
        raise ChangedMeanwhile(
            "the summary was changed by somebody else",
            place="summary",
            base_version=base,
            current_version=current,
        )
