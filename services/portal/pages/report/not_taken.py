"""A text that was not taken: it comes back to whoever wrote it, beside the answer that was there first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from fastapi.responses import JSONResponse, Response

from services.portal.clients import Problem
from services.portal.languages import N_
from services.portal.pages.report.frame import Json, framed
from services.portal.pages.report.page import slug
from services.portal.pages.report.words import ROLES
from services.portal.pages.report.writing import NOT_TAKEN, REFUSALS, moment, reason, refused
from services.portal.visit import Visit

INCOMPLETE = N_("Skriv svaret og datoen det ble gitt.")
NOT_SAVED = N_("Teksten er ikke lagret")
CHOOSE = N_("Ingenting er tapt. Velg hva du vil beholde:")
_THE_HOLDERS = frozenset({"answer_is_confirmed", "answer_is_the_holders"})
"""Refusals because the answer that stands is its holder's own: nobody enters another in its place."""
_FINAL = frozenset({"report_is_locked", "not_your_question", "not_allowed"}) | _THE_HOLDERS
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
    on_behalf: bool = False

    @property
    def path(self) -> str:
        return f"/reports/{self.report_id}/answers/{self.question_id}"

    @property
    def place(self) -> str:
        """Where its question stands."""
        return f"/reports/{self.report_id}/evaluering#q-{slug(self.question_id)}"

    def is_the_same(self, theirs: Mapping[str, Any]) -> bool:
        """Whether it is what stands there already: then nothing is in the way of it."""
        return theirs.get("text") == self.text and tuple(theirs.get("choices") or ()) == self.choices


@dataclass(frozen=True)
class First:
    """The answer that was there first; ``why`` tells where no other can take its place."""

    answer: Mapping[str, Any]
    code: str = "changed_meanwhile"
    why: str = ""


async def incomplete(visit: Visit, sent: Written) -> Response:
    """Something is missing that the page asks for before it sends anything."""
    if visit.is_partial:
        return JSONResponse({"code": "incomplete", "state": visit.text(INCOMPLETE)}, 422)
    return await _kept(visit, sent, INCOMPLETE, status=422)


async def not_taken(visit: Visit, sent: Written, problem: Problem) -> Response:
    """Somebody was first, or a rule says no."""
    if problem.status == 404 and not visit.is_partial:
        raise problem
    first, code = await _first(visit, sent, problem), reason(problem)
    if visit.is_partial:
        return _panel(visit, sent, first) if first else refused(visit, problem)
    if first:
        return await _kept(visit, sent, first.why or CHOOSE, status=409, first=first, again=not first.why)
    return await _kept(visit, sent, REFUSALS.get(code, NOT_TAKEN), status=problem.status, again=code not in _FINAL)


async def _first(visit: Visit, sent: Written, problem: Problem) -> First | None:
    """The answer in the way of this one, where that is why it was not taken."""
    code = reason(problem)
    theirs = problem.body.get("theirs") if code == "changed_meanwhile" else None
    if not sent.on_behalf or not (theirs or code in _THE_HOLDERS):
        return First(theirs) if theirs else None
    form = (await framed(visit, sent.report_id, "evaluering", question_id=sent.question_id)).form
    answer, asked = form["answers"].get(sent.question_id), _asked(form, sent.question_id)
    if not answer or "enter_on_behalf" in asked.get("allowed_operations", ()):
        return First(theirs) if theirs else None
    code = "answer_is_confirmed" if answer.get("on_behalf_of") else "answer_is_the_holders"
    return First(answer, code, REFUSALS[code])


def _asked(form: Json, question_id: str) -> Mapping[str, Any]:
    return next((each for each in form["questions"] if each["id"] == question_id), {})


def _panel(visit: Visit, sent: Written, first: First) -> Response:
    """Both texts, for a script to put below the field."""
    theirs = first.answer
    fields = [("text", theirs.get("text") or ""), *(("choice", each) for each in theirs.get("choices") or ())]
    said = {**_both(visit, first), "happened": visit.text(first.why or CHOOSE), "again": not first.why}
    panel = visit.fragment("report/_conflict.html", theirs=theirs, mine=sent.text, fields=fields, **said)
    state = visit.text(first.why or N_("Ikke lagret. Velg hvilken tekst som skal gjelde."))
    return JSONResponse({"code": first.code, "state": state, "panel": bytes(panel.body).decode()}, 409)


def _both(visit: Visit, first: First) -> dict[str, Any]:
    """Whose text was there first; somebody can also have been first to themselves, in another window."""
    theirs = first.answer
    by = theirs.get("by") or {}
    if first.why:
        return {"title": visit.text(NOT_SAVED), "whose": visit.text(N_("Svaret som gjelder nå"))}
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


async def _kept(
    visit: Visit,
    sent: Written,
    happened: str,
    *,
    status: int,
    first: First | None = None,
    again: bool = True,
) -> Response:
    """The page of a text that was not taken."""
    frame = await framed(visit, sent.report_id, "evaluering", question_id=sent.question_id)
    label = _asked(frame.form, sent.question_id).get("label")
    theirs = first.answer if first else None
    said = _both(visit, first) if first else {"title": visit.text(NOT_SAVED), "whose": ""}
    return visit.page(
        "report/kept.html",
        status,
        frame=frame,
        happened=visit.text(happened),
        label=label[visit.language] if label else "",
        theirs=theirs,
        mine=sent.text,
        more=[("choice", each) for each in sent.choices],
        version=theirs["version"] if theirs else sent.version,
        again=again,
        action=visit.request.url.path,
        asks_day=sent.on_behalf,
        day=sent.answered_on.isoformat() if sent.answered_on else "",
        today=visit.portal.clock.today().isoformat(),
        back=sent.place,
        **said,
    )
