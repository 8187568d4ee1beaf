"""A region and the unit talk: queries with their answers, and feedback in two parts that is sent and read."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from services.review.review.judging import (
    FeedbackRead,
    FeedbackSent,
    FeedbackWritten,
    QueryAnswered,
    QueryAsked,
    QueryClosed,
)
from services.review.review.rules import Rules
from services.review.review.state import Query, QueryStatus
from shared.domain import Acting, NotFound, Refused, Sealed


class QueryNotFound(NotFound):
    """The review has no such query."""

    code = "query_not_found"
    place = "query_id"


class QueryInAnotherState(Refused):
    """An open query is answered, an answered one is closed, and nothing else."""

    code = "query_in_another_state"


class FeedbackMissing(Refused):
    """There is no feedback yet."""

    code = "feedback_missing"


class FeedbackIsSent(Refused):
    """What the unit was told stands."""

    code = "feedback_is_sent"


class FeedbackNotSent(Refused):
    """The unit reads what it was sent."""

    code = "feedback_not_sent"


class FeedbackIsRead(Refused):
    """The first reading is the one that counts."""

    code = "feedback_is_read"


class Telling(Rules):
    """What may be asked between a region and the unit."""

    def ask_query(self, query_id: UUID, region: str, question: Sealed, *, by: Acting, at: datetime) -> None:
        """Ask the unit something about its submission."""
        self._must_act_for(region, by)
        self.must_be_under_way()
        self.trigger(
            QueryAsked(
                at=at,
                by=by,
                report_id=self.state.report_id,
                unit_id=self.state.unit_id,
                query_id=query_id,
                region=region,
                question=question,
            )
        )

    def answer_query(self, query_id: UUID, answer: Sealed, *, by: Acting, at: datetime) -> None:
        """Answer an open query, for the unit."""
        query = self._must_be(query_id, QueryStatus.OPEN)
        self.trigger(
            QueryAnswered(
                at=at,
                by=by,
                report_id=self.state.report_id,
                query_id=query_id,
                region=query.region,
                answer=answer,
            )
        )

    def close_query(self, query_id: UUID, *, by: Acting, at: datetime) -> None:
        """Be content with the answer, for the region that asked."""
        query = self._must_be(query_id, QueryStatus.ANSWERED)
        self._must_act_for(query.region, by)
        self.trigger(
            QueryClosed(at=at, by=by, report_id=self.state.report_id, query_id=query_id, region=query.region)
        )

    def write_feedback(
        self, region: str, works_well: Sealed, to_work_on: Sealed, *, base: int, by: Acting, at: datetime
    ) -> None:
        """Write what the unit will be told, on the version last seen (0 when there was none)."""
        part = self._must_act_for(region, by)
        self.must_have_unsent_feedback(region)
        current = part.feedback.version if part.feedback else 0
        self._must_be_latest("feedback", base, current)
        self.trigger(
            FeedbackWritten(
                at=at, by=by, region=region, version=current + 1, works_well=works_well, to_work_on=to_work_on
            )
        )

    def send_feedback(self, region: str, *, seen: int, by: Acting, at: datetime) -> None:
        """Let the unit read the feedback, as seen."""
        part = self._must_act_for(region, by)
        self.must_have_feedback(region)
        self.must_have_unsent_feedback(region)
        self._must_be_latest("feedback", seen, part.feedback.version if part.feedback else 0)
        self.trigger(
            FeedbackSent(at=at, by=by, report_id=self.state.report_id, unit_id=self.state.unit_id, region=region)
        )

    def read_feedback(self, region: str, *, by: Acting, at: datetime) -> None:
        """The unit has read it."""
        self.must_have_unread_feedback(region)
        self.trigger(FeedbackRead(at=at, by=by, region=region))

    # The rules.

    def query(self, query_id: UUID) -> Query:
        """A query by its id; refused when there is none."""
        query = self.state.queries.get(str(query_id))
        if query is None:
            raise QueryNotFound(f"the review has no query {query_id}")
        return query

    def must_have_queries(self, status: QueryStatus, region: str | None = None) -> None:
        """Refuse unless a query (of the region) is in a state."""
        if not any(q.status is status and region in (None, q.region) for q in self.state.queries.values()):
            raise QueryInAnotherState(f"no query is {status}", status=status)

    def must_have_feedback(self, region: str) -> None:
        """Refuse until the region has written its feedback."""
        if self.part(region).feedback is None:
            raise FeedbackMissing(f"{region} has written no feedback", region=region)

    def must_have_unsent_feedback(self, region: str) -> None:
        """Refuse once the region's feedback was sent."""
        feedback = self.part(region).feedback
        if feedback and feedback.sent_at:
            raise FeedbackIsSent(f"{region} sent its feedback", sent_at=feedback.sent_at)

    def must_have_unread_feedback(self, region: str) -> None:
        """Refuse unless the region's feedback was sent and not read yet."""
        feedback = self.part(region).feedback
        if feedback is None or feedback.sent_at is None:
            raise FeedbackNotSent(f"{region} has sent no feedback", region=region)
        if feedback.read_at:
            raise FeedbackIsRead("the feedback was read", read_at=feedback.read_at)

    def _must_be(self, query_id: UUID, status: QueryStatus) -> Query:
        query = self.query(query_id)
        if query.status is not status:
            raise QueryInAnotherState(f"the query is {query.status}", status=query.status)
        return query
