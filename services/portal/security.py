"""What every answer and every request must satisfy, whatever page they belong to."""

from __future__ import annotations

import hmac
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from urllib.parse import urlsplit

import structlog
from fastapi import Request
from markupsafe import Markup
from starlette.datastructures import FormData, Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.problems import BodyLimit, RequestProblem

log = structlog.get_logger()
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
FIELD, HEADER = "csrf", "X-CSRF-Token"
UNREADABLE = (HTTPException, LookupError, ValueError, RuntimeError)
"""What the parser raises for bytes that are no form, or that were read before."""
LARGEST = 4_000_000
"""Bytes a form may have, and any of its fields: a text at its technical ceiling grows twelvefold at most."""
POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
"""``data:`` is for the pictures inside the design system's style sheet."""
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
STRICT_TRANSPORT = "max-age=63072000; includeSubDomains"


class Forged(Exception):
    """A form that did not come from a page of ours; ``why`` is for the log."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class SecurityHeaders:
    """Tells the browser what a page may do; pages are not kept, for other people use the same machine."""

    def __init__(self, app: ASGIApp, *, over_tls: bool) -> None:
        self.app = app
        self._headers = HEADERS | ({"Strict-Transport-Security": STRICT_TRANSPORT} if over_tls else {})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(self._headers)
                headers.setdefault("Cache-Control", "no-store")
            await send(message)

        await self.app(scope, receive, guarded)


def must_come_from_here(headers: Headers, home: str) -> None:
    """Refuse what another site's page sends: the browser says so itself, or names the sender."""
    site = headers.get("sec-fetch-site")
    if site == "same-origin":
        return
    if site is not None:
        raise Forged(f"sec-fetch-site is {site}")
    origin = headers.get("origin", "")
    if not origin or origin not in (home, f"{urlsplit(home).scheme}://{headers.get('host', '')}"):
        raise Forged("origin is another" if origin else "neither sec-fetch-site nor origin")


async def must_carry_token(request: Request, expected: str) -> None:
    """Refuse a form without the token of this session's pages."""
    given = request.headers.get(HEADER, "")
    if not given:
        field = (await form_of(request)).get(FIELD)
        given = field if isinstance(field, str) else ""
    if not hmac.compare_digest(_unmasked(given), expected.encode()):
        raise Forged("the token is another" if given else "no token")


async def form_of(request: Request) -> FormData:
    """The form that was sent; an empty one where what was sent is no form, a refusal where it is too large."""
    try:
        return await request.form(max_part_size=LARGEST)
    except RequestProblem:
        raise
    except UNREADABLE as fault:
        log.info("form_unreadable", fault=type(fault).__name__)
        return FormData()


def masked(token: str) -> str:
    """The token, never written the same way twice, so that compressed pages do not give it away by their length."""
    secret = token.encode()
    mask = secrets.token_bytes(len(secret))
    return urlsafe_b64encode(mask + bytes(a ^ b for a, b in zip(mask, secret, strict=True))).decode()


def token_field(token: str) -> Markup:
    """The hidden field of a form."""
    return Markup('<input type="hidden" name="{}" value="{}">').format(FIELD, masked(token))


def local(address: str | None) -> str:
    """An address on this site to go on to, or the start page: a link must not lead people elsewhere."""
    given = address or ""
    plain = given.startswith("/") and not given.startswith("//") and "\\" not in given and given.isprintable()
    return given if plain and len(given) <= 2000 else "/"


def _unmasked(given: str) -> bytes:
    try:
        both = urlsafe_b64decode(given.encode())
    except ValueError:
        return b""
    mask, hidden = both[: len(both) // 2], both[len(both) // 2 :]
    return bytes(a ^ b for a, b in zip(mask, hidden, strict=False))


__all__ = [
    "LARGEST",
    "SAFE",
    "BodyLimit",
    "Forged",
    "SecurityHeaders",
    "form_of",
    "local",
    "masked",
    "must_carry_token",
    "must_come_from_here",
    "token_field",
]
