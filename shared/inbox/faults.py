"""Which faults may pass by themselves, and what may be said of one that does not."""

from __future__ import annotations

import traceback

import sqlalchemy.exc
from eventsourcing.persistence import (
    DataError,
    IntegrityError,
    NotSupportedError,
    PersistenceError,
    ProgrammingError,
)
from pydantic import ValidationError

from shared.desk import HeardElsewhere, Unavailable
from shared.domain import Refused

TRANSIENT = (
    OSError,
    Unavailable,
    HeardElsewhere,
    PersistenceError,
    sqlalchemy.exc.OperationalError,
    sqlalchemy.exc.InterfaceError,
    sqlalchemy.exc.TimeoutError,
)
_OUR_FAULT = (DataError, IntegrityError, ProgrammingError, NotSupportedError)
"""Errors of the database that trying again does not cure."""
_OURS = ("services", "shared")
_PLACES_TOLD = 3


def may_pass(fault: Exception) -> bool:
    """Whether trying again later may cure it."""
    return isinstance(fault, TRANSIENT) and not isinstance(fault, _OUR_FAULT)


def described(fault: Exception) -> str:
    """The kind of a fault and where it arose: never its own words, which may repeat what somebody wrote."""
    kind = type(fault).__name__
    if isinstance(fault, ValidationError):
        found = fault.errors(include_url=False, include_context=False, include_input=False)
        places = [f"{'.'.join(map(str, each['loc'])) or 'it'} is {each['type']}" for each in found[:_PLACES_TOLD]]
        return f"{kind}: {', '.join(places)}"
    if isinstance(fault, Refused):
        return f"{kind}: {fault.code}"
    frames = traceback.walk_tb(fault.__traceback__)
    ours = [(name, line) for frame, line in frames if _is_ours(name := str(frame.f_globals.get("__name__")))]
    return f"{kind}: {ours[-1][0]} line {ours[-1][1]}" if ours else kind


def _is_ours(module: str) -> bool:
    return module.split(".")[0] in _OURS
