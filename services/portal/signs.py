"""What is a sign that somebody is there, and what an open page does by itself when its reader has left."""

from __future__ import annotations

from fastapi import Request

from services.portal.security import SAFE

CLICKED = frozenset({"a", "button", "form"})
"""Elements of which somebody made use; htmx names the one it asks for."""


def is_by_script(request: Request) -> bool:
    """Whether a script asks, and no page would be seen by anybody."""
    headers = request.headers
    return headers.get("hx-request") == "true" or headers.get("sec-fetch-dest") == "empty"


def shows_somebody(request: Request) -> bool:
    """Whether somebody goes to a page, presses a button or writes: then the session goes on.

    What a script only reads, for nobody knows whom, is none, unless it says that a link or button was pressed.
    """
    path, headers = request.url.path, request.headers
    if request.method not in SAFE:
        return not path.endswith("/tilstede")  # a page tells so as long as it is open
    if path == "/session" or headers.get("accept") == "text/event-stream":
        return False  # also of a browser that does not say what it asks for
    element, _, _ = headers.get("hx-source", "").partition("#")
    return not is_by_script(request) or element in CLICKED
