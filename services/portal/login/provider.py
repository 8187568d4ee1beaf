"""What the identity provider says of itself: its addresses and its keys, fetched once and again when they change."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

import httpx
import structlog
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from pydantic import BaseModel, ValidationError

from services.portal.login.refusals import ProviderAway
from services.portal.login.trial import TRIAL_MARK

log = structlog.get_logger()
KEPT = 3600.0


class Described(BaseModel):
    """The provider's description, as far as a login needs it."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    pushed_authorization_request_endpoint: str
    end_session_endpoint: str | None = None
    authorization_response_iss_parameter_supported: bool = False
    aarring_trial: bool = False


class Provider:
    """The one identity provider the portal sends people to.

    Where ``trials`` are none of its business, a provider that says it is for trials is refused.
    """

    def __init__(self, issuer: str, http: httpx.AsyncClient, *, trials: bool) -> None:
        self.issuer, self.http, self._trials = issuer, http, trials
        self._described: tuple[float, Described] | None = None
        self._keys: KeySet | None = None
        self._fault = ""

    def status(self) -> Mapping[str, Any]:
        """Whether the provider answered when it was last asked."""
        return {"ok": not self._fault, "fault": self._fault}

    async def described(self) -> Described:
        """Its description, not older than an hour where it answers."""
        if self._described is None or time.monotonic() > self._described[0] + KEPT:
            try:
                self._described = (time.monotonic(), await self._describe())
            except ProviderAway as fault:
                self._fault = str(fault)
                raise
            self._keys = None
        return self._described[1]

    async def keys(self, kid: str | None) -> KeySet:
        """Its keys; fetched anew for a token that was signed with one we do not know, for keys are changed."""
        if self._keys is None or kid not in {key.kid for key in self._keys.keys}:
            fetched = await self.fetch((await self.described()).jwks_uri)
            try:
                self._keys = KeySet.import_key_set(fetched.json())
            except (JoseError, KeyError, TypeError, ValueError) as fault:
                raise ProviderAway("its keys cannot be read") from fault
        return self._keys

    async def fetch(self, url: str) -> httpx.Response:
        """What stands at an address of the provider."""
        return await self.ask(self.http.build_request("GET", url))

    async def ask(self, request: httpx.Request) -> httpx.Response:
        """Its answer to a program; a refusal is an answer, a fault of its own is not."""
        try:
            answer = await self.http.send(request)
        except httpx.HTTPError as fault:
            self._fault = type(fault).__name__
            raise ProviderAway(self._fault) from fault
        ill = answer.status_code >= 500 or (request.method == "GET" and answer.is_error)
        self._fault = f"it answered {answer.status_code}" if ill else ""
        if ill:
            raise ProviderAway(self._fault)
        return answer

    async def _describe(self) -> Described:
        answer = await self.fetch(f"{self.issuer}/.well-known/openid-configuration")
        try:
            said = Described.model_validate_json(answer.content)
        except ValidationError as fault:
            raise ProviderAway("its description cannot be read") from fault
        if said.issuer != self.issuer:
            raise ProviderAway("its description is of another issuer")
        if said.aarring_trial and not self._trials:
            log.error("trial_provider_refused", issuer=self.issuer, mark=TRIAL_MARK)
            raise ProviderAway("it is for trials, and real people are served here")
        return said
