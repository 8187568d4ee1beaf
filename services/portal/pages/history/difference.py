"""What became otherwise in a report between two of its versions: each place with its texts marked word by word."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from services.portal.pages.history.wording import Kind, Piece, counted, difference

Content = Mapping[str, Any]
Lines = Callable[[Content], str]
"""Says a line of an activity list as plain text, one field a line."""


class Became(StrEnum):
    """What happened to a place."""

    CHANGED = "changed"
    ADDED = "added"
    REMOVED = "removed"
    MOVED = "moved"


@dataclass(frozen=True)
class Change:
    """One place that is not what it was.

    ``pieces`` is the text of both; where one of them cannot be shown it is empty, and ``before`` and ``after`` tell
    why.  ``notes`` are the codes of what changed beside the text.
    """

    place: str
    question_id: str | None
    became: Became
    before: Content
    after: Content
    pieces: tuple[Piece, ...] = ()
    notes: tuple[str, ...] = field(default=())

    @property
    def words(self) -> tuple[int, int]:
        """How many words were added, and how many removed."""
        return counted(self.pieces)

    @property
    def cannot_be_shown(self) -> Content | None:
        """What there is to tell instead of a text: that it was removed, is a draft, or cannot be read."""
        return next((side for side in (self.before, self.after) if is_closed(side)), None)


def is_closed(content: Content) -> bool:
    """Whether there was a text that this reader cannot be shown."""
    return bool(content.get("removed") or content.get("hidden") or content.get("unreadable"))


def between(before: Content, after: Content, as_text: Lines) -> list[Change]:
    """Everything that is otherwise in the later report, in the order of its questions."""
    return [*_answers(before, after), *_lists(before, after, as_text), *_parts(before, after), *_rest(before, after)]


def _answers(before: Content, after: Content) -> Iterator[Change]:
    for question in _keys(before["answers"], after["answers"]):
        old, new = before["answers"].get(question, {}), after["answers"].get(question, {})
        notes = tuple(
            name for name in ("choices", "nothing_to_report") if (old.get(name) or None) != (new.get(name) or None)
        )
        if old.get("version") == new.get("version") and not notes:
            continue
        pieces = _pieces(old, new)
        if notes or is_closed(old) or is_closed(new) or _differ(pieces):
            yield Change(question, question, _became(old, new), old, new, pieces, notes)


def _lists(before: Content, after: Content, as_text: Lines) -> Iterator[Change]:
    for question in _keys(before["entries"], after["entries"]):
        old, new = (_live(side["entries"].get(question, [])) for side in (before, after))
        for entry in _keys(old, new):
            if change := _line(question, old.get(entry, {}), new.get(entry, {}), as_text):
                yield change
        stayed = [[entry for entry in side if entry in old and entry in new] for side in (old, new)]
        if stayed[0] != stayed[1]:
            yield Change(f"{question}:order", question, Became.MOVED, {}, {}, notes=("order",))


def _line(question: str, old: Content, new: Content, as_text: Lines) -> Change | None:
    if old.get("version") == new.get("version") and old.get("fields") == new.get("fields"):
        return None
    told = [{**side, "text": as_text(side) if side.get("fields") else None} for side in (old, new)]
    pieces = _pieces(*told)
    if not (_differ(pieces) or is_closed(old) or is_closed(new)):
        return None
    return Change(str((new or old)["entry_id"]), question, _became(old, new), old, new, pieces)


def _parts(before: Content, after: Content) -> Iterator[Change]:
    for part in _keys(before["parts"], after["parts"]):
        old, new = (bool(side["parts"].get(part, {}).get("finished_at")) for side in (before, after))
        if old != new:
            yield Change(f"part:{part}", None, Became.ADDED if new else Became.REMOVED, {}, {}, notes=(part,))


def _rest(before: Content, after: Content) -> Iterator[Change]:
    """Who is shown in public and gets a copy, and the description in force."""
    for assignment in _keys(before["shown"], after["shown"]):
        old, new = before["shown"].get(assignment, {}), after["shown"].get(assignment, {})
        if old != new:
            yield Change(f"person:{assignment}", None, Became.CHANGED, old, new, notes=("shown",))
    old, new = ({"text": (side["description"] or {}).get("text_nb")} for side in (before, after))
    if old != new:
        yield Change("description", None, _became(old, new), old, new, _pieces(old, new))


def _became(old: Content, new: Content) -> Became:
    if not _says(new):
        return Became.REMOVED
    return Became.CHANGED if _says(old) else Became.ADDED


def _says(content: Content) -> bool:
    return bool(
        content.get("text")
        or content.get("fields")
        or content.get("choices")
        or content.get("nothing_to_report")
        or is_closed(content)
    )


def _pieces(old: Content, new: Content) -> tuple[Piece, ...]:
    if is_closed(old) or is_closed(new):
        return ()
    return tuple(difference(old.get("text") or "", new.get("text") or ""))


def _differ(pieces: tuple[Piece, ...]) -> bool:
    return any(piece.kind is not Kind.SAME for piece in pieces)


def _live(lines: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {line["entry_id"]: line for line in lines if not line["removed_from_list"]}


def _keys(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """Every place of both, in the order of the later."""
    return [*after, *(place for place in before if place not in after)]
