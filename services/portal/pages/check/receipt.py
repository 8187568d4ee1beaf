"""The receipt of a submission: its number, time and hash, who signed, and what happens now."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path
from fastapi.responses import Response

from services.portal.pages.check.standing import TIMINGS
from services.portal.pages.report.frame import Json, fetch_form, frame_of
from services.portal.visit import Visiting

router = APIRouter()
Number = Annotated[int, Path(ge=1, le=10_000)]


@router.get("/reports/{report_id}/kvittering/{number}")
async def receipt(visit: Visiting, report_id: UUID, number: Number) -> Response:
    """What was handed in, by whom and when, to be kept and printed."""
    reporting = visit.services.reporting
    form, submission = await asyncio.gather(
        fetch_form(visit, report_id, answers=False), reporting.get(f"/reports/{report_id}/submissions/{number}")
    )
    labels = {question["id"]: question["label"][visit.language] for question in form["questions"]}
    return visit.page(
        "receipt/receipt.html",
        frame=frame_of(visit, form, "kvittering"),
        submission=submission,
        signer=_signer(submission),
        copies=[role for role in submission["roles"] if role["copy"]],
        waiting=[labels.get(q, q) for q in submission["excused"] if q not in submission["addenda"]],
        followed=[labels.get(q, q) for q in submission["addenda"]],
        timing=TIMINGS[submission["timing"]],
        replaced_by=_replaced_by(form, number),
    )


@router.get("/reports/{report_id}/kvittering/{number}/kontrolldata")
async def signed_bytes(visit: Visiting, report_id: UUID, number: Number) -> Response:
    """Exactly the bytes that the hash of the receipt covers, for whoever wants to compute it again."""
    submission = await visit.services.reporting.get(f"/reports/{report_id}/submissions/{number}")
    code, year = submission["report"]["unit"]["code"], submission["report"]["year"]
    name = "".join(letter for letter in f"{code}-{year}-{number}" if letter.isalnum() or letter == "-")
    headers = {"Content-Disposition": f'attachment; filename="aarring-{name}.json"'}
    return Response(submission["canonical"].encode(), media_type="application/json", headers=headers)


def _signer(submission: dict[str, Any]) -> dict[str, Any]:
    """The role that signed, as it was frozen, with the name it had; what is known of it where it was not frozen."""
    person = submission["by"]["subject"].removeprefix("person:")
    roles = [role for role in submission["roles"] if role["person_id"] == person]
    signed_as = [role for role in roles if role["role"] == submission["by"]["role"]]
    found = next(iter(signed_as or roles), None)
    return found or {"name": submission["by"].get("name"), "role": submission["by"]["role"], "acting": False}


def _replaced_by(form: Json, number: int) -> int | None:
    """The number of the newest submission, when it is a later one."""
    newest = max((each["number"] for each in form["submissions"]), default=number)
    return newest if newest > number else None
