"""Every command that was acknowledged has happened exactly once, and none that was refused has happened at all."""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

from shared.domain import Recorded
from shared.eventstore import EventStore
from shared.eventstore.store import answer_of
from tests.chaos.ledger import Command, Ledger
from tests.chaos.scene import Scene

PAGE = 1000
AT_ONCE = 6


async def is_not_readable(ledger: Ledger, scene: Scene) -> list[str]:
    """Acknowledged commands whose effect the API does not show, or not once."""
    readers = {"registry": scene.joint_desk, "reporting": scene.reports[0].lead, "review": scene.reviewer}
    leads = {f"/reports/{report.id}/history": report.lead for report in scene.reports}
    done: dict[tuple[str, str], list[Command]] = defaultdict(list)
    for command in ledger.commands:
        if command.is_acknowledged:
            done[command.service, command.history].append(command)
    room = asyncio.Semaphore(AT_ONCE)

    async def look(service: str, path: str, commands: list[Command]) -> list[str]:
        async with room:
            history = await ledger.shown(service, leads.get(path, readers[service]), path)
            return [what for command in commands for what in _not_once(history, command)]

    found = await asyncio.gather(*(look(service, path, commands) for (service, path), commands in done.items()))
    return [what for each in found for what in each]


def _not_once(history: list[dict[str, Any]], command: Command) -> Iterator[str]:
    assert command.effect is not None
    left = [
        fact for fact in history if fact["command_id"] == str(command.id) and fact["event"] == command.effect.event
    ]
    if len(left) != 1:
        yield f"{command} was acknowledged; its history shows {command.effect.event} {len(left)} times"
        return
    data = left[0]["data"]
    expected = dict(command.effect.holds)
    if isinstance(command.body, dict) and "text" in command.body:
        expected["text"] = {"text": command.body["text"]}
    wrong = {name: data.get(name) for name, value in expected.items() if not _holds(data.get(name), value)}
    if wrong:
        yield f"{command} left {wrong}, not {expected}"


def _holds(found: Any, expected: Any) -> bool:
    if isinstance(expected, dict) and isinstance(found, dict):
        return all(_holds(found.get(name), value) for name, value in expected.items())
    return bool(found == expected)


def is_not_recorded_once(ledger: Ledger, stores: Mapping[str, EventStore]) -> list[str]:
    """Commands whose outcome and events in the stores are not what was answered."""
    logs = {service: _by_command(store) for service, store in stores.items()}
    return [
        what
        for command in ledger.commands
        for what in _misrecorded(command, stores[command.service], logs[command.service].get(command.id, []))
    ]


def _by_command(store: EventStore) -> dict[UUID, list[tuple[int, Recorded]]]:
    log: dict[UUID, list[tuple[int, Recorded]]] = defaultdict(list)
    after = 0
    while page := store.log(after, PAGE):
        for position, recorded in page:
            log[recorded.event.command_id].append((position, recorded))
        after = page[-1][0]
    return log


def _misrecorded(command: Command, store: EventStore, events: list[tuple[int, Recorded]]) -> Iterator[str]:
    outcome = store.outcome(command.id)
    if not command.is_acknowledged:
        if outcome or events:
            yield f"{command} was answered {command.status}, but is recorded: {outcome}, {len(events)} events"
        return
    if outcome is None or not events:
        yield f"{command} was acknowledged, but its outcome is {outcome} and it left {len(events)} events"
        return
    happened = Counter((recorded.event.TOPIC, recorded.originator_id) for _, recorded in events)
    if twice := [what for what, times in happened.items() if times > 1]:
        yield f"{command} has happened more than once: {twice}"
    if outcome.position != events[-1][0]:
        yield f"the outcome of {command} names position {outcome.position}, its last event stands at {events[-1][0]}"
    kept = {name: value for name, value in answer_of(outcome).items() if not name.endswith("_at")}
    if differing := {name for name, value in kept.items() if command.answer.get(name, value) != value}:
        yield f"{command} was answered {command.answer}, but its outcome differs in {sorted(differing)}"
