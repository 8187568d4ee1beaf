"""What the browser carries for us during a login, sealed: it can neither read it nor make it up; we store nothing."""

from __future__ import annotations

import os
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from typing import Generic, TypeVar

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from shared.nonces import LENGTH

V = TypeVar("V")


class Sealed(Generic[V]):
    """Seals values of one kind for some seconds."""

    def __init__(self, kind: type[V], secret: bytes, seconds: int, now: Callable[[], float] = time.time) -> None:
        self.seconds = seconds
        self._now, self._decoder = now, msgspec.json.Decoder(tuple[int, kind])  # type: ignore[valid-type]
        # A key of its own for each kind: what was sealed as one is never opened as another.
        purpose = f"portal {kind.__name__}".encode()
        self._key = AESGCM(HKDF(SHA256(), length=32, salt=None, info=purpose).derive(secret))

    def seal(self, value: V) -> str:
        """The value as a cookie's content."""
        nonce, until = os.urandom(LENGTH), int(self._now()) + self.seconds
        return urlsafe_b64encode(nonce + self._key.encrypt(nonce, msgspec.json.encode((until, value)), None)).decode()

    def open(self, cookie: str | None) -> V | None:
        """The value again; None when its time is over, or when it is not one of ours."""
        try:
            raw = urlsafe_b64decode(cookie or "")
            until, value = self._decoder.decode(self._key.decrypt(raw[:LENGTH], raw[LENGTH:], None))
        except (ValueError, InvalidTag, msgspec.DecodeError):
            return None
        return value if until > self._now() else None
