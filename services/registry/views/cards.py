"""Names and contact data, opened for those who may read them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import structlog
from pydantic import BaseModel
from sqlalchemy import select

from services.registry.group import Step
from services.registry.person import Card
from services.registry.views.queries import Reads
from services.registry.views.tables import APPOINTMENTS, ROLES
from shared.domain import Sealed
from shared.vault import Shredded, Unreadable, Vault

log = structlog.get_logger()
_FIELDS = ("name", "email", "phone", "reason", "cleared_by")
"""What a text sealed under a person's key can be."""


class Shown(BaseModel):
    """A card as it is shown; ``erased`` when nobody can read it any more, ``unreadable`` when its key was lost."""

    name: str | None
    email: str | None
    phone: str | None
    trust: str | None
    erased: bool = False
    unreadable: bool = False


def shown(vault: Vault, card: Card) -> Shown:
    """A person's card, opened."""
    try:
        return Shown(
            name=vault.open(card.name, field="name"),
            email=vault.open(card.email, field="email") if card.email else None,
            phone=vault.open(card.phone, field="phone") if card.phone else None,
            trust=card.trust,
        )
    except Shredded:
        return Shown(name=None, email=None, phone=None, trust=card.trust, erased=True)
    except Unreadable:
        _tell_of(card.name)
        return Shown(name=None, email=None, phone=None, trust=card.trust, unreadable=True)


def opened(vault: Vault, sealed: Sealed) -> str | dict[str, Any]:
    """A sealed text of any field, or what is left to say of it."""
    for field in _FIELDS:
        try:
            return vault.open(sealed, field=field)
        except Unreadable:
            continue
        except Shredded:
            return {"erased": True}
    _tell_of(sealed)
    return {"unreadable": True}


def _tell_of(sealed: Sealed) -> None:
    log.error("text_unreadable", subject=sealed.subject, generation=sealed.generation)


def covered(sealed: Sealed) -> dict[str, Any]:
    """What those see of a sealed text who may not read it."""
    return {"sealed": True, "length": sealed.length}


def units_of(reads: Reads, person_id: UUID, today: str) -> set[UUID]:
    """The units the person has a role on today, or is a candidate for by the last proposal."""
    held = select(ROLES.c.unit_id).where(
        ROLES.c.person_id == str(person_id),
        ROLES.c.unit_id.is_not(None),
        ROLES.c.until.is_(None) | (ROLES.c.until >= today),
    )
    proposed = (
        select(APPOINTMENTS.c.unit_id, APPOINTMENTS.c.step)
        .where(APPOINTMENTS.c.person_id == str(person_id))
        .order_by(APPOINTMENTS.c.id)
    )
    last = {row["unit_id"]: row["step"] for row in reads.rows(proposed)}
    candidate = {unit for unit, step in last.items() if step in (Step.PROPOSED, Step.RETURNED)}
    return {UUID(unit) for unit in (*(row["unit_id"] for row in reads.rows(held)), *candidate)}
