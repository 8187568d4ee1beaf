"""What notify does when it hears something: it keeps the rows that follow; whom it concerns is decided in turn."""

from __future__ import annotations

from services.notify.views import rows
from shared.contracts import CloudEvent, Contract
from shared.desk import UnitOfWork


def keep(unit: UnitOfWork, event: CloudEvent, said: Contract) -> None:
    """The rows that follow from a contract."""
    unit.change(*rows.heard(said))
