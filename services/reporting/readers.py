"""Who reads what of a report: said once, for the rights on one report and for the list of many."""

from __future__ import annotations

from collections.abc import Mapping

from services.reporting.question import Party
from shared.access import Right, Role, Scope

UNIT_WRITERS = (
    Right(Role.PROFESSIONAL_LEAD, Scope.UNIT),
    Right(Role.SITE_LEAD, Scope.UNIT),
    Right(Role.COORDINATOR, Scope.UNIT),
)
"""Those who write the unit's part."""

_UNIT = (
    *UNIT_WRITERS,
    Right(Role.ADMINISTRATIVE_LEADER, Scope.UNIT),
    Right(Role.NETWORK_MEMBER, Scope.UNIT),
)

GROUP = (
    Right(Role.GROUP_LEADER, Scope.UNIT),
    Right(Role.GROUP_MEMBER, Scope.UNIT),
    Right(Role.USER_REPRESENTATIVE, Scope.UNIT),
    Right(Role.UNIT_REPRESENTATIVE, Scope.UNIT),
)
"""Those who sit in the reference group."""

DESKS = (Right(Role.SERVICE_DESK, Scope.REGION), Right(Role.JOINT_DESK, Scope.ANYWHERE))
"""Those who guide the unit while it writes."""

_OF_ALL_DRAFTS = (*DESKS, Right(Role.AUDITOR, Scope.ANYWHERE))

DRAFTS: Mapping[Party, tuple[Right, ...]] = {
    Party.UNIT: (*_UNIT, *_OF_ALL_DRAFTS),
    Party.GROUP: (*GROUP, *_OF_ALL_DRAFTS),
}
"""Who reads a part before it is done: its party, the desks (they help, and decide what is removed), the auditor."""

WRITTEN = (
    *_UNIT,
    *GROUP,
    Right(Role.TRUST_OFFICE, Scope.TRUST),
    Right(Role.REVIEWER, Scope.REGION),
    *_OF_ALL_DRAFTS,
)
"""Who may know of a report while it is written: how far it has come, and the parts that are done."""

HANDED_IN = (
    *WRITTEN,
    Right(Role.SERVICE_DESK, Scope.ANYWHERE),
    Right(Role.REVIEWER, Scope.ANYWHERE),
    Right(Role.DIRECTORS_SECRETARY, Scope.ANYWHERE),
)
"""Who reads a report that was handed in: all four regions too."""
