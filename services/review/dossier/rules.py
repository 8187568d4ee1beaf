"""The rules on a dossier's way to the ministry, in their order, and the refusals they give."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from services.review.dossier.state import DossierState, Line
from services.review.review.review import NotPresented
from services.review.review.rules import AlreadyPresented, NotYourRegion
from shared.domain import Acting, Aggregate, ChangedMeanwhile, Refused

_OSLO = ZoneInfo("Europe/Oslo")


class UnitsUnexplained(Refused):
    """Units that owe the year are not reviewed, exempted, withdrawn or explained; ``errors`` lists them all."""

    code = "units_unexplained"


class UnitNotInDossier(Refused):
    """The unit owes no report that belongs in this dossier."""

    code = "unit_not_in_dossier"


class NotPrepared(Refused):
    """First one region prepares the dossier."""

    code = "not_prepared"


class OwnDossier(Refused):
    """One region prepares and another confirms; nobody confirms the own work."""

    code = "own_dossier"
    place = "region"


class AlreadyConfirmed(Refused):
    """One confirmation is enough."""

    code = "already_confirmed"


class MovedSincePrepared(ChangedMeanwhile):
    """Reports are not as they were when the dossier was prepared; ``moved`` lists what changed."""

    code = "moved_since_prepared"


class NotConfirmed(Refused):
    """Only what another region has confirmed comes before the meeting."""

    code = "not_confirmed"


class MeetingInTheFuture(Refused):
    """What a meeting said is recorded when it has been held."""

    code = "meeting_in_the_future"
    place = "on"


class AlreadySent(Refused):
    """The ministry has the dossier; only a supplement may follow."""

    code = "already_sent"


class NotSent(Refused):
    """This follows a dossier that was sent."""

    code = "not_sent"


class AlreadyReceipted(Refused):
    """The ministry's receipt is recorded."""

    code = "already_receipted"


class ReceiptOutOfOrder(Refused):
    """A receipt comes after the sending, and has come when it is recorded."""

    code = "receipt_out_of_order"
    place = "on"


def moved(prepared: Iterable[Line], now: Iterable[Line]) -> list[dict[str, Any]]:
    """What is not any more as it was prepared, unit by unit: what it was, and what it is."""
    before = {line.unit_id: line for line in prepared}
    after = {line.unit_id: line for line in now}
    pairs = [(before.get(unit), after.get(unit)) for unit in dict.fromkeys([*before, *after])]
    return [
        {"unit_code": (was or it_is or _NO_LINE).unit_code, "was": _standing(was), "now": _standing(it_is)}
        for was, it_is in pairs
        if was is None or it_is is None or not was.same_as(it_is)
    ]


_NO_LINE = Line(unit_id=UUID(int=0), unit_code="", unit_name="", kind="", regions=())


def _standing(line: Line | None) -> dict[str, Any] | None:
    if line is None:
        return None
    return {
        "state": line.state,
        "number": line.number,
        "sha256": line.sha256,
        "explanation": line.explanation,
    }


class Rules(Aggregate[DossierState]):
    """What must hold before anything is recorded; ``lines`` are the units as they stand now."""

    def must_not_be_presented(self) -> None:
        """Refuse once the meeting has had the dossier."""
        if self.state.presented:
            raise AlreadyPresented(f"the dossier of {self.state.year} is {self.state.status}")

    def must_be_complete(self, lines: Sequence[Line]) -> None:
        """Refuse while a unit's year has no definite end; all of them are listed at once."""
        unexplained = [line for line in lines if not line.is_complete]
        if unexplained:
            errors = [
                {
                    "code": "unit_unexplained",
                    "pointer": f"/units/{line.unit_code}",
                    "detail": f"{line.unit_name}: {line.state or 'no report'}",
                }
                for line in unexplained
            ]
            raise UnitsUnexplained(f"{len(unexplained)} units are neither reviewed nor explained", errors=errors)

    def must_be_as_prepared(self, lines: Sequence[Line]) -> None:
        """Refuse when a report moved since the dossier was prepared."""
        if changes := moved(self.state.lines, lines):
            raise MovedSincePrepared(f"{len(changes)} units have moved since it was prepared", moved=changes)

    def must_be_confirmable(self, region: str, lines: Sequence[Line]) -> None:
        """Refuse unless another region prepared it, and nothing has moved since."""
        self.must_not_be_presented()
        prepared = self.state.prepared
        if prepared is None:
            raise NotPrepared(f"no region has prepared the dossier of {self.state.year}")
        if prepared.region == region:
            raise OwnDossier(f"{region} prepared it: another region confirms", region=region)
        if self.state.confirmed:
            raise AlreadyConfirmed(f"{self.state.confirmed.region} has confirmed it")
        self.must_be_as_prepared(lines)

    def must_be_presentable(self, lines: Sequence[Line]) -> None:
        """Refuse unless it is confirmed, and nothing has moved since."""
        self.must_not_be_presented()
        if self.state.confirmed is None:
            raise NotConfirmed(f"the dossier of {self.state.year} is {self.state.status}")
        self.must_be_as_prepared(lines)

    def must_be_sendable(self) -> None:
        """Refuse unless the meeting has had it, and the ministry has not."""
        if self.state.sent:
            raise AlreadySent(f"the dossier of {self.state.year} was sent", sent_at=self.state.sent.at)
        if self.state.presented is None:
            raise NotPresented(f"the dossier of {self.state.year} is {self.state.status}")

    def must_be_sent(self) -> None:
        """Refuse until the ministry was sent the dossier."""
        if self.state.sent is None:
            raise NotSent(f"the dossier of {self.state.year} is {self.state.status}")

    def must_wait_for_receipt(self) -> None:
        """Refuse unless it was sent and the ministry has not said that it has it."""
        self.must_be_sent()
        if self.state.receipt:
            raise AlreadyReceipted(f"received on {self.state.receipt.on}", reference=self.state.receipt.reference)

    def _must_hold(self, units: Iterable[UUID], named_in: str) -> None:
        unknown = [unit for unit in units if self.state.line(unit) is None]
        if unknown:
            errors = [
                {"code": UnitNotInDossier.code, "pointer": f"/{named_in}/{unit}", "detail": "not in the dossier"}
                for unit in unknown
            ]
            raise UnitNotInDossier(f"{len(unknown)} units are not in the dossier", errors=errors)

    def _must_be_held(self, on: date, today: date) -> None:
        if on > today:
            raise MeetingInTheFuture(f"the meeting is on {on}", on=on)

    def _must_have_come(self, on: date, today: date) -> None:
        sent_on = self.state.sent.at.astimezone(_OSLO).date() if self.state.sent else on
        if not sent_on <= on <= today:
            raise ReceiptOutOfOrder(f"sent on {sent_on}, received on {on}", on=on)

    @staticmethod
    def _must_act_for(region: str, by: Acting) -> None:
        if by.on_behalf_of != region:
            raise NotYourRegion(f"you act for {by.on_behalf_of}, not for {region}", region=region)
