"""Template versions as they were published; they never change, so each is read once."""

from __future__ import annotations

from typing import Any

import msgspec

from services.reporting.template import Content, Template
from shared.domain import NotFound
from shared.eventstore import EventStore


class Published:
    """The content of a template version by its key and number."""

    def __init__(self, store: EventStore) -> None:
        self._store = store
        self._known: dict[tuple[str, int], Content] = {}
        self._told: dict[tuple[str, int], dict[str, dict[str, Any]]] = {}

    def __call__(self, key: str, version: int) -> Content:
        content = self._known.get((key, version))
        if content is None:
            template = self._store.load(Template, Template.identify(key, version))
            if template is None:
                raise NotFound(f"there is no template {key} version {version}")
            content = self._known[key, version] = template.state.content
        return content

    def questions(self, key: str, version: int) -> dict[str, dict[str, Any]]:
        """What it asks, by id, as answers tell it; shared by all of them, to be read alone."""
        told = self._told.get((key, version))
        if told is None:
            asked = self(key, version).questions
            told = self._told[key, version] = {each.id: msgspec.to_builtins(each) for each in asked}
        return told
