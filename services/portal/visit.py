"""The one thing a page asks for: who visits, in which language, what the services say to that person, an answer."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache, partial
from typing import Annotated, Any
from urllib.parse import quote
from uuid import UUID

from fastapi import Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from services.portal import languages
from services.portal.addresses import asked_for, page_of
from services.portal.assets import Assets
from services.portal.clients import Away, Connections, Problem, Services
from services.portal.database import Database
from services.portal.labels import Labels
from services.portal.languages import Language, Tongue, tongue
from services.portal.last_visits import LastVisits
from services.portal.navigation import Place, navigation
from services.portal.said import Kind, Said, forget, heard, keep
from services.portal.security import SAFE, must_carry_token, must_come_from_here, token_field
from services.portal.sessions import COOKIE, Session, Sessions
from services.portal.settings import Settings
from services.portal.signs import is_by_script, shows_somebody
from services.portal.templating import Templates
from shared.clock import Clock
from shared.context import correlation_id
from shared.remembered import Remembered

ROLES_KEPT = 30.0
TRUSTS_KEPT = 600.0
"""Seconds; a trust is named anew once in many years."""


class NotLoggedIn(Exception):
    """A page for people who are logged in; ``was`` tells whether the visitor was until a while ago."""

    def __init__(self, was: bool) -> None:
        super().__init__("not logged in")
        self.was = was


@dataclass
class Portal:
    """What every visit stands on; ``app.state.portal``."""

    settings: Settings
    clock: Clock
    database: Database
    sessions: Sessions
    last_visits: LastVisits
    connections: Connections
    templates: Templates
    assets: Assets
    labels: Labels
    roles: Remembered[UUID, list[dict[str, Any]]] = field(default_factory=lambda: Remembered(ROLES_KEPT, 5_000))
    trusts: Remembered[str, dict[str, str]] = field(default_factory=lambda: Remembered(TRUSTS_KEPT, 1))
    ending: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when the process is asked to end: answers without an end are to find one."""

    @property
    def home(self) -> str:
        """Where people reach the portal: scheme, host and port."""
        return str(self.settings.url).rstrip("/")


