"""What became otherwise in a text, word by word, so that a reader sees the change and can also hear it told."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

_SPACED = re.compile(r"(\s*)(\w+|[^\w\s]|\Z)")
_WORD = re.compile(r"\w+")
Spaced = tuple[str, str]
"""A word or a sign with the space before it; a text ends with the space behind its last and no word."""
MOST_COMPARED = 4_000_000
"""Pairs of words, or of equal lines, compared; beyond it a passage is shown as replaced whole, which is true."""
LEAST_KEPT = 0.3
"""The share of a passage that must be the same for it to be readable word by word."""


class Kind(StrEnum):
    """What a piece of text is in the later version."""

    SAME = "same"
    REMOVED = "removed"
    ADDED = "added"


@dataclass(frozen=True)
class Piece:
    """A stretch of text and what became of it."""

    kind: Kind
    text: str

    @property
    def words(self) -> int:
        """How many words it has."""
        return len(_WORD.findall(self.text))


def difference(before: str, after: str) -> list[Piece]:
    """The two texts as one, in order: what stayed, what was removed and what was added."""
    lines = [text.splitlines(keepends=True) for text in (before, after)]
    if _equal_pairs(*lines) > MOST_COMPARED:
        return _joined(_within(before, after))
    pieces: list[Piece] = []
    for is_equal, removed, added in _blocks(*lines):
        old, new = "".join(lines[0][removed]), "".join(lines[1][added])
        pieces += [Piece(Kind.SAME, old)] if is_equal else _within(old, new)
    return _joined(pieces)


def counted(pieces: Iterable[Piece]) -> tuple[int, int]:
    """How many words were added, and how many removed."""
    added = removed = 0
    for piece in pieces:
        added += piece.words if piece.kind is Kind.ADDED else 0
        removed += piece.words if piece.kind is Kind.REMOVED else 0
    return added, removed


def _within(before: str, after: str) -> list[Piece]:
    """A passage word by word, or as replaced when hardly a word stayed or there are too many to compare."""
    whole = [Piece(Kind.REMOVED, before), Piece(Kind.ADDED, after)]
    old, new = _SPACED.findall(before), _SPACED.findall(after)
    if not before or not after or len(old) * len(new) > MOST_COMPARED:
        return whole
    pieces: list[Piece] = []
    # Words alone are matched: the spaces, each like every other, would be most of the work.
    for is_equal, removed, added in _blocks([word for _, word in old], [word for _, word in new]):
        pieces += _stayed(old[removed], new[added]) if is_equal else _replaced(old[removed], new[added])
    kept = sum(piece.words for piece in pieces if piece.kind is Kind.SAME)
    return pieces if kept >= LEAST_KEPT * min(_words(before), _words(after)) else whole


def _stayed(old: Sequence[Spaced], new: Sequence[Spaced]) -> Iterator[Piece]:
    """The same words, with what became otherwise between them."""
    if old == new:
        yield Piece(Kind.SAME, _text(old))
        return
    for (space, word), (now, _) in zip(old, new, strict=True):
        if space == now:
            yield Piece(Kind.SAME, space + word)
        else:
            yield from (Piece(Kind.REMOVED, space), Piece(Kind.ADDED, now), Piece(Kind.SAME, word))


def _replaced(old: Sequence[Spaced], new: Sequence[Spaced]) -> Iterator[Piece]:
    """Words in the place of others; the space before them stayed where both have the same."""
    space = old[0][0] if old and new and old[0][0] == new[0][0] else ""
    yield Piece(Kind.SAME, space)
    yield from (Piece(Kind.REMOVED, _text(old)[len(space) :]), Piece(Kind.ADDED, _text(new)[len(space) :]))


def _text(spaced: Sequence[Spaced]) -> str:
    return "".join(map("".join, spaced))


def _equal_pairs(before: Sequence[str], after: Sequence[str]) -> int:
    """How often a line of one is a line of the other: thousands of empty lines would take minutes to compare."""
    often = Counter(after)
    return sum(often[line] for line in before)


def _words(text: str) -> int:
    return len(_WORD.findall(text))


def _blocks(before: Sequence[str], after: Sequence[str]) -> Iterator[tuple[bool, slice, slice]]:
    """Where the one is the other, and where not: stretches of both, in their order."""
    # Most of a text stays when somebody writes on: only what is between its ends is worth matching.
    first = _common(before, after)
    last = _common(before[first:][::-1], after[first:][::-1])
    old, new = before[first : len(before) - last], after[first : len(after) - last]
    # Among thousands of words the common ones would be compared with each other for seconds: they are passed over.
    matcher = SequenceMatcher(None, old, new, autojunk=len(new) > 1000)
    yield True, slice(0, first), slice(0, first)
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        yield tag == "equal", slice(first + i1, first + i2), slice(first + j1, first + j2)
    yield True, slice(len(before) - last, None), slice(len(after) - last, None)


def _common(before: Sequence[str], after: Sequence[str]) -> int:
    """How many of the first are the same in both."""
    shorter = min(len(before), len(after))
    return next((n for n in range(shorter) if before[n] != after[n]), shorter)


def _joined(pieces: Iterable[Piece]) -> list[Piece]:
    """Neighbours of a kind as one, a lone space between two changes counted with them, what was removed first."""
    joined: list[Piece] = []
    waiting = {Kind.REMOVED: "", Kind.ADDED: ""}

    def flush() -> None:
        joined.extend(Piece(kind, text) for kind, text in waiting.items() if text)
        waiting.update({Kind.REMOVED: "", Kind.ADDED: ""})

    for piece, following in _with_next(pieces):
        between_changes = any(waiting.values()) and following is not None and following.kind is not Kind.SAME
        if piece.kind is not Kind.SAME:
            waiting[piece.kind] += piece.text
        elif between_changes and not piece.text.strip(" "):
            waiting[Kind.REMOVED] += piece.text
            waiting[Kind.ADDED] += piece.text
        elif piece.text:
            flush()
            _append(joined, piece)
    flush()
    return joined


def _with_next(pieces: Iterable[Piece]) -> Iterator[tuple[Piece, Piece | None]]:
    found = [piece for piece in pieces if piece.text]
    yield from zip(found, [*found[1:], None], strict=False)


def _append(joined: list[Piece], piece: Piece) -> None:
    if joined and joined[-1].kind is piece.kind:
        piece = Piece(piece.kind, joined.pop().text + piece.text)
    joined.append(piece)
