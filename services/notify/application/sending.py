"""Sends what is due, one message at a time: the attempt is recorded before it is made, and its outcome after it.

So after a crash it is known which attempt has no outcome; whether that one arrived nobody knows, and it says so.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Protocol
from uuid import UUID

import structlog
from eventsourcing.persistence import PersistenceError

from services.notify.application.addressing import Addressing, Ready, Withhold
from services.notify.application.bouncing import tell_of_bounce
from services.notify.application.intending import SYSTEM
from services.notify.channels import Result, Told
from services.notify.letter import as_mail, message_id, write
from services.notify.message import Message, Reason, Status
from services.notify.views import queries
from shared.bus import BackOff
from shared.clock import Clock
from shared.context import new_trace
from shared.desk import Command, Desk, Done, Unavailable, UnitOfWork
from shared.domain import Refused, Sealed, identity
from shared.vault import Vault

log = structlog.get_logger()
_PAGE = 50
_PAUSE = 0.2
ABANDONED = timedelta(minutes=5)
"""An attempt that began so long ago and has no outcome was interrupted."""


class Channel(Protocol):
    """The way a message goes out."""

    async def send(self, to: str, mail: bytes) -> Told:
        """Try once."""
        ...


class Sender:
    """The one who sends."""

    def __init__(
        self,
        desk: Desk,
        clock: Clock,
        vault: Vault,
        addressing: Addressing,
        channel: Channel,
        sender: str,
        abandoned: timedelta = ABANDONED,
    ) -> None:
        self._desk, self._clock, self._vault = desk, clock, vault
        self._addressing, self._channel, self._sender = addressing, channel, sender
        self._abandoned = abandoned
        self._back_off = BackOff(first=1.0, longest=60.0)
        self.fault = ""

    def status(self) -> dict[str, Any]:
        """How many messages stand in each state, and what is the matter with the mail server."""
        none = {status.value: 0 for status in Status}
        return {"ok": not self.fault, "fault": self.fault, **none, **queries.counts(self._desk.store.rows)}

    async def run(self) -> None:
        """Send until cancelled."""
        while True:
            try:
                done = await self.round()
            except (PersistenceError, Unavailable) as fault:
                log.warning("sender_waits", fault=type(fault).__name__)
                done = 0
            if self.fault:
                await self._back_off.wait()
            elif not done:
                await asyncio.sleep(_PAUSE)

    async def round(self) -> int:
        """Try what is due; stops at a mail server that is away. How many messages were dealt with."""
        await self.recover()
        due = await asyncio.to_thread(queries.due, self._desk.store.rows, self._clock.now(), _PAGE)
        for done, row in enumerate(due):
            if not await self.send(UUID(row["message_id"])):
                return done
        return len(due)

    async def recover(self) -> int:
        """Attempts that were begun and interrupted are uncertain; how many these were."""
        found = await asyncio.to_thread(self._interrupted)
        for id, number in found:
            await self._lose(id, number, Reason.INTERRUPTED)
        return len(found)

    def _interrupted(self) -> list[tuple[UUID, int]]:
        """Looked for in the history, because only it knows when the attempt began."""
        store, found = self._desk.store, []
        for id in queries.attempted(store.rows):
            last = store.facts(id)[-1].recorded.event
            message = store.load(Message, id)
            if message and self._clock.now() - last.at >= self._abandoned:
                found.append((id, message.state.attempts))
        return found

    async def send(self, id: UUID) -> bool:
        """Deal with one message; False when the mail server cannot be talked to."""
        message = await asyncio.to_thread(self._desk.store.load, Message, id)
        if message is None or message.state.due_at is None:
            return True
        decided = await asyncio.to_thread(self._addressing.decide, message)
        if isinstance(decided, Ready):
            return await self._attempt(message, decided)
        at = self._clock.now()
        if isinstance(decided, Withhold):
            reason = decided.reason
            await self._change(id, message.version, "withhold", lambda m, _: m.withhold(reason, by=SYSTEM, at=at))
        else:
            await self._change(id, message.version, "wait", lambda m, _: m.without_address(by=SYSTEM, at=at))
        return True

    async def _attempt(self, message: Message, ready: Ready) -> bool:
        at, id, number = self._clock.now(), message.id, message.state.attempts + 1
        mail = await asyncio.to_thread(self._mail, message, ready, at)
        address = await asyncio.to_thread(self._seal, message, ready.address, "address")
        begun = await self._change(
            id,
            number,
            "attempt",
            lambda m, _: m.attempt(address, ready.language.value, by=SYSTEM, at=at),
        )
        if begun is None or begun.repeated:
            # Somebody else has begun this very attempt, or it is no longer to be sent.
            return True
        told = await self._channel.send(ready.address, mail)
        log.info("attempted", message_id=str(id), attempt=number, result=told.result.value, code=told.code)
        await self._keep(message, number, told)
        away = told.result is Result.AWAY
        self.fault = f"the mail server is away ({told.code or told.result.value})" if away else ""
        if not away:
            self._back_off.reset()
        return not away

    def _mail(self, message: Message, ready: Ready, at: datetime) -> bytes:
        letter = write(self._addressing.contents(message, ready.language), ready.language)
        name = message_id(message.id, message.state.edition, self._sender)
        return as_mail(letter, sender=self._sender, to=ready.address, message_id=name, at=at)

    def _seal(self, message: Message, text: str, field: str) -> Sealed:
        return self._vault.seal(f"person:{message.state.receiver}", text, field=field)

    async def _keep(self, message: Message, number: int, told: Told) -> None:
        """Record the outcome; as long as the database is away it is only known here, so keep at it."""
        back_off = BackOff(longest=5.0)
        while True:
            try:
                return await self._record(message, number, told)
            except (PersistenceError, Unavailable) as fault:
                log.warning("outcome_waits", message_id=str(message.id), fault=type(fault).__name__)
                await back_off.wait()

    async def _record(self, message: Message, number: int, told: Told) -> None:
        at, id = self._clock.now(), message.id
        if told.result is Result.UNKNOWN:
            return await self._lose(id, number, Reason.CONNECTION_LOST)
        reply = await asyncio.to_thread(self._seal, message, told.reply, "reply")
        code = told.code or 0

        def outcome(m: Message, unit: UnitOfWork) -> None:
            match told.result:
                case Result.SENT:
                    m.sent(number, by=SYSTEM, at=at)
                case Result.BOUNCED:
                    m.bounced(number, code, reply, by=SYSTEM, at=at)
                    tell_of_bounce(unit, m, at)
                case Result.REJECTED:
                    m.rejected(number, code, reply, by=SYSTEM, at=at)
                case _:
                    away = told.result is Result.AWAY
                    reason = Reason.SERVER_AWAY if away else Reason.SERVER_SAID_LATER
                    m.failed(number, reason, by=SYSTEM, at=at, code=told.code, reply=reply)

        await self._change(id, number, "outcome", outcome)
        return None

    async def _lose(self, id: UUID, number: int, reason: Reason) -> None:
        at = self._clock.now()
        await self._change(id, number, "lost", lambda m, _: m.lost(number, reason, by=SYSTEM, at=at))

    async def _change(
        self, id: UUID, number: int, step: str, decide: Callable[[Message, UnitOfWork], object]
    ) -> Done | None:
        """Let one thing happen to a message, once; None when it no longer applies."""

        def change(unit: UnitOfWork) -> dict[str, Any]:
            message = unit.get(Message, id)
            decide(message, unit)
            return {"message_id": str(id), "status": message.state.status, "version": message.version}

        command_id = identity("sending", id, number, step)
        digest = hashlib.sha256(command_id.bytes).digest()
        try:
            return await self._desk.do(Command(command_id, digest, change, new_trace()))
        except Refused as refusal:
            log.info("no_longer_applies", message_id=str(id), step=step, code=refusal.code)
            return None
