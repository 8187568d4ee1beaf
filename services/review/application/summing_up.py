"""A region's short summary of the year: written anew with versions, read by all four regions."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from services.review.application.deciding import acting_for
from services.review.application.judging import who
from services.review.application.operations import READING_SUMMARIES, SUMMING_UP
from services.review.application.sealing import opened, seal, subject_of, with_both
from services.review.dossier import Dossier
from services.review.summary import Summary
from services.review.views import queries
from shared.access import Assignment, NotAllowed, Target, granting
from shared.asked import Asked
from shared.desk import Desk, Done, UnitOfWork
from shared.eventstore import EventStore
from shared.history import history, state_at
from shared.registry_facts import held_by
from shared.tokens import Caller
from shared.vault import Vault


class SummingUp:
    """The use cases of region summaries."""

    def __init__(self, desk: Desk, store: EventStore, vault: Vault) -> None:
        self._desk, self._store, self._vault = desk, store, vault

    async def write(self, asked: Asked, year: int, region: str, text: str, base: int) -> Done:
        """Put a region's year into words; on a conflict both wordings come back."""
        await asyncio.to_thread(acting_for, self._store.rows, asked, SUMMING_UP, region)
        summary_id = Summary.identify(region, year)
        sealed = await seal(self._vault, subject_of("summary", summary_id), text)

        def decide(unit: UnitOfWork) -> Mapping[str, Any]:
            by = acting_for(unit.rows, asked, SUMMING_UP, region)
            dossier = unit.find(Dossier, Dossier.identify(year))
            if dossier is not None:
                dossier.must_not_be_presented()
            summary = unit.find(Summary, summary_id)
            if summary is None:
                first = Summary.write_first(region, year, sealed, base=base, by=by, at=asked.at)
                return _answer(unit.add(first))
            summary.write(sealed, base=base, by=by, at=asked.at)
            return _answer(summary)

        save = self._desk.do(asked.command(decide))
        return await with_both(save, {"text": text}, lambda: self._standing(summary_id))

    def summaries(self, caller: Caller, year: int, on: date) -> list[dict[str, Any]]:
        """All regions' summaries of a year."""
        held = self._reader(caller, on)
        found = queries.summaries(self._store.rows, year)
        return [self._shown(self._load(row["region"], year), held, on) for row in found]

    def summary(
        self,
        caller: Caller,
        year: int,
        region: str,
        on: date,
        *,
        version: int | None,
        moment: datetime | None,
    ) -> dict[str, Any]:
        """One region's summary as it is or was."""
        held = self._reader(caller, on)
        found = state_at(self._store, Summary, Summary.identify(region, year), version=version, moment=moment)
        return self._shown(found, held, on)

    def history(self, caller: Caller, year: int, region: str, on: date) -> list[dict[str, Any]]:
        """Every wording of a region's summary."""
        self._reader(caller, on)
        summary_id = Summary.identify(region, year)
        return history(self._store, summary_id, lambda sealed: opened(self._vault, sealed))

    def _load(self, region: str, year: int) -> Summary:
        return state_at(self._store, Summary, Summary.identify(region, year))

    def _reader(self, caller: Caller, on: date) -> list[Assignment]:
        held = held_by(self._store.rows, caller)
        if not granting(held, READING_SUMMARIES, Target(), on):
            raise NotAllowed("the regions' summaries are for the regions")
        return held

    def _shown(self, summary: Summary, held: list[Assignment], on: date) -> dict[str, Any]:
        state = summary.state
        ours = granting(held, SUMMING_UP, Target(regions=(state.region,)), on)
        return {
            "year": state.year,
            "region": state.region,
            "version": summary.version,
            "text_version": state.text_version,
            "text": opened(self._vault, state.text),
            "by": who(state.by),
            "at": state.at,
            "allowed_operations": ["write"] if ours else [],
        }

    def _standing(self, summary_id: UUID) -> dict[str, Any]:
        summary = self._store.load(Summary, summary_id)
        if summary is None:
            return {"version": 0, "text": None}
        return {**opened(self._vault, summary.state.text), "version": summary.state.text_version}


def _answer(summary: Summary) -> dict[str, Any]:
    return {
        "year": summary.state.year,
        "region": summary.state.region,
        "version": summary.version,
        "text_version": summary.state.text_version,
    }
