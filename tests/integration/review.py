"""Review as its users meet it: the real application on new databases, told by others what it must know."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

import httpx
from fastapi import FastAPI
from pydantic import SecretBytes

from deploy.bundle_key import bundle_key
from services.review.app import build
from services.review.application import hearing
from services.review.review import Criterion, Review
from services.review.settings import Settings
from shared.clock import Clock
from shared.contracts import Contract, envelope, registry, reporting
from shared.domain import identity
from shared.inbox import Hearing
from shared.service import Parts
from shared.settings import Environment
from tests.integration.registry import NOWHERE
from tests.integration.reporting import Caller, MovableClock
from tests.stores import Databases
from tests.tokens import Tokens

YEAR = 2025
MARCH = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@dataclass
class Speaker:
    """Tells review what another service would, one contract after another."""

    name: str
    parts: Parts
    clock: Clock
    said: int = 0

    async def tell(self, *contracts: Contract, subject: UUID | None = None) -> None:
        events = []
        for contract in contracts:
            self.said += 1
            events.append(
                envelope(
                    contract,
                    position=self.said,
                    previous=self.said - 1,
                    subject=str(subject or uuid4()),
                    time=self.clock.now(),
                    traceparent="",
                )
            )
        await self.listening().take(events, self.said - len(events))

    async def tell_again(self) -> None:
        """Everything was heard before: a position that was taken in is passed over."""
        assert not await self.parts.desk.hear(self.name, self.said, lambda unit: None)

    def listening(self) -> Hearing:
        return Hearing(self.parts.desk, self.name, hearing.react, hearing.keep)


@dataclass
class Judged:
    """One report under review and the people around it."""

    service: Service
    unit_id: UUID
    report_id: UUID
    regions: tuple[str, ...]
    lead: Caller
    reviewers: dict[str, Caller]
    number: int = 0

    @property
    def id(self) -> UUID:
        return Review.identify(self.report_id)

    @property
    def path(self) -> str:
        return f"/reviews/{self.id}"

    def part(self, region: str) -> str:
        return f"{self.path}/regions/{region}"

    @property
    def sha256(self) -> str:
        return hashlib.sha256(f"{self.report_id}/{self.number}".encode()).hexdigest()

    async def submit(self) -> None:
        """The unit hands in, once more."""
        self.number += 1
        said = reporting.ReportSubmittedV1(
            report_id=self.report_id,
            submission_id=identity("submission", self.report_id, self.number),
            unit_id=self.unit_id,
            year=YEAR,
            number=self.number,
            content_version=self.number,
            sha256=self.sha256,
            timing="in_time",
            excused=[],
            regions=list(self.regions),
        )
        await self.service.reporting.tell(said, subject=self.report_id)

    async def assess(self, region: str, criterion: str = "results", base: int = 0, **said: Any) -> httpx.Response:
        body = {"verdict": "ok", "text": "Et funn.", "base_version": base, **said}
        return await self.reviewers[region].put(f"{self.part(region)}/assessments/{criterion}", body)

    async def assess_all(self, region: str) -> None:
        for criterion in Criterion:
            answer = await self.assess(region, criterion)
            assert answer.status_code == 200, answer.text

    async def sign(self, region: str, by: Caller | None = None, **seen: Any) -> httpx.Response:
        body = {"number": self.number, "sha256": self.sha256, "part_version": len(Criterion), **seen}
        return await (by or self.reviewers[region]).post(f"{self.part(region)}/signatures", body)

    async def complete(self, region: str, **seen: Any) -> httpx.Response:
        body = {"region": region, "number": self.number, **seen}
        return await self.reviewers[region].post(f"{self.path}/completions", body)

    async def review(self) -> None:
        """All its regions judge, sign and complete."""
        for region in self.regions:
            await self.assess_all(region)
            assert (await self.sign(region)).status_code == 201
        assert (await self.complete(self.regions[0])).status_code == 201

    async def shown(self, by: Caller | None = None, **when: Any) -> Any:
        return await (by or self.reviewers[self.regions[0]]).shown(self.path, **when)

    async def state(self, by: Caller | None = None) -> str:
        found = await (by or self.lead).shown(f"/report-states/{self.report_id}")
        return str(found["state"])


@dataclass
class Service:
    """The running service, and an auditor, who sees everything."""

    app: FastAPI
    http: httpx.AsyncClient
    tokens: Tokens
    clock: MovableClock
    registry: Speaker
    reporting: Speaker
    auditor: Caller = field(init=False)
    reviewers: dict[str, Caller] = field(default_factory=dict)

    @property
    def parts(self) -> Parts:
        found: Parts = self.app.state.parts
        return found

    def caller(self, subject: object) -> Caller:
        return Caller(self.http, self.tokens.bearer(subject, "review"), str(subject))

    async def unit(self, code: str = "L-1", *regions: str) -> UUID:
        """A unit the registry told of."""
        unit_id, placed = uuid4(), regions or ("vest",)
        kind = "national" if len(placed) == 1 else "multiregional"
        said = registry.UnitRegisteredV1(
            unit_id=unit_id,
            code=code,
            kind=f"{kind}_treatment_service",
            name_nb=f"Nasjonal tjeneste {code}",
            name_en=None,
            regions=list(placed),
            trusts=[f"ht-{region}" for region in placed],
            active_from=date(2010, 1, 1),
        )
        await self.registry.tell(said, subject=unit_id)
        return unit_id

    async def holder(self, role: str, **where: Any) -> Caller:
        """Somebody new who holds a role from the beginning of 2020."""
        person_id, assignment_id = uuid4(), uuid4()
        nowhere = {"unit_id": None, "region": None, "trust": None, "seat": None, "until": None, "acting": False}
        named = {"assignment_id": assignment_id, "person_id": person_id, "role": role, "since": "2020-01-01"}
        await self.registry.tell(registry.PersonRegisteredV1(person_id=person_id), subject=person_id)
        await self.registry.tell(
            registry.RoleGrantedV1.model_validate({**named, **nowhere, **where}), subject=assignment_id
        )
        holder = self.caller(person_id)
        holder.assignment_id = str(assignment_id)
        return holder

    async def reviewer(self, region: str) -> Caller:
        """The reviewer of a region, the same whenever asked for."""
        if region not in self.reviewers:
            self.reviewers[region] = await self.holder("reviewer", region=region)
        return self.reviewers[region]

    async def report(self, code: str = "L-1", *regions: str) -> Judged:
        """A report that was opened in reporting, and nothing more."""
        placed = regions or ("vest",)
        unit_id = await self.unit(code, *placed)
        report_id = identity("report", unit_id, YEAR)
        lead = await self.holder("professional_lead", unit_id=unit_id)
        reviewers = {region: await self.reviewer(region) for region in placed}
        said = reporting.ReportOpenedV1(
            report_id=report_id,
            unit_id=unit_id,
            year=YEAR,
            template="national_treatment_service_ongoing",
            regions=list(placed),
            has_group=True,
        )
        await self.reporting.tell(said, subject=report_id)
        return Judged(self, unit_id, report_id, placed, lead, reviewers)

    async def submitted(self, code: str = "L-1", *regions: str) -> Judged:
        """A report that was handed in once."""
        judged = await self.report(code, *regions)
        await judged.submit()
        return judged


def settings(databases: Databases, tokens: Tokens, **told: Any) -> Settings:
    """What review is told in tests."""
    rest: dict[str, Any] = {
        "nats_url": NOWHERE,
        "registry_url": "http://127.0.0.1:9",
        "reporting_url": "http://127.0.0.1:9",
        "bundles": tokens.issuers_file.parent / f"bundles-{uuid4()}",
        "bundle_key": bundle_key(tokens.issuers_file.parent),
    }
    return Settings(
        environment=Environment.TEST,
        clock_file=None,
        database_url=databases("review"),
        vault_url=databases("review-vault"),
        vault_key=SecretBytes(b"v" * 32),
        token_issuers=tokens.issuers_file,
        signing_key=tokens.signing_key("review"),
        **(rest | told),
    )


def running(app: FastAPI, http: httpx.AsyncClient, tokens: Tokens, clock: MovableClock) -> Service:
    """The service behind an application, with those who tell it what it must know."""
    parts = app.state.parts
    return Service(app, http, tokens, clock, Speaker("registry", parts, clock), Speaker("reporting", parts, clock))


@asynccontextmanager
async def serving(told: Settings, tokens: Tokens, clock: MovableClock) -> AsyncIterator[Service]:
    """The application from start to end."""
    app = build(told, clock=clock)
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://review") as http:
            yield running(app, http, tokens, clock)


@asynccontextmanager
async def review(databases: Databases, tokens: Tokens, **told: Any) -> AsyncIterator[Service]:
    """A new service that knows an auditor."""
    async with serving(settings(databases, tokens, **told), tokens, MovableClock(MARCH)) as service:
        service.auditor = await service.holder("auditor")
        yield service
