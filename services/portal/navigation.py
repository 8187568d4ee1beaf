"""Where a person may go: the places named at the top of every page, by the roles held today."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from services.portal.languages import N_


@dataclass(frozen=True)
class Place:
    """A place in the navigation; without ``roles`` it is for everybody."""

    path: str
    label: str
    roles: frozenset[str] = frozenset()

    def is_above(self, here: str) -> bool:
        """Whether a page lies below this place."""
        return here == self.path or (self.path != "/" and here.startswith(f"{self.path}/"))


READERS = frozenset(
    {
        "professional_lead",
        "site_lead",
        "coordinator",
        "administrative_leader",
        "group_leader",
        "group_member",
        "user_representative",
        "unit_representative",
        "network_member",
        "trust_office",
        "service_desk",
        "joint_desk",
        "reviewer",
        "directors_secretary",
        "auditor",
    }
)
"""Whom reporting shows reports to, their own or all."""
PLACES = (Place("/", N_("Mine oppgaver")), Place("/reports", N_("Rapporter"), READERS))


def navigation(roles: Iterable[Mapping[str, Any]]) -> list[Place]:
    """The places for somebody who holds ``roles``."""
    held = {str(role["role"]) for role in roles}
    return [place for place in PLACES if not place.roles or place.roles & held]
