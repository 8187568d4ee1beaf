"""The state of a report that everybody sees, whichever service owns the step, with its names."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple


class JointState(StrEnum):
    """From the opening of the cycle to the ministry; exempted and withdrawn are ends too."""

    OPENED = "opened"
    IN_PROGRESS = "in_progress"
    SUBMITTED = "submitted"
    UNDER_REVIEW = "under_review"
    REVIEWED = "reviewed"
    PRESENTED = "presented"
    SENT_TO_MINISTRY = "sent_to_ministry"
    RETURNED = "returned"
    REOPENED = "reopened"
    EXEMPTED = "exempted"
    WITHDRAWN = "withdrawn"


ENDED = frozenset({JointState.EXEMPTED, JointState.WITHDRAWN})
"""Ends that reporting alone decides, whatever was judged before."""


class Names(NamedTuple):
    """What a state is called in Bokmål, Nynorsk and English."""

    nb: str
    nn: str
    en: str


NAMES: Mapping[JointState, Names] = {
    JointState.OPENED: Names("åpnet", "opna", "opened"),
    JointState.IN_PROGRESS: Names("under arbeid", "under arbeid", "in progress"),
    JointState.SUBMITTED: Names("levert", "levert", "submitted"),
    JointState.UNDER_REVIEW: Names("under vurdering", "under vurdering", "under review"),
    JointState.REVIEWED: Names("vurdert", "vurdert", "reviewed"),
    JointState.PRESENTED: Names("lagt fram", "lagd fram", "presented"),
    JointState.SENT_TO_MINISTRY: Names("oversendt departementet", "send til departementet", "sent to the ministry"),
    JointState.RETURNED: Names("returnert for retting", "returnert for retting", "returned"),
    JointState.REOPENED: Names("gjenåpnet", "opna på nytt", "reopened"),
    JointState.EXEMPTED: Names("fritatt", "friteken", "exempted"),
    JointState.WITHDRAWN: Names("trukket", "trekt", "withdrawn"),
}
"""The catalogue of states."""
