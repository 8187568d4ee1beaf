"""The invented people one may log in as on a developer's machine, and what each of them is there to show."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

DATA = Path(__file__).parent / "data"


class Example(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One person: ``pid`` is a synthetic national identity number (month + 80), which nobody real can have.

    ``group`` is the heading to stand under, ``first`` says whom a newcomer should try first, and ``sees`` names the
    units whose names the person's start page shows.  One without roles may still be known to the registry.
    """

    alias: str
    name: str
    pid: str
    group: str
    description: Mapping[str, str]
    sees: tuple[str, ...]
    roles: tuple[Mapping[str, str], ...] = ()
    trust: str | None = None
    first: bool = False

    def card(self) -> dict[str, str]:
        """What the registry is told of the person."""
        card = {"name": self.name, "email": f"{self.alias.lower()}@post.example.com", "phone": "+47 000 00 000"}
        return card | ({"trust": self.trust} if self.trust else {})


STRANGER = "stranger"
"""Who has a login that the registry does not know."""


def examples() -> list[Example]:
    """All of them, in the order they are shown in."""
    return msgspec.json.decode((DATA / "people.json").read_bytes(), type=list[Example])


def write(path: Path, ids: Mapping[str, str]) -> None:
    """Tell the identity provider and the start page whom one may log in as; ``ids`` are the registry's, by alias."""
    shown: list[dict[str, Any]] = [
        {
            "alias": person.alias,
            "name": person.name,
            "pid": person.pid,
            "person_id": ids.get(person.alias),
            "group": person.group,
            "first": person.first,
            "description": dict(person.description),
        }
        for person in examples()
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    # Replaced whole: whoever reads meanwhile finds all of it or nothing.
    new = path.with_suffix(".new")
    new.write_text(json.dumps(shown, indent=2, ensure_ascii=False) + "\n")
    new.replace(path)
