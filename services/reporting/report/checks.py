"""Everything that stands between a report and its submission, found all at once, each with its place."""

from __future__ import annotations

from enum import StrEnum
from functools import lru_cache

import msgspec

from services.reporting.question import AnswerType, Party
from services.reporting.report.state import ReportState, Slot


class Severity(StrEnum):
    """What a finding means for submitting."""

    FAULT = "fault"
    """It stops the submission."""
    OPEN_GROUP_ANSWER = "open_group_answer"
    """The group has not answered: submitting needs consent, or a notice and a reason."""
    WARNING = "warning"
    """It is shown, and stops nothing."""


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One thing found; ``pointer`` leads to its place in the report."""

    severity: Severity
    code: str
    pointer: str
    detail: str


def check(state: ReportState) -> list[Finding]:
    """All findings, in the order of the template."""
    answered, found = state.answered(), list[Finding]()
    for slot in state.slots.values():
        if slot.required and slot.id not in answered:
            found.append(_missing(slot.id, slot.part, slot.type))
        elif slot.id in answered or slot.id in state.outdated:
            found += _check_slot(state, slot)
    return found


def open_group_questions(state: ReportState) -> tuple[str, ...]:
    """The group's required questions that nobody has answered."""
    answered = state.answered()
    return tuple(
        slot.id
        for slot in state.slots.values()
        if slot.part is Party.GROUP and slot.required and slot.id not in answered
    )


def _check_slot(state: ReportState, slot: Slot) -> list[Finding]:
    found = _check_lines(state, slot) if slot.type is AnswerType.ENTRIES else _check_text(state, slot)
    if slot.id in state.outdated:
        found.append(
            Finding(
                severity=Severity.WARNING,
                code="based_on_older_version",
                pointer=f"/answers/{slot.id}",
                detail="The unit changed its part after this was answered.",
            )
        )
    return found


@lru_cache(maxsize=1_000)
def _missing(question_id: str, part: Party, kind: AnswerType) -> Finding:
    """The same for every report; a report that is being written lacks most of its answers, at each save."""
    if part is Party.GROUP:
        return Finding(
            severity=Severity.OPEN_GROUP_ANSWER,
            code="group_answer_missing",
            pointer=f"/answers/{question_id}",
            detail="The reference group has not answered this yet.",
        )
    place = "entries" if kind is AnswerType.ENTRIES else "answers"
    return Finding(
        severity=Severity.FAULT,
        code="answer_missing",
        pointer=f"/{place}/{question_id}",
        detail="This must be answered; where there is nothing to report, say so.",
    )


def _check_text(state: ReportState, slot: Slot) -> list[Finding]:
    answer, most = state.answers.get(slot.id), slot.limits.characters
    if answer is None or answer.text is None or most is None or answer.text.length <= most:
        return []
    return [
        Finding(
            severity=Severity.FAULT,
            code="text_too_long",
            pointer=f"/answers/{slot.id}",
            detail=f"{answer.text.length} characters of at most {most}.",
        )
    ]


def _check_lines(state: ReportState, slot: Slot) -> list[Finding]:
    lines, most = state.live_entries(slot.id), slot.limits.entries
    found = []
    if most is not None and len(lines) > most:
        found.append(
            Finding(
                severity=Severity.FAULT,
                code="too_many_entries",
                pointer=f"/entries/{slot.id}",
                detail=f"{len(lines)} lines of at most {most}.",
            )
        )
    for line in lines:
        for severity, codes in ((Severity.FAULT, line.faults), (Severity.WARNING, line.warnings)):
            for code in codes:
                pointer = f"/entries/{slot.id}/{line.id}"
                found.append(Finding(severity=severity, code=code, pointer=pointer, detail=code.replace("_", " ")))
    return found
