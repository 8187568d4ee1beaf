"""What a stream is asked to be, what it holds, and a message as it keeps it."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from nats.aio.msg import Msg

_NANO = 1_000_000_000


@dataclass(frozen=True)
class StreamState:
    """What a stream says it holds now; ``made`` tells it from one of the same name that was there before."""

    messages: int
    first_seq: int
    last_seq: int
    made: str


@dataclass(frozen=True)
class Kept:
    """A message as a stream keeps it."""

    seq: int
    subject: str
    headers: Mapping[str, str]
    data: bytes


def stream_settings(name: str, subjects: Sequence[str], **settings: Any) -> dict[str, Any]:
    """A stream of contracts: a copy that may be lost, so the oldest make room long before the disk is full."""
    return {
        "name": name,
        "subjects": list(subjects),
        "retention": "limits",
        "storage": "file",
        "discard": "old",
        "max_age": 30 * 24 * 3600 * _NANO,
        "max_msg_size": 256 << 10,
        "duplicate_window": 120 * _NANO,
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
