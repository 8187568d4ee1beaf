"""What is known of a unit, and the words it is said with."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from services.registry.decision import Decision
from services.registry.placement import Kind, Place
from shared.domain import State


class Function(StrEnum):
    """What a competence service is for: training (5 years), or building competence (10 years)."""

    TRAINING = "training"
    COMPETENCE_BUILDING = "competence_building"


class Phase(StrEnum):
    """Where a competence service is in its term, set per report year; ``final`` is its last year."""

    NEW = "new"
    ONGOING = "ongoing"
    FINAL = "final"


class Relation(StrEnum):
    """How a unit came from an older one."""

    MERGED_FROM = "merged_from"
    SPLIT_FROM = "split_from"
    CONTINUES = "continues"


class WebsiteItem(StrEnum):
    """What the website of a unit is to hold."""

    APPROVED_DESCRIPTION = "approved_description"
    REFERRAL_AND_PATHWAY = "referral_and_pathway"
    QUALITY_TOOLS = "quality_tools"
    CONTACT = "contact"
    ANNUAL_REPORT_LINK = "annual_report_link"
    COMPETENCE_PLAN = "competence_plan"
    OUTCOME_TARGETS = "outcome_targets"
    ERN_MEMBERSHIP = "ern_membership"
    OTHER = "other"


class WebsiteStatus(StrEnum):
    OK = "ok"
    MISSING = "missing"
    NOT_APPLICABLE = "not_applicable"


class Registration(msgspec.Struct, frozen=True, kw_only=True):
    """What a unit is registered with.  ``code_made_up``: none was known, and it got one of ours.

    ``imported``: it exists already and is recorded as found, so what is not known of it may be missing.
    """

    code: str
    kind: Kind
    name_nb: str
    name_en: str | None = None
    places: tuple[Place, ...]
    function: Function | None = None
    active_from: date
    approved_on: date | None = None
    term_ends: date | None = None
    note: str | None = None
    code_made_up: bool = False
    imported: bool = False


class Description(msgspec.Struct, frozen=True, kw_only=True):
    """One version of the approved description, and the decision behind it."""

    version: int
    text_nb: str
    text_en: str | None
    icd10: tuple[str, ...]
    procedures: tuple[str, ...]
    decision: Decision
    warnings: tuple[str, ...] = ()


class SetPhase(msgspec.Struct, frozen=True):
    phase: Phase
    reason: str


class Checked(msgspec.Struct, frozen=True):
    """What somebody found on the website, and when."""

    status: WebsiteStatus
    on: date
    by: str


class Link(msgspec.Struct, frozen=True):
    """A unit that is older or younger in the same line."""

    relation: Relation
    unit_id: UUID
    on: date


class FormerName(msgspec.Struct, frozen=True):
    name_nb: str
    name_en: str | None
    until: date


_OSLO = ZoneInfo("Europe/Oslo")


class UnitState(State, kw_only=True):
    """All that is known of a unit; its present name may differ from the one registered."""

    STATE_VERSION: ClassVar[int] = 2

    registered: Registration
    registered_at: datetime
    name_nb: str
    name_en: str | None
    former_names: list[FormerName] = msgspec.field(default_factory=list)
    descriptions: list[Description] = msgspec.field(default_factory=list)
    phases: dict[int, SetPhase] = msgspec.field(default_factory=dict)
    website: dict[WebsiteItem, Checked] = msgspec.field(default_factory=dict)
    older: list[Link] = msgspec.field(default_factory=list)
    younger: list[Link] = msgspec.field(default_factory=list)
    ended_on: date | None = None
    ended_because: str | None = None

    @property
    def code(self) -> str:
        return self.registered.code

    @property
    def kind(self) -> Kind:
        return self.registered.kind

    @property
    def active_from(self) -> date:
        return self.registered.active_from

    @property
    def registered_on(self) -> date:
        """The day in Oslo from which the unit is in this register."""
        return self.registered_at.astimezone(_OSLO).date()

    @property
    def warnings(self) -> list[str]:
        """What the service desk should look into."""
        unknown = self.kind is Kind.NATIONAL_COMPETENCE_SERVICE and self.registered.function is None
        found = {"code_made_up": self.registered.code_made_up, "function_unknown": unknown}
        return [warning for warning, holds in found.items() if holds]

    @property
    def regions(self) -> list[str]:
        return [place.region for place in self.registered.places]

    @property
    def trusts(self) -> list[str]:
        return [place.trust for place in self.registered.places]

    def description_on(self, day: date) -> Description | None:
        """The approved description in force on a day."""
        known = [d for d in self.descriptions if d.decision.valid_from <= day]
        return max(known, key=lambda d: (d.decision.valid_from, d.version), default=None)
