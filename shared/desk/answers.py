"""What those who wait for the desk's writer are told, each in its own event loop."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from eventsourcing.persistence import (
    DataError,
    IntegrityError,
    NotSupportedError,
    PersistenceError,
    ProgrammingError,
)

from shared.desk.turns import Turn
from shared.desk.unit import Unavailable, of_database

OUR_FAULT = (DataError, IntegrityError, NotSupportedError, ProgrammingError)
TRIES = 5
"""How often a command is decided again because another writer was first."""


class Answers:
    """What those who wait are to be told, told to all of one event loop at once."""

    def __init__(self) -> None:
        self._by_loop: dict[asyncio.AbstractEventLoop, list[tuple[Turn, Any, BaseException | None]]] = {}

    def answer(self, turn: Turn, answer: Any) -> None:
        self._by_loop.setdefault(turn.told.get_loop(), []).append((turn, answer, None))

    def refuse(self, turn: Turn, why: BaseException) -> None:
        """What the database itself refused is a fault of ours, which asking again does not cure."""
        if isinstance(why, PersistenceError) and not isinstance(why, OUR_FAULT):
            fault, why = why, of_database(why)
            why.__cause__ = fault
        self._by_loop.setdefault(turn.told.get_loop(), []).append((turn, None, why))

    def tell(self) -> None:
        """Tell them; whoever has gone meanwhile, with the loop or without, misses it."""
        told, self._by_loop = self._by_loop, {}
        for loop, answers in told.items():
            with suppress(RuntimeError):
                loop.call_soon_threadsafe(_tell, answers)


def _tell(answers: Sequence[tuple[Turn, Any, BaseException | None]]) -> None:
    for turn, answer, why in answers:
        if turn.told.done():
            continue
        if why is None:
            turn.told.set_result(answer)
        else:
            turn.told.set_exception(why)


def once_more(turn: Turn, answers: Answers) -> list[Turn]:
    """The turn, to be decided on what it is now; nobody when that was done often enough."""
    turn.stale += 1
    turn.perhaps_done = True
    if turn.stale < TRIES:
        return [turn]
    answers.refuse(turn, Unavailable("others keep changing the same thing"))
    return []


def withheld(turn: Turn) -> list[Turn]:
    """The turn, to be decided again without one that was done before."""
    turn.withheld = True
    return [turn]
