"""Persons over HTTP; names and contact data go to those who need them."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel

from services.registry.api.callers import Listed, Parts, Reader, Reading, Registry, Written, etag, written
from services.registry.api.inputs import SentCard, paging
from services.registry.application.people import PlainCard, operations_on
from services.registry.application.rights import allowed
from services.registry.login import Login
from services.registry.person import Person, Status
from services.registry.views import lookups, queries
from services.registry.views.cards import Shown, covered, opened, shown, units_of
from services.registry.views.queries import Paging
from services.registry.views.tables import PERSONS
from shared.access import NotAllowed, Role
from shared.asked import Asking, Seen
from shared.history import history, state_at
from shared.inputs import AsOf, AtVersion, Name, Reason, Sent
from shared.problems import PROBLEMS

router = APIRouter(tags=["persons"], responses=PROBLEMS)
SEES_ALL = (Role.SERVICE_DESK, Role.JOINT_DESK, Role.APPOINTING_AUTHORITY, Role.AUDITOR)
"""Who reads everybody's name and contact data."""
_SEES_HASHES = (Role.SERVICE_DESK, Role.JOINT_DESK, Role.AUDITOR)
_HASHES = ("login_hash", "code_hash")
"""What a login or an invitation is known by: for those who link logins, and for auditors."""


class PersonShown(BaseModel):
    """A person; ``card`` is None for those who may not read it."""

    person_id: UUID
    version: int
    status: str
    card: Shown | None
    logins: list[str] | None
    allowed_operations: list[str]


class ErasureAsk(Sent):
    """Why a person's data are to go, and by which law."""

    reason: Reason
    legal_basis: Name


class Because(Sent):
    """Why."""

    reason: Reason


@router.post("/persons", status_code=201)
async def register_person(registry: Parts, asked: Asking, new: SentCard, response: Response) -> Written:
    """Make a person known; name and contact data are sealed before anything is recorded."""
    return written(await registry.people.register(asked, _plain(new)), response)


@router.get("/persons")
async def list_persons(
    registry: Parts,
    reader: Reading,
    paging: Annotated[Paging, Depends(paging)],
    status: Status | None = None,
) -> Listed:
    """Persons with their cards, for the service desks, appointing authorities and auditors."""
    if not reader.holds(*SEES_ALL):
        raise NotAllowed("the list of persons is the service desks'")
    return await asyncio.to_thread(_listed, registry, status, paging)


@router.get("/persons/{person_id}")
async def get_person(
    registry: Parts,
    reader: Reading,
    person_id: UUID,
    response: Response,
    as_of: AsOf = None,
    version: AtVersion = None,
) -> PersonShown:
    """A person as known now, at a version or at a moment."""
    person = await asyncio.to_thread(state_at, registry.store, Person, person_id, version=version, moment=as_of)
    response.headers["ETag"] = etag(person.version)
    past = as_of is not None or version is not None
    return await asyncio.to_thread(_shown, registry, reader, person, past)


@router.get("/persons/{person_id}/history")
async def get_person_history(registry: Parts, reader: Reading, person_id: UUID) -> list[dict[str, Any]]:
    """Everything that happened to the person and the logins linked to them, oldest first."""
    return await asyncio.to_thread(_history, registry, reader, person_id)


@router.put("/persons/{person_id}/card", status_code=200)
async def change_card(
    registry: Parts, asked: Asking, seen: Seen, person_id: UUID, new: SentCard, response: Response
) -> Written:
    """Replace name, contact data and employer."""
    return written(await registry.people.change_card(asked, person_id, seen, _plain(new)), response)


@router.post("/persons/{person_id}/erasures", status_code=201)
async def ask_erasure(
    registry: Parts, asked: Asking, person_id: UUID, ask: ErasureAsk, response: Response
) -> Written:
    """Ask for the person's name and contact data to be erased; somebody else must approve."""
    done = await registry.people.ask_erasure(asked, person_id, ask.reason, ask.legal_basis)
    return written(done, response)


@router.post("/persons/{person_id}/erasures/{answer}", status_code=201)
async def answer_erasure(
    registry: Parts,
    asked: Asking,
    person_id: UUID,
    answer: Literal["approval", "refusal"],
    because: Because,
    response: Response,
) -> Written:
    """Approve the erasure that was asked for, for good; or refuse it."""
    if answer == "approval":
        return written(await registry.people.approve_erasure(asked, person_id), response)
    return written(await registry.people.decline_erasure(asked, person_id, because.reason), response)


def may_see(registry: Registry, reader: Reader, person_id: UUID) -> bool:
    """Desks, authorities and auditors; the person; and those with a role on a unit of the person's."""
    if reader.holds(*SEES_ALL) or reader.person_id == person_id:
        return True
    mine = reader.units()
    return bool(mine) and bool(mine & units_of(registry.store, person_id, reader.on.isoformat()))


def _plain(sent: SentCard) -> PlainCard:
    return PlainCard(sent.name, sent.email, sent.phone, sent.trust)


def _listed(registry: Registry, status: Status | None, paging: Paging) -> Listed:
    page = queries.page(registry.store, queries.persons(status), PERSONS.c.id, paging)
    items = []
    for row in page.items:
        person = state_at(registry.store, Person, UUID(row["id"]))
        card = shown(registry.vault, person.state.card)
        items.append(
            {"person_id": row["id"], "status": row["status"], "version": row["version"], "card": card.model_dump()}
        )
    return Listed(items=items, next=page.next)


def _shown(registry: Registry, reader: Reader, person: Person, past: bool) -> PersonShown:
    seen, is_desk = may_see(registry, reader, person.id), reader.holds(Role.SERVICE_DESK, Role.JOINT_DESK)
    operations, target = operations_on(registry.store, person, reader.on)
    return PersonShown(
        person_id=person.id,
        version=person.version,
        status=person.state.status,
        card=shown(registry.vault, person.state.card) if seen else None,
        logins=lookups.logins_of(registry.store, person.id) if is_desk else None,
        allowed_operations=[] if past else allowed(operations, person, reader.roles, target, reader.on),
    )


def _history(registry: Registry, reader: Reader, person_id: UUID) -> list[dict[str, Any]]:
    state_at(registry.store, Person, person_id)
    seen = may_see(registry, reader, person_id)
    facts = history(registry.store, person_id, (lambda sealed: opened(registry.vault, sealed)) if seen else covered)
    for login_hash in lookups.logins_ever_of(registry.store, person_id):
        of_login = history(registry.store, Login.id_of(login_hash), covered)
        facts += [fact for fact in of_login if fact["data"].get("person_id") == str(person_id)]
    if not reader.holds(*_SEES_HASHES):
        facts = [{**fact, "data": _without_hashes(fact["data"])} for fact in facts]
    return sorted(facts, key=lambda fact: fact["position"])


def _without_hashes(data: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in data.items() if name not in _HASHES}
