"""Who reads, what the service is made of, and how an answer to a write looks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Request, Response
from pydantic import BaseModel, ConfigDict

from services.registry.application.groups import Groups
from services.registry.application.imports import Imports
from services.registry.application.people import People
from services.registry.application.rights import person_of, roles_of
from services.registry.application.roles import Roles
from services.registry.application.units import Units
from shared.access import Assignment, NotAllowed, Role
from shared.asked import Calling
from shared.clock import Clock
from shared.desk import Done
from shared.eventstore import EventStore
from shared.tokens import Caller
from shared.vault import Vault


@dataclass(frozen=True)
class Registry:
    """The parts of the service that routes use."""

    store: EventStore
    vault: Vault
    clock: Clock
    units: Units
    people: People
    roles: Roles
    groups: Groups
    imports: Imports


@dataclass(frozen=True)
class Reader:
    """Somebody who may read: a registered person with the roles held today, or a service."""

    caller: Caller
    on: date
    person_id: UUID | None = None
    roles: tuple[Assignment, ...] = ()

    def holds(self, *roles: Role) -> bool:
        """Whether the reader holds one of the roles, wherever it counts."""
        return any(held.role in roles for held in self.roles)

    def units(self) -> set[UUID]:
        """The units the reader holds a role on."""
        return {held.unit_id for held in self.roles if held.unit_id}


async def registry_of(request: Request) -> Registry:
    """The service's parts, put together in its composition root."""
    registry: Registry = request.app.state.registry
    return registry


Parts = Annotated[Registry, Depends(registry_of)]


def reading(registry: Parts, caller: Calling) -> Reader:
    """Any registered person, and any service of ours."""
    today = registry.clock.today()
    if caller.kind == "service":
        return Reader(caller, today)
    if caller.kind not in ("person", "login"):
        raise NotAllowed(f"{caller.kind} callers read nothing here")
    person_id = person_of(registry.store, caller)
    held = tuple(role for role in roles_of(registry.store, person_id) if role.holds(today))
    return Reader(caller, today, person_id, held)


Reading = Annotated[Reader, Depends(reading)]


class Written(BaseModel):
    """What a write made or changed: ids, and the version the thing has now."""

    model_config = ConfigDict(extra="forbid")

    version: int | None = None
    trust: str | None = None
    unit_id: UUID | None = None
    person_id: UUID | None = None
    assignment_id: UUID | None = None
    appointment_id: UUID | None = None
    request_id: UUID | None = None
    seat: str | None = None
    warnings: list[str] | None = None


class Listed(BaseModel):
    """One page of a list; ``next`` is the cursor of the following page."""

    items: list[dict[str, Any]]
    next: str | None


def written(done: Done, response: Response) -> Written:
    """The answer to a write, with the version as ``ETag``."""
    if "version" in done.answer:
        response.headers["ETag"] = etag(done.answer["version"])
    return Written(**done.answer)


def etag(version: int) -> str:
    return f'"{version}"'
