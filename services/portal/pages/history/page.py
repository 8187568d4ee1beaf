"""Historikk: who changed what and when, over time and by question, and the report as it was."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Path, Query
from fastapi.responses import Response

from services.portal.pages.history.difference import Change, between
from services.portal.pages.history.happenings import Asked, Happening, Matter, happenings
from services.portal.pages.history.points import Point, point_before, points
from services.portal.pages.history.sentences import MATTERS, Sentences
from services.portal.pages.history.wording import counted, difference
from services.portal.pages.preview.paper import line_as_text, paper, persons, titles
from services.portal.pages.report.frame import Frame, framed
from services.portal.visit import Visit, Visiting

router = APIRouter()
ON_A_PAGE = 50
HERE = "historikk"
Text = Annotated[str, Query(max_length=200)]
Version = Annotated[int | None, Query(ge=1, le=2**31 - 1)]


@dataclass(frozen=True)
class Told:
    """A report's history as it is shown: around it the report, and everything that happened, newest first."""

    frame: Frame
    happenings: list[Happening]
    sentences: Sentences

    @property
    def people(self) -> dict[str, str]:
        """Who did anything, by subject, in the order of their names."""
        found = {each.by["subject"]: self.frame.who(each.by) for each in reversed(self.happenings)}
        return dict(sorted(found.items(), key=lambda one: one[1].casefold()))

    @property
    def questions(self) -> list[tuple[dict[str, Any], list[Happening]]]:
        """The questions in their order, each with what happened to it."""
        asked = self.frame.form["questions"]
        return [(q, [each for each in self.happenings if each.question_id == q["id"]]) for q in asked]

    @property
    def points(self) -> list[Point]:
        """The versions worth comparing, newest first."""
        return points(self.happenings)

    def of(self, change: Change) -> list[Happening]:
        """What happened at the place of a change."""
        return [each for each in self.happenings if each.place == change.place.split(":")[-1]]


@router.get("/reports/{report_id}/historikk")
async def history(
    visit: Visiting,
    report_id: UUID,
    sporsmal: Text = "",
    person: Text = "",
    slag: Text = "",
    vis: Text = "",
    side: Annotated[int, Query(ge=1, le=100_000)] = 1,
) -> Response:
    """Everything that happened, newest first, or what was asked for of it; by question when ``vis`` says so."""
    if vis == "sporsmal":
        told = await _told(visit, report_id)
        return visit.page("history/by_question.html", frame=told.frame, told=told)
    told = await _told(visit, report_id, texts=True)
    asked = Asked(sporsmal, person, slag)
    chosen = [each for each in told.happenings if asked.wants(each)]
    pages = max(1, -(-len(chosen) // ON_A_PAGE))
    side = min(side, pages)
    shown = chosen[(side - 1) * ON_A_PAGE : side * ON_A_PAGE]
    return visit.page(
        "history/history.html",
        frame=told.frame,
        told=told,
        asked=asked,
        matters={matter: MATTERS[matter] for matter in Matter},
        shown=await asyncio.to_thread(lambda: [(each, _words(each)) for each in shown]),
        count=len(chosen),
        page_number=side,
        pages=pages,
        query=urlencode({"sporsmal": sporsmal, "person": person, "slag": slag}),
    )


@router.get("/reports/{report_id}/historikk/forskjell")
async def compared(
    visit: Visiting, report_id: UUID, fra: Version = None, til: Version = None, sporsmal: Text = ""
) -> Response:
    """What is otherwise in one version than in another, the older first whichever way they are named."""
    told = await _told(visit, report_id)
    difference = await difference_between(visit, told, fra or 1, til)
    difference["changes"] = [each for each in difference["changes"] if not sporsmal or each.question_id == sporsmal]
    return visit.page("history/difference.html", frame=told.frame, asked=Asked(sporsmal), **difference)


@router.get("/reports/{report_id}/historikk/versjon/{version}")
async def as_it_was(visit: Visiting, report_id: UUID, version: Annotated[int, Path(ge=1, le=2**31 - 1)]) -> Response:
    """The report as it was at a version."""
    told, was = await asyncio.gather(_told(visit, report_id), _at(visit, report_id, version))
    form = told.frame.form
    return visit.page(
        "history/version.html",
        frame=told.frame,
        told=told,
        was=was,
        version=version,
        last=point_before(told.happenings, version),
        sections=paper(was, form, visit.tongue),
        titles=titles(told.frame),
        persons=persons(was, form),
        submission=next((s for s in form["submissions"] if s["report_version"] in (version, version - 1)), None),
    )


async def difference_between(visit: Visit, told: Told, one: int, other: int | None) -> dict[str, Any]:
    """What ``history/_change.html`` is drawn of: what is otherwise in the later of two versions."""
    form = told.frame.form
    newest = int(form["report_version"])
    first, last = sorted((max(1, min(one, newest)), min(other or newest, newest)))
    before, after = await asyncio.gather(*(_at(visit, form["report_id"], version) for version in (first, last)))
    as_text = partial(_line_as_text, told.frame, visit)
    return {
        "told": told,
        "changes": await asyncio.to_thread(between, before, after, as_text),
        "labels": {question["id"]: question["label"][visit.language] for question in form["questions"]},
        "choices": _choices(form, visit),
        "first": first,
        "last": last,
    }


async def tell(visit: Visit, frame: Frame, apart_at: int = 0, *, texts: bool = False) -> Told:
    """The history of the report that is shown in ``frame``; its ``texts`` are asked for where words are counted."""
    facts = await visit.services.reporting.get(f"/reports/{frame.id}/history", texts=texts)
    happened = await asyncio.to_thread(happenings, facts, apart_at)
    return Told(frame, happened, Sentences.of(frame.form, visit.tongue))


async def _told(visit: Visit, report_id: UUID, *, texts: bool = False) -> Told:
    return await tell(visit, await framed(visit, report_id, HERE, answers=False), texts=texts)


async def _at(visit: Visit, report_id: UUID, version: int) -> dict[str, Any]:
    found: dict[str, Any] = await visit.services.reporting.get(f"/reports/{report_id}", version=version)
    return found


def _line_as_text(frame: Frame, visit: Visit, line: dict[str, Any]) -> str:
    return line_as_text(frame.form, line, visit.tongue)


def _words(happening: Happening) -> tuple[int, int] | None:
    """How many words a text won and lost; None where there is no text to count."""
    old, new = ((side.get("text") if isinstance(side, dict) else None) for side in (happening.old, happening.new))
    if happening.event not in ("Answered", "EnteredOnBehalf") or new is None or (happening.old and old is None):
        return None
    return counted(difference(old or "", new))


def _choices(form: Any, visit: Visit) -> dict[str, str]:
    asked = (choice for question in form["questions"] for choice in question["choices"])
    return {choice["id"]: choice["label"][visit.language] for choice in asked}
