"""The year's dossier: prepared by one region, confirmed by another, presented, and only then sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from services.review.dossier.events import (
    Begun,
    ChangedAfterSending,
    Confirmed,
    Explained,
    Prepared,
    Presented,
    Receipted,
    RegionalUnitsChosen,
    Sent,
    SupplementSent,
)
from services.review.dossier.rules import Rules
from services.review.dossier.state import Bundle, Channel, DossierState, Line, Meeting, Remark
from services.review.review.rules import RegionNotResponsible
from shared.domain import Acting, ChangedMeanwhile, Sealed, StaleVersion, identity


class Dossier(Rules):
    """What the four regions say of one year, together.

    ``lines`` in a command are the units that owe the year as they stand at that moment; what can happen stands in
    ``events``, the rules in ``rules``.
    """

    TOPIC = "review.Dossier"
    STATE = DossierState

    @staticmethod
    def identify(year: int) -> UUID:
        """A year has one dossier."""
        return identity("dossier", year)

    @classmethod
    def begin_for(cls, year: int, region: str, *, by: Acting, at: datetime) -> Dossier:
        """A dossier that a region begins."""
        return cls.begin(cls.identify(year), Begun(at=at, by=by, year=year, region=region))

    # What the regions put together.

    def choose_regional_units(self, region: str, included: bool, *, by: Acting, at: datetime) -> None:
        """Say whether the region's own centres or services are part of it; the same again changes nothing."""
        self._must_act_for(region, by)
        self.must_not_be_presented()
        if included != (region in self.state.chosen):
            self.trigger(RegionalUnitsChosen(at=at, by=by, region=region, included=included))

    def explain(self, line: Line, region: str, text: Sealed, *, base: int, by: Acting, at: datetime) -> None:
        """Say why a unit of the region has no reviewed report, on the version last seen (0 when there was none)."""
        self._must_act_for(region, by)
        self.must_not_be_presented()
        if region not in line.regions:
            raise RegionNotResponsible(f"{region} is not responsible for {line.unit_code}", region=region)
        current = self.state.explained().get(line.unit_id, 0)
        if base != current:
            raise ChangedMeanwhile(
                "the explanation was changed by somebody else",
                place="explanation",
                base_version=base,
                current_version=current,
            )
        self.trigger(Explained(at=at, by=by, unit_id=line.unit_id, version=current + 1, text=text))

    def prepare(self, region: str, lines: Sequence[Line], *, by: Acting, at: datetime) -> None:
        """Put the dossier together, for the first time or anew."""
        self._must_act_for(region, by)
        self.must_not_be_presented()
        self.must_be_complete(lines)
        self.trigger(Prepared(at=at, by=by, year=self.state.year, region=region, lines=tuple(lines)))

    def confirm(self, region: str, lines: Sequence[Line], *, seen: int, by: Acting, at: datetime) -> None:
        """Confirm what another region prepared, at the version seen."""
        self._must_act_for(region, by)
        self.must_be_confirmable(region, lines)
        if seen != self.version:
            raise StaleVersion(
                f"the dossier is at version {self.version} now, and you have seen {seen}",
                seen=seen,
                current=self.version,
            )
        self.trigger(Confirmed(at=at, by=by, year=self.state.year, region=region))

    # What the meeting's secretary records.

    def present(
        self,
        meeting: Meeting,
        remarks: Mapping[UUID, Sealed],
        decision: Sealed,
        lines: Sequence[Line],
        *,
        today: date,
        by: Acting,
        at: datetime,
    ) -> None:
        """The medical directors had it before them; ``lines`` are the units as they stand."""
        self.must_be_presentable(lines)
        self._must_be_held(meeting.on, today)
        self._must_hold(remarks, "remarks")
        self.trigger(
            Presented(
                at=at,
                by=by,
                year=self.state.year,
                meeting=meeting,
                remarks=tuple(Remark(unit_id=unit, text=text) for unit, text in remarks.items()),
                decision=decision,
                reports=tuple(line.report_id for line in self.state.lines if line.is_reviewed and line.report_id),
            )
        )

    def send(self, bundle: Bundle, *, by: Acting, at: datetime) -> None:
        """The dossier goes to the ministry as this bundle."""
        self.must_be_sendable()
        self.trigger(Sent(at=at, by=by, year=self.state.year, bundle=bundle, reports=self.presented_reports()))

    def receive(self, on: date, reference: str, channel: Channel, *, today: date, by: Acting, at: datetime) -> None:
        """The ministry has it."""
        self.must_wait_for_receipt()
        self._must_have_come(on, today)
        self.trigger(Receipted(at=at, by=by, on=on, reference=reference, channel=channel))

    def supplement(
        self, number: int, units: Sequence[UUID], reason: Sealed, bundle: Bundle, *, by: Acting, at: datetime
    ) -> None:
        """Something follows: the reports of some units as they stand now."""
        self.must_be_supplementable(units)
        if number != self.next_supplement():
            raise ChangedMeanwhile(f"supplement {number} was sent meanwhile", number=self.next_supplement())
        self.trigger(
            SupplementSent(
                at=at,
                by=by,
                year=self.state.year,
                number=number,
                units=tuple(units),
                reason=reason,
                bundle=bundle,
            )
        )

    # What is heard of the reports.

    def note_change(self, report_id: UUID, place: str, why: str, *, by: Acting, at: datetime) -> None:
        """A report that was sent is not any more as it was; before the sending there is nothing to tell."""
        known = any((c.report_id, c.place, c.why) == (report_id, place, why) for c in self.state.due)
        if self.state.sent and report_id in self.presented_reports() and not known:
            self.trigger(ChangedAfterSending(at=at, by=by, report_id=report_id, place=place, why=why))

    # What is asked of it.

    def presented_reports(self) -> tuple[UUID, ...]:
        """The reports that the meeting had before it."""
        return self.state.presented.reports if self.state.presented else ()

    def reports_of(self, units: Sequence[UUID]) -> tuple[UUID, ...]:
        """The reports of some units, as it was prepared."""
        return tuple(line.report_id for line in self.state.lines if line.unit_id in units and line.report_id)

    def next_supplement(self) -> int:
        """The number of the supplement that comes next."""
        return len(self.state.supplements) + 1

    def must_be_supplementable(self, units: Sequence[UUID]) -> None:
        """Refuse unless it was sent with reports of these units."""
        self.must_be_sent()
        self._must_hold(units, "units")
