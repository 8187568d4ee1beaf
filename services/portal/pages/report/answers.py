"""Saving: an answer of one's own, one entered for somebody, a confirmation, and that a part is done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Form, Path
from fastapi.responses import JSONResponse, Response

from services.portal.clients import Away, Problem
from services.portal.languages import N_
from services.portal.pages.report.frame import framed
from services.portal.pages.report.page import slug
from services.portal.pages.report.words import ROLES
from services.portal.pages.report.writing import (
    NOT_TAKEN,
    REFUSALS,
    away,
    command_key,
    moment,
    plain,
    reason,
    refused,
    saved_now,
    write,
)
from services.portal.visit import Visit, Visiting

NOT_NOW = N_("Det lot seg ikke gjøre nå.")
router = APIRouter()
QuestionId = Annotated[str, Path(max_length=100, pattern=r"^[a-z_.]+$")]
Base = Annotated[int, Form(ge=0, le=2**31 - 1)]
Key = Annotated[UUID, Form()]
_FINAL = frozenset({"report_is_locked", "not_your_question", "not_allowed", "answer_is_confirmed"})
"""Refusals after which sending the same again is of no use."""


@dataclass(frozen=True)
class Written:
    """What somebody sent as the answer to a question, on the version seen."""

    report_id: UUID
    question_id: str
    text: str
    version: int
    choices: tuple[str, ...] = ()
    answered_on: date | None = None

    @property
    def path(self) -> str:
        return f"/reports/{self.report_id}/answers/{self.question_id}"

    @property
    def address(self) -> str:
        return f"/reports/{self.report_id}/svar/{self.question_id}"

    @property
    def fields(self) -> list[tuple[str, str]]:
        """As the form's fields have it."""
        return [("text", self.text), *(("choice", choice) for choice in self.choices)]

    def is_the_same(self, theirs: Mapping[str, Any]) -> bool:
        """Whether it is what stands there already: then nothing is in the way of it."""
        return theirs.get("text") == self.text and tuple(theirs.get("choices") or ()) == self.choices


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
        return await _not_taken(visit, sent, problem)
    except Away as fault:
        if not visit.is_partial:
            raise  # the page of the fault shows what was written
        return away(visit, fault)
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
    sent = Written(report_id, question_id, plain(text), version, answered_on=answered_on)
    if not sent.text.strip() or answered_on is None:
        return await _kept(visit, sent, N_("Skriv svaret og datoen det ble gitt."), status=422)
    body = {"text": sent.text, "answered_on": answered_on.isoformat(), "base_version": version}
    done_key = command_key(key, sent.text, answered_on, version)
    try:
        await write(visit, "PUT", f"{sent.path}/on-behalf", body, done_key)
    except Problem as problem:
        return await _not_taken(visit, sent, problem)
    visit.say(visit.text(N_("Svaret er ført inn. Den det gjelder, får beskjed.")))
    return _back(visit, sent)


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
    return _back(visit, sent)


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
    if visit.is_partial:
        return JSONResponse({"version": version, "state": saved_now(visit)})
    visit.say(saved_now(visit))
    return _back(visit, sent)


def _back(visit: Visit, sent: Written) -> Response:
    return visit.see(f"/reports/{sent.report_id}/evaluering#q-{slug(sent.question_id)}")


async def _not_taken(visit: Visit, sent: Written, problem: Problem) -> Response:
    """Somebody was first, or a rule says no: either way the text comes back to whoever wrote it."""
    theirs = problem.body.get("theirs") if problem.code == "changed_meanwhile" else None
    if theirs is None:
        return refused(visit, problem) if visit.is_partial else await _kept_refused(visit, sent, problem)
    if sent.answered_on is None and sent.is_the_same(theirs):
        return _saved(visit, sent, theirs["version"])
    if not visit.is_partial:
        return await _kept(visit, sent, N_("Ingenting er tapt. Velg hva du vil beholde:"), theirs=theirs, status=409)
    return _panel(visit, sent, theirs)


def _panel(visit: Visit, sent: Written, theirs: Mapping[str, Any]) -> Response:
    """Both texts, for a script to put below the field."""
    fields = [("text", theirs.get("text") or ""), *(("choice", each) for each in theirs.get("choices") or ())]
    said = _both(visit, theirs)
    panel = visit.fragment("report/_conflict.html", theirs=theirs, mine=sent.text, fields=fields, **said)
    state = visit.text(N_("Ikke lagret. Velg hvilken tekst som skal gjelde."))
    told = {"code": "changed_meanwhile", "state": state, "panel": bytes(panel.body).decode()}
    return JSONResponse(told, 409)


def _both(visit: Visit, theirs: Mapping[str, Any]) -> dict[str, Any]:
    """Whose text was there first; somebody can also have been first to themselves, in another window."""
    by = theirs.get("by") or {}
    if by.get("subject") == str(visit.person_id):
        title = visit.text(N_("Du endret denne teksten i et annet vindu"))
        return {"title": title, "whose": visit.text(N_("Din tekst fra det andre vinduet"))}
    when = moment(visit, theirs["at"])
    who = by.get("name") or visit.text(ROLES.get(by.get("role", ""), N_("noen")))
    title = visit.text(N_("%(who)s endret teksten mens du skrev"), who=who)
    return {
        "title": title[:1].upper() + title[1:],
        "whose": visit.text(N_("Teksten fra %(who)s, %(when)s"), who=who, when=when),
    }


async def _kept_refused(visit: Visit, sent: Written, problem: Problem) -> Response:
    if problem.status == 404:
        raise problem
    code = reason(problem)
    return await _kept(visit, sent, REFUSALS.get(code, NOT_TAKEN), status=problem.status, again=code not in _FINAL)


async def _kept(
    visit: Visit,
    sent: Written,
    happened: str,
    *,
    status: int,
    theirs: Mapping[str, Any] | None = None,
    again: bool = True,
) -> Response:
    """The page of a text that was not taken."""
    frame = await framed(visit, sent.report_id, "evaluering")
    asked = next((each for each in frame.form["questions"] if each["id"] == sent.question_id), None)
    said = _both(visit, theirs) if theirs else {"title": visit.text(N_("Teksten er ikke lagret")), "whose": ""}
    return visit.page(
        "report/kept.html",
        status,
        frame=frame,
        happened=visit.text(happened),
        label=asked["label"][visit.language] if asked else "",
        theirs=theirs,
        mine=sent.text,
        more=[("choice", each) for each in sent.choices],
        version=theirs["version"] if theirs else sent.version,
        again=again,
        action=visit.request.url.path,
        asks_day=visit.request.url.path.endswith("/pa-vegne"),
        today=visit.portal.clock.today().isoformat(),
        back=f"/reports/{sent.report_id}/evaluering#q-{slug(sent.question_id)}",
        **said,
    )
