"""Saving: an answer of one's own, one entered for somebody, a confirmation, and that a part is done."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Form
from fastapi.responses import JSONResponse, Response

from services.portal.clients import Away, Problem
from services.portal.languages import N_
from services.portal.pages.report.not_taken import Written, incomplete, not_taken
from services.portal.pages.report.page import QuestionId
from services.portal.pages.report.writing import REFUSALS, away, command_key, plain, saved_now, write
from services.portal.visit import Visit, Visiting

NOT_NOW = N_("Det lot seg ikke gjøre nå.")
ENTERED = N_("Svaret er ført inn. Den det gjelder, får beskjed.")
router = APIRouter()
Base = Annotated[int, Form(ge=0, le=2**31 - 1)]
Key = Annotated[UUID, Form()]


@router.post("/reports/{report_id}/svar/{question_id}")
async def answer(
    visit: Visiting,
    report_id: UUID,
    question_id: QuestionId,
    key: Key,
    version: Base,
    text: Annotated[str, Form()] = "",
    choice: Annotated[list[str] | None, Form()] = None,
) -> Response:
    """Save an answer: to a script with its new version, to a person with the page it stands on."""
    sent = Written(report_id, question_id, plain(text), version, tuple(dict.fromkeys(choice or ())))
    body = {"text": sent.text, "choices": sent.choices, "base_version": version}
    try:
        done = await write(visit, "PUT", sent.path, body, command_key(key, sent.text, sent.choices, version))
    except Problem as problem:
        theirs = problem.body.get("theirs") or {}
        if sent.is_the_same(theirs):
            return _saved(visit, sent, theirs["version"])
        return await not_taken(visit, sent, problem)
    except Away as fault:
        return _away(visit, fault)
    return _saved(visit, sent, done.json()["version"])


@router.post("/reports/{report_id}/svar/{question_id}/pa-vegne")
async def enter_on_behalf(
    visit: Visiting,
    report_id: UUID,
    question_id: QuestionId,
    key: Key,
    version: Base,
    text: Annotated[str, Form()] = "",
    answered_on: Annotated[date | None, Form()] = None,
) -> Response:
    """The group's leader enters what a member answered, and when."""
    sent = Written(report_id, question_id, plain(text), version, answered_on=answered_on, on_behalf=True)
    if not sent.text.strip() or answered_on is None:
        return await incomplete(visit, sent)
    body = {"text": sent.text, "answered_on": answered_on.isoformat(), "base_version": version}
    done_key = command_key(key, sent.text, answered_on, version)
    try:
        done = await write(visit, "PUT", f"{sent.path}/on-behalf", body, done_key)
    except Problem as problem:
        return await not_taken(visit, sent, problem)
    except Away as fault:
        return _away(visit, fault)
    return _taken(visit, sent, done.json()["version"], visit.text(ENTERED))


@router.post("/reports/{report_id}/svar/{question_id}/bekreft")
async def confirm(visit: Visiting, report_id: UUID, question_id: QuestionId, key: Key, version: Base) -> Response:
    """The holder stands by what was entered."""
    sent = Written(report_id, question_id, "", version)
    try:
        await write(visit, "POST", f"{sent.path}/confirmations", {"base_version": version}, key)
    except Problem as problem:
        if problem.status not in (403, 409):
            raise
        visit.say(visit.text(N_("Svaret er endret siden du åpnet siden. Les det en gang til.")), "warning")
    else:
        visit.say(visit.text(N_("Takk. Svaret er bekreftet, og nå er det bare du som kan endre det.")))
    return visit.see(sent.place)


@router.post("/reports/{report_id}/ferdig")
async def finish(
    visit: Visiting,
    report_id: UUID,
    key: Key,
    part: Annotated[Literal["unit", "group"], Form()],
    finished: Annotated[bool, Form()],
) -> Response:
    """Say that a part is done, or take it back."""
    body = {"part": part, "finished": finished}
    try:
        await write(visit, "POST", f"/reports/{report_id}/finished-parts", body, command_key(key, part, finished))
    except Problem as problem:
        if problem.status not in (403, 409):
            raise
        visit.say(visit.text(REFUSALS.get(problem.code, NOT_NOW)), "warning")
    else:
        visit.say(visit.text("Delen er meldt ferdig.") if finished else visit.text("Delen er åpnet igjen."))
    return visit.see(f"/reports/{report_id}/evaluering#ferdig-{part}")


def _saved(visit: Visit, sent: Written, version: int) -> Response:
    return _taken(visit, sent, version, saved_now(visit))


def _taken(visit: Visit, sent: Written, version: int, state: str) -> Response:
    """To a script with the version it is now, to a person with the page it stands on."""
    if visit.is_partial:
        return JSONResponse({"version": version, "state": state})
    visit.say(state)
    return visit.see(sent.place)


def _away(visit: Visit, fault: Away) -> Response:
    if not visit.is_partial:
        raise fault  # the page of the fault shows what was written
    return away(visit, fault)
