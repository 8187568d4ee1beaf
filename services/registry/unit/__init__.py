"""A national service, centre or network, or a regional one: what it is, who decided so, what it came from."""

from services.registry.unit import events
from services.registry.unit.refusals import (
    AlreadyLinked,
    EndBeforeStart,
    FunctionMismatch,
    LineageCycle,
    NameNotYetValid,
    NotBeforeTheRegister,
    NotHistoric,
    PhaseNotForKind,
    PhaseOutOfOrder,
    UnitAlreadyRegistered,
    UnitHasEnded,
)
from services.registry.unit.state import (
    Checked,
    Description,
    FormerName,
    Function,
    Link,
    Phase,
    Registration,
    Relation,
    SetPhase,
    UnitState,
    WebsiteItem,
    WebsiteStatus,
)
from services.registry.unit.unit import Unit

__all__ = [
    "AlreadyLinked",
    "Checked",
    "Description",
    "EndBeforeStart",
    "FormerName",
    "Function",
    "FunctionMismatch",
    "LineageCycle",
    "Link",
    "NameNotYetValid",
    "NotBeforeTheRegister",
    "NotHistoric",
    "Phase",
    "PhaseNotForKind",
    "PhaseOutOfOrder",
    "Registration",
    "Relation",
    "SetPhase",
    "Unit",
    "UnitAlreadyRegistered",
    "UnitHasEnded",
    "UnitState",
    "WebsiteItem",
    "WebsiteStatus",
    "events",
]
