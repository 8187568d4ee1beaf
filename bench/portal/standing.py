"""The whole suite as it runs on one machine, with reports that are written and fifty people logged in."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import UUID

from bench.ground import Ground
from bench.portal.reports import Written, write
from bench.telling import say
from services.portal.database import Database
from services.portal.security import masked
from services.portal.sessions import COOKIE, Sessions
from shared.clock import Clock
from tests.e2e.suite import RunningSuite

PEOPLE = 50
"""As many as are logged in, two to a report."""


@dataclass(frozen=True)
class Visitor:
    """Somebody who is logged in: what the browser sends along, the report, and the texts that are theirs alone."""

    report: str
    cookie: str
    csrf: str
    texts: list[str]


@dataclass(frozen=True)
class Standing:
    """Where the portal is, and who is logged in; those who write the same report stand side by side."""

    suite: RunningSuite
    visitors: list[Visitor]

    @property
    def port(self) -> int:
        return self.suite.addresses.ports["portal"]

    @property
    def processes(self) -> dict[str, int]:
        """The processes that draw a page, by the name of their program."""
        return {program: self.suite.pid(program) for program in ("portal", "reporting")}


@contextmanager
def stand(ground: Ground) -> Iterator[Standing]:
    """Every program of the suite a process of its own, on the PostgreSQL of all measurements."""
    var = ground.folder / f"suite-{next(ground.numbers)}"
    portal = ground.databases("portal")
    suite = RunningSuite(var, ground.databases, {"PORTAL_DATABASE_URL": portal})
    with suite:
        say(f"writing {PEOPLE // 2} reports")
        reports = asyncio.run(_written(suite))
        sessions = Sessions(Database(portal), Clock(var / "clock"))
        yield Standing(suite, [one for report in reports for one in _logged_in(sessions, report)])


async def _written(suite: RunningSuite) -> list[Written]:
    async with suite.callers() as api:
        return await write(api, PEOPLE // 2)


def _logged_in(sessions: Sessions, report: Written) -> Iterator[Visitor]:
    """As the login leaves it: a row in the table, and its name in the browser."""
    for number, person in enumerate((report.lead, report.coordinator)):
        cookie, session = sessions.begin(UUID(person), "Kari Eksempel", level="high")
        texts = list(report.texts[number::2])
        yield Visitor(report.id, f"{COOKIE}={cookie}", masked(session.csrf), texts)
