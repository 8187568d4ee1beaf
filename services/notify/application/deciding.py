"""Who is asking, and what the roles of the register let them do with the log."""

from __future__ import annotations

from uuid import UUID

from services.notify.views import queries
from services.notify.views.queries import Rows
from shared.access import Assignment, NotRegistered, Right, Role, Scope
from shared.tokens import Caller

RESENDERS = (Right(Role.SERVICE_DESK, Scope.ANYWHERE), Right(Role.JOINT_DESK, Scope.ANYWHERE))
"""Who may have a message sent again."""

READERS = (*RESENDERS, Right(Role.AUDITOR, Scope.ANYWHERE))
"""Who may read the whole log; everybody reads what was sent to themselves."""


def person(rows: Rows, caller: Caller) -> UUID:
    """The person who calls; :class:`NotRegistered` unless the registry knows of one."""
    person_id = caller.person_id
    if person_id is None or not queries.is_registered(rows, person_id):
        raise NotRegistered("the login belongs to nobody in the register")
    return person_id


def held_by(rows: Rows, caller: Caller) -> list[Assignment]:
    """The caller's roles."""
    return queries.assignments_of(rows, person(rows, caller))
