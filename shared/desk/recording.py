"""Recording what was decided: all of it in one transaction, and each told what became of its own."""

from __future__ import annotations

from collections.abc import Sequence, Set
from typing import Any

import structlog
from eventsourcing.persistence import PersistenceError

from shared.desk.answers import OUR_FAULT, Answers, once_more, withheld
from shared.desk.batch import Batch
from shared.desk.cache import Cache
from shared.desk.row_cache import RowCache
from shared.desk.turns import Turn
from shared.desk.unit import of_database
from shared.eventstore import EventStore, Receipt, StoreUnavailable, Verdict

log = structlog.get_logger()


class Recording:
    """One batch on its way into the store."""

    def __init__(self, store: EventStore, cache: Cache, rows: RowCache, answers: Answers, batch: Batch) -> None:
        self._store, self._cache, self._rows, self._answers, self._batch = store, cache, rows, answers, batch

    def record(self) -> list[Turn]:
        """Record the batch and settle what to tell; those that must be decided again."""
        try:
            receipts = self._store.record([each.work for each in self._batch.decided]) if self._batch.decided else []
        except BaseException as fault:  # noqa: BLE001  whatever it is, somebody waits to be told
            self._cache.evict(self._batch.touched())
            self._rows.renew()
            return self._not_recorded(fault)
        return self._settled(receipts)

    def _settled(self, receipts: Sequence[Receipt]) -> list[Turn]:
        again: list[Turn] = []
        if any(receipt.others for receipt in receipts):
            self._rows.clear()
        for each, receipt in zip(self._batch.decided, receipts, strict=True):
            if receipt.verdict is Verdict.RECORDED:
                each.turn.topics = frozenset(event.topic for event in each.work.events)
                self._answers.answer(each.turn, each.turn.done(receipt))
            else:
                self._cache.evict(each.touched)
                again += self._again(each.turn, {receipt.verdict})
        for held in self._batch.held:
            verdicts = {receipts[number].verdict for number in held.upon}
            if verdicts == {Verdict.RECORDED}:
                self._answers.refuse(held.turn, held.why)
            else:
                again += self._again(held.turn, verdicts)
        return again

    def _again(self, turn: Turn, verdicts: Set[Verdict]) -> list[Turn]:
        """The turn, where what it comes to was not tried, or was stale."""
        return withheld(turn) if Verdict.WITHHELD in verdicts else once_more(turn, self._answers)

    def _not_recorded(self, fault: BaseException) -> list[Turn]:
        """One work that cannot be written must not take the others with it: each is written by itself."""
        decided, held = self._batch.decided, [each.turn for each in self._batch.held]
        if isinstance(fault, StoreUnavailable):
            self._resolve(fault)
            return []
        if len(decided) > 1:
            log.warning("batch_written_one_by_one", works=len(decided), fault=type(fault).__name__)
            for each in decided:
                each.turn.alone = True
            return [*(each.turn for each in decided), *held]
        if isinstance(fault, PersistenceError) and not isinstance(fault, OUR_FAULT):
            self._resolve(fault)
            return []
        self._answers.refuse(decided[0].turn, fault)
        return held

    def _resolve(self, fault: PersistenceError) -> None:
        """The database went away while writing: look what was recorded, never guess."""
        turns = [each.turn for each in self._batch.decided]
        log.warning("outcome_unknown", commands=[str(turn.cause) for turn in turns], fault=type(fault).__name__)
        found: dict[Turn, Any] = {}
        try:
            found.update((turn, turn.found(self._store)) for turn in turns)
        except PersistenceError as still:
            log.warning("outcome_still_unknown", fault=type(still).__name__)
        for turn in turns:
            if found.get(turn) is not None:
                self._answers.answer(turn, found[turn])
            else:
                self._answers.refuse(turn, of_database(fault))
        for held in self._batch.held:
            self._answers.refuse(held.turn, of_database(fault))
