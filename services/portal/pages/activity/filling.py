"""The form of one line while it is filled in: what stands in it, what is wrong with it, what others wrote."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

from services.portal.languages import N_, Tongue
from services.portal.pages.activity.kind import Kind
from services.portal.pages.activity.lists import Listed
from services.portal.pages.activity.typed import Typed, differing, value_at


@dataclass(frozen=True, kw_only=True)
class Other:
    """What somebody else has written in the same line since it was opened here."""

    by: str
    removed: bool
    fields: Mapping[str, str]
    """What they wrote, by field, where it is another."""


@dataclass(frozen=True, kw_only=True)
class Form:
    """A line being written.  ``version`` is the one it is based on, 0 for a line that is new."""

    listed: Listed
    kind: Kind
    entry_id: UUID
    version: int
    typed: Typed
    key: UUID = field(default_factory=uuid4)
    faults: Mapping[str, str] = field(default_factory=dict)
    findings: Mapping[str, str] = field(default_factory=dict)
    trouble: str = ""
    other: Other | None = None
    undeclare: bool = False
    carried: bool = False

    @property
    def is_new(self) -> bool:
        """Whether the line is yet to be added."""
        return self.version == 0

    @property
    def id(self) -> str:
        """The line's name within the page; the new line of a list is the list's."""
        return f"ny-{self.listed.id}" if self.is_new else str(self.entry_id)

    def text(self, name: str) -> str:
        """What stands in a field."""
        texts = self.typed.get(name) or [""]
        return texts[0]

    def ticked(self, name: str, choice: str) -> bool:
        """Whether a box is ticked."""
        return choice in self.typed.get(name, ())


UNKNOWN = N_("en annen")


def other(kind: Kind, mine: Mapping[str, Any], line: Mapping[str, Any], tongue: Tongue) -> Other:
    """What another wrote in a line, as it is read, where it is not what one wrote oneself."""
    theirs = line["fields"] or {}
    return Other(
        by=line["by"].get("name") or tongue.text(UNKNOWN),
        removed=line["removed_from_list"],
        fields={each.name: each.shown(value_at(theirs, each.name), tongue) for each in differing(kind, mine, theirs)},
    )
