"""The seven kinds of activity entries, by the name a template's question asks for them."""

from __future__ import annotations

from collections.abc import Mapping

from services.portal.pages.activity.choices import Choice
from services.portal.pages.activity.kind import Kind
from services.portal.pages.activity.research import ARTICLE, DOCTORATE, PROJECT
from services.portal.pages.activity.spreading import DISSEMINATION, TEACHING
from services.portal.pages.activity.treatment import CLINICAL_ACTIVITY, QUALITY_TOOL, clinical_activity

KINDS: Mapping[str, Kind] = {
    kind.name: kind
    for kind in (ARTICLE, DOCTORATE, PROJECT, TEACHING, DISSEMINATION, CLINICAL_ACTIVITY, QUALITY_TOOL)
}

LABELS: Mapping[tuple[str, str], str] = {
    (field.name, value): label
    for kind in KINDS.values()
    for field in kind.fields
    if isinstance(field, Choice)
    for value, label in field.choices
}
"""What each choice is called, by its field and its word: the same whichever kind of entry it is chosen for."""


def kind_of(entry_type: str, sites: int = 0) -> Kind:
    """How a kind of entry is filled in; ``sites`` is how many places of treatment it must have room for."""
    kind = KINDS[entry_type]
    return clinical_activity(sites) if sites and kind is CLINICAL_ACTIVITY else kind
