"""One report as one caller may see it: texts that are theirs to read, who wrote them, what was removed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from services.reporting.application.drafts import Drafts
from services.reporting.application.names import Names
from services.reporting.application.progress import Progress
from services.reporting.application.sealing import Opened, removal
from services.reporting.application.writing import versions, who
from services.reporting.entries import from_text
from services.reporting.report import Report
from services.reporting.report.state import Answer, Entry, FrozenRole, Submission
from shared.domain import Acting, Sealed
from shared.vault import Vault


class Rendering:
    """Renders one report for one caller; who did what is named where ``names`` are given."""

    def __init__(self, vault: Vault, latest: Report, drafts: Drafts, names: Names | None = None) -> None:
        self._latest, self._drafts, self._names = latest, drafts, names
        self._opened = Opened(vault, latest.state)

    def whole(
        self, report: Report, progress: Progress | None = None, wanted: Callable[[str], bool] = lambda _: True
    ) -> dict[str, Any]:
        """All of a report; only ``wanted`` questions come with what was answered, for each text costs its opening."""
        state = report.state
        return {
            **versions(report),
            "unit": {"unit_id": str(state.unit_id), "code": state.unit_code, "name": state.unit_name},
            "kind": state.kind,
            "regions": state.regions,
            "year": state.year,
            "template": {"key": state.template_key, "version": state.template_version},
            "description": state.description
            and {
                "version": state.description.version,
                "text_nb": state.description.text_nb,
            },
            "answers": {q: self.answer(report, q, answer) for q, answer in state.answers.items() if wanted(q)},
            "entries": {q: [self.entry(report, e) for e in lines] for q, lines in state.entries.items() if wanted(q)},
            "parts": (progress or Progress(state)).by_part(),
            "shown": {assignment: {"public": s.public, "copy": s.copy} for assignment, s in state.shown.items()},
            "extended_until": state.extended_until,
            "notice_waits_until": state.notice_waits_until,
            "consented_at": state.consented_at,
            "ended_reason": state.ended_reason,
            "addenda": {q: self.answer(report, q, answer) for q, answer in state.addenda.items() if wanted(q)},
            "submissions": [self.submission(report, each) for each in state.submissions],
            "redactions": [
                {**removal(r), "place": r.place, "rejected": r.rejected} for r in state.redactions.values()
            ],
        }

    def answer(self, report: Report, question_id: str, answer: Answer) -> dict[str, Any]:
        behalf = answer.on_behalf
        return {
            "version": answer.version,
            **(
                self.text(question_id, answer.text)
                if answer.text
                else {"text": None, **self._if_removed(question_id)}
            ),
            "choices": answer.choices,
            "nothing_to_report": answer.nothing_to_report,
            "by": self.who(answer.by),
            "at": answer.at,
            "based_on_older_version": question_id in report.state.outdated,
            "on_behalf_of": behalf
            and {
                "holder": behalf.holder and str(behalf.holder),
                "answered_on": behalf.answered_on,
                "confirmed_at": behalf.confirmed_at,
            },
        }

    def entry(self, report: Report, entry: Entry) -> dict[str, Any]:
        shown = self.text(entry.question_id, entry.fields) if entry.fields else self._if_removed(str(entry.id))
        kind = report.slot(entry.question_id).entry_type or ""
        text = shown.pop("text", None)
        fields = from_text(kind, text).model_dump(mode="json") if text else None
        return {
            "entry_id": str(entry.id),
            "type": kind,
            "version": entry.version,
            "fields": fields,
            **{name: value for name, value in shown.items() if name != "length"},
            "faults": entry.faults,
            "warnings": entry.warnings,
            "source": entry.source,
            "external_id": entry.external_id,
            "removed_from_list": entry.removed,
            "by": self.who(entry.by),
            "at": entry.at,
        }

    def addenda(self, excused: tuple[str, ...]) -> dict[str, Any]:
        """The answers a submission went without that have followed it, as they stand now."""
        late = self._latest.state.addenda
        return {q: self.answer(self._latest, q, late[q]) for q in excused if q in late}

    def role(self, role: FrozenRole) -> dict[str, Any]:
        """A role as it was frozen, with the name it had."""
        name = self._opened.name(role.name) if role.name else None
        return {
            "assignment_id": str(role.assignment_id),
            "person_id": str(role.person_id),
            "role": role.role,
            "seat": role.seat,
            "name": name,
            "public": role.public,
            "copy": role.copy,
            "acting": role.acting,
        }

    def any_text(self, sealed: Sealed) -> dict[str, Any] | str | None:
        """A text of history, by the place its key belongs to."""
        if sealed.subject.startswith("person:"):
            return self._opened.name(sealed)
        place = sealed.subject.rsplit(":", 1)[-1]
        entry = None if place in self._latest.state.slots else self._latest.state.entry(UUID(place))
        return self.text(entry.question_id if entry else place, sealed)

    def any_without_text(self, sealed: Sealed) -> dict[str, Any] | str | None:
        """The same for whoever does without the text: how long it is, or why it cannot be read."""
        shown = self.any_text(sealed)
        return {**shown, "text": None} if isinstance(shown, dict) else shown

    def text(self, question_id: str, sealed: Sealed) -> dict[str, Any]:
        return Opened.closed(sealed) if self._drafts.hide(question_id, sealed) else self._opened.text(sealed)

    def _if_removed(self, place: str) -> dict[str, Any]:
        removed = self._opened.removal_at(place)
        return {"removed": removed} if removed else {}

    def submission(self, report: Report, handed_in: Submission) -> dict[str, Any]:
        """What is told of a submission beside what it froze."""
        return {
            "submission_id": str(Report.submission_id(report.id, handed_in.number)),
            "report_id": str(report.id),
            "number": handed_in.number,
            "content_version": handed_in.content_version,
            "report_version": handed_in.report_version,
            "sha256": handed_in.sha256,
            "timing": handed_in.timing,
            "submitted_at": handed_in.at,
            "by": self.who(handed_in.by),
            "excused": handed_in.excused,
            "excuse": handed_in.excuse,
        }

    def who(self, by: Acting) -> dict[str, Any]:
        """Who did something, by name where this reader is told names."""
        return self._names.who(by) if self._names else who(by)
