"""Which documents are generated, and what each of them says today."""

from __future__ import annotations

from collections.abc import Mapping

from deploy.docs.asyncapi import asyncapi
from deploy.docs.events import events
from deploy.docs.notifications import notifications
from deploy.docs.openapi import openapi
from deploy.docs.problems import problems

FOLDER = "docs"


def documents() -> Mapping[str, str]:
    """Every generated document by its path below the checkout."""
    return {
        f"{FOLDER}/events.md": events(),
        f"{FOLDER}/notifications.md": notifications(),
        f"{FOLDER}/problems.md": problems(),
        f"{FOLDER}/asyncapi.yaml": asyncapi(),
        **{f"{FOLDER}/openapi/{service}.json": text for service, text in openapi().items()},
    }
