"""What a login is made of, put together from the settings; the routes find it on the application."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Annotated

import httpx
import msgspec
from fastapi import Depends, Request

from services.portal.login.client import Attempt, Client
from services.portal.login.hashing import login_hash
from services.portal.login.keys import ClientKeys
from services.portal.login.provider import Provider
from services.portal.login.sealed import Sealed
from services.portal.settings import Settings
from shared.settings import Environment

ATTEMPT_SECONDS, NEWCOMER_SECONDS = 1800, 1800
PATIENCE = httpx.Timeout(10.0, connect=3.0)


class Newcomer(msgspec.Struct, frozen=True):
    """Somebody whose login held and whom the registry does not know yet: who may have an invitation."""

    hash: str
    level: str
    hint: str
    next: str


@dataclass(frozen=True)
class LoginParts:
    """The client of the identity provider, and what browsers carry meanwhile."""

    client: Client
    provider: Provider
    attempts: Sealed[Attempt]
    newcomers: Sealed[Newcomer]
    http: httpx.AsyncClient

    @classmethod
    def of(cls, settings: Settings, transport: httpx.AsyncBaseTransport | None = None) -> LoginParts:
        """As the settings say; ``transport`` reaches a provider that runs in this process."""
        http = httpx.AsyncClient(timeout=PATIENCE, transport=transport)
        trials = settings.environment is not Environment.PRODUCTION
        secret = settings.login_key.get_secret_value()
        provider = Provider(settings.identity_issuer, http, trials=trials)
        client = Client(
            provider,
            ClientKeys(settings.identity_client_id, settings.identity_client_key),
            str(settings.url).rstrip("/"),
            partial(login_hash, secret),
            trials=trials,
        )
        attempts = Sealed(Attempt, secret, ATTEMPT_SECONDS)
        return cls(client, provider, attempts, Sealed(Newcomer, secret, NEWCOMER_SECONDS), http)

    async def close(self) -> None:
        """Hang up."""
        await self.http.aclose()


async def _parts(request: Request) -> LoginParts:
    found: LoginParts = request.app.state.login
    return found


LoggingIn = Annotated[LoginParts, Depends(_parts)]
