"""What stands around every part of a report: whose it is, how far it has come, how long is left, where to go."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from services.portal.languages import N_
from services.portal.pages.report.deadline import Deadline
from services.portal.pages.report.words import ABOUT, ABOUT_SERVICE, KINDS, REGIONS, ROLES, STATUSES, WRITABLE
from services.portal.visit import Visit

Json = Mapping[str, Any]
_PARTS = {
    "unit": ("om", ABOUT_SERVICE),
    "roles": ("roller", N_("Roller og ansvar")),
    "activity": ("aktivitet", N_("Aktivitet")),
    "evaluation": ("evaluering", N_("Evaluering")),
}
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
class Frame:
    """One report around one of its parts, for one reader; ``form`` is what reporting tells of it."""

    form: Json
    here: str
    visit: Visit
    parts: Sequence[Part]
    parties: Sequence[Party]
    deadline: Deadline | None

    @property
    def id(self) -> str:
        return str(self.form["report_id"])

    @property
    def year(self) -> int:
        return int(self.form["year"])

    @property
    def title(self) -> str:
        """What the report is called above all its parts."""
        return str(self.visit.text(N_("Årsrapport %(year)s"), year=self.year))

    @property
    def here_title(self) -> str:
        """What the page is called where it is one of the parts, else nothing."""
        return next((part.title for part in self.parts if part.address == self.here), "")

    @property
    def status(self) -> tuple[str, str]:
        """The state of the report in words, and the colour of its tag."""
        word, color = STATUSES[self.form["status"]]
        return self.visit.text(word), color

    @property
    def kind(self) -> str:
        kind = KINDS[self.form["kind"]]
        return str(self.visit.text(kind))

    @property
    def regions(self) -> str:
        """The regions responsible for the unit."""
        return " · ".join(REGIONS.get(region, region) for region in self.form["regions"])

    @property
    def next_part(self) -> Part | None:
        """The part after this one."""
        addresses = [part.address for part in self.parts]
        after = addresses.index(self.here) + 1 if self.here in addresses else len(addresses)
        return self.parts[after] if after < len(self.parts) else None

    def may(self, operation: str) -> bool:
        """Whether the reader may do something with the report as it is now."""
        return operation in self.form["allowed_operations"]

    def questions(self, section: str) -> list[Json]:
        """What a part asks, in the order of the template."""
        return [question for question in self.form["questions"] if question["section"] == section]

    def role(self, role: str | None) -> str:
        """What a role is called."""
        return str(self.visit.text(ROLES[role])) if role and role in ROLES else ""

    def who(self, by: Json) -> str:
        """A person as others know them, or the role where the name is not to be had."""
        return str(by.get("name") or self.role(by.get("role")))


async def framed(visit: Visit, report_id: UUID, here: str) -> Frame:
    """The frame of a report around the part at the address ``here``."""
    form = await visit.services.reporting.get(f"/reports/{report_id}/form")
    return frame_of(visit, form, here)


def frame_of(visit: Visit, form: Json, here: str) -> Frame:
    """The same of a form that was read already."""
    dates = form["deadline"]
    written = form["status"] in WRITABLE and dates
    return Frame(
        form=form,
        here=here,
        visit=visit,
        parts=_parts(visit, form),
        parties=_parties(visit, form),
        deadline=Deadline.of(dates, visit.portal.clock.now(), visit.tongue) if written else None,
    )


def _parts(visit: Visit, form: Json) -> list[Part]:
    found = []
    for section in form["sections"]:
        address, title = _PARTS[section]
        if section == "unit":
            title = ABOUT.get(form["kind"], ABOUT_SERVICE)
        counted = form["progress"].get(section)
        remaining = counted["required"] - counted["answered"] if counted else None
        found.append(Part(address, visit.text(title), remaining, counted["faults"] if counted else 0))
    return [*found, Part(CHECK[0], visit.text(CHECK[1]))]


def _parties(visit: Visit, form: Json) -> list[Party]:
    return [
        Party(
            id=party,
            title=visit.text(title),
            answered=form["parts"][party]["answered"],
            required=form["parts"][party]["required"],
            done=form["parts"][party]["done"],
            finished_at=form["parts"][party]["finished_at"],
        )
        for party, title in _PARTIES.items()
        if form["parts"].get(party, {}).get("questions")
    ]
