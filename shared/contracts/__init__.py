"""The published language: what the services tell each other and the regions, and the envelope it travels in.

A contract belongs to the service that speaks it.  It holds what a stranger needs, ids rather than copies, and no
personal data.  Within a version fields are only added; speakers are strict, readers tolerant.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field

PUBLISHED: dict[str, type[Contract]] = {}
"""Every contract by its name, ``<speaker>.<aggregate>.<event>.v<n>``."""


class Contract(BaseModel):
    """Something one service tells all others, in the shape they may rely on."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    NAME: ClassVar[str] = ""

    def __init_subclass__(cls, *, name: str = "", **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if not name:
            return
        if name in PUBLISHED:
            raise TypeError(f"{name} is published by {PUBLISHED[name].__qualname__} already")
        cls.NAME = name
        PUBLISHED[name] = cls


class CloudEvent(BaseModel):
    """CloudEvents 1.0 in structured JSON mode, with two extensions of ours.

    ``position`` is the event's place in its speaker's log; ``previous`` is the position of the contract before it,
    0 for the first.  Positions have holes, so a hearer finds gaps by the chain and never by counting.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    specversion: Literal["1.0"] = "1.0"
    id: str
    source: str
    type: str
    subject: str
    time: datetime
    datacontenttype: Literal["application/json"] = "application/json"
    dataschema: str
    traceparent: str | None = None
    position: int = Field(gt=0)
    previous: int = Field(ge=0)
    data: dict[str, Any]

    @property
    def speaker(self) -> str:
        """The service that says it."""
        return self.type.split(".", 1)[0]

    @property
    def nats_subject(self) -> str:
        """Where it is published."""
        return f"ev.{self.type}"

    def contract(self) -> Contract | None:
        """What is said, or None when this version of the software does not know the contract yet."""
        known = PUBLISHED.get(self.type)
        return known.model_validate(self.data) if known else None


def envelope(
    contract: Contract, *, position: int, previous: int, subject: str, time: datetime, traceparent: str
) -> CloudEvent:
    """``contract`` ready to be sent."""
    speaker = contract.NAME.split(".", 1)[0]
    return CloudEvent(
        id=f"{speaker}:{position}",
        source=f"/{speaker}",
        type=contract.NAME,
        subject=subject,
        time=time,
        dataschema=f"/schemas/{contract.NAME}.json",
        traceparent=traceparent or None,
        position=position,
        previous=previous,
        data=contract.model_dump(mode="json"),
    )
