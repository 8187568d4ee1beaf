"""Logging in and out: the addresses a person passes on the way to the identity provider and back."""

from __future__ import annotations

import asyncio
import re
from typing import Annotated

import structlog
from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from services.portal.clients import Away, Problem
from services.portal.login import cookies
from services.portal.login.entering import enter, registry, unknown
from services.portal.login.faults import failed, registry_away
from services.portal.login.parts import LoggingIn, Newcomer
from services.portal.login.refusals import LoginFailed, LoginOver
from services.portal.security import local
from services.portal.sessions import COOKIE
from services.portal.visit import Anyone

router = APIRouter()
log = structlog.get_logger()
CODE = re.compile(r"[A-Z2-7]{24}")
MOST_AT_ONCE = 5
"""Logins one browser may have under way; older ones are forgotten, for a browser sends only so many cookies."""


@router.get("/login")
async def login(visit: Anyone, parts: LoggingIn, request: Request, next: str = "/") -> Response:  # noqa: A002
    """Go to the identity provider, and come back to ``next``."""
    wanted = _beyond_login(next)
    if visit.session is not None:
        return RedirectResponse(wanted, 303)
    try:
        address, attempt = await parts.client.begin(wanted, visit.language)
    except LoginFailed as fault:
        return await failed(request, fault, wanted)
    answer = RedirectResponse(address, 303)
    cookies.take_back(answer, *cookies.attempts_in(request.cookies)[: -MOST_AT_ONCE + 1])
    cookies.give(answer, cookies.attempt(attempt.state), parts.attempts.seal(attempt), parts.attempts.seconds)
    return answer


@router.get("/login/callback")
async def callback(visit: Anyone, parts: LoggingIn, request: Request) -> Response:
    """Somebody comes back; whatever the answer is worth, it counts once."""
    answered = {name: value for name, value in request.query_params.items() if value}
    under_way = cookies.attempt(answered.get("state", ""))
    attempt = parts.attempts.open(request.cookies.get(under_way))
    if attempt is None and visit.session is not None:
        return RedirectResponse("/", 303)
    wanted = attempt.next if attempt else "/"
    try:
        if attempt is None:
            raise LoginOver("this browser has no such login under way")
        told = await parts.client.finish(answered, attempt)
        answer = await enter(visit, parts, Newcomer(told.hash, told.level, told.hint, wanted))
    except LoginFailed as fault:
        answer = await failed(request, fault, wanted)
    except Away:
        answer = await registry_away(request, wanted)
    cookies.take_back(answer, under_way)
    return answer


@router.post("/login/invitation")
async def accept(
    visit: Anyone, parts: LoggingIn, request: Request, code: Annotated[str, Form(max_length=200)] = ""
) -> Response:
    """Somebody was invited: the code binds the login to the person, who is let in at once."""
    newcomer = parts.newcomers.open(request.cookies.get(cookies.NEWCOMER))
    if newcomer is None:
        return await failed(request, LoginOver("nobody waits with an invitation"), "/")
    plain = re.sub(r"[\s-]", "", code).upper()
    if not CODE.fullmatch(plain):
        return unknown(visit, code, "malformed")
    try:
        await registry(visit, newcomer).send("POST", "/logins", {"code": plain})
        return await enter(visit, parts, newcomer)
    except Problem as problem:
        if problem.status != 409:
            raise
        return unknown(visit, code, problem.code)
    except Away:
        return unknown(visit, code, "registry_away")


@router.get("/logout")
async def outside(visit: Anyone) -> Response:
    """Where one ends up after logging out; who follows a link here is asked first."""
    return visit.page("login/logout.html")


@router.post("/logout")
async def logout(visit: Anyone, parts: LoggingIn) -> Response:
    """The session is over here and at the identity provider."""
    leaving, visit.session, visit.roles = visit.session, None, []
    address = None
    if leaving is not None:
        await asyncio.to_thread(visit.portal.sessions.end, leaving.id)
        address = await parts.client.farewell(leaving.login_hint, visit.language)
        log.info("logged_out", person_id=str(leaving.person_id))
    answer: Response = RedirectResponse("/logout", 303)
    if address:
        # Not by a redirect: a form must not lead off this site (Content-Security-Policy), a page may.
        answer = visit.page("login/leaving.html", address=address)
        answer.headers["Refresh"] = f"0; url={address}"
    cookies.take_back(answer, COOKIE, cookies.NEWCOMER)
    # What was written and not yet saved stays in no browser that others use.
    answer.headers["Clear-Site-Data"] = '"storage"'
    return answer


def _beyond_login(wanted: str) -> str:
    """Where to go after logging in: on this site, and not to log in or out once more."""
    address = local(wanted)
    return "/" if re.match(r"/(login|logout)\b", address) else address
