"""Numbers used once: no two texts may be sealed with the same key and the same of these."""

from __future__ import annotations

import os
from collections import deque

LENGTH = 12
"""Bytes of one, as AES-GCM wants it."""
_AT_ONCE = 256
_drawn: deque[bytes] = deque()
os.register_at_fork(after_in_child=_drawn.clear)  # two processes must not give out the same


def draw() -> bytes:
    """Random bytes from the system, given out once; safe from any thread.

    Asked for many at once: whoever asks the system lets go of the interpreter, and under load waits to get it back.
    """
    try:
        return _drawn.popleft()
    except IndexError:
        some = os.urandom(LENGTH * _AT_ONCE)
        _drawn.extend(some[at : at + LENGTH] for at in range(LENGTH, len(some), LENGTH))
        return some[:LENGTH]
