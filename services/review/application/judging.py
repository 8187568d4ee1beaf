"""The regions judge: somebody is assigned, criteria are assessed one by one, each region signs, all complete."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from services.review.application.deciding import acting_on, must_be_known, must_be_reviewer, review_not_found
from services.review.application.sealing import opened, seal, subject_of, with_both
from services.review.review import Criterion, Review, Verdict
from shared.asked import Asked
from shared.desk import Desk, Done, UnitOfWork
from shared.domain import Acting
from shared.eventstore import EventStore
from shared.registry_facts import held_by
from shared.vault import Vault

Change = Callable[[Review, Acting], None]


class Reviews:
    """What every use case on a review is made of."""

    def __init__(self, desk: Desk, store: EventStore, vault: Vault) -> None:
        self._desk, self._store, self._vault = desk, store, vault

    async def _do(self, asked: Asked, review_id: UUID, operation: str, region: str, change: Change) -> Done:
        """Change a region's part, as somebody who may do the operation on it."""

        def decide(unit: UnitOfWork) -> Mapping[str, Any]:
            review = unit.get(Review, review_id)
            change(review, acting_on(unit.rows, asked, operation, review, region))
            return versions(review, region)

        return await self._desk.do(asked.command(decide))

    async def _seal(self, asked: Asked, review_id: UUID, place: str, text: str) -> Any:
        """A text sealed for a place of the review; strangers are refused before a key is made for them."""

        def look() -> None:
            held = held_by(self._store.rows, asked.caller)
            review = self._store.load(Review, review_id)
            if review is None:
                raise review_not_found(review_id)
            must_be_known(review, held, asked.on)

        await asyncio.to_thread(look)
        return await seal(self._vault, subject_of("review", review_id, place), text)


class Judging(Reviews):
    """The use cases of a region's judgement."""

    async def assign(self, asked: Asked, review_id: UUID, region: str, person_id: UUID) -> Done:
        """Name who assesses for a region: one of its reviewers."""

        def decide(unit: UnitOfWork) -> Mapping[str, Any]:
            review = unit.get(Review, review_id)
            by = acting_on(unit.rows, asked, "assign", review, region)
            must_be_reviewer(unit.rows, person_id, region, asked.on)
            review.assign(region, person_id, by=by, at=asked.at)
            return versions(review, region)

        return await self._desk.do(asked.command(decide))

    async def assess(
        self,
        asked: Asked,
        review_id: UUID,
        region: str,
        criterion: Criterion,
        verdict: Verdict,
        text: str,
        base: int,
    ) -> Done:
        """Judge one criterion; on a conflict both judgements come back."""
        sealed = await self._seal(asked, review_id, f"{region}.{criterion}", text)

        def change(review: Review, by: Acting) -> None:
            review.assess(region, criterion, verdict, sealed, base=base, by=by, at=asked.at)

        save = self._do(asked, review_id, "assess", region, change)
        yours = {"verdict": verdict, "text": text}
        return await with_both(save, yours, lambda: self._standing(review_id, region, criterion))

    async def sign(
        self, asked: Asked, review_id: UUID, region: str, number: int, sha256: str, part_version: int
    ) -> Done:
        """Sign for a region: exactly this submission, and the assessment as seen."""

        def change(review: Review, by: Acting) -> None:
            review.sign(region, number=number, sha256=sha256, part_version=part_version, by=by, at=asked.at)

        return await self._do(asked, review_id, "sign", region, change)

    async def withdraw_signature(self, asked: Asked, review_id: UUID, region: str, reason: str) -> Done:
        """Take a region's signature back."""
        sealed = await self._seal(asked, review_id, f"{region}.signature", reason)

        def change(review: Review, by: Acting) -> None:
            review.withdraw_signature(region, sealed, by=by, at=asked.at)

        return await self._do(asked, review_id, "withdraw_signature", region, change)

    async def complete(self, asked: Asked, review_id: UUID, region: str, number: int) -> Done:
        """Close the review, when every region responsible has signed."""

        def change(review: Review, by: Acting) -> None:
            review.complete(region, number=number, by=by, at=asked.at)

        return await self._do(asked, review_id, "complete", region, change)

    async def take_back(self, asked: Asked, review_id: UUID, region: str, number: int, reason: str) -> Done:
        """Send the submission back to the unit, with the reason."""
        sealed = await self._seal(asked, review_id, f"{region}.return", reason)

        def change(review: Review, by: Acting) -> None:
            review.take_back(region, number, sealed, by=by, at=asked.at)

        return await self._do(asked, review_id, "return", region, change)

    def _standing(self, review_id: UUID, region: str, criterion: Criterion) -> dict[str, Any]:
        review = self._store.load(Review, review_id)
        standing = review.part(region).assessments.get(criterion) if review else None
        if standing is None:
            return {"version": 0, "verdict": None, "text": None}
        shown = {"version": standing.version, "verdict": standing.verdict, "at": standing.at}
        return {**opened(self._vault, standing.text), **shown, "by": who(standing.by)}


def versions(review: Review, region: str) -> dict[str, Any]:
    """What every change of a review is answered with."""
    return {
        "review_id": str(review.id),
        "step": review.state.step,
        "version": review.version,
        "number": review.state.judged.number,
        "region": region,
        "part_version": review.part(region).version,
    }


def who(by: Acting) -> dict[str, Any]:
    """Who did something, as it is shown: the person's id and the role, never the name."""
    return {"subject": by.subject, "role": by.role, "on_behalf_of": by.on_behalf_of}
