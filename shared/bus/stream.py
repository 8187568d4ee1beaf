"""What a stream is asked to be, what it holds, and a message as it keeps it."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Self

from nats.aio.msg import Msg

_NANO = 1_000_000_000
DAY = 24 * 3600.0
KEPT_FOR, REMEMBERED_FOR = 30 * DAY, 120.0
"""Seconds a stream keeps a message, and knows its id."""


@dataclass(frozen=True)
class StreamState:
    """What a stream says it holds now; ``made`` tells it from one of the same name that was there before."""

    messages: int
    first_seq: int
    last_seq: int
    made: str
    last_at: datetime
    """When the last message came, also when that is there no longer."""
    is_aged_out: bool
    """Whether it is empty because all that was in it became too old, as after a long silence."""

    @classmethod
    def told(cls, said: Mapping[str, Any]) -> Self:
        """As the server's API tells it; only newer servers say what time it is there."""
        state, max_age = said["state"], timedelta(microseconds=said["config"]["max_age"] // 1000)
        last_at = datetime.fromisoformat(state["last_ts"])
        now = datetime.fromisoformat(said["ts"]) if "ts" in said else datetime.now(UTC)
        empty = state["messages"] == 0 < state["last_seq"]
        # A moment that the server does not know is told as one of long ago.
        aged = bool(max_age) and last_at.year > 1970 and now - last_at >= max_age
        return cls(state["messages"], state["first_seq"], state["last_seq"], said["created"], last_at, empty and aged)


@dataclass(frozen=True)
class Kept:
    """A message as a stream keeps it."""

    seq: int
    subject: str
    headers: Mapping[str, str]
    data: bytes


def stream_settings(
    name: str, subjects: Sequence[str], *, kept_for: float = KEPT_FOR, **settings: Any
) -> dict[str, Any]:
    """A stream of contracts: a copy that may be lost, so the oldest make room long before the disk is full."""
    return {
        "name": name,
        "subjects": list(subjects),
        "retention": "limits",
        "storage": "file",
        "discard": "old",
        "max_age": int(kept_for * _NANO),
        "max_msg_size": 256 << 10,
        "duplicate_window": int(min(kept_for, REMEMBERED_FOR) * _NANO),
        "deny_delete": True,
        "allow_direct": True,
        **settings,
    }


def kept(found: Mapping[str, Any]) -> Kept:
    """A message as the server's API tells it."""
    headers = _headers(base64.b64decode(found.get("hdrs", "")))
    return Kept(found["seq"], found["subject"], headers, base64.b64decode(found.get("data", "")))


def delivered(message: Msg) -> Kept:
    """A message as a session brought it."""
    return Kept(message.metadata.sequence.stream, message.subject, message.headers or {}, message.data)


def _headers(raw: bytes) -> dict[str, str]:
    lines = raw.decode().split("\r\n")[1:]
    pairs = (line.split(":", 1) for line in lines if ":" in line)
    return {name: value.strip() for name, value in pairs}
