"""Ports for servers that tests start: whoever was given one has it alone, also while its server is down."""

from __future__ import annotations

import secrets
import socket
from collections import deque

FIRST, AFTER_LAST = 10_000, 32_000
"""Below the ports the system gives to outgoing connections, which could take one before its server does."""
KEPT = 300
_kept: deque[socket.socket] = deque()
"""The UDP ports of the same numbers, on which nothing is said: they tell every process of this machine which are
given out, those of another run of the tests as well, and are free when we are gone.
"""


def free_port() -> int:
    """A port nobody listens on, and nobody else was given."""
    while True:
        port = FIRST + secrets.randbelow(AFTER_LAST - FIRST)
        if (sign := _taken(port)) is not None:
            if len(_kept) == KEPT:
                _kept.popleft().close()
            _kept.append(sign)
            return port


def _taken(port: int) -> socket.socket | None:
    """The sign that it is ours; None when somebody else has it or listens on it."""
    sign = socket.socket(type=socket.SOCK_DGRAM)
    try:
        sign.bind(("127.0.0.1", port))
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", port))
    except OSError:
        sign.close()
        return None
    return sign
