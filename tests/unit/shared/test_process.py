"""What lasts as long as the process is left alone by the collector; what comes later is not."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator

import pytest
from fastapi import FastAPI

from shared.process import settled

pytestmark = pytest.mark.unit


class Knot:
    """Something that keeps itself alive until the collector finds it."""

    def __init__(self) -> None:
        self.itself = self


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    thresholds, frozen = gc.get_threshold(), gc.get_freeze_count()
    yield
    gc.set_threshold(*thresholds)
    if not frozen:
        gc.unfreeze()


def test_what_is_there_is_not_looked_at_again() -> None:
    app = FastAPI()
    assert settled(app) is app
    assert all(thing is not app for thing in gc.get_objects())


def test_what_is_left_behind_later_is_still_found() -> None:
    settled(FastAPI())
    knot = Knot()
    gone = weakref.ref(knot)
    del knot
    gc.collect()
    assert gone() is None


def test_requests_under_way_are_not_looked_through_at_every_turn() -> None:
    young, *_ = gc.get_threshold()
    settled(FastAPI())
    assert gc.get_threshold()[0] > 10 * young
