"""A login, from the request that is pushed to the provider to the name of who came back (OIDC, FAPI 2.0)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import httpx
import msgspec

from services.portal.login import id_token
from services.portal.login.id_token import LEVEL, Expected
from services.portal.login.keys import ClientKeys, ProofKey
from services.portal.login.provider import Described, Provider
from services.portal.login.refusals import LoginCancelled, LoginRefused, ProviderAway

SCOPES = f"openid profile helseid://scopes/identity/pid {LEVEL.replace('claims', 'scopes', 1)}"
CANCELLED = frozenset({"access_denied", "login_required", "interaction_required", "consent_required"})
NOT_NOW = frozenset({"temporarily_unavailable", "server_error"})


class Attempt(msgspec.Struct, frozen=True):
    """A login under way: what must come back, the halves of secrets that stay here, and where the person wanted."""

    state: str
    nonce: str
    verifier: str
    seed: str
    next: str


@dataclass(frozen=True)
class Login:
    """Who came back: named by the keyed hash; ``hint`` is what the provider wants to hear at log-out."""

    hash: str
    level: str
    hint: str


class Client:
    """The portal as the identity provider knows it."""

    def __init__(
        self, provider: Provider, keys: ClientKeys, home: str, hashed: Callable[[str, str], str], *, trials: bool
    ) -> None:
        self._provider, self._keys, self._hashed, self._trials = provider, keys, hashed, trials
        self._back, self._after_logout = f"{home}/login/callback", f"{home}/logout"
        self._nonce = ""

    async def begin(self, next: str, language: str) -> tuple[str, Attempt]:  # noqa: A002  the field's own word
        """Where to send the browser, and what to keep until it comes back."""
        said = await self._provider.described()
        attempt = Attempt(_random(), _random(), _random(), _random(), next)
        request = {
            "response_type": "code",
            "redirect_uri": self._back,
            "scope": SCOPES,
            "state": attempt.state,
            "nonce": attempt.nonce,
            "code_challenge": _digest(attempt.verifier),
            "code_challenge_method": "S256",
            "dpop_jkt": ProofKey(attempt.seed).thumbprint,
            "acr_values": "Level4",
            "ui_locales": language,
        }
        url = said.pushed_authorization_request_endpoint
        pushed = await self._post(url, request)
        query = {"client_id": self._keys.client_id, "request_uri": str(pushed.get("request_uri", ""))}
        return f"{said.authorization_endpoint}?{urlencode(query)}", attempt

    async def finish(self, answer: Mapping[str, str], attempt: Attempt) -> Login:
        """Who it is that came back with this answer to that attempt."""
        said = await self._provider.described()
        _must_answer(answer, attempt, said)
        grant = {"grant_type": "authorization_code", "code": answer.get("code", ""), "redirect_uri": self._back}
        grant |= {"code_verifier": attempt.verifier}
        tokens = await self._post(said.token_endpoint, grant, ProofKey(attempt.seed))
        expected = Expected(self._keys.client_id, attempt.nonce, self._trials)
        claims = await id_token.checked(str(tokens.get("id_token", "")), self._provider, expected)
        level = id_token.level(claims)
        # The number ends here: what goes on is its keyed hash.
        hashed = self._hashed(self._provider.issuer, id_token.national_id(claims))
        return Login(hashed, level, str(claims.get("sid", "")))

    async def farewell(self, hint: str, language: str) -> str | None:
        """Where the browser ends the session at the provider; None when that cannot be known now."""
        try:
            address = (await self._provider.described()).end_session_endpoint
        except ProviderAway:
            return None
        # The token of the login would say more, but it names a person and is not kept.
        said = {"client_id": self._keys.client_id, "post_logout_redirect_uri": self._after_logout}
        said |= {"logout_hint": hint} if hint else {}
        return f"{address}?{urlencode({**said, 'ui_locales': language})}" if address else None

    async def _post(self, url: str, form: Mapping[str, str], key: ProofKey | None = None) -> Mapping[str, Any]:
        """What the provider answers; sent again with the nonce it asks for, which is how the first proof ends."""
        answer, said = await self._sent(url, form, key)
        if key and said.get("error") == "use_dpop_nonce":
            answer, said = await self._sent(url, form, key)
        if not answer.is_success:
            raise LoginRefused(f"the provider answered {answer.status_code} {str(said.get('error'))[:40]}")
        return said

    async def _sent(
        self, url: str, form: Mapping[str, str], key: ProofKey | None
    ) -> tuple[httpx.Response, Mapping[str, Any]]:
        http = self._provider.http
        proof = {"DPoP": key.proof("POST", url, self._nonce)} if key else {}
        sent = {**form, **self._keys.assertion(self._provider.issuer)}
        answer = await self._provider.ask(http.build_request("POST", url, data=sent, headers=proof))
        self._nonce = answer.headers.get("DPoP-Nonce", self._nonce)
        return answer, _read(answer.content)


def _must_answer(answer: Mapping[str, str], attempt: Attempt, said: Described) -> None:
    """Refuse an answer to another question, or from another provider."""
    if not hmac.compare_digest(answer.get("state", "").encode(), attempt.state.encode()):
        raise LoginRefused("the state is of another login")
    from_whom = answer.get("iss", None if said.authorization_response_iss_parameter_supported else said.issuer)
    if from_whom != said.issuer:
        raise LoginRefused("the answer is from another provider")
    if (error := answer.get("error")) is None:
        return
    if error in NOT_NOW:
        raise ProviderAway(f"it said {error}")
    raise LoginCancelled("by the person") if error in CANCELLED else LoginRefused(f"the provider said {error[:40]}")


def _read(content: bytes) -> Mapping[str, Any]:
    try:
        said = msgspec.json.decode(content)
    except msgspec.DecodeError as fault:
        raise ProviderAway("its answer cannot be read") from fault
    return said if isinstance(said, dict) else {}


def _random() -> str:
    return secrets.token_urlsafe(32)


def _digest(text: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()
