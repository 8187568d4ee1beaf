"""A region and the unit talk: queries and their answers, feedback that is written, sent and read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from services.review.application.deciding import acting_on, must_be_known
from services.review.application.judging import Reviews, versions
from services.review.application.sealing import opened, with_both
from services.review.review import Review
from shared.asked import Asked
from shared.desk import Done, UnitOfWork
from shared.domain import Acting
from shared.registry_facts import held_by


class Telling(Reviews):
    """The use cases between a region and the unit."""

    async def ask_query(self, asked: Asked, review_id: UUID, query_id: UUID, region: str, question: str) -> Done:
        """Ask the unit something."""
        sealed = await self._seal(asked, review_id, str(query_id), question)

        def change(review: Review, by: Acting) -> None:
            review.ask_query(query_id, region, sealed, by=by, at=asked.at)

        return await self._do(asked, review_id, "ask_query", region, change)

    async def answer_query(self, asked: Asked, review_id: UUID, query_id: UUID, answer: str) -> Done:
        """Answer a query, for the unit."""
        sealed = await self._seal(asked, review_id, str(query_id), answer)

        def change(review: Review, by: Acting) -> None:
            review.answer_query(query_id, sealed, by=by, at=asked.at)

        return await self._on_query(asked, review_id, query_id, "answer_query", change)

    async def close_query(self, asked: Asked, review_id: UUID, query_id: UUID) -> Done:
        """Be content with the answer."""

        def change(review: Review, by: Acting) -> None:
            review.close_query(query_id, by=by, at=asked.at)

        return await self._on_query(asked, review_id, query_id, "close_query", change)

    async def write_feedback(
        self, asked: Asked, review_id: UUID, region: str, works_well: str, to_work_on: str, base: int
    ) -> Done:
        """Write what the unit will be told; on a conflict both wordings come back."""
        well = await self._seal(asked, review_id, f"{region}.works_well", works_well)
        on = await self._seal(asked, review_id, f"{region}.to_work_on", to_work_on)

        def change(review: Review, by: Acting) -> None:
            review.write_feedback(region, well, on, base=base, by=by, at=asked.at)

        save = self._do(asked, review_id, "write_feedback", region, change)
        yours = {"works_well": works_well, "to_work_on": to_work_on}
        return await with_both(save, yours, lambda: self._standing(review_id, region))

    async def send_feedback(self, asked: Asked, review_id: UUID, region: str, seen: int) -> Done:
        """Let the unit read the feedback."""

        def change(review: Review, by: Acting) -> None:
            review.send_feedback(region, seen=seen, by=by, at=asked.at)

        return await self._do(asked, review_id, "send_feedback", region, change)

    async def read_feedback(self, asked: Asked, review_id: UUID, region: str) -> Done:
        """The unit has read a region's feedback."""

        def change(review: Review, by: Acting) -> None:
            review.read_feedback(region, by=by, at=asked.at)

        return await self._do(asked, review_id, "read_feedback", region, change)

    async def _on_query(
        self,
        asked: Asked,
        review_id: UUID,
        query_id: UUID,
        operation: str,
        change: Callable[[Review, Acting], None],
    ) -> Done:
        def decide(unit: UnitOfWork) -> Mapping[str, Any]:
            review = unit.get(Review, review_id)
            must_be_known(review, held_by(unit.rows, asked.caller), asked.on)
            region = review.query(query_id).region
            change(review, acting_on(unit.rows, asked, operation, review, region))
            return {**versions(review, region), "query_id": str(query_id)}

        return await self._desk.do(asked.command(decide))

    def _standing(self, review_id: UUID, region: str) -> dict[str, Any]:
        review = self._store.load(Review, review_id)
        feedback = review.part(region).feedback if review else None
        if feedback is None:
            return {"version": 0, "works_well": None, "to_work_on": None}
        return {
            "version": feedback.version,
            "works_well": opened(self._vault, feedback.works_well),
            "to_work_on": opened(self._vault, feedback.to_work_on),
        }
