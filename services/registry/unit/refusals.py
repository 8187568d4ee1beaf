"""Why something asked of a unit is refused."""

from __future__ import annotations

from shared.domain import Refused


class UnitAlreadyRegistered(Refused):
    """A unit of this code is in the register; a code is never used again."""

    code = "unit_already_registered"


class NameNotYetValid(Refused):
    """A new name is recorded from the day it counts, for it is shown everywhere at once."""

    code = "name_not_yet_valid"
    place = "decision/valid_from"


class NotHistoric(Refused):
    """What is recorded as history counted before the newest description known, or before the unit was registered."""

    code = "not_historic"


class NotBeforeTheRegister(Refused):
    """What begins after the unit was registered here is done here, and is not recorded as found."""

    code = "not_before_the_register"
    place = "since"


class FunctionMismatch(Refused):
    """A national competence service has a function; no other kind has one."""

    code = "function_mismatch"


class PhaseNotForKind(Refused):
    """Only a national competence service has phases."""

    code = "phase_not_for_kind"


class PhaseOutOfOrder(Refused):
    """The final year is the last one, and a service is new before it is ongoing."""

    code = "phase_out_of_order"


class UnitHasEnded(Refused):
    """The unit has ended."""

    code = "unit_has_ended"


class EndBeforeStart(Refused):
    """A unit cannot end before it began."""

    code = "end_before_start"


class LineageCycle(Refused):
    """A unit cannot come from itself or from one that came from it."""

    code = "lineage_cycle"


class AlreadyLinked(Refused):
    """The two units are in one line already."""

    code = "already_linked"
