"""What a report is made of: everything a submission freezes, texts sealed."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

import msgspec

from services.reporting.question import AnsweredBy, AnswerType, Limits, Party, Question
from shared.domain import Acting, Sealed, State


class Status(StrEnum):
    """The part of a report's life that happens while it is written; review owns what comes after."""

    OPENED = "opened"
    IN_PROGRESS = "in_progress"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    REOPENED = "reopened"
    EXEMPTED = "exempted"
    WITHDRAWN = "withdrawn"


WRITABLE = frozenset({Status.OPENED, Status.IN_PROGRESS, Status.RETURNED, Status.REOPENED})
"""The states in which the parties write."""


class Slot(msgspec.Struct, frozen=True, kw_only=True):
    """What the rules need of a question; its words stay in the template."""

    id: str
    part: Party
    answered_by: AnsweredBy
    type: AnswerType
    required: bool
    seat: str | None
    entry_type: str | None
    limits: Limits
    choices: tuple[str, ...]

    @classmethod
    def of(cls, question: Question) -> Slot:
        """The slot of a template's question."""
        return cls(
            id=question.id,
            part=question.part,
            answered_by=question.answered_by,
            type=question.type,
            required=question.required,
            seat=question.seat,
            entry_type=question.entry_type,
            limits=question.limits,
            choices=tuple(choice.id for choice in question.choices),
        )


class OnBehalf(msgspec.Struct, frozen=True, kw_only=True):
    """Entered by the group's leader, after the holder's answer of a date; the holder may confirm or replace it."""

    holder: UUID | None
    answered_on: date
    confirmed_at: datetime | None = None


class Answer(msgspec.Struct, kw_only=True):
    """The answer to one question.  ``version`` counts its changes; ``on_unit`` is the unit's part it was based on."""

    version: int
    text: Sealed | None = None
    choices: tuple[str, ...] = ()
    nothing_to_report: bool = False
    by: Acting
    at: datetime
    on_behalf: OnBehalf | None = None
    on_unit: int = 0

    @property
    def is_given(self) -> bool:
        """Whether anything was answered."""
        return bool(self.choices) or self.nothing_to_report or (self.text is not None and self.text.length > 0)


class Entry(msgspec.Struct, kw_only=True):
    """One line of an activity list; its fields are sealed as one text.

    ``faults`` stop a submission, ``warnings`` do not; both are codes, judged when the fields were last readable.
    """

    id: UUID
    question_id: str
    version: int
    fields: Sealed | None
    faults: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    source: str = "manual"
    external_id: str | None = None
    removed: bool = False
    by: Acting
    at: datetime


class Shown(msgspec.Struct, frozen=True):
    """How a person of the report appears: on the public page, and among those who get a copy."""

    public: bool
    copy: bool


class FrozenRole(msgspec.Struct, frozen=True, kw_only=True):
    """A role as it was when the report was submitted; the name is sealed under the person's own key."""

    assignment_id: UUID
    person_id: UUID
    role: str
    seat: str | None
    name: Sealed | None
    public: bool
    copy: bool
    acting: bool = False


class Timing(StrEnum):
    """How a submission stands to its deadline."""

    IN_TIME = "in_time"
    IN_TIME_BY_EXTENSION = "in_time_by_extension"
    IN_GRACE = "in_grace"
    LATE = "late"


class Submission(msgspec.Struct, frozen=True, kw_only=True):
    """A version handed in: ``report_version`` is the aggregate's version whose content ``sha256`` covers."""

    number: int
    content_version: int
    report_version: int
    sha256: str
    timing: Timing
    by: Acting
    at: datetime
    roles: tuple[FrozenRole, ...]
    excused: tuple[str, ...] = ()
    excuse: str | None = None


class Redaction(msgspec.Struct, frozen=True, kw_only=True):
    """Texts made unreadable for good, in a range of versions of one answer or entry."""

    id: UUID
    place: str
    first: int
    last: int
    reason: str
    legal_basis: str
    asked_by: Acting
    asked_at: datetime
    approved_by: Acting | None = None
    approved_at: datetime | None = None
    rejected: bool = False


class Description(msgspec.Struct, frozen=True):
    """The unit's approved description in force; public, and never edited in the form."""

    version: int
    text_nb: str


class ReportState(State, kw_only=True):
    """One report, all of it; ``since`` is the first year it looks back on where that is more than its own year."""

    unit_id: UUID
    unit_code: str
    unit_name: str
    kind: str
    regions: tuple[str, ...]
    trusts: tuple[str, ...]
    year: int
    template_key: str
    template_version: int
    slots: dict[str, Slot]
    since: int | None = None
    description: Description | None = None
    status: Status = Status.OPENED
    opened_at: datetime
    content_version: int = 0
    unit_version: int = 0
    touched: dict[str, int] = msgspec.field(default_factory=dict)
    answers: dict[str, Answer] = msgspec.field(default_factory=dict)
    entries: dict[str, list[Entry]] = msgspec.field(default_factory=dict)
    shown: dict[str, Shown] = msgspec.field(default_factory=dict)
    finished: dict[str, datetime] = msgspec.field(default_factory=dict)
    outdated: set[str] = msgspec.field(default_factory=set)
    extended_until: datetime | None = None
    notice_waits_until: datetime | None = None
    consented_at: datetime | None = None
    presented_at: datetime | None = None
    submissions: list[Submission] = msgspec.field(default_factory=list)
    addenda: dict[str, Answer] = msgspec.field(default_factory=dict)
    redactions: dict[str, Redaction] = msgspec.field(default_factory=dict)
    shredded: dict[str, int] = msgspec.field(default_factory=dict)
    kept: dict[str, Sealed] = msgspec.field(default_factory=dict)
    ended_reason: str | None = None

    @property
    def has_group(self) -> bool:
        """Whether a reference group answers in this report."""
        return any(slot.part is Party.GROUP for slot in self.slots.values())

    def is_done(self, part: str) -> bool:
        """Whether a party says that its part is done; what it said before it was handed in is not said of now."""
        said = self.touched.get(f"part:{part}", 0)
        return part in self.finished and said > (self.submissions[-1].content_version if self.submissions else 0)

    def live_entries(self, question_id: str) -> list[Entry]:
        """The lines of a list that are not removed, in order."""
        lines = self.entries.get(question_id)
        return [entry for entry in lines if not entry.removed] if lines else []

    def entry(self, entry_id: UUID) -> Entry | None:
        """A line by its id, removed or not."""
        return next((e for lines in self.entries.values() for e in lines if e.id == entry_id), None)

    def answered(self) -> set[str]:
        """The questions that have an answer, lines, or "nothing to report"."""
        found = {question_id for question_id, answer in self.answers.items() if answer.is_given}
        found.update(question_id for question_id in self.entries if self.live_entries(question_id))
        return found

    def is_answered(self, question_id: str) -> bool:
        """Whether one question is among them."""
        answer = self.answers.get(question_id)
        return (answer is not None and answer.is_given) or bool(self.live_entries(question_id))
