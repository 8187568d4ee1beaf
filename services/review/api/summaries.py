"""The regions' summaries of a year over HTTP."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path, Response
from pydantic import BaseModel

from services.review.api.judging import Base
from services.review.api.parts import Parts, RegionPath, SomeText
from shared.asked import Asking, Calling
from shared.inputs import AsOf, AtVersion, Sent, Year
from shared.problems import PROBLEMS

router = APIRouter(tags=["summaries"], responses=PROBLEMS)
YearPath = Annotated[Year, Path()]


class SentSummary(Sent):
    """A region's year in short, on the version last seen."""

    text: SomeText
    base_version: Base


class ChangedSummary(BaseModel):
    """What writing a summary came to."""

    year: int
    region: str
    version: int
    text_version: int
    position: int | None


@router.put("/summaries/{year}/{region}")
async def write(year: YearPath, region: RegionPath, body: SentSummary, asked: Asking, parts: Parts) -> ChangedSummary:
    """Put your region's year into words.  When somebody was first: 409 with both, and nothing is lost."""
    done = await parts.summing_up.write(asked, year, region, body.text, body.base_version)
    return ChangedSummary(**done.answer, position=done.position)


@router.get("/summaries/{year}")
def summaries(year: YearPath, caller: Calling, parts: Parts) -> list[dict[str, Any]]:
    """All regions' summaries of a year."""
    return parts.summing_up.summaries(caller, year, parts.today())


@router.get("/summaries/{year}/{region}")
def summary(
    year: YearPath,
    region: RegionPath,
    caller: Calling,
    parts: Parts,
    response: Response,
    version: AtVersion = None,
    as_of: AsOf = None,
) -> dict[str, Any]:
    """One region's summary as it is, as it was at a version, or as it was known at a moment."""
    shown = parts.summing_up.summary(caller, year, region, parts.today(), version=version, moment=as_of)
    response.headers["ETag"] = f'"{shown["version"]}"'
    return shown


@router.get("/summaries/{year}/{region}/history")
def summary_history(year: YearPath, region: RegionPath, caller: Calling, parts: Parts) -> list[dict[str, Any]]:
    """Every wording of a region's summary, oldest first."""
    return parts.summing_up.history(caller, year, region, parts.today())
