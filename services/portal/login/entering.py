"""From a login that held to a session: the registry says whose it is."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Any
from uuid import UUID

import structlog
from fastapi.responses import RedirectResponse, Response

from services.portal.clients import Problem, Service
from services.portal.login import cookies
from services.portal.login.parts import LoginParts, Newcomer
from services.portal.sessions import COOKIE
from services.portal.visit import Visit

log = structlog.get_logger()
NOT_REGISTERED = "not_registered"


async def enter(visit: Visit, parts: LoginParts, newcomer: Newcomer) -> Response:
    """Let somebody in, or tell whom nobody knows what to do; the browser carries a sealed note of who that is."""
    try:
        known = await registry(visit, newcomer).get("/me")
    except Problem as problem:
        if problem.code != NOT_REGISTERED:
            raise
        answer: Response = unknown(visit)
        cookies.give(answer, cookies.NEWCOMER, parts.newcomers.seal(newcomer), parts.newcomers.seconds)
        log.info("login_not_registered")
        return answer
    return await _begin(visit, newcomer, known)


def registry(visit: Visit, newcomer: Newcomer) -> Service:
    """The registry as this login may use it."""
    return visit.portal.connections.for_subject(f"login:{newcomer.hash}", newcomer.level).registry


def unknown(visit: Visit, code: str = "", fault: str = "") -> Response:
    """The page for a login that is nobody's yet; with the invitation's code that was given, and what is wrong."""
    status = 409 if fault else 403
    return visit.page("login/not_registered.html", status, given=code, wrong=fault)


async def _begin(visit: Visit, newcomer: Newcomer, known: dict[str, Any]) -> Response:
    """A new session under a new name; one that this browser had is over."""
    sessions, person_id = visit.portal.sessions, UUID(known["person_id"])
    if visit.session is not None:
        await asyncio.to_thread(sessions.end, visit.session.id)
    name = known["card"]["name"] or visit.text("Uten navn")
    begin = partial(sessions.begin, person_id, name, level=newcomer.level, login_hint=newcomer.hint)
    cookie, _ = await asyncio.to_thread(begin)
    visit.portal.roles.forget(person_id)
    answer = RedirectResponse(newcomer.next, 303)
    cookies.give(answer, COOKIE, cookie)
    cookies.take_back(answer, cookies.NEWCOMER)
    log.info("logged_in", person_id=str(person_id))
    return answer
