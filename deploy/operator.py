"""How a command of the operator speaks to a running service: where it answers, by what token, and what went wrong."""

from __future__ import annotations

import os
from collections.abc import Generator
from typing import Any
from uuid import uuid4

import httpx

from deploy.environment import Elsewhere
from deploy.issuer import TRIAL_ENVIRONMENTS, mint
from deploy.places import SERVICES, Unable

TOKEN = "AARRING_OPERATOR_TOKEN"  # noqa: S105  the name of a setting
PATIENCE = 60.0


class Answered(Unable):
    """The service answered that it will not, or cannot; told with its own words."""

    def __init__(self, service: str, response: httpx.Response) -> None:
        self.status = response.status_code
        said = _problem(response)
        self.code = str(said.get("code", ""))
        words = [str(said[name]) for name in ("title", "detail") if said.get(name)]
        known = f" ({self.code})" if self.code else ""
        super().__init__(f"{service} answered {self.status}{known}: {' – '.join(words) or 'it did not say why'}")


class Silent(Unable):
    """Nobody answered there: what the service would have said is not known."""


class Client(httpx.Client):
    """Requests to one service as the operator; whatever is not a success is raised as :class:`Unable`.

    A request that changes something gets an ``Idempotency-Key`` of its own where none is given.
    """

    def __init__(self, service: str, **settings: Any) -> None:
        self.service = service
        super().__init__(base_url=address(service), auth=_Token(service), **{"timeout": PATIENCE, **settings})

    def send(self, request: httpx.Request, **how: Any) -> httpx.Response:
        if request.method not in ("GET", "HEAD"):
            request.headers.setdefault("Idempotency-Key", str(uuid4()))
        try:
            response = super().send(request, **how)
            if response.is_error:
                response.read()
                raise Answered(self.service, response)
        except httpx.TransportError as fault:
            raise Silent(
                f"{self.service} does not answer at {self.base_url}: {str(fault) or type(fault).__name__}"
            ) from None
        return response


def client(service: str) -> Client:
    """A client of one service, for `with`; :class:`Unable` when there is no such service or no token can be had."""
    if service not in SERVICES:
        raise Unable(f"there is no service '{service}', only {', '.join(SERVICES)}")
    return Client(service)


def address(service: str) -> str:
    """Where a service answers: as ``AARRING_<SERVICE>_URL`` says, else on this machine."""
    return Elsewhere.chosen().service(service)


def token(service: str) -> str:
    """The operator's token for one service: the one given, else one of the local issuer where it may speak."""
    if given := os.environ.get(TOKEN):
        return given
    if os.environ.get("AARRING_ENVIRONMENT") not in TRIAL_ENVIRONMENTS:
        raise Unable(f"{TOKEN} is not set: take a token for {service} from your issuer and put it there")
    return mint("operator", service)


class _Token(httpx.Auth):
    """Each request carries a token made at that moment, for they are short-lived."""

    def __init__(self, service: str) -> None:
        self._service = service

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        request.headers["Authorization"] = f"Bearer {token(self._service)}"
        yield request


def _problem(response: httpx.Response) -> dict[str, Any]:
    """What the body says of the problem; nothing when it is no problem."""
    try:
        said = response.json()
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}
