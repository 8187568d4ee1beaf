"""What people see when something goes wrong: what happened, what they can do next, what to tell who helps them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import PlainTextResponse, RedirectResponse, Response
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.portal.clients import Away, Problem
from services.portal.languages import N_
from services.portal.security import SAFE, Forged
from services.portal.visit import NotLoggedIn, Visit, stranger
from shared.context import correlation_id
from shared.problems import BodyLimit

log = structlog.get_logger()
NOT_TEXTS = frozenset({"csrf", "key"})


@dataclass(frozen=True)
class Fault:
    """A kind of fault: its heading, what happened, and what can be done about it."""

    title: str
    happened: str
    advice: Sequence[str] = ()
    again: bool = False
    """Whether it may help to try once more."""


FAULTS: Mapping[int, Fault] = {
    400: Fault(
        N_("Vi forsto ikke det som ble sendt"),
        N_("Noe i skjemaet mangler eller har feil form. Ingenting er endret."),
        [N_("Gå tilbake, se over feltene og send på nytt.")],
    ),
    403: Fault(
        N_("Du har ikke tilgang til dette"),
        N_("Siden finnes, men ingen av rollene dine gir tilgang til den."),
        [
            N_("Kontroller at du er logget inn som riktig person."),
            N_("Mener du at du skal ha tilgang, kan regionens servicemiljø gi deg riktig rolle."),
        ],
    ),
    404: Fault(
        N_("Vi fant ikke siden"),
        N_("Siden finnes ikke, eller den er ikke for deg. Kanskje er lenken gammel eller skrevet feil."),
        [N_("Begynn på forsiden; der står alt som venter på deg.")],
    ),
    405: Fault(
        N_("Denne adressen er ikke til å åpne"),
        N_("Adressen brukes når et skjema sendes inn. Ingenting er endret."),
        [N_("Begynn på forsiden, og gå derfra til skjemaet.")],
    ),
    409: Fault(
        N_("Det lot seg ikke gjøre nå"),
        N_("Noe er endret siden du åpnet siden, eller en regel er til hinder. Ingenting er endret av det du sendte."),
        [N_("Gå tilbake, last siden på nytt og se hva som gjelder nå.")],
    ),
    413: Fault(
        N_("Det du sendte, er for stort"),
        N_("Teksten er lengre enn vi kan ta imot. Ingenting er endret."),
        [N_("Gå tilbake og del teksten opp, eller kort den ned.")],
    ),
    500: Fault(
        N_("Noe gikk galt hos oss"),
        N_("Feilen er vår, og vi har fått beskjed om den. Det som var lagret, er lagret fortsatt."),
        [N_("Prøv en gang til om litt. Skjer det igjen, hjelper regionens servicemiljø deg.")],
        again=True,
    ),
    503: Fault(
        N_("En del av Aarring svarer ikke akkurat nå"),
        N_("Det pleier å gå over i løpet av et minutt. Det som var lagret, er lagret fortsatt."),
        [N_("Vent litt og prøv igjen.")],
        again=True,
    ),
}
OVER = Fault(
    N_("Du er logget ut"),
    N_("Du har ikke gjort noe her på en stund, og da logger vi deg ut av hensyn til andre som bruker samme maskin."),
    [N_("Logg inn på nytt, så kommer du tilbake dit du var.")],
)
FORGED = Fault(
    N_("Skjemaet er for gammelt"),
    N_("Siden ble åpnet før du logget inn, eller av noen andre. Ingenting er endret."),
    [N_("Gå tilbake, last siden på nytt og send en gang til.")],
)
_KNOWN = {401: 500, 412: 409, 422: 400, 428: 409}
"""Statuses that mean to people what another means."""


async def shown(
    request: Request, status: int, fault: Fault | None = None, *, code: str = "", retry_after: int = 0, **more: Any
) -> Response:
    """The page, or the part of one, that tells of a fault; what was written in a form is shown, to be kept."""
    visit = _visit(request)
    fault = fault or FAULTS.get(_KNOWN.get(status, status)) or FAULTS[400 if status < 500 else 500]
    context = {"fault": fault, "answered": status, "code": code, "written": [], **more}
    if visit.is_by_script:
        answer: Response = visit.fragment("faults/_fault.html", status, **context)
    else:
        if request.method not in SAFE and status != 413:
            context["written"] = await _written(visit.request)
        answer = visit.page("faults/fault.html", status, **context)
    if retry_after:
        answer.headers["Retry-After"] = str(retry_after)
    return answer


def _visit(request: Request) -> Visit:
    """Whose request it is, as far as that was found out."""
    visit: Visit = getattr(request.state, "visit", None) or stranger(request)
    return visit


async def _written(request: Request) -> list[str]:
    """The texts of the form that was not taken, so that nobody has to write them twice."""
    sent = (await request.form()).multi_items()
    texts = [value for name, value in sent if name not in NOT_TEXTS and not isinstance(value, UploadFile)]
    return [text for text in texts if len(text.split()) > 1]


def handle_faults(app: FastAPI) -> None:
    """Make every fault of ``app`` a page that helps."""

    @app.exception_handler(NotLoggedIn)
    async def not_logged_in(request: Request, fault: NotLoggedIn) -> Response:
        here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        back = quote(here if request.method in SAFE else "/", safe="")
        if request.method in SAFE and not _visit(request).is_by_script:
            return RedirectResponse(f"/login?next={back}", 303)
        return await shown(request, 401, OVER, code="session_over", login=f"/login?next={back}")

    @app.exception_handler(Forged)
    async def forged(request: Request, fault: Forged) -> Response:
        log.warning("form_refused", why=fault.why)
        return await shown(request, 403, FORGED, code="form_refused")

    @app.exception_handler(Problem)
    async def problem(request: Request, fault: Problem) -> Response:
        level = log.error if fault.status in (401, 500) else log.info
        level("service_refused", asked=fault.service, status=fault.status, code=fault.code)
        return await shown(request, 500 if fault.status == 401 else fault.status, code=fault.code)

    @app.exception_handler(Away)
    async def away(request: Request, fault: Away) -> Response:
        log.warning("service_away", asked=fault.service)
        return await shown(request, 503, code=f"{fault.service}_away", retry_after=fault.retry_after)

    @app.exception_handler(RequestValidationError)
    async def malformed(request: Request, fault: RequestValidationError) -> Response:
        in_path = any(error["loc"][0] == "path" for error in fault.errors())
        return await shown(request, 404 if in_path else 400)

    @app.exception_handler(HTTPException)
    async def http(request: Request, fault: HTTPException) -> Response:
        return await shown(request, fault.status_code)


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
