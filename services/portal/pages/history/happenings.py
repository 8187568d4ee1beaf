"""The facts of a report as people tell them: what somebody did in one go is one thing that happened."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from shared.clock import OSLO

IN_ONE_GO = timedelta(minutes=30)
"""A text is saved many times while it is written; saves no further apart than this are one change."""


class Matter(StrEnum):
    """What a happening is about: what a reader of history may ask for alone."""

    ANSWERS = "svar"
    LINES = "oppforinger"
    PERSONS = "personer"
    HANDING_IN = "levering"
    REMOVAL = "fjerning"


_MATTERS: Mapping[str, Matter] = {
    "Answered": Matter.ANSWERS,
    "EnteredOnBehalf": Matter.ANSWERS,
    "AnswerConfirmed": Matter.ANSWERS,
    "NothingDeclared": Matter.ANSWERS,
    "GroupAnswersOutdated": Matter.ANSWERS,
    "AddendumSigned": Matter.ANSWERS,
    "EntryAdded": Matter.LINES,
    "EntryChanged": Matter.LINES,
    "EntryMoved": Matter.LINES,
    "EntryRemoved": Matter.LINES,
    "EntryRestored": Matter.LINES,
    "PersonShown": Matter.PERSONS,
    "RedactionRequested": Matter.REMOVAL,
    "Redacted": Matter.REMOVAL,
    "RedactionRejected": Matter.REMOVAL,
}
_UNTOLD = frozenset({"Begun"})
"""Facts for other programs: that writing began is seen from what was written."""
_REPEATED = frozenset({"Answered", "EnteredOnBehalf", "EntryAdded", "EntryChanged", "EntryMoved", "PersonShown"})
_TURNING_POINTS = frozenset({"Submitted", "Returned", "Reopened", "Exempted", "Withdrawn", "Presented"})
"""What a reader compares with; nothing from before and after one is told together."""


@dataclass(frozen=True)
class Happening:
    """Something somebody did, in one go; the report was at ``before`` and then at ``version``.

    ``old`` and ``new`` are the texts as history holds them: a text, or what is left to tell of one.
    """

    event: str
    matter: Matter
    began: datetime
    ended: datetime
    by: Mapping[str, Any]
    before: int
    version: int
    question_id: str | None
    place: str | None
    data: Mapping[str, Any]
    old: Any = None
    new: Any = None
    times: int = 1

    @property
    def day(self) -> date:
        """The day it ended on, in Oslo."""
        return self.ended.astimezone(OSLO).date()

    @property
    def was_removed(self) -> bool:
        """Whether the text that was written was later removed for good."""
        return isinstance(self.new, dict) and bool(self.new.get("removed"))

    @property
    def is_hidden(self) -> bool:
        """Whether the text is a draft that this reader does not read."""
        return isinstance(self.new, dict) and bool(self.new.get("hidden"))

    @property
    def is_turning_point(self) -> bool:
        """Whether the report was something else after it: handed in, returned, opened again."""
        return self.event in _TURNING_POINTS

    @property
    def changes_content(self) -> bool:
        """Whether there is a difference to be shown between before and after."""
        return self.matter in (Matter.ANSWERS, Matter.LINES, Matter.PERSONS) and self.event not in (
            "AnswerConfirmed",
            "GroupAnswersOutdated",
            "AddendumSigned",
        )


@dataclass(frozen=True)
class Asked:
    """What a reader asks of history: everything, or one question, person or matter."""

    question_id: str = ""
    person: str = ""
    matter: str = ""

    def wants(self, happening: Happening) -> bool:
        """Whether it is among what was asked for."""
        return (
            (not self.question_id or happening.question_id == self.question_id)
            and (not self.person or happening.by["subject"] == self.person)
            and (not self.matter or happening.matter == self.matter)
        )


def happenings(facts: Iterable[Mapping[str, Any]], apart_at: int = 0) -> list[Happening]:
    """Everything that happened, newest first; nothing from before and after a version is told together."""
    telling = _Telling()
    for fact in facts:
        telling.take(fact)
        if fact["version"] == apart_at:
            telling.pause()
    return sorted(telling.told, key=lambda each: each.version, reverse=True)


class _Telling:
    """Goes through the facts once, joining those that were one go."""

    def __init__(self) -> None:
        self.told: list[Happening] = []
        self._questions: dict[str, str] = {}
        self._texts: dict[str, Any] = {}
        self._open: dict[str, int] = {}

    def take(self, fact: Mapping[str, Any]) -> None:
        """One more fact, the next of the report."""
        happening = self._of(fact)
        if happening.event in _UNTOLD:
            return
        if happening.is_turning_point:
            self.pause()
        index = self._open.get(happening.place or "")
        if index is not None and _one_go(earlier := self.told[index], happening):
            self.told[index] = replace(
                earlier,
                ended=happening.ended,
                version=happening.version,
                data=happening.data if earlier.event != "EntryAdded" else earlier.data,
                new=happening.new or earlier.new,
                times=earlier.times + 1,
            )
            return
        if happening.place:
            self._open[happening.place] = len(self.told)
        self.told.append(happening)

    def pause(self) -> None:
        """What comes now is not told together with what was."""
        self._open.clear()

    def _of(self, fact: Mapping[str, Any]) -> Happening:
        event, data = str(fact["event"]).rsplit(".", 1)[-1], fact["data"]
        place = _place(data)
        if place and data.get("question_id"):
            self._questions[place] = data["question_id"]
        new = data.get("text") if "text" in data else data.get("fields")
        old = self._texts.get(place or "")
        if place and new is not None:
            self._texts[place] = new
        at = datetime.fromisoformat(fact["at"])
        return Happening(
            event=event,
            matter=_MATTERS.get(event, Matter.HANDING_IN),
            began=at,
            ended=at,
            by=fact["by"],
            before=fact["version"] - 1,
            version=fact["version"],
            question_id=self._questions.get(place or "") or _question(data),
            place=place,
            data=data,
            old=old,
            new=new,
        )


def _place(data: Mapping[str, Any]) -> str | None:
    """Where something happened: a line, else a question, else a person of the report."""
    found = data.get("entry_id") or data.get("question_id") or data.get("assignment_id") or data.get("place")
    return str(found) if found else None


def _question(data: Mapping[str, Any]) -> str | None:
    place = data.get("place")
    return place if isinstance(place, str) and "." in place else None


def _one_go(earlier: Happening, happening: Happening) -> bool:
    same = earlier.event == happening.event or (earlier.event, happening.event) == ("EntryAdded", "EntryChanged")
    return (
        same
        and happening.event in _REPEATED
        and earlier.by["subject"] == happening.by["subject"]
        and happening.began - earlier.ended <= IN_ONE_GO
    )
