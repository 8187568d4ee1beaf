"""Routes that are not for people: those for other services, and those for who runs the suite."""

from __future__ import annotations

from shared.access import NotAllowed
from shared.asked import Calling


async def services_only(caller: Calling) -> None:
    """Other services of ours and nobody else."""
    if caller.kind != "service":
        raise NotAllowed("only services may ask this")


async def operator_only(caller: Calling) -> None:
    """Who runs the suite and nobody else."""
    if caller.kind != "operator":
        raise NotAllowed("only the operator may do this")


async def services_and_operator(caller: Calling) -> None:
    """Other services of ours, and who runs the suite."""
    if caller.kind not in ("service", "operator"):
        raise NotAllowed("only services and the operator may ask this")
