"""What the provider is made of, and the rules of a login from the pushed request to the tokens."""

from __future__ import annotations

import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from deploy.identity_provider.claims import ACCESS_SECONDS, LEVEL_SCOPE, PID_SCOPE, Signer, digest
from deploy.identity_provider.client import Client
from deploy.identity_provider.people import People, Person
from deploy.identity_provider.proofs import Proofs
from deploy.identity_provider.refusals import Refusal
from deploy.identity_provider.settings import Settings
from deploy.identity_provider.tickets import Now, Tickets

REQUEST_SECONDS, CODE_SECONDS = 600, 60
SCOPES = ("openid", "profile", PID_SCOPE, LEVEL_SCOPE)
_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")
Asked = Mapping[str, str]


@dataclass(frozen=True)
class Granted:
    """What a code is good for: who chose to log in, and the request it answers."""

    person: Person
    asked: Asked


class Provider:
    """The state of all logins under way, in memory: a restart forgets them."""

    def __init__(self, settings: Settings, now: Now) -> None:
        self.issuer = str(settings.issuer).rstrip("/")
        self.people = People(settings.people)
        self.client = Client(settings.client_id, settings.client_keys, str(settings.portal_url), self.issuer)
        self.proofs, self.signer = Proofs(self.issuer, now), Signer(self.issuer)
        self.requests = Tickets[Asked]("urn:ietf:params:oauth:request_uri:", REQUEST_SECONDS, now)
        self.codes = Tickets[Granted]("", CODE_SECONDS, now)

    def push(self, asked: Asked) -> str:
        """Take in what a login is to be; the browser carries only its name."""
        self.client.must_be_it(asked)
        asked = {"client_id": self.client.id, **asked}
        if fault := self._fault(asked):
            raise Refusal("invalid_request", fault)
        return self.requests.give(asked)

    def choose(self, asked: Asked, pid: str) -> str:
        """Where the browser goes next: back, with a code for the person chosen, or with the word that none was."""
        if (person := self.people.find(pid)) is not None:
            said = {"code": self.codes.give(Granted(person, asked))}
        else:
            said = {"error": "access_denied", "error_description": "the login was cancelled"}
        return f"{asked['redirect_uri']}?{urlencode({**said, 'state': asked['state'], 'iss': self.issuer})}"

    def redeem(self, form: Mapping[str, str], thumbprint: str) -> dict[str, Any]:
        """The tokens for a code; whatever is wrong, the code counts no more."""
        if form.get("grant_type") != "authorization_code":
            raise Refusal("unsupported_grant_type", "only codes are redeemed here")
        granted = self.codes.take(form.get("code", ""))
        if granted is None:
            raise Refusal("invalid_grant", "the code was used, has expired, or was never given")
        asked = granted.asked
        if form.get("redirect_uri") != asked["redirect_uri"]:
            raise Refusal("invalid_grant", "the code was given for another address")
        if not hmac.compare_digest(digest(form.get("code_verifier", "")), asked["code_challenge"]):
            raise Refusal("invalid_grant", "the code verifier is not the one of the request")
        if asked.get("dpop_jkt", thumbprint) != thumbprint:
            raise Refusal("invalid_grant", "the code is bound to another key")
        return {
            "access_token": self.signer.access_token(granted.person, asked, thumbprint),
            "id_token": self.signer.id_token(granted.person, asked),
            "token_type": "DPoP",
            "expires_in": ACCESS_SECONDS,
            "scope": asked["scope"],
        }

    def _fault(self, asked: Asked) -> str | None:
        """What is wrong with a pushed request; None when nothing is."""
        if asked.get("redirect_uri") != self.client.redirect_uri:
            return "the redirect_uri is not registered"
        if asked.get("response_type") != "code" or "request_uri" in asked:
            return "push a request for a code"
        if asked.get("code_challenge_method") != "S256" or not _CHALLENGE.fullmatch(asked.get("code_challenge", "")):
            return "a code_challenge by S256 is needed"
        if not asked.get("state") or not asked.get("nonce"):
            return "state and nonce are needed"
        scopes = asked.get("scope", "").split()
        if "openid" not in scopes or not set(scopes) <= set(SCOPES):
            return f"the scopes are {', '.join(SCOPES)}, with openid always among them"
        return None
