"""Which faults befall the suite, when, and for how long: all of it follows from one number, the seed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from random import Random

from deploy.environment import ASKS
from deploy.places import SERVICES

SQLITE, POSTGRESQL = "sqlite", "postgresql"
NATS, MAIL, DATABASE = "nats", "mail", "database"
STREAMS = (*(name.upper() for name in SERVICES), "KV_persons")
SPEAK_MUCH = ("REGISTRY", "REPORTING", "REVIEW")
VAULTS = tuple(f"{name}-vault" for name in SERVICES)
BETWEEN = 1.0
"""Seconds from one fault to the next, on average."""


@dataclass(frozen=True)
class Fault:
    """Something bad, ``at`` seconds after the beginning, for ``lasts`` seconds; ``where`` (0 to 1) picks a byte."""

    at: float
    kind: str
    target: str
    lasts: float
    where: float

    def __str__(self) -> str:
        return f"{self.kind} {self.target}, for {self.lasts:.1f} s from {self.at:.2f} s on"


@dataclass(frozen=True)
class Card:
    """A kind of fault: what it may hit, and how short and how long it may be."""

    kind: str
    targets: tuple[str, ...]
    shortest: float = 0.0
    longest: float = 0.0


_ON_EITHER = (
    *(Card("killed", (name,)) for name in (*SERVICES, NATS)),
    Card("two_killed", (*(f"{one}+{NATS}" for one in SERVICES), "registry+reporting", "review+notify")),
    Card("frozen", SERVICES, 0.5, 3.0),
    Card("frozen", (NATS,), 0.5, 3.0),
    Card("store_wiped", (NATS,), 0.1, 1.0),
    Card("store_put_back", (NATS,), 0.5, 2.5),
    Card("blocks_put_back", (NATS,), 0.5, 2.5),
    Card("bit_flipped", SPEAK_MUCH),
    Card("damaged_unheard", tuple(f"{hearer}+{NATS}" for hearer in ASKS), 0.5, 2.0),
    Card("stream_deleted", STREAMS),
    Card("mail_hangs", (MAIL,), 0.5, 2.0),
    Card("mail_dies", (MAIL,), 0.5, 2.0),
    Card("mail_refuses", (MAIL,), 0.5, 2.0),
    Card("mail_away", (MAIL,), 0.5, 2.0),
)
DECKS: Mapping[str, tuple[Card, ...]] = {
    SQLITE: (*_ON_EITHER, Card("locked", SERVICES, 1.0, 4.0), Card("locked", VAULTS, 1.0, 4.0)),
    POSTGRESQL: (
        *_ON_EITHER,
        Card("backends_killed", SERVICES),
        Card("backends_killed", SERVICES),
        Card("database_crashed", (DATABASE,), 0.2, 2.0),
    ),
}
"""The kinds of fault for each kind of database; each is dealt once before any comes again."""


_LONG = 60.0
_PATIENT = (
    Card("frozen", (NATS,), 11.0, 20.0),
    Card("frozen", SERVICES, 6.0, 15.0),
    Card("store_wiped", (NATS,), 10.0, 20.0),
)
"""What takes long, and is dealt where there is time for it: connections break, and pauses grow."""


def plan(seed: int, seconds: float, database: str) -> list[Fault]:
    """The faults of ``seconds`` seconds, in their order."""
    chance = Random(seed)
    cards = (*DECKS[database], *(_PATIENT if seconds > _LONG else ()))
    faults: list[Fault] = []
    deck: list[Card] = []
    at = chance.uniform(0.2, BETWEEN)
    while at < seconds:
        if not deck:
            deck = chance.sample(cards, len(cards))
        faults.append(replace(_dealt(deck.pop(), chance), at=at))
        at += chance.uniform(0.1, 2 * BETWEEN - 0.1)
    return faults


def _dealt(card: Card, chance: Random) -> Fault:
    lasts = chance.uniform(card.shortest, card.longest)
    return Fault(0.0, card.kind, chance.choice(card.targets), lasts, chance.random())


def repeated_by(seed: int, seconds: float, database: str) -> str:
    """The command that deals the same faults again."""
    return f"make chaos SEED={seed} MINUTES={seconds / 60:.3g} DATABASE={database}"
