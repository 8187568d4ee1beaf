"""The desk: the one door through which a service writes."""

from shared.desk.desk import Desk
from shared.desk.unit import (
    Command,
    Done,
    HeardElsewhere,
    HistoryBehind,
    KeyReused,
    StandingBy,
    StorageFull,
    Unavailable,
    UnitOfWork,
    of_database,
)

__all__ = [
    "Command",
    "Desk",
    "Done",
    "HeardElsewhere",
    "HistoryBehind",
    "KeyReused",
    "StandingBy",
    "StorageFull",
    "Unavailable",
    "UnitOfWork",
    "of_database",
]
