"""How one question of a report came to what it is: each change with what stood there before and after."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from services.reporting.application.looking import Look
from services.reporting.entries import from_text
from services.reporting.report.ending import AddendumSigned, Redacted
from services.reporting.report.events import Answered, GroupAnswersOutdated, NothingDeclared
from services.reporting.report.lines import EntryAdded, EntryChanged, EntryRemoved, EntryRestored
from services.reporting.report.state import ReportState, Slot
from shared.domain import Event, Recorded, Sealed

_WORDS = re.compile(r"(?<!^)(?=[A-Z])")


def kind_of(topic: str) -> str:
    """What a fact is called outside: ``entry_added`` for ``reporting.Report.EntryAdded``."""
    return _WORDS.sub("_", topic.rsplit(".", 1)[-1]).lower()


def place_of(state: ReportState, event: Event) -> tuple[str | None, UUID | None]:
    """The question a fact is about, and the line, where it is about one."""
    question_id, entry_id = getattr(event, "question_id", None), getattr(event, "entry_id", None)
    place = getattr(event, "place", None)
    if place is not None and place in state.slots:
        question_id = place
    elif place is not None:
        entry_id = UUID(place)
    entry = state.entry(entry_id) if entry_id else None
    return (entry.question_id if entry else question_id), entry_id


def placed(facts: list[dict[str, Any]], seen: Look) -> list[dict[str, Any]]:
    """Facts of history with who and where, in the words a page uses."""
    seen.names.look_up({fact["by"]["subject"] for fact in facts})
    for fact in facts:
        data, name = fact["data"], seen.names.of(fact["by"]["subject"])
        place = data.get("entry_id") or data.get("question_id") or data.get("place")
        entry = None if place is None or place in seen.state.slots else seen.state.entry(UUID(place))
        question_id = entry.question_id if entry else place
        fact["by"] = {**fact["by"], "name": name}
        fact["kind"] = kind_of(fact["event"])
        fact["question_id"], fact["entry_id"] = question_id, str(entry.id) if entry else None
        fact["part"] = seen.state.slots[question_id].part if question_id else data.get("part")
    return facts


class PastOfQuestion:
    """Follows the facts of a report in their order, and tells those of one question."""

    def __init__(self, seen: Look, slot: Slot) -> None:
        self._seen, self._slot = seen, slot
        self._stood: dict[UUID | None, dict[str, Any] | None] = {}

    def after(self, recorded: Recorded) -> Iterator[dict[str, Any]]:
        """The change that a fact is, if it is one of this question."""
        event = recorded.event
        question_id, entry_id = place_of(self._seen.state, event)
        outdated = isinstance(event, GroupAnswersOutdated) and self._slot.id in event.questions
        if question_id != self._slot.id and not outdated:
            return
        old = self._stood.get(entry_id)
        self._stood[entry_id] = new = self._now(event, old)
        yield {
            "version": recorded.originator_version,
            "kind": kind_of(event.TOPIC),
            "at": event.at,
            "by": self._seen.names.who(event.by),
            "entry_id": entry_id and str(entry_id),
            "item_version": getattr(event, "version", 1 if isinstance(event, EntryAdded) else None),
            "old": old,
            "new": new,
        }

    def _now(self, event: Event, old: dict[str, Any] | None) -> dict[str, Any] | None:
        match event:
            case Answered():
                said = self._text(event.text) if event.text else {"text": None}
                return {**said, "choices": event.choices, "nothing_to_report": False}
            case AddendumSigned():
                return {**self._text(event.text), "choices": (), "nothing_to_report": False}
            case NothingDeclared():
                return {"text": None, "choices": (), "nothing_to_report": event.declared}
            case EntryAdded() | EntryChanged():
                return {**self._fields(event.fields), "removed_from_list": False}
            case EntryRemoved() | EntryRestored():
                return {**(old or {}), "removed_from_list": isinstance(event, EntryRemoved)}
            case Redacted(current_removed=True):
                gone = {"fields": None, "removed_from_list": True} if self._slot.entry_type else {"text": None}
                return {**(old or {}), **gone}
            case _:
                return old

    def _text(self, sealed: Sealed) -> dict[str, Any]:
        return self._seen.rendering.text(self._slot.id, sealed)

    def _fields(self, sealed: Sealed) -> dict[str, Any]:
        shown = self._text(sealed)
        text = shown.pop("text")
        shown.pop("length", None)
        return {
            "fields": from_text(self._slot.entry_type or "", text).model_dump(mode="json") if text else None,
            **shown,
        }
