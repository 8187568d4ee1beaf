"""The mandates of the reference groups: which seats there are, who appoints, who designates the leader.

Each version was approved by the medical directors on a date.  A group keeps the version it was established under.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum

import msgspec

from services.registry.placement import Kind, Region
from shared.access import Role


class SeatKind(StrEnum):
    """What a seat is for; the conditions of an appointment follow from it."""

    REGIONAL = "regional"
    USER = "user"
    UNIT = "unit"
    EXTRA = "extra"
    NETWORK = "network"


class AppointedBy(StrEnum):
    """Which regional health authority appoints to a seat."""

    SEAT_REGION = "seat_region"
    UNIT_REGION = "unit_region"


class Seat(msgspec.Struct, frozen=True, kw_only=True):
    """A place in a group."""

    id: str
    kind: SeatKind
    region: str | None = None
    appointed_by: AppointedBy = AppointedBy.UNIT_REGION
    name_nb: str | None = None


class Mandate(msgspec.Struct, frozen=True, kw_only=True):
    """One version of the mandate for some kinds of units."""

    id: str
    approved_on: date
    kinds: frozenset[Kind]
    seats: tuple[Seat, ...]
    leader_designated_by: Role | None
    """None where the group has no leader."""


ROLES = {
    SeatKind.REGIONAL: Role.GROUP_MEMBER,
    SeatKind.USER: Role.USER_REPRESENTATIVE,
    SeatKind.UNIT: Role.UNIT_REPRESENTATIVE,
    SeatKind.EXTRA: Role.GROUP_MEMBER,
    SeatKind.NETWORK: Role.NETWORK_MEMBER,
}
"""The role that comes with a seat of each kind."""


def _of_every_region(kind: SeatKind) -> tuple[Seat, ...]:
    return tuple(
        Seat(id=f"region_{region}", kind=kind, region=region, appointed_by=AppointedBy.SEAT_REGION)
        for region in Region
    )


_GROUP = (
    *_of_every_region(SeatKind.REGIONAL),
    Seat(id="user", kind=SeatKind.USER),
    Seat(id="unit", kind=SeatKind.UNIT),
)
_2023 = date(2023, 12, 11)

MANDATES = (
    Mandate(
        id="services-2023-12-11",
        approved_on=_2023,
        kinds=frozenset(
            {
                Kind.NATIONAL_TREATMENT_SERVICE,
                Kind.MULTIREGIONAL_TREATMENT_SERVICE,
                Kind.NATIONAL_COMPETENCE_SERVICE,
            }
        ),
        seats=_GROUP,
        leader_designated_by=Role.TRUST_OFFICE,
    ),
    Mandate(
        id="centres-2023-12-11",
        approved_on=_2023,
        kinds=frozenset({Kind.NATIONAL_CENTRE}),
        seats=_GROUP,
        leader_designated_by=Role.TRUST_OFFICE,
    ),
    Mandate(
        id="networks-2023-12-11",
        approved_on=_2023,
        kinds=frozenset({Kind.QUALITY_COMPETENCE_NETWORK}),
        seats=_of_every_region(SeatKind.NETWORK),
        leader_designated_by=None,
    ),
)
"""Every version there has been."""


def mandate_for(kind: Kind) -> Mandate | None:
    """The newest mandate for units of a kind; None for kinds that have no group."""
    versions = [mandate for mandate in MANDATES if kind in mandate.kinds]
    return max(versions, key=lambda mandate: mandate.approved_on, default=None)


def mandate(id: str) -> Mandate:
    """The version of that id."""
    return next(known for known in MANDATES if known.id == id)
