"""A seed says everything about the faults, and a short run meets nearly every kind of them."""

from __future__ import annotations

import pytest

from tests.chaos.plan import DECKS, POSTGRESQL, SQLITE, plan

pytestmark = pytest.mark.chaos


def test_a_seed_deals_the_same_faults_each_time() -> None:
    assert plan(7, 60, SQLITE) == plan(7, 60, SQLITE)
    assert plan(7, 60, SQLITE) != plan(8, 60, SQLITE)


@pytest.mark.parametrize("database", [SQLITE, POSTGRESQL])
def test_a_minute_holds_every_kind_of_fault(database: str) -> None:
    for seed in range(20):
        assert {fault.kind for fault in plan(seed, 60, database)} == {card.kind for card in DECKS[database]}


def test_faults_come_in_their_order_and_within_the_time() -> None:
    moments = [fault.at for fault in plan(7, 60, SQLITE)]
    assert moments == sorted(moments)
    assert 0 <= moments[0] < moments[-1] < 60
