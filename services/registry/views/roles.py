"""How a role assignment is shown in a list."""

from __future__ import annotations

from typing import Any

from services.registry.views.tables import unlisted


def row_shown(row: dict[str, Any]) -> dict[str, Any]:
    """A role assignment as a list shows it."""
    return {
        **{name: value for name, value in row.items() if name != "id"},
        "assignment_id": row["id"],
        "acting": bool(row["acting"]),
        "warnings": unlisted(row["warnings"]),
    }
