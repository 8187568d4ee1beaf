"""HTTP in and out of the registry; nothing is decided here."""

from fastapi import APIRouter

from services.registry.api import appointments, groups, imports, logins, me, persons, roles, trusts, units
from services.registry.api.callers import Registry

ROUTERS: tuple[APIRouter, ...] = (
    me.router,
    trusts.router,
    units.router,
    imports.router,
    persons.router,
    logins.router,
    roles.router,
    groups.router,
    appointments.router,
)
"""All routes but the feed, whose router is made of the publications."""

__all__ = ["ROUTERS", "Registry"]
