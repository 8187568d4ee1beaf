"""A report opened at its activity lists, and the answers its pages give: the list again, or the form of one line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from fastapi import HTTPException
from fastapi.responses import Response

from services.portal.pages.activity.filling import Form
from services.portal.pages.activity.lists import Listed, Row, line_of, list_of, lists_of
from services.portal.pages.report.frame import Frame, fetch_form, frame_of
from services.portal.pages.report.progress import SECTIONS
from services.portal.said import Kind
from services.portal.visit import Visit

HERE = "aktivitet"


@dataclass(frozen=True)
class Opened:
    """One report as reporting tells it to this reader now."""

    visit: Visit
    report_id: UUID
    form: Mapping[str, Any]

    @property
    def frame(self) -> Frame:
        """What stands around the part."""
        return frame_of(self.visit, self.form, HERE)

    @property
    def path(self) -> str:
        """The report's own address, here and in reporting."""
        return f"/reports/{self.report_id}"

    def lists(self) -> list[Listed]:
        """Every activity list."""
        return lists_of(self.form, self.visit.tongue)

    def listed(self, question_id: str) -> Listed:
        """One activity list; without it there is no such page."""
        found = list_of(self.form, question_id, self.visit.tongue)
        if found is None:
            raise HTTPException(404)
        return found

    def line(self, entry_id: UUID) -> tuple[Listed, Mapping[str, Any]]:
        """A line and its list; without it there is no such page."""
        found = line_of(self.form, entry_id)
        if found is None:
            raise HTTPException(404)
        question_id, line = found
        return self.listed(question_id), line

    def row(self, entry_id: UUID) -> tuple[Listed, Row]:
        """The same as it is shown."""
        listed, _line = self.line(entry_id)
        return listed, next(row for row in listed.rows if row.id == entry_id)


async def opened(visit: Visit, report_id: UUID) -> Opened:
    """The report as it is now."""
    return Opened(visit, report_id, await fetch_form(visit, report_id, section=SECTIONS[HERE]))


@dataclass(frozen=True, kw_only=True)
class Told:
    """What became of something: a sentence for eyes and ears, and from where the reader goes on.

    ``unfolded`` names the forms that are open on the reader's page and must not be closed under the writer's hands;
    ``removed`` the lines just taken out, whose places still show how to put them back.
    """

    message: str = ""
    kind: Kind = "success"
    focus: str = ""
    unfolded: frozenset[str] = frozenset()
    removed: frozenset[str] = frozenset()


def list_again(report: Opened, listed: Listed, told: Told) -> Response:
    """The list as it is now: in its place on the page, or on the whole page where no script asked."""
    if report.visit.is_partial:
        return report.visit.fragment("activity/_list.html", report=report, frame=report.frame, list=listed, told=told)
    if told.message:
        report.visit.say(told.message, told.kind)
    asked = f"?{urlencode({'fjernet': sorted(told.removed)}, doseq=True)}" if told.removed else ""
    return report.visit.see(f"{report.path}/aktivitet{asked}#{told.focus or f'liste-{listed.id}'}")


def form_shown(report: Opened, form: Form, status: int = 200) -> Response:
    """The form of one line: in its place in the list, or on a page of its own."""
    if report.visit.is_partial:
        return report.visit.fragment("activity/_form.html", status, report=report, form=form)
    return report.visit.page("activity/entry.html", status, report=report, frame=report.frame, form=form)
