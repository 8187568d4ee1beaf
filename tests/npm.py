"""What tests take from npm: skipped where its registry does not answer, as what they are about cannot be there."""

from __future__ import annotations

from pathlib import Path

import pytest

from deploy.assets import fetched
from deploy.places import Unable


def packages() -> Path:
    """The folder of the packages that the lock file names."""
    try:
        return fetched()
    except Unable as why:
        pytest.skip(str(why))
