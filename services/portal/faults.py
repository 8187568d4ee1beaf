"""What people see when something goes wrong: what happened, what they can do next, what to tell who helps them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import PlainTextResponse, RedirectResponse, Response
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.portal.addresses import page_of
from services.portal.clients import Away, Problem
from services.portal.database import DatabaseAway
from services.portal.fault_words import FORGED, OVER, Fault, fault_of
from services.portal.given_back import GivenBack, given_back
from services.portal.security import SAFE, Forged
from services.portal.visit import NotLoggedIn, Visit, anyone, stranger
from shared.context import correlation_id
from shared.problems import BodyLimit

log = structlog.get_logger()


async def shown(
    request: Request, status: int, fault: Fault | None = None, *, code: str = "", retry_after: int = 0, **more: Any
) -> Response:
    """The page, or the part of one, that tells of a fault; what was written in a form is shown, to be kept."""
    visit = await _visit(request)
    context = {"fault": fault or fault_of(status), "answered": status, "code": code, "given": GivenBack(), **more}
    if visit.is_by_script:
        answer: Response = visit.fragment("faults/_fault.html", status, **context)
    else:
        if request.method not in SAFE and status != 413:
            context["given"] = await given_back(visit.request, visit.label)
        answer = visit.page("faults/fault.html", status, **context)
    if retry_after:
        answer.headers["Retry-After"] = str(retry_after)
    return answer


async def _visit(request: Request) -> Visit:
    """Whose request it is, as far as that can be found out when something is wrong already."""
    known: Visit | None = getattr(request.state, "visit", None)
    if known is not None or request.method not in SAFE:
        return known or stranger(request)
    try:
        return await anyone(request)
    except DatabaseAway:
        return stranger(request)


async def _not_logged_in(request: Request, fault: NotLoggedIn) -> Response:
    login = f"/login?next={quote(page_of(request), safe='')}"
    if request.method in SAFE and not stranger(request).is_by_script:
        return RedirectResponse(login, 303)
    return await shown(request, 401, OVER, code="session_over", login=login)


async def _forged(request: Request, fault: Forged) -> Response:
    log.warning("form_refused", why=fault.why)
    return await shown(request, 403, FORGED, code="form_refused")


async def _problem(request: Request, fault: Problem) -> Response:
    ours = fault.status in (401, 500)
    (log.error if ours else log.info)("service_refused", asked=fault.service, status=fault.status, code=fault.code)
    return await shown(request, 500 if ours else fault.status, code=fault.code)


async def _away(request: Request, fault: Away) -> Response:
    log.warning("service_away", asked=fault.service)
    return await shown(request, 503, code=f"{fault.service}_away", retry_after=fault.retry_after)


async def _database_away(request: Request, fault: DatabaseAway) -> Response:
    log.error("database_fault", fault=str(fault))
    return await shown(request, 503, code="database_away", retry_after=5)


async def _malformed(request: Request, fault: RequestValidationError) -> Response:
    """An address that cannot be one leads nowhere; a field that cannot be right is the form's fault."""
    in_path = any(error["loc"][0] == "path" for error in fault.errors())
    return await shown(request, 404 if in_path else 400)


async def _http(request: Request, fault: HTTPException) -> Response:
    answer = await shown(request, fault.status_code)
    answer.headers.update(fault.headers or {})
    return answer


_ANSWERS: Mapping[type[Exception], Any] = {
    NotLoggedIn: _not_logged_in,
    Forged: _forged,
    Problem: _problem,
    Away: _away,
    DatabaseAway: _database_away,
    RequestValidationError: _malformed,
    HTTPException: _http,
}


def handle_faults(app: FastAPI) -> None:
    """Make every fault of ``app`` a page that helps."""
    for kind, answer in _ANSWERS.items():
        app.add_exception_handler(kind, answer)


class OurFaults:
    """Turns whatever nobody foresaw into a page; the log has what happened, under the id that the page shows."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        begun = False
        scope.setdefault("state", {})

        async def watched(message: Message) -> None:
            nonlocal begun
            begun = begun or message["type"] == "http.response.start"
            await send(message)

        try:
            await self.app(scope, receive, watched)
        except Exception as fault:
            if scope["type"] != "http" or begun:
                raise
            log.error("unexpected_error", fault=type(fault).__name__, exc_info=fault)
            answer = await _last_resort(Request(scope))
            await answer(scope, receive, send)


async def _last_resort(request: Request) -> Response:
    """The page for a fault of ours, or a line of plain text where even that cannot be drawn."""
    try:
        return await shown(request, 500)
    except Exception as fault:
        log.error("fault_page_broke", fault=type(fault).__name__, exc_info=fault)
        return PlainTextResponse(f"Noe gikk galt hos oss. Something broke on our side. {correlation_id()}", 500)


class FormLimit(BodyLimit):
    """Refuses a form that is too large before it is read, with a page."""

    async def _too_large(self, scope: Scope, receive: Receive, send: Send) -> None:
        answer = await shown(Request({**scope, "method": "GET"}), 413)
        await answer(scope, receive, send)
