"""Publishes several messages as one: the stream takes all of them, one after the other, or none."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import uuid4

from shared.bus.faults import BusFault, refusal, translated

if TYPE_CHECKING:
    from shared.bus.connection import Bus

PATIENCE = 2.0
"""Seconds the server has to open a batch, and to store it."""
TAKES_NONE = {10174, 10177, 10199, 10210}
"""Refusals that say nothing of the messages: batches are off, of this kind unknown, so large or so many not taken."""
FIRST_ONLY = "Nats-Expected-Last-Sequence"
NEVER = "Nats-Expected-Last-Msg-Id"


class NotAsOne(BusFault):
    """This server does not take these messages as one; it stored none of them, and one by one it may."""


class Outgoing(NamedTuple):
    """A message on its way to the stream."""

    position: int
    subject: str
    data: bytes
    headers: Mapping[str, str]


class Batch:
    """One batch, fenced by what its first message expects of the stream.

    It is opened and acknowledged before the rest is sent.  A server forgets its open batches when it ends, so what
    the client still holds back for a broken connection can never complete one on a stream restored meanwhile.
    """

    def __init__(self, bus: Bus, connection: int, messages: Sequence[Outgoing]) -> None:
        self._bus, self._client, self._connection = bus, bus.client, connection
        self._messages = messages
        self._id = uuid4().hex

    async def publish(self) -> None:
        """Returns when all are stored.  Whether they were when it raises, the stream itself must be asked."""
        if opened := await self._ask(1):
            raise self._refused(opened)
        if not self._bus.is_up or self._bus.connections != self._connection:
            raise BusFault("the connection broke")
        for number in range(2, len(self._messages)):
            message = self._messages[number - 1]
            with translated("publish"):
                await self._client.publish(message.subject, message.data, headers=self._headers(number))
        said = await self._ask(len(self._messages))
        if said.get("batch") != self._id:
            raise self._refused(said)

    async def _ask(self, number: int) -> dict[str, Any]:
        message = self._messages[number - 1]
        with translated("publish"):
            headers = self._headers(number)
            answer = await self._client.request(message.subject, message.data, timeout=PATIENCE, headers=headers)
        said: dict[str, Any] = json.loads(answer.data or b"{}")
        return said

    def _headers(self, number: int) -> dict[str, str]:
        dropped = {NEVER} if number == 1 else {NEVER, FIRST_ONLY}
        headers = {name: value for name, value in self._messages[number - 1].headers.items() if name not in dropped}
        headers |= {"Nats-Batch-Id": self._id, "Nats-Batch-Sequence": str(number)}
        if number == len(self._messages):
            headers["Nats-Batch-Commit"] = "1"
        return headers

    def _refused(self, said: dict[str, Any]) -> BusFault:
        what = f"publish {self._messages[0].position} to {self._messages[-1].position} as one"
        error = said.get("error", {"description": "taken one by one"})
        fault = refusal(what, error)
        return NotAsOne(str(fault)) if error.get("err_code") in TAKES_NONE else fault
