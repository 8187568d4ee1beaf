"""A report template: published once with all its questions, never changed, replaced by its next version."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar
from uuid import UUID

import msgspec

from services.reporting.question import Question, Texts
from shared.domain import Acting, Aggregate, Event, Refused, State, identity


class Content(msgspec.Struct, frozen=True, kw_only=True):
    """Everything a template version says.

    ``phases`` limits it to units in one of them in the report year; ``period`` is what the report looks back on,
    the ``report_year`` or all years ``since_start``.
    """

    key: str
    version: int
    kinds: tuple[str, ...]
    phases: tuple[str, ...] | None
    title: Texts
    sections: tuple[str, ...]
    privacy_reminder: Texts
    questions: tuple[Question, ...]
    period: str = "report_year"

    def fits(self, kind: str, phase: str | None) -> bool:
        """Whether a unit of this kind, in this phase in the report year, reports by it."""
        return kind in self.kinds and (self.phases is None or phase in self.phases)


class TemplateState(State):
    """A published template version."""

    content: Content
    sha256: str


class QuestionRepeated(Refused):
    """A template asks each question once."""

    code = "question_repeated"


class Template(Aggregate[TemplateState]):
    """One version of one template."""

    TOPIC = "reporting.Template"
    STATE = TemplateState

    # What can happen, and what it changes.

    class Published(Event, frozen=True, kw_only=True):
        """The four desks published it; ``sha256`` is of the file it came from."""

        TOPIC: ClassVar[str] = "reporting.Template.Published"
        content: Content
        sha256: str

        def begin(self) -> TemplateState:
            return TemplateState(content=self.content, sha256=self.sha256)

    # What may be asked of it.

    @staticmethod
    def identify(key: str, version: int) -> UUID:
        """A template version is unique by key and number."""
        return identity("template", key, version)

    @classmethod
    def publish(cls, content: Content, *, sha256: str, by: Acting, at: datetime) -> Template:
        """A new template version; :class:`QuestionRepeated` when it asks anything twice."""
        ids = [question.id for question in content.questions]
        if repeated := sorted({i for i in ids if ids.count(i) > 1}):
            raise QuestionRepeated(f"asked more than once: {', '.join(repeated)}")
        event = cls.Published(at=at, by=by, content=content, sha256=sha256)
        return cls.begin(cls.identify(content.key, content.version), event)
