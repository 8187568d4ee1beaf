"""Why something asked of a reference group is refused."""

from __future__ import annotations

from shared.domain import NotFound, Refused


class NoSuchSeat(NotFound):
    """The group has no such seat."""

    code = "no_such_seat"


class NoSuchAppointment(NotFound):
    """The group knows of no such appointment."""

    code = "no_such_appointment"


class NoSuchHelpRequest(NotFound):
    """The unit has asked for no such help."""

    code = "no_such_help_request"


class SeatExists(Refused):
    """The group has a seat of that id."""

    code = "seat_exists"


class SeatTaken(Refused):
    """Somebody holds the seat on some of these days."""

    code = "seat_taken"


class ConditionsMissing(Refused):
    """The conditions of the seat are not met; all that is missing is listed."""

    code = "conditions_missing"


class AppointmentDecided(Refused):
    """The proposal has been decided on, or has gone back to the unit."""

    code = "appointment_decided"


class NotYetAppointed(Refused):
    """Nobody can be informed of an appointment that was not made."""

    code = "not_yet_appointed"


class HelpAlreadyAnswered(Refused):
    """The request for help has been answered."""

    code = "help_already_answered"


class NoLeaderHere(Refused):
    """The members of a network have no leader."""

    code = "no_leader_here"


class LeaderOverlaps(Refused):
    """Another leader's time begins later, or on the same day; it must be ended first."""

    code = "leader_overlaps"


class TermNotExtended(Refused):
    """Leaving does not make a term longer; a longer one is a new appointment."""

    code = "term_not_extended"
