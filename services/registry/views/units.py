"""How a unit is shown."""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec

from services.registry.unit import Unit
from services.registry.views.tables import unlisted


def unit_shown(unit: Unit, today: date) -> dict[str, Any]:
    """A unit with everything known of it; ``description`` is the one in force today."""
    state = unit.state
    description = state.description_on(today)
    whole: dict[str, Any] = msgspec.to_builtins(
        {
            "unit_id": unit.id,
            "version": unit.version,
            "name_nb": state.name_nb,
            "name_en": state.name_en,
            "regions": state.regions,
            "trusts": state.trusts,
            "former_names": state.former_names,
            "description": description,
            "descriptions": state.descriptions,
            "phases": state.phases,
            "website": state.website,
            "older": state.older,
            "younger": state.younger,
            "ended_on": state.ended_on,
            "ended_because": state.ended_because,
            "warnings": state.warnings,
        },
        str_keys=True,
    )
    registered = msgspec.to_builtins(state.registered)
    kept = ("code", "kind", "function", "active_from", "approved_on", "term_ends", "note")
    return {**{name: registered[name] for name in kept}, **whole}


def row_shown(row: dict[str, Any]) -> dict[str, Any]:
    """A unit as a list shows it."""
    return {
        **{name: value for name, value in row.items() if name != "id"},
        "unit_id": row["id"],
        "regions": unlisted(row["regions"]),
        "trusts": unlisted(row["trusts"]),
    }
