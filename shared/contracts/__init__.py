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
    IRREVOCABLE: ClassVar[bool] = False
    """Whether it stays in force for all who heard it, also when its speaker has lost it: what is erased is gone."""

    def __init_subclass__(cls, *, name: str = "", irrevocable: bool = False, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls.IRREVOCABLE = irrevocable
        if not name:
            return
        if name in PUBLISHED:
            raise TypeError(f"{name} is published by {PUBLISHED[name].__qualname__} already")
        cls.NAME = name
        PUBLISHED[name] = cls


class CloudEvent(BaseModel):
    """CloudEvents 1.0 in structured JSON mode, with three extensions of ours.

    ``position`` is the event's place in its speaker's log; ``previous`` is the position of the contract before it,
    0 for the first.  Positions have holes, so a hearer finds gaps by the chain and never by counting.  ``epoch`` is
    absent in the first; a later one began when the speaker's store had been put back and lost what it had said.
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
    epoch: int | None = Field(default=None, gt=1)
    data: dict[str, Any]

    @property
    def speaker(self) -> str:
        """The service that says it."""
        return self.type.split(".", 1)[0]

    @property
    def epoch_number(self) -> int:
        """The speaker's epoch it belongs to; 1 for the first."""
        return self.epoch or 1

    @property
    def lineage(self) -> str:
        """The speaker in this epoch: positions are unique within it."""
        return lineage(self.speaker, self.epoch_number)

    def is_same_as(self, other: CloudEvent | None) -> bool:
        """Whether both tell of the same event, whatever epoch it was told in."""
        mine = (self.position, self.subject, self.time)
        return other is not None and mine == (other.position, other.subject, other.time)

    @property
    def nats_subject(self) -> str:
        """Where it is published."""
        return f"ev.{self.type}"

    def contract(self) -> Contract | None:
        """What is said, or None when this version of the software does not know the contract yet."""
        known = PUBLISHED.get(self.type)
        return known.model_validate(self.data) if known else None


def lineage(speaker: str, epoch: int) -> str:
    """A speaker in one of its epochs: ``registry``, and ``registry@2`` from the second on."""
    return speaker if epoch == 1 else f"{speaker}@{epoch}"


def envelope(
    contract: Contract,
    *,
    position: int,
    previous: int,
    subject: str,
    time: datetime,
    traceparent: str,
    epoch: int = 1,
) -> CloudEvent:
    """``contract`` ready to be sent."""
    speaker = contract.NAME.split(".", 1)[0]
    return CloudEvent(
        id=f"{lineage(speaker, epoch)}:{position}",
        source=f"/{speaker}",
        type=contract.NAME,
        subject=subject,
        time=time,
        dataschema=f"/schemas/{contract.NAME}.json",
        traceparent=traceparent or None,
        position=position,
        previous=previous,
        epoch=epoch if epoch > 1 else None,
        data=contract.model_dump(mode="json"),
    )