@dataclass
class Visit:
    """One request of somebody, who may be logged in."""

    portal: Portal
    request: Request
    language: Language
    session: Session | None = None
    roles: list[dict[str, Any]] = field(default_factory=list)
    _said: Said | None = None

    @property
    def is_partial(self) -> bool:
        """Whether a part of a page is asked for, by a script; the answer goes into a page that is there already."""
        return self.request.headers.get("hx-request") == "true"

    @property
    def is_by_script(self) -> bool:
        """Whether a script asks, and no page would be seen by anybody."""
        return is_by_script(self.request)

    @property
    def address(self) -> str:
        """The address asked for, with its query."""
        return asked_for(self.request)

    @property
    def person(self) -> Session:
        """The session of somebody who is logged in."""
        if self.session is None:
            raise NotLoggedIn(COOKIE in self.request.cookies)
        return self.session

    @property
    def person_id(self) -> UUID:
        return self.person.person_id

    @property
    def name(self) -> str:
        return self.person.name

    @property
    def initials(self) -> str:
        """The first letters of the person's first and last name."""
        names = self.name.split()
        return "".join(name[0] for name in names[:1] + names[1:][-1:]).upper()

    @property
    def seconds_left(self) -> int:
        """How long until the session is over unless something is done."""
        return max(0, int((self.person.ends - self.portal.clock.now()).total_seconds()))

    @property
    def services(self) -> Services:
        """The services as this person may use them."""
        return self.portal.connections.for_subject(str(self.person_id), self.person.level)

    @property
    def tongue(self) -> Tongue:
        """How the visitor's language says dates and numbers."""
        return tongue(self.language)

    def text(self, message: str, **values: object) -> str:
        """A message in the visitor's language; pages write ``_ = visit.text``."""
        return self.tongue.text(message, **values)

    def ngettext(self, one: str, many: str, n: int, **values: object) -> str:
        """The message for one or for many."""
        return self.tongue.ngettext(one, many, n, **values)

    def label(self, name: str, value: str) -> str:
        """What a choice in the form that was sent is called; nothing for what was typed."""
        report_id, question_id = (
            str(self.request.path_params.get(each, "")) for each in ("report_id", "question_id")
        )
        return self.portal.labels.of(name, value, (report_id, question_id), self.tongue)

    @property
    def places(self) -> list[Place]:
        """Where this person may go, for the navigation."""
        return navigation(self.roles) if self.session else []

    def holds(self, *roles: str) -> bool:
        """Whether the person holds one of these roles today; for what is shown, never for what is allowed."""
        return any(held["role"] in roles for held in self.roles)

    def page(self, template: str, status: int = 200, **context: Any) -> HTMLResponse:
        """A whole page; it shows what was said on the one before it."""
        said, self._said = self._said or heard(self.request), None
        answer = HTMLResponse(self._drawn(template, {"said": said, **context}), status)
        forget(self.request, answer)
        return answer

    def fragment(self, template: str, status: int = 200, **context: Any) -> HTMLResponse:
        """A part of a page, for a script to put in its place."""
        return HTMLResponse(self._drawn(template, context), status)

    def see(self, url: str) -> Response:
        """Go and look there, after a form was taken; whoever reloads then sends nothing twice."""
        answer: Response = RedirectResponse(url, 303)
        if self.is_partial:
            answer = Response(status_code=204, headers={"HX-Redirect": answer.headers["location"]})
        if self._said:
            keep(self._said, answer)
        return answer

    def say(self, message: str, kind: Kind = "success") -> None:
        """One message for the next page; ``kind`` is success, info, warning or danger."""
        self._said = Said(message, kind)

    def _drawn(self, template: str, context: Mapping[str, Any]) -> str:
        given = {
            "visit": self,
            "csrf": cache(self._csrf),  # the same in all forms of a page, another in the next
            "correlation_id": correlation_id(),
            "here": quote(page_of(self.request), safe="/"),
            **context,
        }
        drawn = self.portal.templates.render(template, self.language, given)
        return drawn.encode(errors="replace").decode()  # half a character can be received, and never sent

    def _csrf(self) -> str:
        return token_field(self.session.csrf) if self.session else ""


async def anyone(request: Request) -> Visit:
    """The FastAPI dependency for a page that all may see; what changes something must come from our own."""
    known: Visit | None = getattr(request.state, "visit", None)
    if known is not None:
        return known
    portal: Portal = request.app.state.portal
    visit = stranger(request)
    if request.method not in SAFE:
        must_come_from_here(request.headers, portal.home)
    cookie = request.cookies.get(COOKIE)
    if cookie:
        visit.session = await asyncio.to_thread(partial(portal.sessions.find, cookie, seen=shows_somebody(request)))
    if visit.session and request.method not in SAFE:
        await must_carry_token(request, visit.session.csrf)
    if visit.session and not visit.is_by_script:
        # A script shows no places to go to: a text is saved as quickly while the registry keeps people waiting.
        visit.roles = await _roles(portal, visit)
    request.state.visit = visit
    return visit


async def person(visit: Annotated[Visit, Depends(anyone)]) -> Visit:
    """The FastAPI dependency for a page for people who are logged in."""
    _ = visit.person
    return visit


Anyone = Annotated[Visit, Depends(anyone)]
Visiting = Annotated[Visit, Depends(person)]


def stranger(request: Request) -> Visit:
    """A visit of nobody we know, which asks no database: also for the page that tells of its fault."""
    cookie = request.cookies.get(languages.COOKIE)
    return Visit(
        request.app.state.portal, request, languages.chosen(cookie, request.headers.get("accept-language", ""))
    )


async def _roles(portal: Portal, visit: Visit) -> list[dict[str, Any]]:
    """What the person is today, as the registry told a moment ago; without the registry pages show fewer ways."""
    known = portal.roles.get(visit.person_id)
    if known is None:
        try:
            known = (await visit.services.registry.get("/me"))["roles"]
        except (Away, Problem):
            return []
        portal.roles.keep(visit.person_id, known)
    return known
