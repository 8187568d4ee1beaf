"""A report as one may see it: its parts, what may be done with it, what it was, and how it came to be."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from services.reporting.application.checking import content_hash
from services.reporting.application.deciding import allowed, concerned, readable_in, report_not_found
from services.reporting.application.drafts import Drafts
from services.reporting.application.looking import look
from services.reporting.application.past import PastOfQuestion, placed
from services.reporting.application.published import Published
from services.reporting.application.rendering import Rendering
from services.reporting.report import Report
from services.reporting.report.submitting import canonical
from services.reporting.template import Template
from shared.access import Assignment
from shared.domain import NotFound
from shared.eventstore import EventStore
from shared.history import history, state_at
from shared.tokens import Caller
from shared.vault import Vault


class Reading:
    """What may be asked about reports; runs in reader threads."""

    def __init__(self, store: EventStore, vault: Vault, published: Published) -> None:
        self._store, self._vault, self._published = store, vault, published

    def report(
        self, caller: Caller, report_id: UUID, on: date, *, version: int | None, moment: datetime | None
    ) -> dict[str, Any]:
        """A report as it is, or as it was at a version or moment, with what the caller may do with it now."""
        latest, held = self._latest(caller, report_id, on)
        report = state_at(self._store, Report, report_id, version=version, moment=moment)
        reader = self._reader(latest, held, on)
        return {**reader.whole(report), "allowed_operations": allowed(latest, held, on)}

    def history(
        self, caller: Caller, report_id: UUID, on: date, question_id: str | None = None, *, texts: bool = True
    ) -> list[dict[str, Any]]:
        """Every fact of a report, or of one question; texts are shown to those who may read them now."""
        seen = look(self._store, self._vault, caller, report_id, on)
        if question_id is not None:
            seen.report.slot(question_id)
        reveal = seen.rendering.any_text if texts else seen.rendering.any_without_text
        found = placed(history(self._store, report_id, reveal), seen)
        return [fact for fact in found if question_id in (None, fact["question_id"])]

    def history_of(self, caller: Caller, report_id: UUID, question_id: str, on: date) -> dict[str, Any]:
        """How the answer to one question, or its list, came to be: what stood there before and after each change."""
        seen = look(self._store, self._vault, caller, report_id, on)
        slot = seen.report.slot(question_id)
        content = self._published(seen.state.template_key, seen.state.template_version)
        label = next(question.label for question in content.questions if question.id == question_id)
        past = PastOfQuestion(seen, slot)
        changes = [change for each in self._store.recorded(report_id) for change in past.after(each)]
        return {"question_id": question_id, "label": label, "part": slot.part, "type": slot.type, "changes": changes}

    def submission(self, caller: Caller, report_id: UUID, number: int, on: date) -> dict[str, Any]:
        """A submission with everything it froze, and the bytes its hash covers."""
        if caller.kind == "service":
            latest, held = self._existing(report_id), list[Assignment]()
        else:
            latest, held = self._latest(caller, report_id, on)
        handed_in = next((s for s in latest.state.submissions if s.number == number), None)
        if handed_in is None:
            raise NotFound(f"report {report_id} has no submission {number}")
        frozen = state_at(self._store, Report, report_id, version=handed_in.report_version)
        reader = self._reader(latest, held, on)
        return {
            **reader.submission(latest, handed_in),
            "report": reader.whole(frozen),
            "roles": [reader.role(role) for role in handed_in.roles],
            "addenda": reader.addenda(handed_in.excused),
            "canonical": canonical(frozen.state, handed_in.roles).decode(),
            "content_sha256": content_hash(frozen.state),
        }

    def template(self, key: str, version: int) -> Template:
        """A template version; refused when it was never published."""
        template = self._store.load(Template, Template.identify(key, version))
        if template is None:
            raise NotFound(f"there is no template {key} version {version}")
        return template

    def _existing(self, report_id: UUID) -> Report:
        report = self._store.load(Report, report_id)
        if report is None:
            raise report_not_found(report_id)
        return report

    def _latest(self, caller: Caller, report_id: UUID, on: date) -> tuple[Report, list[Assignment]]:
        """The report as it is, and those of the caller's roles by which it may be read and worked on."""
        report, held = readable_in(self._store, caller, report_id, on)
        return report, concerned(report, held, on)

    def _reader(self, latest: Report, held: list[Assignment], on: date) -> Rendering:
        return Rendering(self._vault, latest, Drafts(self._store, latest, held, on))
