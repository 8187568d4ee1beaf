"""What a report asks: one question of a template, who answers it, within which limits."""

from __future__ import annotations

from enum import StrEnum

import msgspec

Texts = dict[str, str]
"""The same text in nb, nn and en."""


class Party(StrEnum):
    """The two who write in the same form; neither writes in the other's part."""

    UNIT = "unit"
    GROUP = "group"


class AnsweredBy(StrEnum):
    """Who in a party an answer belongs to."""

    UNIT = "unit"
    GROUP_LEADER = "group_leader"
    USER_REPRESENTATIVE = "user_representative"
    GROUP_MEMBER = "group_member"


class AnswerType(StrEnum):
    """What an answer is made of."""

    TEXT = "text"
    TEXT_AND_CHOICES = "text_and_choices"
    ENTRIES = "entries"


class Limits(msgspec.Struct, frozen=True):
    """Content limits: judged at submission, never in the way of saving a draft."""

    characters: int | None = None
    entries: int | None = None


class Choice(msgspec.Struct, frozen=True):
    """One of the things that can be ticked."""

    id: str
    label: Texts


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """One question; its ``id`` is the same in every template and year, so that answers can be compared."""

    id: str
    part: Party
    answered_by: AnsweredBy
    type: AnswerType
    required: bool
    public: bool
    label: Texts
    guidance: Texts
    entry_type: str | None = None
    region: str | None = None
    limits: Limits = Limits()
    choices: tuple[Choice, ...] = ()
    criterion: str | None = None

    @property
    def seat(self) -> str | None:
        """The group seat whose holder answers, when it is one member's question."""
        match self.answered_by:
            case AnsweredBy.GROUP_MEMBER:
                return f"region_{self.region}"
            case AnsweredBy.USER_REPRESENTATIVE:
                return "user"
            case _:
                return None
