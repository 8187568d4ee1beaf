"""What is remembered for a while is gone after it, and there is never more than a bound of it."""

from __future__ import annotations

import pytest

from shared.remembered import Remembered

pytestmark = pytest.mark.unit


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Seconds that pass when a test says so."""
    now = [1000.0]
    monkeypatch.setattr("shared.remembered.monotonic", lambda: now[0])
    return now


def test_a_value_is_known_until_its_time_is_over(clock: list[float]) -> None:
    kept = Remembered[str, int](60, 10)
    kept.keep("one", 1)
    clock[0] += 59
    assert (kept.get("one"), kept.get("two")) == (1, None)
    clock[0] += 1
    assert kept.get("one") is None


def test_it_is_let_go_when_something_else_is_kept_or_when_told(clock: list[float]) -> None:
    kept = Remembered[str, int](60, 10)
    kept.keep("one", 1)
    clock[0] += 30
    kept.keep("two", 2)
    clock[0] += 30
    kept.keep("three", 3)
    assert len(kept) == 2
    clock[0] += 60
    kept.let_go()
    assert len(kept) == 0


def test_kept_again_it_counts_from_then(clock: list[float]) -> None:
    kept = Remembered[str, int](60, 10)
    kept.keep("one", 1)
    kept.keep("two", 2)
    clock[0] += 59
    kept.keep("one", 11)
    clock[0] += 30
    kept.let_go()
    assert (kept.get("one"), len(kept)) == (11, 1)


def test_of_too_many_the_oldest_goes_and_one_forgotten_is_gone(clock: list[float]) -> None:
    kept = Remembered[str, int](60, 2)
    for value, name in enumerate(("one", "two", "three")):
        kept.keep(name, value)
    assert [kept.get(name) for name in ("one", "two", "three")] == [None, 1, 2]
    kept.forget("three")
    kept.forget("three")
    assert (kept.get("three"), len(kept)) == (None, 1)
