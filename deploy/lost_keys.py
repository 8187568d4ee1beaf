"""A vault that is lost for good is replaced by one that knows which of its keys there once were."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from deploy.backup import Place
from deploy.places import Unable
from shared.eventstore import EventStore
from shared.eventstore.copies import CopyFault, held_still
from shared.rebuild import every_table
from shared.vault import KeysMissing, Vault

PAGE = 1_000
SEALED = {"subject", "generation", "sealed"}


def give_up(place: Place) -> int:
    """Make an empty vault in which every key the log names counts as destroyed; how many subjects those were.

    So each text that cannot be read says so, and what is written from now on gets a key of the next generation.
    """
    keys = Vault(place.keys, place.wrapping_key, at_once=False)
    try:
        with held_still(place.log):
            _must_be_lost(keys)
            lost = _named_in(EventStore(place.log, every_table(place.models)))
            keys.prepare()
            for subject, generation in lost.items():
                keys.destroy(subject, generation)
    except CopyFault as fault:
        raise Unable(str(fault)) from fault
    finally:
        keys.close()
    return len(lost)


def _must_be_lost(keys: Vault) -> None:
    try:
        keys.prepare(must_be_there=True)
    except KeysMissing:
        return
    raise Unable("there is a vault; move it away first if it is not the right one, and look once more for a backup")


def _named_in(store: EventStore) -> dict[str, int]:
    """The newest generation of each subject of which the log holds something sealed."""
    found: dict[str, int] = {}
    after = 0
    try:
        while page := store.recorder.select_notifications(after, PAGE, inclusive_of_start=False):
            for event in page:
                for subject, generation in _sealed(json.loads(event.state)):
                    found[subject] = max(generation, found.get(subject, 0))
            after = page[-1].id
    finally:
        store.close()
    return found


def _sealed(value: Any) -> Iterator[tuple[str, int]]:
    if isinstance(value, dict):
        if value.keys() >= SEALED:
            yield value["subject"], value["generation"]
        for part in value.values():
            yield from _sealed(part)
    elif isinstance(value, list):
        for part in value:
            yield from _sealed(part)
