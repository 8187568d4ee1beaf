"""The report templates shipped with the service are published once, each version by the hash of its file."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
import structlog

from services.reporting.template import Content, Template
from shared.access import system
from shared.desk import Command, Desk, UnitOfWork
from shared.domain import Refused, identity

CONTENT = Path(__file__).parent.parent / "template_content"
log = structlog.get_logger()


class PublishedOtherwise(Refused):
    """This version was published with another content: a changed template needs the next version number."""

    code = "published_otherwise"


async def publish_shipped(desk: Desk, at: datetime, folder: Path = CONTENT) -> int:
    """Publish every template file that is new; how many were.  A file changed without a new version is refused."""
    published = 0
    for shipped in await asyncio.to_thread(_read, folder):
        done = await desk.do(_publishing(shipped, at))
        published += done.answer["published"] and not done.repeated
    return published


def _read(folder: Path) -> list[bytes]:
    return [file.read_bytes() for file in sorted(folder.glob("*.json"))]


def _publishing(shipped: bytes, at: datetime) -> Command:
    content = msgspec.json.decode(shipped, type=Content)
    sha256 = hashlib.sha256(shipped).hexdigest()

    def decide(unit: UnitOfWork) -> Mapping[str, Any]:
        known = unit.find(Template, Template.identify(content.key, content.version))
        if known is None:
            unit.add(Template.publish(content, sha256=sha256, by=system("reporting"), at=at))
        elif known.state.sha256 != sha256:
            raise PublishedOtherwise(f"{content.key} version {content.version} was published with other content")
        return {"key": content.key, "version": content.version, "published": known is None}

    digest = hashlib.sha256(shipped).digest()
    return Command(identity("publish", content.key, content.version, sha256), digest, decide)
