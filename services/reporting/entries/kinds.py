"""The seven kinds of activity entry: read from what was sent, written as the text that is sealed, read back."""

from __future__ import annotations

import json
from collections.abc import Mapping
from types import MappingProxyType

from pydantic import ValidationError
from pydantic_core import PydanticCustomError

from services.reporting.entries.fields import Entry
from services.reporting.entries.research import Article, Doctorate, Project
from services.reporting.entries.spreading import Dissemination, Teaching
from services.reporting.entries.treatment import ClinicalActivity, QualityTool

ENTRY_TYPES: Mapping[str, type[Entry]] = MappingProxyType(
    {
        "article": Article,
        "doctorate": Doctorate,
        "project": Project,
        "teaching": Teaching,
        "dissemination": Dissemination,
        "clinical_activity": ClinicalActivity,
        "quality_tool": QualityTool,
    }
)
"""The models by the name a template's question asks for them."""


def parse(entry_type: str, data: object) -> Entry:
    """The entry that was sent; pydantic's ``ValidationError`` with the place of every fault, ``entry_type`` too."""
    return _model(entry_type).model_validate(data)


def to_text(entry: Entry) -> str:
    """What is sealed: JSON in one spelling, without what was not given."""
    fields = entry.model_dump(mode="json", exclude_none=True)
    return json.dumps(fields, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def from_text(entry_type: str, text: str) -> Entry:
    """The entry a text was made of."""
    return _model(entry_type).model_validate_json(text)


def _model(entry_type: str) -> type[Entry]:
    model = ENTRY_TYPES.get(entry_type)
    if model is None:
        known = ", ".join(ENTRY_TYPES)
        fault = PydanticCustomError("unknown_entry_type", "An entry is one of {known}", {"known": known})
        raise ValidationError.from_exception_data(
            "Entry", [{"type": fault, "loc": ("entry_type",), "input": entry_type}]
        )
    return model
