"""Where somebody is, as an address that a link can lead back to."""

from __future__ import annotations

from urllib.parse import quote, urlsplit

from fastapi import Request

from services.portal.security import SAFE, local

OF_A_QUERY = "!$%&'()*+,/:;=?@[]~"
"""What stands in a query as it was sent; anything else is written so that it can stand in one."""


def asked_for(request: Request) -> str:
    """The address as it was asked for, with its query."""
    query = quote(request.scope["query_string"], safe=OF_A_QUERY)
    return quote(request.scope["path"]) + (f"?{query}" if query else "")


def page_of(request: Request) -> str:
    """The page somebody is on: the one asked for, or the one whose form was sent, which the browser names."""
    if request.method in SAFE:
        return local(asked_for(request))
    try:
        sender = urlsplit(request.headers.get("referer", ""))
    except ValueError:
        return "/"
    return local(sender.path + (f"?{sender.query}" if sender.query else ""))
