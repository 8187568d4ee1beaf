"""The activity lists over HTTP, line by line."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path, Query
from fastapi.exceptions import RequestValidationError
from pydantic import Field, StringConstraints, ValidationError

from services.reporting.api.answers import Base
from services.reporting.api.parts import Changed, Parts, changed
from services.reporting.entries import Entry, parse
from shared.asked import Asking
from shared.inputs import SOMETHING, Sent
from shared.problems import PROBLEMS

router = APIRouter(tags=["entries"], responses=PROBLEMS)
ReportId = Annotated[UUID, Path()]
EntryId = Annotated[UUID, Path()]
Fields = Annotated[dict[str, Any], Field(max_length=60, description="the fields of the list's kind of line")]


class NewEntry(Sent):
    """A line for an activity list; its id is made by whoever sends it, so that it can be sent again."""

    question_id: Annotated[str, StringConstraints(max_length=100, pattern=r"^[a-z_.]+$")] = Field(
        examples=["activity.articles"]
    )
    fields: Fields
    external_id: Annotated[str, StringConstraints(max_length=200, pattern=SOMETHING)] | None = None
    carried_over: Annotated[bool, Field(description="it is taken over from last year's report")] = False


class ChangedEntry(Sent):
    """Other fields for a line, on the version last seen."""

    fields: Fields
    base_version: Base


class Move(Sent):
    """Another place in the list, counted from 0."""

    index: Annotated[int, Field(ge=0, le=1_000)]


class Restoration(Sent):
    """Put a line back, on the version last seen."""

    base_version: Base


@router.put("/reports/{report_id}/entries/{entry_id}", status_code=201)
async def add(report_id: ReportId, entry_id: EntryId, body: NewEntry, asked: Asking, parts: Parts) -> Changed:
    """Add a line at the end of an activity list."""
    kind = await parts.lists.entry_type(asked, report_id, body.question_id)
    source = "carried_over" if body.carried_over else "manual"
    entry = _parsed(kind, body.fields)
    done = await parts.lists.add(asked, report_id, entry_id, body.question_id, entry, body.external_id, source)
    return changed(done)


@router.put("/reports/{report_id}/entries/{entry_id}/fields")
async def change(report_id: ReportId, entry_id: EntryId, body: ChangedEntry, asked: Asking, parts: Parts) -> Changed:
    """Change a line.  When somebody was first: 409 with both, and nothing is lost."""
    kind = await parts.lists.type_of_line(asked, report_id, entry_id)
    done = await parts.lists.change(asked, report_id, entry_id, _parsed(kind, body.fields), body.base_version)
    return changed(done)


@router.post("/reports/{report_id}/entries/{entry_id}/moves", status_code=201)
async def move(report_id: ReportId, entry_id: EntryId, body: Move, asked: Asking, parts: Parts) -> Changed:
    """Give a line another place in its list."""
    return changed(await parts.lists.move(asked, report_id, entry_id, body.index))


@router.delete("/reports/{report_id}/entries/{entry_id}")
async def remove(
    report_id: ReportId,
    entry_id: EntryId,
    base_version: Annotated[int, Query(ge=0, le=2**31 - 1)],
    asked: Asking,
    parts: Parts,
) -> Changed:
    """Take a line out of its list; it can be put back."""
    return changed(await parts.lists.remove(asked, report_id, entry_id, base_version))


@router.post("/reports/{report_id}/entries/{entry_id}/restorations", status_code=201)
async def restore(report_id: ReportId, entry_id: EntryId, body: Restoration, asked: Asking, parts: Parts) -> Changed:
    """Put a line back that was taken out."""
    return changed(await parts.lists.restore(asked, report_id, entry_id, body.base_version))


def _parsed(kind: str, fields: dict[str, Any]) -> Entry:
    """The line, or a malformed request that names the place of each fault."""
    try:
        return parse(kind, fields)
    except ValidationError as fault:
        errors = [{**error, "loc": ("body", "fields", *error["loc"])} for error in fault.errors()]
        raise RequestValidationError(errors) from None
