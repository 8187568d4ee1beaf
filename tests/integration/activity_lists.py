"""A report's activity lists in browsers without scripts, and what reporting keeps of them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from tests.integration.draft import Draft, drafted
from tests.integration.portal import Browser, Service, portal, readable
from tests.integration.portal_forms import PageForm, form
from tests.integration.reporting import Caller, reporting
from tests.stores import sqlite_databases
from tests.tokens import Tokens

TEACHING = "activity.teaching"


@dataclass
class Lists:
    """The report of a unit, and the browsers of its people."""

    draft: Draft
    service: Service
    lead: Browser
    coordinator: Browser

    @property
    def path(self) -> str:
        return f"/reports/{self.draft.id}"

    @property
    def entries(self) -> str:
        return f"{self.path}/oppforinger"

    def browser(self, caller: Caller, name: str = "Ola Eksempel") -> Browser:
        return self.service.visitor(caller.person_id, name)

    async def new(self, by: Browser, question: str = TEACHING) -> PageForm:
        """The form of a new line."""
        return form(await by.page(f"{self.entries}/ny?liste={question}"), "/oppforinger")

    async def add(self, by: Browser, question: str = TEACHING, **typed: str | list[str]) -> str:
        """A line that must be taken; the page that follows."""
        empty = await self.new(by, question)
        return await by.follow(await by.post(empty.action, empty.filled(**typed)))

    async def lines(self, question: str = TEACHING, removed: bool = False) -> list[dict[str, Any]]:
        """What reporting keeps, read past the pages."""
        shown = await self.draft.shown(self.draft.lead)
        return [e for e in shown["entries"].get(question, []) if e["removed_from_list"] == removed]

    async def titles(self, question: str = TEACHING) -> list[str]:
        return [line["fields"].get("title", "") for line in await self.lines(question)]


@asynccontextmanager
async def opened_lists(folder: Path, tokens: Tokens) -> AsyncIterator[Lists]:
    """A new report with its people, in a portal of its own."""
    databases = sqlite_databases(folder)
    async with reporting(databases, tokens) as behind:
        draft = await drafted(behind)
        async with portal(databases, tokens, {"reporting": behind.app}, clock=behind.clock) as service:
            browsers = [service.visitor(who.person_id) for who in (draft.lead, draft.coordinator)]
            yield Lists(draft, service, *browsers)


def place(answer: httpx.Response) -> str:
    """Where the reader goes on from after a form was taken."""
    assert answer.status_code == 303, (answer.status_code, readable(answer.text))
    return str(answer.headers["location"]).partition("#")[2]
