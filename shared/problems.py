"""One shape for every error: RFC 9457 problem+json with a stable code and the place of each fault."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import structlog
from eventsourcing.persistence import PersistenceError
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.access import NotAllowed, NotRegistered
from shared.context import correlation_id
from shared.desk import KeyReused, Unavailable, of_database
from shared.domain import NotFound, Refused, StaleVersion

log = structlog.get_logger()
MAX_BODY = 1_000_000
"""Bytes a request may have; an answer's technical ceiling is 200 kB."""


class Fault(BaseModel):
    """One thing that is wrong, and where: a JSON pointer into the body, or ``header:…``, ``query:…``, ``path:…``."""

    code: str
    pointer: str
    detail: str


class Problem(BaseModel):
    """What went wrong (RFC 9457).  ``code`` is stable; ``detail`` is for people and may change."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    correlation_id: str
    errors: list[Fault] = []


class RequestProblem(HTTPException):
    """A request that cannot be served as it is, for a reason of HTTP rather than of the domain.

    It is an HTTPException so that the framework lets it through also while it reads a body.
    """

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        *,
        errors: list[Fault] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(status, detail, headers)
        self.code, self.errors = code, errors or []


PROBLEM = {"model": Problem, "content": {"application/problem+json": {}}}
PROBLEMS: dict[int | str, dict[str, Any]] = {
    400: {**PROBLEM, "description": "The body cannot be read"},
    401: {**PROBLEM, "description": "No token, or one that does not hold"},
    403: {**PROBLEM, "description": "Not registered, or not allowed"},
    404: {**PROBLEM, "description": "No such thing, or not for you to know of"},
    409: {**PROBLEM, "description": "A rule says no, or someone was first"},
    412: {**PROBLEM, "description": "You have seen an older version"},
    413: {**PROBLEM, "description": "The body is too large"},
    422: {**PROBLEM, "description": "The request is malformed"},
    428: {**PROBLEM, "description": "An Idempotency-Key or a version is missing"},
    503: {**PROBLEM, "description": "Try again later"},
}
"""The problems any route may answer with, for the OpenAPI document."""

_STATUS: dict[type[Refused], int] = {
    NotFound: 404,
    KeyReused: 422,
    NotAllowed: 403,
    NotRegistered: 403,
    StaleVersion: 412,
}
"""Refusals that are not plainly a rule saying no (409)."""

_TITLES = {
    400: "Bad request",
    401: "Not logged in",
    403: "Not allowed",
    404: "Not found",
    405: "Method not allowed",
    409: "Refused",
    412: "Changed meanwhile",
    413: "Too large",
    422: "Malformed",
    428: "Precondition required",
    500: "Our fault",
    503: "Unavailable",
}


def problem(
    status: int,
    code: str,
    detail: str,
    *,
    errors: list[Fault] | None = None,
    facts: Mapping[str, Any] | None = None,
    headers: Mapping[str, str] | None = None,
) -> JSONResponse:
    """The response for one problem; ``facts`` are further members of its body."""
    body = Problem(
        type=f"/problems/{code}",
        title=_TITLES.get(status, "Error"),
        status=status,
        code=code,
        detail=detail,
        correlation_id=correlation_id(),
        errors=errors or [],
    ).model_dump(mode="json")
    return JSONResponse(
        {**json.loads(json.dumps(facts or {}, default=str)), **body},
        status_code=status,
        media_type="application/problem+json",
        headers=dict(headers or {}),
    )


def status_of(refusal: type[Refused]) -> int:
    """The HTTP status a refusal is answered with."""
    return next((_STATUS[kind] for kind in refusal.__mro__ if kind in _STATUS), 409)


def _refused(request: Request, refusal: Refused) -> JSONResponse:
    status = status_of(type(refusal))
    facts = dict(refusal.facts)
    errors = [Fault(**fault) for fault in facts.pop("errors", [])] or _placed(request, refusal)
    return problem(status, refusal.code, refusal.detail, errors=errors, facts=facts)


def _placed(request: Request, refusal: Refused) -> list[Fault]:
    """Where in this request that is which the refusal names: in the path, the query or the body."""
    name = refusal.place
    if not name:
        return []
    sent = {"path": request.path_params, "query": request.query_params}
    where = next((part for part, names in sent.items() if name in names), None)
    pointer = name if name.startswith("header:") else f"{where}:{name}" if where else f"/{name}"
    return [Fault(code=refusal.code, pointer=pointer, detail=refusal.detail)]


def _malformed(fault: RequestValidationError) -> JSONResponse:
    errors = [Fault(code=e["type"], pointer=_pointer(e["loc"]), detail=e["msg"]) for e in fault.errors()]
    code = "malformed_json" if any(e.code == "json_invalid" for e in errors) else "malformed"
    return problem(422, code, "The request does not have the shape it must have.", errors=errors)


def _pointer(loc: tuple[int | str, ...]) -> str:
    where, *path = map(str, loc)
    return "/" + "/".join(path) if where == "body" else f"{where}:{'/'.join(path)}"


def handle_problems(app: FastAPI) -> None:
    """Make every error of ``app`` answer with a problem."""

    @app.exception_handler(Refused)
    async def refused(request: Request, refusal: Refused) -> JSONResponse:
        return _refused(request, refusal)

    @app.exception_handler(RequestProblem)
    async def request_problem(request: Request, p: RequestProblem) -> JSONResponse:
        return problem(p.status_code, p.code, p.detail, errors=p.errors, headers=p.headers)

    @app.exception_handler(RequestValidationError)
    async def malformed(request: Request, fault: RequestValidationError) -> JSONResponse:
        return _malformed(fault)

    @app.exception_handler(Unavailable)
    async def unavailable(request: Request, fault: Unavailable) -> JSONResponse:
        return problem(503, fault.code, str(fault), headers={"Retry-After": f"{fault.retry_after}"})

    @app.exception_handler(PersistenceError)
    async def database_away(request: Request, fault: PersistenceError) -> JSONResponse:
        log.error("database_fault", fault=type(fault).__name__)
        return await unavailable(request, of_database(fault))

    @app.exception_handler(HTTPException)
    async def http(request: Request, fault: HTTPException) -> JSONResponse:
        code = {404: "no_such_route", 405: "method_not_allowed"}.get(fault.status_code, "http_error")
        return problem(fault.status_code, code, str(fault.detail), headers=fault.headers)

    @app.exception_handler(Exception)
    async def ours(request: Request, fault: Exception) -> JSONResponse:
        log.error("unexpected_error", fault=type(fault).__name__, exc_info=fault)
        return problem(500, "internal_error", "Something broke on our side; nothing was changed.")


class BodyLimit:
    """Refuses a body over :data:`MAX_BODY` before it is read into memory."""

    def __init__(self, app: ASGIApp, limit: int = MAX_BODY) -> None:
        self.app, self.limit = app, limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        declared = dict(scope["headers"]).get(b"content-length", b"0")
        if declared.isdigit() and int(declared) > self.limit:
            await self._too_large(scope, receive, send)
            return
        received = 0

        async def counted() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > self.limit:
                raise RequestProblem(413, "body_too_large", self._detail(), errors=self._place())
            return message

        await self.app(scope, counted, send)

    async def _too_large(self, scope: Scope, receive: Receive, send: Send) -> None:
        answer = problem(413, "body_too_large", self._detail(), errors=self._place())
        await answer(scope, receive, send)

    def _detail(self) -> str:
        return f"A request may have {self.limit} bytes."

    def _place(self) -> list[Fault]:
        return [Fault(code="body_too_large", pointer="/", detail=self._detail())]


__all__ = [
    "MAX_BODY",
    "PROBLEMS",
    "BodyLimit",
    "Fault",
    "Problem",
    "RequestProblem",
    "handle_problems",
    "problem",
    "status_of",
]
