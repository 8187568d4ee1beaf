"""The people of the demo: all invented, each known under a short name such as ``lead-L-HB7``."""

from __future__ import annotations

import json
from pathlib import Path

from deploy.demo.client import Caller

FIRST = (
    "Astrid", "Bjarne", "Cecilie", "Dagfinn", "Eldbjørg", "Frode", "Gunnvor", "Halvard", "Ingebjørg", "Jostein",
    "Kjersti", "Lars", "Magnhild", "Njål", "Oddny", "Peder", "Ragnhild", "Sigurd", "Torbjørg", "Ulrik", "Vigdis",
    "Yngve", "Åshild",
)  # fmt: skip
LAST = (
    "Eksempelsen", "Prøvestad", "Tenkvik", "Oppdiktdal", "Fabelmo", "Liksomrud", "Påfunnstad", "Skjemavik",
    "Mønsterhaug", "Øvingsnes", "Fantasli", "Utkastbakken", "Kladdeseth",
)  # fmt: skip
_LETTERS = str.maketrans({"æ": "ae", "ø": "o", "å": "a"})


def invent(number: int, trust: str | None = None) -> dict[str, str]:
    """The card of the person with a number; no two of the first 299 have the same name."""
    first, last = FIRST[number % len(FIRST)], LAST[number % len(LAST)]
    address = f"{first}.{last}.{number}@post.example.com".lower().translate(_LETTERS)
    card = {"name": f"{first} {last}", "email": address, "phone": f"+47 000 00 {number % 1000:03}"}
    return card | ({"trust": trust} if trust else {})


class Cast:
    """Who is who: the registry's id of each person by the name the demo uses."""

    def __init__(self, ids: dict[str, str] | None = None) -> None:
        self.ids = ids or {}
        self._invented = len(self.ids)

    @classmethod
    def read(cls, path: Path) -> Cast:
        return cls(json.loads(path.read_text()) if path.exists() else None)

    def write(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(self.ids, indent=2, ensure_ascii=False) + "\n")

    def __getitem__(self, alias: str) -> str:
        return self.ids[alias]

    def __contains__(self, alias: str) -> bool:
        return alias in self.ids

    def next_card(self, trust: str | None = None) -> dict[str, str]:
        self._invented += 1
        return invent(self._invented, trust)

    async def register(self, registrar: Caller, alias: str, trust: str | None = None) -> str:
        """A new person in the registry."""
        made = await registrar.post("/persons", self.next_card(trust))
        self.ids[alias] = made["person_id"]
        return self.ids[alias]
