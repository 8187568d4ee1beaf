"""What may be remembered for a while only: it is let go when its time is over, asked for again or not."""

from __future__ import annotations

from time import monotonic
from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class Remembered(Generic[K, V]):
    """Values by key, each for ``seconds`` from when it was kept, and never more than ``at_most`` of them.

    Not safe from several threads: whoever shares it holds a lock.
    """

    def __init__(self, seconds: float, at_most: int) -> None:
        self._seconds, self._at_most = seconds, at_most
        self._kept: dict[K, tuple[float, V]] = {}

    def __len__(self) -> int:
        return len(self._kept)

    def get(self, key: K) -> V | None:
        """The value, unless its time is over."""
        until, value = self._kept.get(key, (0.0, None))
        return value if monotonic() < until else None

    def keep(self, key: K, value: V) -> None:
        """Remember a value from now on."""
        self.forget(key)
        self._kept[key] = (monotonic() + self._seconds, value)
        self.let_go()

    def forget(self, key: K) -> None:
        """Remember it no longer."""
        self._kept.pop(key, None)

    def let_go(self) -> None:
        """Forget what is too old or too much; what was kept first stands first."""
        now = monotonic()
        while self._kept:
            oldest = next(iter(self._kept))
            if len(self._kept) <= self._at_most and now < self._kept[oldest][0]:
                return
            del self._kept[oldest]
