"""What the roles of the register let their holders do with the log."""

from __future__ import annotations

from shared.access import Right, Role, Scope

RESENDERS = (Right(Role.SERVICE_DESK, Scope.ANYWHERE), Right(Role.JOINT_DESK, Scope.ANYWHERE))
"""Who may have a message sent again."""

READERS = (*RESENDERS, Right(Role.AUDITOR, Scope.ANYWHERE))
"""Who may read the whole log; everybody reads what was sent to themselves."""
