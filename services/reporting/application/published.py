"""Template versions as they were published; they never change, so each is read once."""

from __future__ import annotations

from services.reporting.template import Content, Template
from shared.domain import NotFound
from shared.eventstore import EventStore


class Published:
    """The content of a template version by its key and number."""

    def __init__(self, store: EventStore) -> None:
        self._store = store
        self._known: dict[tuple[str, int], Content] = {}

    def __call__(self, key: str, version: int) -> Content:
        content = self._known.get((key, version))
        if content is None:
            template = self._store.load(Template, Template.identify(key, version))
            if template is None:
                raise NotFound(f"there is no template {key} version {version}")
            content = self._known[key, version] = template.state.content
        return content
