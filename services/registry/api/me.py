"""The caller's own person and roles, and the very first person of all."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any

import uuid_utils.compat
from fastapi import APIRouter, Response
from pydantic import BaseModel, EmailStr, Field

from services.registry.api.callers import Parts, Reader, Reading, Registry, Written, written
from services.registry.api.inputs import Phone
from services.registry.application.people import REGISTRARS, PlainCard
from services.registry.application.rights import ANY_DESK
from services.registry.person import Person
from services.registry.views.cards import Shown, shown
from shared.access import NotRegistered, Target, granting
from shared.asked import Asking
from shared.history import state_at
from shared.inputs import Name, Sent
from shared.problems import PROBLEMS

router = APIRouter(tags=["me"], responses=PROBLEMS)
RIGHTS = {"register_unit": ANY_DESK, "import_units": ANY_DESK, "register_person": REGISTRARS}


class Me(BaseModel):
    """Who the caller is here."""

    person_id: str
    card: Shown
    roles: list[dict[str, Any]]
    allowed_operations: list[str]


class FirstPerson(Sent):
    """The first person of the joint service desk."""

    name: Name
    email: Annotated[EmailStr, Field(max_length=254)]
    phone: Phone | None = None


@router.get("/me")
async def me(registry: Parts, reader: Reading) -> Me:
    """The caller's person, the roles held today, and what these allow without an object."""
    return await asyncio.to_thread(_me, registry, reader)


@router.post("/bootstrap", status_code=201)
async def bootstrap(registry: Parts, asked: Asking, first: FirstPerson, response: Response) -> Written:
    """Name the first person, on an empty registry; for the operator only."""
    card = PlainCard(first.name, first.email, first.phone)
    return written(await registry.people.bootstrap(asked, card, uuid_utils.compat.uuid7()), response)


def _me(registry: Registry, reader: Reader) -> Me:
    if reader.person_id is None:
        raise NotRegistered("a service is no person")
    person = state_at(registry.store, Person, reader.person_id)
    return Me(
        person_id=str(person.id),
        card=shown(registry.vault, person.state.card),
        roles=[
            {
                "assignment_id": held.id,
                "role": held.role,
                "since": held.since,
                "until": held.until,
                "unit_id": held.unit_id,
                "region": held.region,
                "trust": held.trust,
                "seat": held.seat,
            }
            for held in reader.roles
        ],
        allowed_operations=[
            name for name, rights in RIGHTS.items() if granting(reader.roles, rights, Target(), reader.on)
        ],
    )
