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


PLACES = (Place("/", N_("Mine oppgaver")),)


def navigation(roles: Iterable[Mapping[str, Any]]) -> list[Place]:
    """The places for somebody who holds ``roles``."""
    held = {str(role["role"]) for role in roles}
    return [place for place in PLACES if not place.roles or place.roles & held]
