"""In development: the invented people one may log in as, and what each of them is there to show."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from services.portal.languages import N_
from services.portal.visit import Visit
from shared.settings import Environment

GROUPS: Mapping[str, str] = {
    "writers": N_("De som skriver"),
    "reference_groups": N_("Referansegruppene"),
    "regions": N_("Regionene og helseforetakene"),
    "national": N_("De som ser hele landet"),
    "others": N_("Uten rolle"),
}


def people(visit: Visit) -> list[tuple[str, list[Mapping[str, Any]]]]:
    """The headings with the people below them; none in production, or where no examples were made."""
    settings = visit.portal.settings
    if settings.environment is Environment.PRODUCTION or settings.example_people is None:
        return []
    known = _read(settings.example_people)
    grouped = {group: [one for one in known if one.get("group") == group] for group in GROUPS}
    return [(visit.text(title), grouped[group]) for group, title in GROUPS.items() if grouped[group]]


def _read(path: Path) -> list[Mapping[str, Any]]:
    try:
        found = json.loads(path.read_text())
    except (OSError, ValueError):
        return []
    return found if isinstance(found, list) else []
