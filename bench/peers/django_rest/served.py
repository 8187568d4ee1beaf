"""Django made ready: its tables filled, or served by uvicorn or gunicorn."""

from __future__ import annotations

import asyncio
import os
from datetime import UTC, datetime
from typing import Any

import django
from django.core.asgi import get_asgi_application
from django.core.management import call_command
from django.core.wsgi import get_wsgi_application

from bench.filling import Filled

os.environ["DJANGO_SETTINGS_MODULE"] = "bench.peers.django_rest.settings"


def asgi() -> Any:
    """For uvicorn."""
    return get_asgi_application()


def wsgi() -> Any:
    """For gunicorn."""
    return get_wsgi_application()


async def fill(filled: Filled) -> None:
    """The tables, and what was written before."""
    await asyncio.to_thread(_fill, filled)


def _fill(filled: Filled) -> None:
    django.setup()
    from bench.peers.django_rest.models import Answer  # Django must be set up before

    call_command("migrate", run_syncdb=True, verbosity=0)
    now = datetime.now(UTC)
    written = [
        Answer(
            report_id=report, question_id=question, version=version, text=filled.text, written_by=who, written_at=now
        )
        for report, question, version, who in filled.versions()
    ]
    Answer.objects.bulk_create([answer for answer in written if answer.version == filled.saves])
    standing = {(answer.report_id, answer.question_id): answer.pk for answer in Answer.objects.all()}
    for answer in written:
        answer.pk = standing[answer.report_id, answer.question_id]
    Answer.history.bulk_history_create(written, batch_size=1000)
