"""Ports for servers that tests start, none given out twice in a row of many."""

from __future__ import annotations

import os
import re
import secrets
import socket
from collections import deque

FIRST, PER_WORKER, WORKERS = 10_000, 2_500, 8
"""Below the ports the system gives to outgoing connections, which could take one before its server does; a part
for each of the processes that run tests side by side.
"""
_given: deque[int] = deque(maxlen=1_000)


def free_port() -> int:
    """A port nobody listens on, and nobody else was given."""
    first = FIRST + PER_WORKER * (_worker() % WORKERS)
    while True:
        port = first + secrets.randbelow(PER_WORKER)
        if port not in _given and _is_free(port):
            _given.append(port)
            return port


def _worker() -> int:
    named = re.search(r"\d+$", os.environ.get("PYTEST_XDIST_WORKER", ""))
    return int(named.group()) if named else 0


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
