"""How far a report has come: what is left in each of its parts, and how each of the two who write is getting on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from services.portal.languages import N_
from services.portal.pages.report.words import ABOUT, ABOUT_SERVICE
from services.portal.visit import Visit

Json = Mapping[str, Any]
_PARTS = {
    "unit": ("om", ABOUT_SERVICE),
    "roles": ("roller", N_("Roller og ansvar")),
    "activity": ("aktivitet", N_("Aktivitet")),
    "evaluation": ("evaluering", N_("Evaluering")),
}
SECTIONS = {address: section for section, (address, _title) in _PARTS.items()}
"""What reporting calls the part at an address."""
CHECK = ("kontroll", N_("Kontroller og send inn"))
_PARTIES = {"unit": N_("Enhetens del"), "group": N_("Referansegruppens del")}


@dataclass(frozen=True)
class Part:
    """A part of the report as the navigation shows it; ``remaining`` is None where there is nothing to answer."""

    address: str
    title: str
    remaining: int | None = None
    faults: int = 0


@dataclass(frozen=True)
class Party:
    """How far one of the two who write has come."""

    id: str
    title: str
    answered: int
    required: int
    done: bool
    finished_at: str | None


@dataclass(frozen=True)
class Progress:
    """All of it, as the frame of a report shows it."""

    parts: Sequence[Part]
    parties: Sequence[Party]


def progress_of(visit: Visit, told: Json) -> Progress:
    """Read from a report's form, or from what reporting tells of its progress alone."""
    return Progress(_parts(visit, told), _parties(visit, told))


def _parts(visit: Visit, told: Json) -> list[Part]:
    found = []
    for section in told["sections"]:
        address, title = _PARTS[section]
        if section == "unit":
            title = ABOUT.get(told["kind"], ABOUT_SERVICE)
        counted = told["progress"].get(section)
        remaining = counted["required"] - counted["answered"] if counted else None
        found.append(Part(address, visit.text(title), remaining, counted["faults"] if counted else 0))
    return [*found, Part(CHECK[0], visit.text(CHECK[1]))]


def _parties(visit: Visit, told: Json) -> list[Party]:
    return [
        Party(
            id=party,
            title=visit.text(title),
            answered=told["parts"][party]["answered"],
            required=told["parts"][party]["required"],
            done=told["parts"][party]["done"],
            finished_at=told["parts"][party]["finished_at"],
        )
        for party, title in _PARTIES.items()
        if told["parts"].get(party, {}).get("questions")
    ]
