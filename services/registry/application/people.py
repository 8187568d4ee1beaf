"""What may be done about persons and their logins.  Names and addresses are sealed before a command is made."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from services.registry.application.endings import end_all
from services.registry.application.looking import Look
from services.registry.application.rights import ANY_DESK, UNIT_WRITERS, Operation, acting
from services.registry.application.stewards import stewards_of
from services.registry.application.units import UnknownTrust
from services.registry.bootstrap import AlreadyBootstrapped, Bootstrap
from services.registry.login import Login
from services.registry.person import Card, InvitationNotValid, Person, key_subject
from services.registry.role import Grant, RoleAssignment
from services.registry.trust import Trust
from services.registry.views import lookups
from services.registry.views.queries import Reads
from shared.access import NotAllowed, Right, Role, Scope, Target
from shared.asked import Asked, must_be_as_seen
from shared.desk import Desk, Done, UnitOfWork
from shared.domain import Acting, Sealed
from shared.eventstore import EventStore
from shared.vault import Vault

REGISTRARS = (
    *ANY_DESK,
    *(Right(right.role, Scope.ANYWHERE) for right in UNIT_WRITERS),
    Right(Role.TRUST_OFFICE, Scope.ANYWHERE),
)
"""Who may make a person known: the desks, and those who propose candidates or name coordinators."""
OPERATIONS: Mapping[str, Operation] = {
    "change_card": Operation(ANY_DESK, Person.must_be_active),
    "invite": Operation(ANY_DESK, Person.must_be_active),
    "link_login": Operation(ANY_DESK, Person.must_be_active),
    "unlink_login": Operation(ANY_DESK),
    "ask_erasure": Operation(ANY_DESK, Person.must_be_active),
    "approve_erasure": Operation(ANY_DESK, Person.must_wait_for_erasure),
    "decline_erasure": Operation(ANY_DESK, Person.must_wait_for_erasure),
}
"""What may be done about a person, and by whom."""
IDENTITY = ("change_card", "invite", "link_login", "unlink_login")
"""What decides who somebody is taken for: done by the person's own desks."""


@dataclass(frozen=True)
class PlainCard:
    """Name and contact data as they were sent; they live only as long as the request."""

    name: str
    email: str | None = None
    phone: str | None = None
    trust: str | None = None


