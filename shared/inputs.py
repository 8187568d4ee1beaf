"""The shapes and limits of what may be sent to any service; what does not fit is refused before a decision."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Annotated

from fastapi import Query
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

SOMETHING = r"^[^\x00]*[^\s\x00][^\x00]*$"
"""Some text that is not blank and holds no NUL, which PostgreSQL cannot keep."""
ANYTHING = r"^[^\x00]*$"
"""Any text without NUL; it may be empty."""

Name = Annotated[str, StringConstraints(min_length=1, max_length=300, pattern=SOMETHING)]
Reason = Annotated[str, StringConstraints(min_length=1, max_length=2_000, pattern=SOMETHING)]
Day = Annotated[date, Field(ge=date(1900, 1, 1), le=date(2200, 12, 31))]
Year = Annotated[int, Field(ge=1900, le=2200)]
Moment = Annotated[AwareDatetime, Field(ge=datetime(1900, 1, 1, tzinfo=UTC), le=datetime(2200, 12, 31, tzinfo=UTC))]
Version = Annotated[int, Field(ge=1, le=2**31 - 1)]

AsOf = Annotated[Moment | None, Query(description="as it was known at this moment")]
AtVersion = Annotated[Version | None, Query(description="as it was at this version")]


class Sent(BaseModel):
    """A request's body; a field nobody knows is a mistake, not to be passed over in silence."""

    model_config = ConfigDict(extra="forbid")
