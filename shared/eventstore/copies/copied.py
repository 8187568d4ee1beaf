"""What a copy of a database is, whichever kind it was made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


class CopyFault(RuntimeError):
    """A database could not be copied, or a copy could not be put back; nothing was changed."""


class InUse(CopyFault):
    """Somebody is connected to the database: what is written to now cannot be replaced."""


@dataclass(frozen=True)
class Copied:
    """Where the copied log ended and how far others were heard; a vault has neither."""

    head: int = 0
    tracked: Mapping[str, int] = field(default_factory=dict)


def kept_as(at: datetime) -> str:
    """What is added to the name of something replaced, so that nobody takes it for the live one."""
    return f"replaced-{at:%Y%m%dT%H%M%SZ}"
