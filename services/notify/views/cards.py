"""What notify keeps of a contact card: a name, and an address that mail can be sent to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from email_validator import EmailNotValidError, validate_email


def writable(card: Mapping[str, Any]) -> dict[str, str | None]:
    """A card as notify needs it."""
    return {"name": card.get("name"), "email": _usable(card.get("email"))}


def _usable(address: str | None) -> str | None:
    """An address as it can stand in a header; what is none is as good as missing."""
    try:
        found = validate_email(address or "", check_deliverability=False)
    except EmailNotValidError:
        return None
    return found.ascii_email or found.normalized
