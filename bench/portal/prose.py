"""Texts as long as people write, and as hard to pack: a sentence said again and again would weigh nothing."""

from __future__ import annotations

import random

from deploy.demo.texts import GROUP_PART, UNIT_PART

WORDS = sorted({word for said in (UNIT_PART | GROUP_PART).values() for word in said.split()})


def prose(length: int, seed: str) -> str:
    """Words drawn by lot, the same for the same seed."""
    lot = random.Random(seed)  # noqa: S311  # words, not secrets
    return " ".join(lot.choice(WORDS) for _ in range(length // 2))[:length].strip()
