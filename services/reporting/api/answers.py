"""Answers over HTTP, each saved by itself with the version it is based on."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path
from pydantic import AfterValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError

from services.reporting.api.parts import Changed, Parts, changed
from services.reporting.question import Party
from services.reporting.report.state import Shown
from shared.asked import Asking
from shared.inputs import ANYTHING, SOMETHING, Day, Sent
from shared.problems import PROBLEMS

router = APIRouter(tags=["answers"], responses=PROBLEMS)
CEILING = 200_000
"""Bytes of one answer: the technical ceiling.  Content limits are judged at submission instead."""


def _under_ceiling(text: str) -> str:
    size = len(text.encode())
    if size > CEILING:
        facts = {"size": size, "most": CEILING}
        raise PydanticCustomError("text_over_ceiling", "The text has {size} bytes of at most {most}", facts)
    return text


AnswerText = Annotated[str, StringConstraints(pattern=ANYTHING), AfterValidator(_under_ceiling)]
GivenText = Annotated[str, StringConstraints(min_length=1, pattern=SOMETHING), AfterValidator(_under_ceiling)]
ReportId = Annotated[UUID, Path()]
QUESTION_ID = r"^[a-z_.]+$"
QuestionId = Annotated[str, Path(max_length=100, pattern=QUESTION_ID)]
Base = Annotated[int, Field(ge=0, le=2**31 - 1, description="the version last seen; 0 when there was none")]


Choices = Annotated[
    tuple[Annotated[str, StringConstraints(max_length=60, pattern="^[a-z_]+$")], ...], Field(max_length=50)
]


class SentAnswer(Sent):
    """What an answer is to be, on the version last seen; an empty text takes the answer back."""

    text: AnswerText = Field(examples=["Pasienter fra alle regioner vurderes likt."])
    choices: Choices = ()
    base_version: Base


class SentOnBehalf(Sent):
    """What a member answered on a date, entered by the group's leader."""

    text: GivenText
    answered_on: Day
    base_version: Base


class Confirmation(Sent):
    """The holder stands by the version seen."""

    base_version: Base


class Declaration(Sent):
    """Whether there is nothing to report in a list."""

    declared: bool
    base_version: Base


class FinishedPart(Sent):
    """Whether a party's part is done."""

    part: Party
    finished: bool


class SentShown(Sent):
    """How a person of the report appears."""

    public: bool
    copy_of_report: bool


@router.put("/reports/{report_id}/answers/{question_id}")
async def answer(
    report_id: ReportId, question_id: QuestionId, body: SentAnswer, asked: Asking, parts: Parts
) -> Changed:
    """Answer a question that is yours.  When somebody was first: 409 with both texts, and nothing is lost."""
    choices = tuple(dict.fromkeys(body.choices))
    done = await parts.writing.answer(asked, report_id, question_id, body.text, choices, body.base_version)
    return changed(done)


@router.put("/reports/{report_id}/answers/{question_id}/on-behalf")
async def enter_on_behalf(
    report_id: ReportId, question_id: QuestionId, body: SentOnBehalf, asked: Asking, parts: Parts
) -> Changed:
    """Enter what a member of the group answered; the member may confirm or replace it."""
    done = await parts.writing.enter_on_behalf(
        asked, report_id, question_id, body.text, body.base_version, body.answered_on
    )
    return changed(done)


@router.post("/reports/{report_id}/answers/{question_id}/confirmations", status_code=201)
async def confirm(
    report_id: ReportId, question_id: QuestionId, body: Confirmation, asked: Asking, parts: Parts
) -> Changed:
    """Stand by what the leader entered for you; from then on only you change it."""
    return changed(await parts.writing.confirm(asked, report_id, question_id, body.base_version))


@router.put("/reports/{report_id}/answers/{question_id}/nothing-to-report")
async def declare_nothing(
    report_id: ReportId, question_id: QuestionId, body: Declaration, asked: Asking, parts: Parts
) -> Changed:
    """Say of an activity list that there is nothing to report, or take it back."""
    done = await parts.writing.declare_nothing(asked, report_id, question_id, body.declared, body.base_version)
    return changed(done)


@router.post("/reports/{report_id}/finished-parts", status_code=201)
async def finish(report_id: ReportId, body: FinishedPart, asked: Asking, parts: Parts) -> Changed:
    """Say that the unit's or the group's part is done, or take it back."""
    return changed(await parts.writing.finish(asked, report_id, body.part, body.finished))


@router.put("/reports/{report_id}/persons/{assignment_id}")
async def show_person(
    report_id: ReportId, assignment_id: Annotated[UUID, Path()], body: SentShown, asked: Asking, parts: Parts
) -> Changed:
    """Whether the holder of a role is named on the public page, and gets a copy of the report."""
    shown = Shown(body.public, body.copy_of_report)
    return changed(await parts.writing.show_person(asked, report_id, assignment_id, shown))
