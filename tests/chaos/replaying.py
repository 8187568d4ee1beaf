"""The events alone say everything: views made again from them equal the live ones, and so does every history."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from uuid import UUID

from deploy.commands.rebuild import READ_MODELS
from shared.domain import AGGREGATES, Recorded
from shared.eventstore import EventStore
from shared.rebuild import compare
from tests.chaos.ledger import Ledger
from tests.chaos.scene import Scene

PAGE = 1000


async def does_not_show_what_is_told(ledger: Ledger, scene: Scene) -> list[str]:
    """Reports that are shown otherwise than their history tells, or without what was typed last."""
    wrong: list[str] = []
    for report in scene.reports:
        path = f"/reports/{report.id}"
        live = await ledger.shown("reporting", report.lead, path)
        told = await ledger.shown("reporting", report.lead, path, version=str(live["report_version"]))
        differing = [name for name, value in live.items() if told[name] != value and name != "allowed_operations"]
        wrong += [f"report {report.id} is not what its history tells: {differing}"] if differing else []
        shown = {question: live["answers"][question]["version"] for question in report.versions}
        wrong += [f"report {report.id} shows {shown}, not {report.versions}"] if shown != report.versions else []
    return wrong


def differs_when_made_again(stores: Mapping[str, EventStore]) -> list[str]:
    """Views and things that come out otherwise from the events than they are."""
    wrong: list[str] = []
    for service, store in stores.items():
        differences = compare(store, READ_MODELS[service]).differences
        wrong += [f"{service}'s view {name} differs in {rows} rows" for name, rows in differences.items() if rows]
        wrong += [f"{service}: {what}" for what in _things(store)]
    return wrong


def _things(store: EventStore) -> Iterator[str]:
    histories: dict[UUID, list[Recorded]] = {}
    after = 0
    while page := store.log(after, PAGE):
        for _, recorded in page:
            histories.setdefault(recorded.originator_id, []).append(recorded)
        after = page[-1][0]
    for id, history in histories.items():
        cls = AGGREGATES[history[0].event.TOPIC.rsplit(".", 1)[0]]
        told, live = cls.fold(history), store.load(cls, id)
        if told is None or live is None or (told.version, told.state) != (live.version, live.state):
            yield f"{cls.__name__} {id} is not what its history tells"