class People:
    """Use cases on persons and logins."""

    def __init__(self, desk: Desk, store: EventStore, vault: Vault, login_key: bytes) -> None:
        self._desk, self._look, self._vault, self._login_key = desk, Look(store), vault, login_key

    def login_hash(self, issuer: str, national_id: str) -> str:
        """How a login is known here; nobody gets the number back from it without the key."""
        said = f"{issuer}\n{national_id}".encode()
        return hmac.new(self._login_key, said, hashlib.sha256).hexdigest()

    def invitation_code(self, asked: Asked) -> str:
        """The code of the invitation that a command made: the same each time the command is repeated."""
        mac = hmac.new(self._login_key, b"invitation" + asked.command_id.bytes, hashlib.sha256)
        return base64.b32encode(mac.digest()[:15]).decode()

    async def bootstrap(self, asked: Asked, card: PlainCard, assignment_id: UUID) -> Done:
        """The operator names the first person, who holds the joint desk's role from today."""
        if asked.caller.kind != "operator":
            raise NotAllowed("only the operator can do this")
        person_id = uuid4()
        sealed = await self._seal(person_id, card)
        by = Acting(subject=asked.caller.subject, role="operator")

        def decide(work: UnitOfWork) -> dict[str, Any]:
            if work.find(Bootstrap, Bootstrap.ID) or lookups.is_anybody_known(work):
                raise AlreadyBootstrapped("the registry has people in it")
            work.add(Bootstrap.do(person_id=person_id, assignment_id=assignment_id, by=by, at=asked.at))
            work.add(Person.register(person_id, card=sealed, by=by, at=asked.at))
            grant = Grant(person_id=person_id, role=Role.JOINT_DESK, since=asked.on)
            work.add(RoleAssignment.grant(assignment_id, grant, by=by, at=asked.at))
            return {"person_id": person_id, "assignment_id": assignment_id, "version": 1}

        return await self._desk.do(asked.command(decide))

    async def register(self, asked: Asked, card: PlainCard) -> Done:
        await asyncio.to_thread(acting, self._look, asked, REGISTRARS, Target())
        person_id = uuid4()
        sealed = await self._seal(person_id, card)

        def decide(work: UnitOfWork) -> dict[str, Any]:
            by = acting(work, asked, REGISTRARS, Target())
            _must_be_known(work, card.trust)
            person = work.add(Person.register(person_id, card=sealed, by=by, at=asked.at))
            return {"person_id": person.id, "version": person.version}

        return await self._desk.do(asked.command(decide))

    async def change_card(self, asked: Asked, person_id: UUID, seen: int, card: PlainCard) -> Done:
        await self._must_be_theirs(asked, person_id, "change_card")
        sealed = await self._seal(person_id, card)

        def act(work: UnitOfWork, person: Person, by: Acting) -> None:
            must_be_as_seen(person, seen)
            _must_be_known(work, card.trust)
            person.change_card(sealed, by=by, at=asked.at)

        return await self._change(asked, person_id, "change_card", act)

    async def invite(self, asked: Asked, person_id: UUID) -> Done:
        code_hash = _hash(self.invitation_code(asked))

        def act(work: UnitOfWork, person: Person, by: Acting) -> None:
            person.invite(code_hash, by=by, at=asked.at)

        return await self._change(asked, person_id, "invite", act)

    async def accept_invitation(self, asked: Asked, code: str) -> Done:
        """The login that calls becomes the invited person's."""
        if asked.caller.kind != "login":
            raise NotAllowed("only a login that is not linked yet uses an invitation")
        code_hash, login_hash = _hash(code), asked.caller.subject.removeprefix("login:")

        def decide(work: UnitOfWork) -> dict[str, Any]:
            invited = lookups.person_by_invitation(work, code_hash)
            if invited is None:
                raise InvitationNotValid("this invitation does not count; the service desk can send a new one")
            person = work.get(Person, invited)
            by = Acting(subject=str(person.id), role="invited")
            person.use_invitation(code_hash, login_hash, by=by, at=asked.at)
            _link(work, login_hash, person, "invitation", by, asked)
            return {"person_id": person.id, "version": person.version}

        return await self._desk.do(asked.command(decide))

    async def link_login(self, asked: Asked, person_id: UUID, login_hash: str) -> Done:
        def act(work: UnitOfWork, person: Person, by: Acting) -> None:
            person.must_be_active()
            _link(work, login_hash, person, "service_desk", by, asked)
            person.withdraw_invitation(by=by, at=asked.at)

        return await self._change(asked, person_id, "link_login", act)

    async def unlink_login(self, asked: Asked, person_id: UUID, login_hash: str, reason: str) -> Done:
        def act(work: UnitOfWork, person: Person, by: Acting) -> None:
            login = work.get(Login, Login.id_of(login_hash))
            login.unlink(person_id, reason=reason, by=by, at=asked.at)

        return await self._change(asked, person_id, "unlink_login", act)

    async def ask_erasure(self, asked: Asked, person_id: UUID, reason: str, legal_basis: str) -> Done:
        await self._must_be_theirs(asked, person_id, "ask_erasure")
        sealed = await self.seal(person_id, reason, "reason")

        def act(work: UnitOfWork, person: Person, by: Acting) -> None:
            person.ask_erasure(sealed, legal_basis, by=by, at=asked.at)

        return await self._change(asked, person_id, "ask_erasure", act)

    async def decline_erasure(self, asked: Asked, person_id: UUID, reason: str) -> Done:
        await self._must_be_theirs(asked, person_id, "decline_erasure")
        sealed = await self.seal(person_id, reason, "reason")

        def act(work: UnitOfWork, person: Person, by: Acting) -> None:
            person.decline_erasure(sealed, by=by, at=asked.at)

        return await self._change(asked, person_id, "decline_erasure", act)

    async def approve_erasure(self, asked: Asked, person_id: UUID) -> Done:
        """The person's logins are unlinked and the roles end with it; the shredder destroys the keys."""

        def act(work: UnitOfWork, person: Person, by: Acting) -> None:
            person.approve_erasure(by=by, at=asked.at)
            for login_hash in lookups.logins_of(work, person_id):
                login = work.get(Login, Login.id_of(login_hash))
                login.unlink(person_id, reason="erased", by=by, at=asked.at)
            end_all(work, person_id, asked.on, by=by, at=asked.at)

        return await self._change(asked, person_id, "approve_erasure", act)

    async def seal(self, person_id: UUID, text: str, field: str) -> Sealed:
        """A text about a person, sealed under the person's own key."""
        return await asyncio.to_thread(self._vault.seal, key_subject(person_id), text, field=field)

    async def _seal(self, person_id: UUID, card: PlainCard) -> Card:
        name = await self.seal(person_id, card.name, "name")
        email = await self.seal(person_id, card.email, "email") if card.email else None
        phone = await self.seal(person_id, card.phone, "phone") if card.phone else None
        return Card(name=name, email=email, phone=phone, trust=card.trust)

    async def _must_be_theirs(self, asked: Asked, person_id: UUID, operation: str) -> None:
        """Refuse before anything is sealed for who may not do this, or of a person nobody knows."""

        def look() -> None:
            _acting_on(self._look, asked, operation, self._look.get(Person, person_id))

        await asyncio.to_thread(look)

    async def _change(
        self, asked: Asked, person_id: UUID, operation: str, act: Callable[[UnitOfWork, Person, Acting], None]
    ) -> Done:
        def decide(work: UnitOfWork) -> dict[str, Any]:
            person = work.get(Person, person_id)
            act(work, person, _acting_on(work, asked, operation, person))
            return {"person_id": person.id, "version": person.version}

        return await self._desk.do(asked.command(decide))


def operations_on(reads: Reads, person: Person, on: date) -> tuple[Mapping[str, Operation], Target]:
    """What may be done about this person, by whom, and where their rights must count."""
    rights, target = stewards_of(reads, person, on)
    return {**OPERATIONS, **{name: replace(OPERATIONS[name], rights=rights) for name in IDENTITY}}, target


def _acting_on(reads: Reads, asked: Asked, operation: str, person: Person) -> Acting:
    operations, target = operations_on(reads, person, asked.on)
    return acting(reads, asked, operations[operation].rights, target)


def _link(work: UnitOfWork, login_hash: str, person: Person, way: str, by: Acting, asked: Asked) -> None:
    login = work.find(Login, Login.id_of(login_hash))
    if login is None:
        work.add(Login.first_linked(login_hash, person.id, way=way, by=by, at=asked.at))
    else:
        login.link(person.id, way=way, by=by, at=asked.at)


def _must_be_known(work: UnitOfWork, trust: str | None) -> None:
    if trust is not None and work.find(Trust, Trust.id_of(trust)) is None:
        raise UnknownTrust(f"trust {trust} is not in the register", trust=trust)


def _hash(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()
