"""The parts of a report that are read and written as texts: about the unit, who has which role, the evaluation."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, HTTPException, Path
from fastapi.responses import Response

from services.portal.clients import Away, Problem, Service
from services.portal.pages.report.frame import Frame, Json, framed
from services.portal.pages.report.progress import Party, progress_of
from services.portal.pages.report.writing import saved
from services.portal.visit import Visit, Visiting

router = APIRouter()
QuestionId = Annotated[str, Path(max_length=100, pattern=r"^[a-z_.]+$")]


@router.get("/reports/{report_id}")
async def first(visit: Visiting, report_id: UUID) -> Response:
    """A report begins with its first part."""
    return visit.see(f"/reports/{report_id}/om")


@router.get("/reports/{report_id}/om")
async def about(visit: Visiting, report_id: UUID) -> Response:
    """What is decided about the unit: read here, changed elsewhere."""
    frame = await framed(visit, report_id, "om")
    return visit.page("report/about.html", frame=frame, unit=await _unit(visit, frame))


@router.get("/reports/{report_id}/evaluering")
async def evaluation(visit: Visiting, report_id: UUID) -> Response:
    """The texts of the two parties, the reader's own first."""
    frame = await framed(visit, report_id, "evaluering")
    sections = _sections(frame)
    writes = any(question["allowed_operations"] for _, questions in sections for question in questions)
    return visit.page("report/evaluation.html", sections=sections, writes=writes, **_said(visit, frame))


@router.get("/reports/{report_id}/svar/{question_id}")
async def question(visit: Visiting, report_id: UUID, question_id: QuestionId) -> Response:
    """One question as it is now, for a page that is open; on its own address it leads to the part."""
    if not visit.is_partial:
        return visit.see(f"/reports/{report_id}/evaluering#q-{slug(question_id)}")
    frame = await framed(visit, report_id, "evaluering", question_id=question_id)
    asked = next(iter(frame.form["questions"]), None)
    if asked is None:
        raise HTTPException(404)
    return visit.fragment("report/_question.html", question=asked, **_said(visit, frame))


@router.get("/reports/{report_id}/framdrift")
async def progress(visit: Visiting, report_id: UUID) -> Response:
    """How far the report has come, for a page that is open."""
    told = await visit.services.reporting.get(f"/reports/{report_id}/progress")
    return visit.fragment("report/progress.html", frame=progress_of(visit, told))


def slug(question_id: str) -> str:
    """What a question is called where a full stop would not do."""
    return question_id.replace(".", "-")


def _said(visit: Visit, frame: Frame) -> dict[str, Any]:
    """What a question is shown with."""
    today = visit.portal.clock.today().isoformat()
    return {"frame": frame, "today": today, "saved": partial(_saved, visit, frame)}


def _saved(visit: Visit, frame: Frame, answer: dict[str, Any]) -> str:
    return saved(visit, answer, frame.who(answer["by"]))


def _sections(frame: Frame) -> list[tuple[Party, Sequence[Json]]]:
    """The two parties with their questions; whoever writes for the group finds the group's first."""
    asked = frame.questions("evaluation")
    found = [(party, [each for each in asked if each["part"] == party.id]) for party in frame.parties]
    found = [(party, questions) for party, questions in found if questions]
    return sorted(found, key=lambda section: not any(question["yours"] for question in section[1]))


async def _unit(visit: Visit, frame: Frame) -> Mapping[str, Any] | None:
    """What the registry knows of the unit; the page does without where the registry is away."""
    registry = visit.services.registry
    try:
        unit, names = await asyncio.gather(
            registry.get(f"/units/{frame.form['unit']['unit_id']}"), _trusts(visit, registry)
        )
    except (Away, Problem):
        return None
    return {**unit, "trusts": [names.get(code, code) for code in unit["trusts"]]}


async def _trusts(visit: Visit, registry: Service) -> Mapping[str, str]:
    """The names of all trusts by code, as the registry told some time ago: they are the same for every reader."""
    known = visit.portal.trusts.get("")
    if known is None:
        listed = await registry.get("/trusts", limit=200)
        known = {trust["code"]: trust["name"] for trust in listed["items"]}
        visit.portal.trusts.keep("", known)
    return known
