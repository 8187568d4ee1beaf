"""The whole suite at work while everything around it fails: nothing is lost, doubled, or out of order."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from tests.chaos.ordeal import Ordeal
from tests.chaos.plan import POSTGRESQL, SQLITE

pytestmark = [pytest.mark.chaos, pytest.mark.anyio]

SECONDS = float(os.environ.get("AARRING_CHAOS_SECONDS", "20"))
SEED = int(os.environ.get("AARRING_CHAOS_SEED", "6"))
DATABASES = os.environ.get("AARRING_CHAOS_DATABASE", f"{SQLITE} {POSTGRESQL}").split()


@pytest.mark.parametrize("database", DATABASES)
async def test_whatever_befalls_the_suite_everything_acknowledged_is_there_once(
    database: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ordeal = Ordeal(SEED, SECONDS, database, tmp_path)
    begun = f"chaos for {SECONDS:g} s with seed {SEED} on {database}; again: {ordeal.command}"
    with capsys.disabled():
        sys.stdout.write(f"\n{begun}\n")
    done = await ordeal.run()
    with capsys.disabled():
        sys.stdout.write(f"\n{done}\n")
