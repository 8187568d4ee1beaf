"""Handing in over HTTP, and what a desk may do to a report: more time, exemption, reopening, redaction."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path
from pydantic import Field, StringConstraints

from services.reporting.api.answers import GivenText
from services.reporting.api.cycles import LocalOrInstant
from services.reporting.api.parts import Changed, Parts, Receipt, changed
from services.reporting.views import queries
from shared.asked import Asking, Calling
from shared.domain import NotFound, identity
from shared.inputs import Reason, Sent
from shared.problems import PROBLEMS

router = APIRouter(tags=["submissions"], responses=PROBLEMS)
ReportId = Annotated[UUID, Path()]
Place = Annotated[str, StringConstraints(max_length=100, pattern=r"^[a-z0-9_.-]+$")]
AnyVersion = Annotated[int, Field(ge=1, le=2**31 - 1)]


class NewSubmission(Sent):
    """Hand in exactly the content version seen; ``excuse`` when group answers are missing."""

    seen: Annotated[int, Field(ge=0, le=2**31 - 1, description="the content_version the submitter saw")]
    excuse: Reason | None = None


class NewAddendum(Sent):
    """A late group answer."""

    question_id: Annotated[str, StringConstraints(max_length=100, pattern=r"^[a-z_.]+$")]
    text: GivenText


class NewExtension(Sent):
    """More time for one report, and why."""

    until: LocalOrInstant
    reason: Reason


class Why(Sent):
    """The reason, kept with the decision."""

    reason: Reason


class NewRedaction(Sent):
    """Which versions of an answer (by question) or line (by its id) are to be unreadable for good."""

    place: Place
    first_version: AnyVersion
    last_version: AnyVersion
    reason: Reason
    legal_basis: Reason


@router.post("/reports/{report_id}/notices", status_code=201)
async def give_notice(report_id: ReportId, asked: Asking, parts: Parts) -> Changed:
    """Tell the group's leader that the unit wants to submit although group answers are open."""
    return changed(await parts.handing_in.give_notice(asked, report_id))


@router.post("/reports/{report_id}/consents", status_code=201)
async def consent(report_id: ReportId, asked: Asking, parts: Parts) -> Changed:
    """As the group's leader, agree that the unit submits before the group has answered everything."""
    return changed(await parts.handing_in.consent(asked, report_id))


@router.post("/reports/{report_id}/submissions", status_code=201)
async def submit(report_id: ReportId, body: NewSubmission, asked: Asking, parts: Parts) -> Receipt:
    """Hand the report in.  409 when it moved since it was seen, or with everything that must be mended first."""
    done = await parts.handing_in.submit(asked, report_id, body.seen, body.excuse)
    return Receipt(**done.answer, position=done.position)


@router.get("/reports/{report_id}/submissions/{number}")
def numbered_submission(
    report_id: ReportId, number: Annotated[int, Path(ge=1, le=10_000)], caller: Calling, parts: Parts
) -> dict[str, Any]:
    """A submission with everything it froze, and the bytes its hash covers."""
    return parts.reading.submission(caller, report_id, number, parts.today())


@router.get("/submissions/{submission_id}")
def submission(submission_id: Annotated[UUID, Path()], caller: Calling, parts: Parts) -> dict[str, Any]:
    """The same by the submission's own id, as others hear of it."""
    found = queries.submission(parts.store.rows, submission_id)
    if found is None:
        raise NotFound(f"there is no submission {submission_id}")
    return parts.reading.submission(caller, UUID(found["report_id"]), found["number"], parts.today())


@router.post("/reports/{report_id}/addenda", status_code=201)
async def add_addendum(report_id: ReportId, body: NewAddendum, asked: Asking, parts: Parts) -> Changed:
    """Sign a group answer the submission went without; it follows the submission and voids nothing."""
    return changed(await parts.handing_in.add_addendum(asked, report_id, body.question_id, body.text))


@router.post("/reports/{report_id}/extensions", status_code=201)
async def extend(report_id: ReportId, body: NewExtension, asked: Asking, parts: Parts) -> Changed:
    """Give one report more time."""
    return changed(await parts.handing_in.extend(asked, report_id, body.until, body.reason))


@router.post("/reports/{report_id}/exemptions", status_code=201)
async def exempt(report_id: ReportId, body: Why, asked: Asking, parts: Parts) -> Changed:
    """The unit owes no report this year."""
    return changed(await parts.handing_in.exempt(asked, report_id, body.reason))


@router.post("/reports/{report_id}/withdrawals", status_code=201)
async def withdraw(report_id: ReportId, body: Why, asked: Asking, parts: Parts) -> Changed:
    """Give the report up."""
    return changed(await parts.handing_in.withdraw(asked, report_id, body.reason))


@router.post("/reports/{report_id}/reopenings", status_code=201)
async def reopen(report_id: ReportId, body: Why, asked: Asking, parts: Parts) -> Changed:
    """Let a submitted, exempted or withdrawn report be written again."""
    return changed(await parts.handing_in.reopen(asked, report_id, body.reason))


@router.post("/reports/{report_id}/redactions", status_code=201)
async def request_redaction(report_id: ReportId, body: NewRedaction, asked: Asking, parts: Parts) -> Changed:
    """Ask that a text be removed from all history; another person decides."""
    redaction_id = identity("redaction", report_id, asked.command_id)
    done = await parts.redacting.request(
        asked,
        report_id,
        redaction_id,
        body.place,
        (body.first_version, body.last_version),
        body.reason,
        body.legal_basis,
    )
    return changed(done)


@router.post("/reports/{report_id}/redactions/{redaction_id}/approvals", status_code=201)
async def approve_redaction(
    report_id: ReportId, redaction_id: Annotated[UUID, Path()], asked: Asking, parts: Parts
) -> Changed:
    """Remove the text for good."""
    return changed(await parts.redacting.approve(asked, report_id, redaction_id))


@router.post("/reports/{report_id}/redactions/{redaction_id}/rejections", status_code=201)
async def reject_redaction(
    report_id: ReportId, redaction_id: Annotated[UUID, Path()], body: Why, asked: Asking, parts: Parts
) -> Changed:
    """Turn the request down."""
    return changed(await parts.redacting.reject(asked, report_id, redaction_id, body.reason))
