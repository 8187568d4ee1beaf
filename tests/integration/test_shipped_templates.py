"""Each shipped template version is published once, by the hash of its file, and never with another content."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from services.reporting.application.templates import CONTENT, PublishedOtherwise, publish_shipped
from services.reporting.template import Template
from shared.desk import Desk
from shared.eventstore import EventStore
from tests.facts import NOON
from tests.stores import Databases

pytestmark = [pytest.mark.integration, pytest.mark.anyio]


@pytest.fixture
async def desk(databases: Databases) -> AsyncIterator[Desk]:
    store = EventStore(databases("templates"))
    made = Desk(store, rows=lambda thing: ())
    yield made
    made.close()
    store.close()


async def test_the_nine_templates_are_published_once(desk: Desk) -> None:
    assert await publish_shipped(desk, NOON) == 9
    assert await publish_shipped(desk, NOON) == 0
    assert len(desk.store.log(0, 100)) == 9


async def test_a_version_is_never_published_with_another_content(desk: Desk, tmp_path: Path) -> None:
    await publish_shipped(desk, NOON)
    file = CONTENT / "national_centre.json"
    changed = tmp_path / file.name
    changed.write_text(file.read_text().replace('"required": true', '"required": false', 1))
    with pytest.raises(PublishedOtherwise):
        await publish_shipped(desk, NOON, tmp_path)
    published = desk.store.load(Template, Template.identify("national_centre", 1))
    assert published is not None
    assert published.version == 1
