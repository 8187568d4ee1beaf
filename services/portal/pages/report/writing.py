"""How what somebody wrote in a report is sent on, and how it is answered to a script or to a person."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid5

import httpx
from fastapi.responses import JSONResponse

from services.portal.clients import Away, Problem
from services.portal.languages import N_
from services.portal.visit import Visit

_FOREMOST = ("professional_lead", "site_lead", "coordinator", "group_leader")
"""Whoever holds several roles that allow something acts in the first of these."""

REFUSALS = {
    "report_is_locked": N_("Ikke lagret: rapporten er ikke åpen for skriving nå. Ta vare på teksten."),
    "not_your_question": N_("Ikke lagret: dette svaret hører til en annen."),
    "not_allowed": N_("Ikke lagret: rollen din gir ikke lov til å endre dette."),
    "answer_is_confirmed": N_("Ikke ført inn: svaret er bekreftet, og bare den det gjelder, endrer det nå."),
    "answer_is_the_holders": N_("Ikke ført inn: den det gjelder, har skrevet svaret sitt selv."),
    "text_over_ceiling": N_("Ikke lagret: teksten er for lang til å lagres. Kort den ned eller del den opp."),
    "body_too_large": N_("Ikke lagret: teksten er for lang til å lagres. Kort den ned eller del den opp."),
    "session_over": N_("Ikke lagret: du er logget ut."),
}
"""What a refusal means to whoever wrote; the text itself stays where it is."""
NOT_TAKEN = N_("Ikke lagret. Teksten din står her fortsatt.")
AWAY = N_("Ikke lagret, vi prøver igjen")


def plain(text: str) -> str:
    """A text as it is kept: line ends as the web has them in scripts, and without what no database keeps."""
    whole = text.encode(errors="replace").decode()
    return whole.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")


def command_key(key: UUID, *said: object) -> UUID:
    """The key of one command: the same form sent twice is one, the same form with another text is another."""
    return uuid5(key, json.dumps([str(each) for each in said]))


async def write(visit: Visit, method: str, path: str, body: Any, key: UUID) -> httpx.Response:
    """Send something to reporting; whoever holds several roles that allow it acts in the foremost."""
    reporting = visit.services.reporting
    try:
        return await reporting.send(method, path, body, key=key)
    except Problem as problem:
        if problem.code != "acting_as_needed":
            raise
        return await reporting.send(method, path, body, key=key, acting_as=_foremost(problem.body["choices"]))


def _foremost(choices: Sequence[dict[str, str]]) -> str:
    def rank(choice: dict[str, str]) -> int:
        return _FOREMOST.index(choice["role"]) if choice["role"] in _FOREMOST else len(_FOREMOST)

    return min(choices, key=rank)["assignment_id"]


def reason(problem: Problem) -> str:
    """The stable code of why; where the shape was wrong, what was wrong with it."""
    inner = [str(fault.get("code", "")) for fault in problem.errors]
    return next((code for code in inner if code in REFUSALS), problem.code)


def refused(visit: Visit, problem: Problem) -> JSONResponse:
    """The answer to a script whose text was not taken."""
    code = reason(problem)
    state = visit.text(REFUSALS.get(code, NOT_TAKEN))
    return JSONResponse({"code": code, "state": state}, problem.status)


def away(visit: Visit, fault: Away) -> JSONResponse:
    """The answer to a script that may send the same again."""
    headers = {"Retry-After": str(fault.retry_after)}
    return JSONResponse({"code": f"{fault.service}_away", "state": visit.text(AWAY)}, 503, headers)


def saved_now(visit: Visit) -> str:
    """``Lagret 12:03``."""
    return str(visit.text(N_("Lagret %(time)s"), time=visit.tongue.time(visit.portal.clock.now())))


def moment(visit: Visit, at: str) -> str:
    """When something was: the time alone when it was today."""
    says, today = visit.tongue, visit.portal.clock.today()
    return says.time(at) if says.date(at) == says.date(today) else says.moment(at, "medium")


def saved(visit: Visit, answer: dict[str, Any], who: str) -> str:
    """When an answer was saved, and by whom when it was somebody else."""
    when = moment(visit, answer["at"])
    if answer["by"]["subject"] == str(visit.person_id):
        return str(visit.text(N_("Lagret %(time)s"), time=when))
    return str(visit.text(N_("Lagret %(time)s av %(who)s"), time=when, who=who))
