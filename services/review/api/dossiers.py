"""The year's dossier over HTTP: put together, confirmed, presented, and only then sent."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path, Response
from pydantic import BaseModel, Field, StringConstraints

from services.review.api.parts import Parts, RegionName, SomeText
from services.review.application.dossiers import Minutes
from services.review.dossier import Channel, DossierStatus
from services.review.dossier.state import Meeting
from shared.asked import Asking, Calling, Seen
from shared.desk import Done
from shared.inputs import SOMETHING, Day, Sent, Year
from shared.problems import PROBLEMS

router = APIRouter(tags=["dossiers"], responses=PROBLEMS)
YearPath = Annotated[Year, Path()]
Reference = Annotated[str, StringConstraints(min_length=1, max_length=100, pattern=SOMETHING)]
ZIP = "application/zip"
A_FILE: dict[int | str, dict[str, Any]] = {200: {"content": {ZIP: {}}, "description": "The file as it was sent"}}
MOST_UNITS = 500


class ForRegion(Sent):
    """The region one acts for."""

    region: RegionName


class Choice(ForRegion):
    """Whether the region's own centres or services come before the meeting too."""

    included: bool


class NewExplanation(ForRegion):
    """Why a unit has no reviewed report, on the version last seen (0 when there was none)."""

    unit_id: UUID
    text: SomeText
    base_version: Annotated[int, Field(ge=0, le=2**31 - 1)]


class NewPresentation(Sent):
    """What the medical directors' meeting had before it, said of single units, and decided."""

    on: Day = Field(examples=["2026-04-20"])
    meeting: Reference = Field(examples=["Fagdirektørmøtet 3/2026"])
    case_reference: Reference = Field(examples=["26/1234-5"])
    decision: SomeText
    remarks: dict[UUID, SomeText] = Field(default_factory=dict, max_length=MOST_UNITS)

    def minutes(self) -> Minutes:
        meeting = Meeting(on=self.on, name=self.meeting, case_reference=self.case_reference)
        return Minutes(meeting, self.remarks, self.decision)


class NewReceipt(Sent):
    """How the ministry said that it has the dossier."""

    on: Day
    reference: Reference
    channel: Channel


class NewSupplement(Sent):
    """The units whose reports follow as they stand now, and why."""

    units: Annotated[list[UUID], Field(min_length=1, max_length=MOST_UNITS)]
    reason: SomeText


class ChangedDossier(BaseModel):
    """What a change came to; ``version`` is what a confirmation names in ``If-Match``."""

    year: int
    status: DossierStatus
    version: int
    position: int | None


class SentBundle(ChangedDossier):
    """What was sent: the file's hash, and for a supplement its number."""

    sha256: str
    number: int | None = None


class DossierRow(BaseModel):
    """A dossier in a list."""

    year: int
    status: DossierStatus
    units: int
    prepared_by: str | None
    confirmed_by: str | None
    meeting_on: str | None
    sent_at: str | None
    sha256: str | None
    received_on: str | None
    changes_due: int
    supplements: int
    version: int


@router.get("/dossiers")
def dossiers(caller: Calling, parts: Parts) -> list[DossierRow]:
    """The dossiers the caller may read, newest first; the ministry sees those it was sent."""
    return [DossierRow(**row) for row in parts.dossier_reading.dossiers(caller)]


@router.get("/dossiers/{year}")
def dossier(year: YearPath, caller: Calling, parts: Parts, response: Response) -> dict[str, Any]:
    """A year's dossier: every unit that owes the year, how complete it is, what has moved since it was prepared."""
    shown = parts.dossier_reading.dossier(caller, year)
    response.headers["ETag"] = f'"{shown["version"]}"'
    return shown


@router.get("/dossiers/{year}/history")
def dossier_history(year: YearPath, caller: Calling, parts: Parts) -> list[dict[str, Any]]:
    """Every fact of a dossier, oldest first."""
    return parts.dossier_reading.history(caller, year)


@router.post("/dossiers/{year}/regional-units", status_code=201)
async def choose_regional_units(year: YearPath, body: Choice, asked: Asking, parts: Parts) -> ChangedDossier:
    """Let your region's own centres or services be part of it, or not."""
    return _changed(await parts.dossiers.choose_regional_units(asked, year, body.region, body.included))


@router.post("/dossiers/{year}/explanations", status_code=201)
async def explain(year: YearPath, body: NewExplanation, asked: Asking, parts: Parts) -> ChangedDossier:
    """Say in words why one of your region's units has no reviewed report."""
    return _changed(
        await parts.dossiers.explain(asked, year, body.region, body.unit_id, body.text, body.base_version)
    )


@router.post("/dossiers/{year}/preparations", status_code=201)
async def prepare(year: YearPath, body: ForRegion, asked: Asking, parts: Parts) -> ChangedDossier:
    """Put the dossier together as everything stands.  409 with all units that are neither reviewed nor explained."""
    return _changed(await parts.dossiers.prepare(asked, year, body.region))


@router.post("/dossiers/{year}/confirmations", status_code=201)
async def confirm(year: YearPath, body: ForRegion, seen: Seen, asked: Asking, parts: Parts) -> ChangedDossier:
    """Confirm, as another region, the version named in ``If-Match``.  409 with what moved since it was prepared."""
    return _changed(await parts.dossiers.confirm(asked, year, body.region, seen))


@router.post("/dossiers/{year}/presentations", status_code=201)
async def present(year: YearPath, body: NewPresentation, asked: Asking, parts: Parts) -> ChangedDossier:
    """Record that the medical directors' meeting had it before it; its reports are not given back any more."""
    return _changed(await parts.dossiers.present(asked, year, body.minutes()))


@router.post("/dossiers/{year}/dispatches", status_code=201)
async def send(year: YearPath, asked: Asking, parts: Parts) -> SentBundle:
    """Send it to the ministry as one signed file; 503 while reporting, which has the reports, is away."""
    done = await parts.sending.send(asked, year)
    return SentBundle(**done.answer, position=done.position)


@router.post("/dossiers/{year}/receipts", status_code=201)
async def receive(year: YearPath, body: NewReceipt, asked: Asking, parts: Parts) -> ChangedDossier:
    """Record the ministry's receipt."""
    return _changed(await parts.dossiers.receive(asked, year, body.on, body.reference, body.channel))


@router.post("/dossiers/{year}/supplements", status_code=201)
async def supplement(year: YearPath, body: NewSupplement, asked: Asking, parts: Parts) -> SentBundle:
    """Send what follows a dossier: the reports of some units as they stand now, with the reason."""
    units = list(dict.fromkeys(body.units))
    done = await parts.sending.supplement(asked, year, units, body.reason)
    return SentBundle(**done.answer, position=done.position)


@router.get("/dossiers/{year}/bundle", response_class=Response, responses=A_FILE)
def bundle(year: YearPath, caller: Calling, parts: Parts) -> Response:
    """The file that was sent."""
    return _file(*parts.dossier_reading.bundle(caller, year, None))


@router.get("/dossiers/{year}/supplements/{number}/bundle", response_class=Response, responses=A_FILE)
def supplement_bundle(
    year: YearPath, number: Annotated[int, Path(ge=1, le=10_000)], caller: Calling, parts: Parts
) -> Response:
    """The file of a supplement."""
    return _file(*parts.dossier_reading.bundle(caller, year, number))


def _file(name: str, content: bytes) -> Response:
    return Response(content, media_type=ZIP, headers={"Content-Disposition": f'attachment; filename="{name}"'})


def _changed(done: Done) -> ChangedDossier:
    return ChangedDossier(**done.answer, position=done.position)
