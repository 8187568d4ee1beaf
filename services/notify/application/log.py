"""The log: to whom, when, about what, whether it was delivered or why not; and having something sent again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from services.notify.application.deciding import READERS, RESENDERS
from services.notify.message import Message
from services.notify.views import log
from shared.access import Assignment, NotAllowed, Target, acting, granting
from shared.asked import Asked
from shared.desk import Desk, Done, UnitOfWork
from shared.domain import NotFound, Refused, Sealed
from shared.eventstore import EventStore
from shared.history import history, state_at
from shared.registry_facts import held_by, person_of
from shared.tokens import Caller
from shared.vault import Shredded, Unreadable, Vault

FIELDS = ("address", "reply")
"""What is sealed in the history of a message."""


class Log:
    """What may be asked of the log."""

    def __init__(self, desk: Desk, store: EventStore, vault: Vault) -> None:
        self._desk, self._store, self._vault = desk, store, vault

    async def resend(self, asked: Asked, message_id: UUID) -> Done:
        """Have a message that has ended sent again, or after all."""

        def decide(unit: UnitOfWork) -> Mapping[str, Any]:
            held = held_by(unit.rows, asked.caller)
            by = acting(held, RESENDERS, Target(), asked.on, asked.acting_as)
            message = unit.get(Message, message_id)
            message.resend(by=by, at=asked.at)
            return {
                "message_id": str(message_id),
                "status": message.state.status,
                "edition": message.state.edition,
                "version": message.version,
            }

        return await self._desk.do(asked.command(decide))

    def page(
        self, caller: Caller, on: date, filters: Mapping[str, Any], cursor: str | None, limit: int
    ) -> list[dict[str, Any]]:
        """A page of the log; who may not read all of it asks for what was sent to themselves."""
        rows, person_id = self._store.rows, person_of(self._store.rows, caller)
        held = held_by(rows, caller)
        if not _may_read_all(held, on) and filters.get("receiver") != str(person_id):
            raise NotAllowed("ask for the messages to yourself, or as a service desk")
        may_resend = _may_resend(held, on)
        return [self._with_operations(row, may_resend) for row in log.page(rows, filters, cursor, limit)]

    def message(self, caller: Caller, on: date, message_id: UUID) -> dict[str, Any]:
        """One message of the log."""
        rows, person_id = self._store.rows, person_of(self._store.rows, caller)
        held, row = held_by(rows, caller), log.one(rows, message_id)
        if row is None or not (row["receiver"] == str(person_id) or _may_read_all(held, on)):
            raise NotFound(f"there is no message {message_id}")
        return self._with_operations(row, _may_resend(held, on))

    def history(self, caller: Caller, on: date, message_id: UUID) -> list[dict[str, Any]]:
        """Everything that happened to a message, with the addresses used and what the servers said."""
        self.message(caller, on, message_id)
        return history(self._store, message_id, self._opened)

    def _with_operations(self, row: dict[str, Any], may_resend: bool) -> dict[str, Any]:
        return {**row, "allowed_operations": ["resend"] if may_resend and self._has_ended(row) else []}

    def _has_ended(self, row: dict[str, Any]) -> bool:
        try:
            state_at(self._store, Message, UUID(row["message_id"])).must_have_ended()
        except Refused:
            return False
        return True

    def _opened(self, sealed: Sealed) -> str | dict[str, Any]:
        for field in FIELDS:
            try:
                return self._vault.open(sealed, field=field)
            except Unreadable:
                continue
            except Shredded:
                return {"erased": True}
        return {"unreadable": True}


def _may_read_all(held: list[Assignment], on: date) -> bool:
    return bool(granting(held, READERS, Target(), on))


def _may_resend(held: list[Assignment], on: date) -> bool:
    return bool(granting(held, RESENDERS, Target(), on))
