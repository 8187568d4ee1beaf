"""Texts are sealed at the edge, before a command, and opened for readers, after access was decided."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import structlog

from shared.desk import Done
from shared.domain import ChangedMeanwhile, Sealed
from shared.vault import Shredded, Unreadable, Vault

log = structlog.get_logger()


def subject_of(thing: str, thing_id: UUID, place: str = "text") -> str:
    """Whose key seals the texts of one place of a review, a follow-up point or a summary."""
    return f"{thing}:{thing_id}:{place}"


async def seal(vault: Vault, subject: str, text: str) -> Sealed:
    """``text`` sealed, without holding up the event loop."""
    return await asyncio.to_thread(vault.seal, subject, text)


def opened(vault: Vault, sealed: Sealed) -> dict[str, Any]:
    """A text for somebody who may read it; without it once its key was destroyed, or was lost."""
    try:
        return {"text": vault.open(sealed), "length": sealed.length}
    except Shredded:
        return {"text": None, "length": sealed.length, "removed": True}
    except Unreadable:
        log.error("text_unreadable", subject=sealed.subject, generation=sealed.generation)
        return {"text": None, "length": sealed.length, "unreadable": True}


async def with_both(save: Awaitable[Done], yours: dict[str, Any], theirs: Callable[[], dict[str, Any]]) -> Done:
    """A save whose refusal, when somebody was first, carries what stands and what was sent."""
    try:
        return await save
    except ChangedMeanwhile as refusal:
        refusal.facts.update(yours=yours, theirs=await asyncio.to_thread(theirs))
        raise
