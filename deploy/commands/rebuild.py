"""Read models made again from the events alone, to prove that the events say everything."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from deploy.environment import Addresses, suite_environment
from deploy.places import SERVICES, Unable
from deploy.progress import progress
from services.notify import app as notify
from services.registry import app as registry
from services.reporting import app as reporting
from services.review import app as review
from shared.eventstore import EventStore
from shared.inbox import INBOX_TABLES
from shared.rebuild import Comparison, ReadModels, compare, size

app = typer.Typer()

READ_MODELS: Mapping[str, ReadModels] = {
    "registry": registry.READ_MODELS,
    "reporting": reporting.READ_MODELS,
    "review": review.READ_MODELS,
    "notify": notify.READ_MODELS,
}
"""The read models of each service; one put together also knows the events of its log that have none."""


def check(service: str) -> Comparison:
    """Rebuild a service's read models beside the live ones and compare them; nothing is changed."""
    if service not in READ_MODELS:
        raise Unable(f"there is no service '{service}', only {', '.join(SERVICES)}")
    models = READ_MODELS[service]
    name = f"{service.upper()}_DATABASE_URL"
    store = EventStore(
        os.environ.get(name) or suite_environment(Addresses.chosen())[name], [*models.tables, INBOX_TABLES]
    )
    try:
        with progress(f"Rebuilding {service}", size(store)) as told:
            return compare(store, models, told)
    finally:
        store.close()


@app.command()
def rebuild(
    service: Annotated[str, typer.Argument(help=f"The service: {', '.join(SERVICES)}.")],
) -> None:
    """Rebuild all read models from own log and what was heard, and compare them with the live ones."""
    found = check(service)
    table = Table("table", "rows", "different", title=f"{service}: {found.events} events, {found.heard} heard")
    for name, rows in found.rows.items():
        table.add_row(name, str(rows), str(found.differences[name]))
    Console().print(table)
    if not found.equal:
        raise Unable("the rebuilt read models differ from the live ones")
