"""The reference group of a unit: its seats, how they are filled, who leads it."""

from services.registry.group import events
from services.registry.group.group import Group
from services.registry.group.refusals import (
    AppointmentDecided,
    ConditionsMissing,
    HelpAlreadyAnswered,
    LeaderOverlaps,
    NoLeaderHere,
    NoSuchAppointment,
    NoSuchHelpRequest,
    NoSuchSeat,
    NotYetAppointed,
    SeatExists,
    SeatTaken,
    TermNotExtended,
)
from services.registry.group.state import (
    Appointment,
    Conditions,
    GroupState,
    HelpRequest,
    HelpStep,
    Leading,
    Sitting,
    Step,
)

__all__ = [
    "Appointment",
    "AppointmentDecided",
    "Conditions",
    "ConditionsMissing",
    "Group",
    "GroupState",
    "HelpAlreadyAnswered",
    "HelpRequest",
    "HelpStep",
    "LeaderOverlaps",
    "Leading",
    "NoLeaderHere",
    "NoSuchAppointment",
    "NoSuchHelpRequest",
    "NoSuchSeat",
    "NotYetAppointed",
    "SeatExists",
    "SeatTaken",
    "Sitting",
    "Step",
    "TermNotExtended",
    "events",
]
