"""A report as one may see it: its parts, what may be done with it, what it was, and how it came to be."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from services.reporting.application.deciding import allowed, concerned, readable_in, report_not_found
from services.reporting.application.drafts import Drafts
from services.reporting.application.sealing import Opened, removal
from services.reporting.application.writing import versions, who
from services.reporting.entries import CODES, from_text
from services.reporting.question import Party
from services.reporting.report import Report
from services.reporting.report.checks import Severity, check
from services.reporting.report.state import Answer, Entry, FrozenRole, Submission
from services.reporting.report.submitting import canonical
from services.reporting.template import Template
from shared.access import Assignment
from shared.domain import NotFound, Sealed
from shared.eventstore import EventStore
from shared.history import history, state_at
from shared.tokens import Caller
from shared.vault import Vault


class Reading:
    """What may be asked about reports; runs in reader threads."""

    def __init__(self, store: EventStore, vault: Vault) -> None:
        self._store, self._vault = store, vault

    def report(
        self, caller: Caller, report_id: UUID, on: date, *, version: int | None, moment: datetime | None
    ) -> dict[str, Any]:
        """A report as it is, or as it was at a version or moment, with what the caller may do with it now."""
        latest, held = self._latest(caller, report_id, on)
        report = state_at(self._store, Report, report_id, version=version, moment=moment)
        reader = self._reader(latest, held, on)
        return {**reader.whole(report), "allowed_operations": allowed(latest, held, on)}

    def checks(self, caller: Caller, report_id: UUID, on: date) -> dict[str, Any]:
        """Everything that stands between the report and its submission, all at once."""
        report, _ = self._latest(caller, report_id, on)
        findings = check(report.state)
        return {
            **versions(report),
            "can_be_submitted": not any(f.severity is Severity.FAULT for f in findings),
            "findings": [
                {
                    "severity": f.severity,
                    "code": f.code,
                    "pointer": f.pointer,
                    "detail": f.detail,
                    "messages": CODES.get(f.code),
                }
                for f in findings
            ],
        }

    def history(self, caller: Caller, report_id: UUID, on: date) -> list[dict[str, Any]]:
        """Every fact of a report; texts are shown to those who may read them now."""
        latest, held = self._latest(caller, report_id, on)
        reader = self._reader(latest, held, on)
        return history(self._store, report_id, reader.any_text)

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
            **_submission(latest, handed_in),
            "report": reader.whole(frozen),
            "roles": [reader.role(role) for role in handed_in.roles],
            "addenda": reader.addenda(handed_in.excused),
            "canonical": canonical(frozen.state, handed_in.roles).decode(),
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

    def _reader(self, latest: Report, held: list[Assignment], on: date) -> _Reader:
        return _Reader(self._vault, latest, Drafts(self._store, latest, held, on))


class _Reader:
    """Renders one report for one caller."""

    def __init__(self, vault: Vault, latest: Report, drafts: Drafts) -> None:
        self._latest, self._drafts = latest, drafts
        self._opened = Opened(vault, latest.state)

    def whole(self, report: Report) -> dict[str, Any]:
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
            "answers": {q: self._answer(report, q, answer) for q, answer in state.answers.items()},
            "entries": {q: [self._entry(report, e) for e in lines] for q, lines in state.entries.items()},
            "parts": {part: {"finished_at": state.finished.get(part)} for part in Party},
            "shown": {assignment: {"public": s.public, "copy": s.copy} for assignment, s in state.shown.items()},
            "extended_until": state.extended_until,
            "notice_waits_until": state.notice_waits_until,
            "consented_at": state.consented_at,
            "ended_reason": state.ended_reason,
            "addenda": {q: self._answer(report, q, answer) for q, answer in state.addenda.items()},
            "submissions": [_submission(report, each) for each in state.submissions],
            "redactions": [
                {**removal(r), "place": r.place, "rejected": r.rejected} for r in state.redactions.values()
            ],
        }

    def _answer(self, report: Report, question_id: str, answer: Answer) -> dict[str, Any]:
        behalf = answer.on_behalf
        return {
            "version": answer.version,
            **(
                self._text(question_id, answer.text)
                if answer.text
                else {"text": None, **self._if_removed(question_id)}
            ),
            "choices": answer.choices,
            "nothing_to_report": answer.nothing_to_report,
            "by": who(answer.by),
            "at": answer.at,
            "based_on_older_version": question_id in report.state.outdated,
            "on_behalf_of": behalf
            and {
                "holder": behalf.holder and str(behalf.holder),
                "answered_on": behalf.answered_on,
                "confirmed_at": behalf.confirmed_at,
            },
        }

    def _entry(self, report: Report, entry: Entry) -> dict[str, Any]:
        shown = self._text(entry.question_id, entry.fields) if entry.fields else self._if_removed(str(entry.id))
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
            "by": who(entry.by),
            "at": entry.at,
        }

    def addenda(self, excused: tuple[str, ...]) -> dict[str, Any]:
        """The answers a submission went without that have followed it, as they stand now."""
        late = self._latest.state.addenda
        return {q: self._answer(self._latest, q, late[q]) for q in excused if q in late}

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
        return self._text(entry.question_id if entry else place, sealed)

    def _text(self, question_id: str, sealed: Sealed) -> dict[str, Any]:
        return Opened.closed(sealed) if self._drafts.hide(question_id, sealed) else self._opened.text(sealed)

    def _if_removed(self, place: str) -> dict[str, Any]:
        removed = self._opened.removal_at(place)
        return {"removed": removed} if removed else {}


def _submission(report: Report, handed_in: Submission) -> dict[str, Any]:
    return {
        "submission_id": str(Report.submission_id(report.id, handed_in.number)),
        "report_id": str(report.id),
        "number": handed_in.number,
        "content_version": handed_in.content_version,
        "report_version": handed_in.report_version,
        "sha256": handed_in.sha256,
        "timing": handed_in.timing,
        "submitted_at": handed_in.at,
        "by": who(handed_in.by),
        "excused": handed_in.excused,
        "excuse": handed_in.excuse,
    }
