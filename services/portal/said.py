"""The one message that a form leaves for the page after it, carried by the browser."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Literal, NamedTuple, get_args

from fastapi import Request
from fastapi.responses import Response

COOKIE = "__Host-said"
Kind = Literal["success", "info", "warning", "danger"]


class Said(NamedTuple):
    """What is told, and how it is coloured."""

    message: str
    kind: Kind = "success"


def keep(said: Said, answer: Response) -> None:
    """Have the browser bring it to the next page."""
    written = urlsafe_b64encode(json.dumps(said).encode()).decode()
    answer.set_cookie(COOKIE, written, path="/", secure=True, httponly=True, samesite="lax")


def heard(request: Request) -> Said | None:
    """What the browser brought, if it can be read."""
    try:
        message, kind = json.loads(urlsafe_b64decode(request.cookies.get(COOKIE, "").encode()))
    except (ValueError, TypeError, RecursionError):
        return None
    return Said(str(message), kind if kind in get_args(Kind) else "info")


def forget(request: Request, answer: Response) -> None:
    """It was shown."""
    if COOKIE in request.cookies:
        answer.delete_cookie(COOKIE, path="/", secure=True, httponly=True, samesite="lax")
