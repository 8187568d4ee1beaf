"""What stands around every part of a report: whose it is, how far it has come, how long is left, where to go."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from services.portal.languages import N_
from services.portal.pages.report.deadline import Deadline
from services.portal.pages.report.progress import SECTIONS, Part, Progress, progress_of
from services.portal.pages.report.words import KINDS, REGIONS, ROLES, STATUSES, WRITABLE
from services.portal.visit import Visit

Json = Mapping[str, Any]


@dataclass(frozen=True)
class Frame(Progress):
    """One report around one of its parts, for one reader; ``form`` is what reporting tells of it."""

    form: Json
    here: str
    visit: Visit
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


async def framed(
    visit: Visit, report_id: UUID, here: str, *, question_id: str | None = None, answers: bool = True
) -> Frame:
    """The frame of a report around the part at the address ``here``.

    Its form has the questions of that part, of the whole report where the page is no part of it, or one alone; and
    nothing of what was answered where the page does without ``answers``.
    """
    form = await fetch_form(visit, report_id, section=SECTIONS.get(here), question_id=question_id, answers=answers)
    return frame_of(visit, form, here)


async def fetch_form(
    visit: Visit, report_id: UUID, *, section: str | None = None, question_id: str | None = None, answers: bool = True
) -> Json:
    """What reporting tells of a report: what a page does not show is not asked for, for all of it is much."""
    wanted = {"section": section, "question_id": question_id, "answers": None if answers else False}
    found: Json = await visit.services.reporting.get(f"/reports/{report_id}/form", **wanted)
    visit.portal.labels.learn(report_id, found["questions"])
    return found


def frame_of(visit: Visit, form: Json, here: str) -> Frame:
    """The same of a form that was read already."""
    dates = form["deadline"]
    written = form["status"] in WRITABLE and dates
    progress = progress_of(visit, form)
    return Frame(
        form=form,
        here=here,
        visit=visit,
        parts=progress.parts,
        parties=progress.parties,
        deadline=Deadline.of(dates, visit.portal.clock.now(), visit.tongue) if written else None,
    )
