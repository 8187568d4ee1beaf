"""Texts are sealed at the edge, before a command, and opened for readers, after access was decided."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar
from uuid import UUID

import structlog

from services.reporting.report import ReportState
from services.reporting.report.rules import SealedWithDestroyedKey
from services.reporting.report.state import Redaction
from shared.domain import Sealed
from shared.vault import Shredded, Unreadable, Vault

T = TypeVar("T")
log = structlog.get_logger()


def subject_of(report_id: UUID, place: str) -> str:
    """Whose key seals the texts of one place (a question or a line) of a report."""
    return f"report:{report_id}:{place}"


def person_subject(person_id: UUID) -> str:
    """Whose key seals a person's name in reporting."""
    return f"person:{person_id}"


def digest(sealed: Sealed) -> str:
    """The name of sealed bytes among the texts a redaction kept."""
    return hashlib.sha256(sealed.sealed).hexdigest()


async def with_sealed(
    vault: Vault,
    subject: str,
    text: str,
    do: Callable[[Sealed], Awaitable[T]],
    before_a_key: Callable[[], object] | None = None,
) -> T:
    """Seal ``text`` and do something with it; sealed anew when a redaction destroyed the key in between.

    What is to hold ``before_a_key`` is made need not be asked when one is at hand; else it is, in a thread.
    """
    sealed = vault.seal_at_hand(subject, text)
    if sealed is None:
        if before_a_key:
            await asyncio.to_thread(before_a_key)
        sealed = await asyncio.to_thread(vault.seal, subject, text)
    try:
        return await do(sealed)
    except SealedWithDestroyedKey as refusal:
        # The redaction is recorded: its key goes now, so that the next text gets one of the next generation.
        await asyncio.to_thread(vault.destroy, subject, refusal.facts["destroyed_up_to"])
        return await do(await asyncio.to_thread(vault.seal, subject, text))


class Opened:
    """Opens the texts of one report for a reader, following what redactions kept and telling what they removed."""

    def __init__(self, vault: Vault, latest: ReportState) -> None:
        self._vault, self._latest = vault, latest

    def text(self, sealed: Sealed) -> dict[str, Any]:
        """``{"text", "length"}``, or ``{"removed": …}`` with when, by whom and why.

        ``{"unreadable": True}`` when the key is not the one it was sealed with: the key database was restored from
        before it was made.
        """
        kept = self._latest.kept.get(digest(sealed), sealed) if self._latest.kept else sealed
        try:
            return {"text": self._vault.open(kept), "length": sealed.length}
        except Shredded:
            return {"text": None, "removed": self.removal_at(sealed.subject.rsplit(":", 1)[-1])}
        except Unreadable:
            log.error("text_unreadable", subject=kept.subject, generation=kept.generation)
            return {"text": None, "length": sealed.length, "unreadable": True}

    def name(self, sealed: Sealed) -> str | None:
        """A person's name as it was; None once the person was erased."""
        try:
            return self._vault.open(sealed, field="name")
        except (Shredded, Unreadable):
            return None

    @staticmethod
    def closed(sealed: Sealed) -> dict[str, Any]:
        """What may be known of a text one may not read."""
        return {"text": None, "length": sealed.length, "hidden": True}

    def removal_at(self, place: str) -> dict[str, Any] | None:
        """What is told of the last redaction at a place; None when there was none."""
        done = [r for r in self._latest.redactions.values() if r.place == place and r.approved_at]
        return removal(done[-1]) if done else None


def removal(redaction: Redaction) -> dict[str, Any]:
    """What is told instead of a removed text."""
    return {
        "redaction_id": str(redaction.id),
        "at": redaction.approved_at,
        "asked_by": redaction.asked_by.role,
        "approved_by": redaction.approved_by.role if redaction.approved_by else None,
        "reason": redaction.reason,
        "legal_basis": redaction.legal_basis,
    }
