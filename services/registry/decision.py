"""Decisions on units are taken outside, by the authority that has the power at the time, and recorded here."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

import msgspec

from services.registry.placement import Kind
from shared.domain import Refused


class Decision(msgspec.Struct, frozen=True, kw_only=True):
    """Who decided, when, under which case reference, and from which day it counts."""

    authority: str
    on: date
    reference: str
    valid_from: date
    document_sha256: str | None = None


class Authority(StrEnum):
    """Who has, or had, the power to decide on a kind of unit."""

    MINISTRY = "ministry"
    MEDICAL_DIRECTORS = "medical_directors"
    REGION = "region"
    HEALTH_DIRECTORATE = "health_directorate"


class Power(msgspec.Struct, frozen=True):
    """An authority's power over some kinds; ``until`` is its last day."""

    authority: Authority
    kinds: frozenset[Kind]
    until: date = date.max


_BY_MINISTRY = frozenset(
    {
        Kind.NATIONAL_TREATMENT_SERVICE,
        Kind.MULTIREGIONAL_TREATMENT_SERVICE,
        Kind.NATIONAL_COMPETENCE_SERVICE,
    }
)
POWERS = (
    Power(Authority.MINISTRY, _BY_MINISTRY),
    Power(Authority.HEALTH_DIRECTORATE, _BY_MINISTRY, until=date(2023, 12, 31)),
    Power(Authority.MEDICAL_DIRECTORS, frozenset({Kind.NATIONAL_CENTRE, Kind.QUALITY_COMPETENCE_NETWORK})),
    Power(Authority.REGION, frozenset({Kind.REGIONAL_COMPETENCE_CENTRE, Kind.REGIONAL_COMPETENCE_SERVICE})),
)
"""Who decides on what, and until when."""


class WrongAuthority(Refused):
    """This authority has no power over units of this kind today."""

    code = "wrong_authority"


class DecisionInTheFuture(Refused):
    """A decision is recorded after it was taken."""

    code = "decision_in_the_future"


def must_be_taken(decision: Decision, today: date) -> None:
    """Whether a decision recorded today has been taken."""
    if decision.on > today:
        raise DecisionInTheFuture(f"the decision is dated {decision.on}")


def must_be_of_the_right_authority(decision: Decision, kind: Kind, today: date) -> None:
    """Whether a decision recorded today as a new one counts for units of a kind."""
    must_be_taken(decision, today)
    if not _has_power(decision.authority, kind, today):
        raise WrongAuthority(f"{decision.authority} does not decide on a {kind} today", authority=decision.authority)


def warnings(decision: Decision, kind: Kind) -> tuple[str, ...]:
    """What is odd about a decision taken long ago and recorded as history."""
    if _has_power(decision.authority, kind, date.max):
        return ()
    return ("historic_authority" if _has_power(decision.authority, kind, decision.on) else "unknown_authority",)


def _has_power(authority: str, kind: Kind, on: date) -> bool:
    return any(p.authority == authority and kind in p.kinds and on <= p.until for p in POWERS)
