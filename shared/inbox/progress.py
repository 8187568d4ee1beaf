"""How far one speaker was heard, what had to be done for it, and what stands in the way."""

from __future__ import annotations

import time
from dataclasses import dataclass


@dataclass(frozen=True)
class InboxStatus:
    """How the hearing of one speaker stands; ``lag_events`` counts positions, of which not each is a contract."""

    speaker: str
    epoch: int
    tracked: int
    head: int
    lag_events: int
    lag_seconds: float
    gaps: int
    healed: int
    skipped: int
    foreign: int
    sessions: int
    parked: int
    fault: str
    stopped_reason: str


@dataclass
class Progress:
    """What a reader knows of itself while it works."""

    speaker: str
    epoch: int = 1
    tracked: int = 0
    head: int = 0
    gaps: int = 0
    healed: int = 0
    skipped: int = 0
    foreign: int = 0
    sessions: int = 0
    parked: int = 0
    fault: str = ""
    stopped_reason: str = ""
    lost_past: str = ""
    behind_since: float | None = None

    def enter(self, epoch: int) -> None:
        """The speaker is heard in this epoch; how far it had come in an older one says nothing any more."""
        if epoch != self.epoch:
            self.epoch, self.head, self.behind_since = epoch, 0, None

    def learn_head(self, position: int) -> None:
        """The speaker has said something up to ``position``."""
        self.head = max(self.head, position)
        if self.head <= self.tracked:
            self.behind_since = None
        elif self.behind_since is None:
            self.behind_since = time.monotonic()

    def status(self) -> InboxStatus:
        since = self.behind_since
        return InboxStatus(
            speaker=self.speaker,
            epoch=self.epoch,
            tracked=self.tracked,
            head=self.head,
            lag_events=max(0, self.head - self.tracked),
            lag_seconds=0.0 if since is None else time.monotonic() - since,
            gaps=self.gaps,
            healed=self.healed,
            skipped=self.skipped,
            foreign=self.foreign,
            sessions=self.sessions,
            parked=self.parked,
            fault=self.fault,
            stopped_reason=self.stopped_reason,
        )
