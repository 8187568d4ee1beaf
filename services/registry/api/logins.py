"""Linking logins to persons over HTTP."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BaseModel, StringConstraints

from services.registry.api.callers import Parts, Written, written
from services.registry.api.inputs import LoginHash
from shared.asked import Asking
from shared.inputs import Name, Reason, Sent
from shared.problems import PROBLEMS

router = APIRouter(tags=["logins"], responses=PROBLEMS)
InvitationCode = Annotated[str, StringConstraints(pattern=r"^[A-Z2-7]{24}$")]


class NewLogin(Sent):
    """A login at an identity provider; the number is hashed with a key and not kept."""

    issuer: Name
    national_id: Annotated[str, StringConstraints(pattern=r"^[0-9]{11}$")]


class Invited(BaseModel):
    """The code to be sent to the person; it is told here and nowhere else."""

    person_id: UUID
    version: int
    code: str


class Acceptance(Sent):
    """The code of an invitation."""

    code: InvitationCode


class Unlinking(Sent):
    """Which login is no longer the person's, and why."""

    login_hash: LoginHash
    reason: Reason


@router.post("/persons/{person_id}/invitations", status_code=201)
async def invite(registry: Parts, asked: Asking, person_id: UUID) -> Invited:
    """Make a one-time code, good for 14 days, that binds the person's login; an older code is void."""
    done = await registry.people.invite(asked, person_id)
    return Invited(**done.answer, code=registry.people.invitation_code(asked))


@router.post("/persons/{person_id}/logins", status_code=201)
async def link_login(registry: Parts, asked: Asking, person_id: UUID, new: NewLogin, response: Response) -> Written:
    """Link a login to a person, by the service desk."""
    login_hash = registry.people.login_hash(new.issuer, new.national_id)
    return written(await registry.people.link_login(asked, person_id, login_hash), response)


@router.post("/persons/{person_id}/login-removals", status_code=201)
async def unlink_login(
    registry: Parts, asked: Asking, person_id: UUID, unlinking: Unlinking, response: Response
) -> Written:
    """Undo a link; nothing the person did by that login is undone."""
    done = await registry.people.unlink_login(asked, person_id, unlinking.login_hash, unlinking.reason)
    return written(done, response)


@router.post("/logins", status_code=201)
async def accept_invitation(registry: Parts, asked: Asking, acceptance: Acceptance, response: Response) -> Written:
    """Bind the calling login to the person who was invited."""
    return written(await registry.people.accept_invitation(asked, acceptance.code), response)
