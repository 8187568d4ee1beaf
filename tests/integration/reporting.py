"""Reporting as its users meet it: the real application on new databases, told by a registry what it must know."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
from fastapi import FastAPI
from pydantic import SecretBytes

from services.reporting.app import build
from services.reporting.application import hearing
from services.reporting.settings import Settings
from services.reporting.views import queries
from services.reporting.views.tables import CARDS
from shared.cards import CardMirror
from shared.clock import Clock
from shared.contracts import Contract, envelope, registry
from shared.inbox import Hearing
from shared.schedule import Schedule
from shared.service import Parts
from shared.settings import Environment
from shared.shredder import Shredder
from tests.integration.registry import NOWHERE, Client
from tests.stores import Databases
from tests.tokens import Tokens

YEAR = 2025
DECEMBER = datetime(2025, 12, 10, 9, 0, tzinfo=UTC)
DATES = {
    "recommended_on": "2026-02-10",
    "deadline": "2026-02-16T16:00:00",
    "grace_until": "2026-02-18T16:00:00",
}
TRUSTS = {"nord": "ht-nord", "midt": "ht-midt", "vest": "ht-vest", "sor_ost": "ht-ost"}
TREATMENT = "national_treatment_service"


class MovableClock(Clock):
    """A clock that stands still until a test moves it."""

    def __init__(self, instant: datetime = DECEMBER) -> None:
        super().__init__()
        self.instant = instant

    def now(self) -> datetime:
        return self.instant

    def move(self, **forward: float) -> None:
        """Some time passes."""
        self.instant += timedelta(**forward)


@dataclass
class Caller(Client):
    """One caller of reporting."""

    async def put(self, path: str, body: Any = None, **headers: Any) -> httpx.Response:
        return await self.send("PUT", path, json=body, **headers)

    async def done(self, method: str, path: str, body: Any = None, **headers: Any) -> dict[str, Any]:
        """The answer to a write that must succeed."""
        answer = await self.send(method, path, json=body, **headers)
        assert answer.status_code in (200, 201), answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def shown(self, path: str, **params: Any) -> Any:
        """What a reader must be shown."""
        answer = await self.get(path, **params)
        assert answer.status_code == 200, answer.text
        return answer.json()


@dataclass
class Registry:
    """Tells reporting what the registry would, one contract after another."""

    parts: Parts
    clock: Clock
    said: int = 0

    async def tell(self, *contracts: Contract, subject: UUID | None = None) -> None:
        events = []
        for contract in contracts:
            events.append(
                envelope(
                    contract,
                    position=self.said + 1,
                    previous=self.said,
                    subject=str(subject or uuid4()),
                    time=self.clock.now(),
                    traceparent="",
                )
            )
            self.said += 1
        listening = Hearing(self.parts.desk, "registry", hearing.react, hearing.keep)
        await listening.take(events, self.said - len(events))

    async def tell_again(self) -> None:
        """Everything was heard before: a position that was taken in is passed over."""
        assert not await self.parts.desk.hear("registry", self.said, lambda unit: None)


@dataclass
class Service:
    """The running service, and somebody of the joint desk."""

    app: FastAPI
    http: httpx.AsyncClient
    tokens: Tokens
    clock: MovableClock
    registry: Registry
    joint: Caller = field(init=False)

    @property
    def parts(self) -> Parts:
        found: Parts = self.app.state.parts
        return found

    async def tick(self) -> int:
        """What is due by the clock is done; how many things that were."""
        schedule: Schedule = self.app.state.schedule
        return await schedule.tick()

    def shred(self) -> None:
        """The keys that redactions and erasures named are destroyed."""
        Shredder(self.parts.vault, lambda: queries.keys_to_destroy(self.parts.store.rows)).shred()

    def caller(self, subject: object, audience: str = "reporting", **claims: Any) -> Caller:
        return Caller(self.http, self.tokens.bearer(subject, audience, **claims), str(subject))

    async def unit(self, code: str = "L-1", kind: str = TREATMENT, *regions: str, since: str = "2010-01-01") -> UUID:
        """A unit the registry told of."""
        unit_id, placed = uuid4(), regions or ("vest",)
        said = registry.UnitRegisteredV1(
            unit_id=unit_id,
            code=code,
            kind=kind,
            name_nb=f"Nasjonal tjeneste {code}",
            name_en=None,
            regions=list(placed),
            trusts=[TRUSTS[region] for region in placed],
            active_from=date.fromisoformat(since),
        )
        await self.registry.tell(said, subject=unit_id)
        return unit_id

    async def person(self, name: str = "Kari Eksempel") -> Caller:
        """Somebody known, without a role."""
        person_id = uuid4()
        await self.registry.tell(registry.PersonRegisteredV1(person_id=person_id), subject=person_id)
        await self.rename(person_id, name)
        return self.caller(person_id)

    async def rename(self, person_id: object, name: str | None) -> None:
        """The person's contact card is another, or gone."""
        card = {"name": name, "email": "kari@eksempel.example", "phone": None}
        mirror = CardMirror(self.parts.desk, CARDS)
        await mirror.changed(str(person_id), json.dumps(card).encode() if name else None)

    async def holder(self, role: str, name: str = "Kari Eksempel", **where: Any) -> Caller:
        """Somebody new who holds a role."""
        return await self.grant(await self.person(name), role, **where)

    async def grant(self, person: Caller, role: str, **where: Any) -> Caller:
        """A role for somebody, from the beginning of 2020."""
        person.assignment_id = str(uuid4())
        known = {"unit_id": None, "region": None, "trust": None, "seat": None, "until": None, "acting": False}
        said = registry.RoleGrantedV1.model_validate(
            {
                "assignment_id": person.assignment_id,
                "person_id": person.person_id,
                "role": role,
                "since": "2020-01-01",
                **known,
                **where,
            }
        )
        await self.registry.tell(said, subject=said.assignment_id)
        return person

    async def open_cycle(self, year: int = YEAR, **dates: str) -> dict[str, Any]:
        """A cycle that was planned and opened in a sweep."""
        await self.joint.done("PUT", f"/cycles/{year}", DATES | dates)
        return await self.joint.done("POST", f"/cycles/{year}/openings")


def settings(databases: Databases, tokens: Tokens, nats_url: str = NOWHERE) -> Settings:
    """What reporting is told in tests."""
    return Settings(
        environment=Environment.TEST,
        clock_file=None,
        database_url=databases("reporting"),
        vault_url=databases("reporting-vault"),
        vault_key=SecretBytes(b"v" * 32),
        nats_url=nats_url,
        token_issuers=tokens.issuers_file,
        signing_key=tokens.signing_key("reporting"),
        registry_url="http://127.0.0.1:9",
        review_url="http://127.0.0.1:9",
    )


@asynccontextmanager
async def serving(told: Settings, tokens: Tokens, clock: MovableClock, said: int = 0) -> AsyncIterator[Service]:
    """The application from start to end; ``said`` is what the registry has told it before."""
    app = build(told, clock=clock)
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://reporting") as http:
            yield Service(app, http, tokens, clock, Registry(app.state.parts, clock, said))


@asynccontextmanager
async def reporting(databases: Databases, tokens: Tokens) -> AsyncIterator[Service]:
    """A new service that knows one person of the joint desk."""
    async with serving(settings(databases, tokens), tokens, MovableClock()) as service:
        service.joint = await service.holder("joint_desk")
        yield service
