"""Keys that are in no copy any more are marked as used: their texts say so, and no new key passes for one of them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

from deploy.places import Unable
from deploy.stores import Place
from shared.eventstore import EventStore, StoreUnavailable
from shared.eventstore.copies import CopyFault, held_still
from shared.rebuild import every_table
from shared.vault import KeysMissing, Vault

PAGE = 1_000
SEALED = {"subject", "generation", "sealed"}


def give_up(place: Place) -> int:
    """Make an empty vault in which every key the log names counts as destroyed; how many subjects those were.

    So each text that cannot be read says so, and what is written from now on gets a key of the next generation.
    """
    with _vault(place) as keys, held_still(place.log):
        _must_be_lost(keys)
        return _mark(place, keys, destroyed=True)


def mark_lost(place: Place) -> int:
    """The keys that the log names and the vault lacks count as lost; how many subjects those are of.

    An older copy knows nothing of the keys made since, and would give their generations out again.  Where there is no
    vault at all nothing is marked, for then it may still be found.
    """
    with _vault(place) as keys:
        try:
            keys.prepare(must_be_there=True)
        except KeysMissing:
            return 0
        return _mark(place, keys, destroyed=False)


@contextmanager
def _vault(place: Place) -> Iterator[Vault]:
    with closing(Vault(place.keys, place.wrapping_key, at_once=False)) as keys:
        try:
            yield keys
        except (CopyFault, StoreUnavailable) as fault:
            raise Unable(
                f"which keys of {place.service} are lost was not marked, so do this again: {fault}"
            ) from fault


def _mark(place: Place, keys: Vault, *, destroyed: bool) -> int:
    with closing(EventStore(place.log, every_table(place.models))) as store:
        return len({subject for subject, _ in keys.mark_missing(_named_in(store), destroyed=destroyed)})


def _must_be_lost(keys: Vault) -> None:
    try:
        keys.prepare(must_be_there=True)
    except KeysMissing:
        return
    raise Unable("there is a vault; move it away first if it is not the right one, and look once more for a backup")


def _named_in(store: EventStore) -> set[tuple[str, int]]:
    """The keys with which something in the log is sealed, each by its subject and generation."""
    found: set[tuple[str, int]] = set()
    after = 0
    while page := store.recorder.select_notifications(after, PAGE, inclusive_of_start=False):
        for event in page:
            found.update(_sealed(json.loads(event.state)))
        after = page[-1].id
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
