"""Several services asked at once for one page: one that is away takes nothing from what the others say."""

from __future__ import annotations

from collections.abc import Awaitable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from services.portal.clients import Away, Problem, Service

T = TypeVar("T")
LIMIT = "200"
PAGES = 5
"""At most so many pages of a list: nobody reads a thousand lines on one page."""


@dataclass
class Asking:
    """What was asked for one page; ``away`` are the services that did not answer."""

    away: set[str] = field(default_factory=set)

    async def or_else(self, waiting: Awaitable[T], otherwise: T) -> T:
        """The answer; ``otherwise`` where it is not to be had now, or is not for this person."""
        try:
            return await waiting
        except Away as fault:
            self.away.add(fault.service)
        except Problem as fault:
            if fault.status >= 500:
                self.away.add(fault.service)
        return otherwise


async def listed(service: Service, path: str, **params: Any) -> list[dict[str, Any]]:
    """A list from page to page."""
    items: list[dict[str, Any]] = []
    for _ in range(PAGES):
        page = await service.get(path, limit=LIMIT, **params)
        items += page["items"]
        if not page["next"]:
            break
        params["cursor"] = page["next"]
    return items
