"""What review does when it hears something: keeps the rows that follow, and lets reviews follow their reports."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from services.review.dossier import Dossier
from services.review.review import Review
from services.review.review.state import Submission
from services.review.views.heard import heard
from shared.access import system
from shared.contracts import CloudEvent, Contract, reporting
from shared.desk import UnitOfWork

Reaction = Callable[[UnitOfWork, CloudEvent, Any], None]
_SYSTEM = system("review")


def keep(unit: UnitOfWork, event: CloudEvent, said: Contract) -> None:
    """The rows that follow from a contract, whatever comes of it."""
    unit.change(*heard(said))


def _submitted(unit: UnitOfWork, event: CloudEvent, said: reporting.ReportSubmittedV1) -> None:
    """The first submission opens a review; a later one voids the signatures on those before it."""
    submission = Submission(
        id=said.submission_id,
        number=said.number,
        sha256=said.sha256,
        excused=tuple(said.excused),
        heard_at=event.time,
    )
    review = unit.find(Review, Review.identify(said.report_id))
    if review is not None:
        review.resubmit(submission, by=_SYSTEM, at=event.time)
        return
    opened = Review.open(
        report_id=said.report_id,
        unit_id=said.unit_id,
        year=said.year,
        regions=tuple(said.regions),
        submission=submission,
        by=_SYSTEM,
        at=event.time,
    )
    unit.add(opened)


def _addendum(unit: UnitOfWork, event: CloudEvent, said: reporting.AddendumSignedV1) -> None:
    """A late group answer is noted and shown; it voids nothing."""
    review = unit.get(Review, Review.identify(said.report_id))
    review.note_addendum(said.number, said.question_id, by=_SYSTEM, at=event.time)
    _tell_dossier(unit, event, review, said.question_id, "addendum")


def _reopened(unit: UnitOfWork, event: CloudEvent, said: reporting.ReportReopenedV1) -> None:
    """The unit writes again; a report that ended before it was ever submitted has no review to follow."""
    review = unit.find(Review, Review.identify(said.report_id))
    if review is not None:
        review.reopen(by=_SYSTEM, at=event.time)


def _redacted(unit: UnitOfWork, event: CloudEvent, said: reporting.TextRedactedV1) -> None:
    """What was sent stays as it was; that a text of it is gone from history is told by a supplement."""
    review = unit.find(Review, Review.identify(said.report_id))
    if review is not None:
        _tell_dossier(unit, event, review, said.place, "redaction")


def _tell_dossier(unit: UnitOfWork, event: CloudEvent, review: Review, place: str, why: str) -> None:
    dossier = unit.find(Dossier, Dossier.identify(review.state.year))
    if dossier is not None:
        dossier.note_change(review.state.report_id, place, why, by=_SYSTEM, at=event.time)


REACTIONS: Mapping[type[Contract], Reaction] = {
    reporting.ReportSubmittedV1: _submitted,
    reporting.AddendumSignedV1: _addendum,
    reporting.ReportReopenedV1: _reopened,
    reporting.TextRedactedV1: _redacted,
}
"""Everything review does by itself when it hears something, in one table."""


def react(unit: UnitOfWork, event: CloudEvent, said: Contract) -> None:
    """Do what the table says; most of what is heard only leaves its rows."""
    reaction = REACTIONS.get(type(said))
    if reaction:
        reaction(unit, event, said)


def _submission_lost(unit: UnitOfWork, event: CloudEvent, said: reporting.ReportSubmittedV1) -> None:
    """Nobody judges on what reporting cannot show any more."""
    review = unit.get(Review, Review.identify(said.report_id))
    review.lose_submission(said.number, said.sha256, by=_SYSTEM, at=event.time)


def _reopening_lost(unit: UnitOfWork, event: CloudEvent, said: reporting.ReportReopenedV1) -> None:
    """The regions go on with what they have, for the unit cannot write."""
    review = unit.find(Review, Review.identify(said.report_id))
    if review is not None:
        review.lose_reopening(by=_SYSTEM, at=event.time)


FORGOTTEN: Mapping[type[Contract], Reaction] = {
    reporting.ReportSubmittedV1: _submission_lost,
    reporting.ReportReopenedV1: _reopening_lost,
}
"""What review does about its own things when reporting was put back and has lost something; all else stands."""


def forget(unit: UnitOfWork, event: CloudEvent, said: Contract) -> None:
    """Let reviews follow what their reports have lost."""
    reaction = FORGOTTEN.get(type(said))
    if reaction:
        reaction(unit, event, said)
