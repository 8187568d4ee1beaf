"""A dossier leaves the house: real reports of a real reporting in one signed file, its receipt and supplements."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from pydantic import HttpUrl

from services.review.app import READ_MODELS
from services.review.bundle import verify
from shared.contracts import registry
from shared.desk import HeardElsewhere
from shared.feed import FeedClient
from shared.rebuild import compare
from tests.eventually import eventually_async
from tests.integration import reporting as reporting_fixture
from tests.integration import review as review_fixture
from tests.integration.draft import ACCESS, NORD, Draft, drafted
from tests.integration.reporting import YEAR, Caller
from tests.integration.test_review_and_reporting import served
from tests.servers.ports import free_port
from tests.stores import Databases
from tests.tokens import Tokens

pytestmark = [pytest.mark.integration, pytest.mark.anyio]

PATH = f"/dossiers/{YEAR}"
MIDT = "group.region_midt"
FEEDBACK = "evaluation.reporting_feedback"
MINUTES = {
    "on": "2026-03-01",
    "meeting": "Fagdirektørmøtet 1/2026",
    "case_reference": "26/17",
    "decision": "Saken sendes departementet.",
}


@dataclass
class Year:
    """Reporting with one report, review that hears of it, and those who bring the dossier to the ministry."""

    draft: Draft
    review: review_fixture.Service
    feed: FeedClient
    secretary: Caller
    ministry: Caller
    folder: Path

    async def hear(self) -> None:
        """Review takes in whatever reporting has told since, by its own reader or by us."""
        head, speaker = await self.feed.head(), self.review.reporting

        async def is_heard() -> bool:
            tracked = self.review.parts.store.tracked("reporting")
            if tracked < head:
                with suppress(HeardElsewhere):
                    await speaker.listening().take(await self.feed.read(tracked, 1000), tracked)
            return tracked >= head

        await eventually_async(is_heard)
        speaker.said = head

    async def hand_in(self) -> str:
        """The report is submitted without two group answers, of which one follows; its hash."""
        draft = self.draft
        await draft.write_unit_part()
        await draft.answered(draft.lead, FEEDBACK, "Skjemaet er tungvint.")
        await draft.write_group_part(NORD, MIDT)
        await draft.ask(draft.leader, "consents")
        receipt = await draft.submitted()
        await self.follow_up_answer("nord", NORD)
        return str(receipt["sha256"])

    async def follow_up_answer(self, region: str, question: str) -> None:
        """A group answer that the submission went without comes after it, and review hears of it."""
        late = {"question_id": question, "text": f"Et sent svar fra {region}."}
        await self.draft.members[region].done("POST", f"{self.draft.path}/addenda", late)
        await self.hear()

    async def present(self) -> None:
        """The regions judge, put the dossier together and bring it before the meeting."""
        sha256 = await self.hand_in()
        vest = await self.review.reviewer("vest")
        judged = review_fixture.Judged(
            self.review, self.draft.unit_id, self.draft.id, ("vest",), vest, {"vest": vest}, 1
        )
        await judged.assess_all("vest")
        assert (await judged.sign("vest", sha256=sha256)).status_code == 201
        assert (await judged.complete("vest")).status_code == 201
        text = {"text": "Et godt år.", "base_version": 0}
        await vest.done("PUT", f"/summaries/{YEAR}/vest", text)
        await vest.done("POST", "/follow-ups", _point(self.draft))
        desks = {region: await self.review.holder("service_desk", region=region) for region in ("vest", "nord")}
        prepared = await desks["vest"].done("POST", f"{PATH}/preparations", {"region": "vest"})
        confirmation = {"region": "nord"}
        await desks["nord"].done("POST", f"{PATH}/confirmations", confirmation, seen=prepared["version"])
        remarks = {str(self.draft.unit_id): "Godt arbeid."}
        await self.secretary.done("POST", f"{PATH}/presentations", {**MINUTES, "remarks": remarks})

    async def send(self, key: str | None = None) -> httpx.Response:
        return await self.secretary.post(f"{PATH}/dispatches", Idempotency_Key=key or str(uuid4()))

    def when_read(self, happens: Callable[[], Awaitable[None]]) -> None:
        """Something happens once, right after a bundle has taken what it holds of the next report."""
        submissions = self.review.app.state.reviewing.submissions
        read = submissions.read

        async def then(submission_id: UUID, sha256: str) -> Any:
            found = await read(submission_id, sha256)
            submissions.read = read
            await happens()
            return found

        submissions.read = then

    async def fetched(self, path: str = f"{PATH}/bundle") -> dict[str, bytes]:
        """The files of what was sent, as the ministry gets it; checked as anybody can."""
        answer = await self.ministry.get(path)
        assert (answer.status_code, answer.headers["content-type"]) == (200, "application/zip"), answer.text
        copy = self.folder.parent / f"{uuid4()}.zip"
        copy.write_bytes(answer.content)
        assert verify(copy).faults == []
        with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
            return {name: archive.read(name) for name in archive.namelist()}

    async def redact(self) -> None:
        """The answer about access is removed from all history, and review hears of it."""
        draft = self.draft
        said = {"place": ACCESS, "first_version": 1, "last_version": 1}
        why = {"reason": "Kunne kjennes igjen", "legal_basis": "personopplysningsloven"}
        asked = await draft.ask(draft.lead, "redactions", **said, **why)
        await draft.ask(draft.desk, f"redactions/{asked['redaction_id']}/approvals")
        await self.hear()


def _point(draft: Draft) -> dict[str, Any]:
    about = {"unit_id": str(draft.unit_id), "year": YEAR, "region": "vest"}
    return {**about, "category": "website", "level": "national", "text": "Nettsiden mangler lenke."}


@asynccontextmanager
async def hearing_review(
    databases: Databases, tokens: Tokens, url: str, folder: Path, draft: Draft
) -> AsyncIterator[review_fixture.Service]:
    """A review that reads its submissions at ``url`` and knows the draft's unit."""
    told = review_fixture.settings(databases, tokens, reporting_url=HttpUrl(url), bundles=folder)
    async with review_fixture.serving(told, tokens, draft.service.clock) as review:
        said = registry.UnitRegisteredV1(
            unit_id=draft.unit_id,
            code="L-1",
            kind="national_treatment_service",
            name_nb="Nasjonal tjeneste L-1",
            name_en=None,
            regions=["vest"],
            trusts=["ht-vest"],
            active_from=date(2010, 1, 1),
        )
        await review.registry.tell(said, subject=draft.unit_id)
        yield review


@pytest.fixture
async def year(databases: Databases, tokens: Tokens, tmp_path: Path) -> AsyncIterator[Year]:
    folder, port = tmp_path / "bundles", free_port()
    url = f"http://127.0.0.1:{port}"
    async with reporting_fixture.reporting(databases, tokens) as service, served(service.app, port, runs=True):
        draft = await drafted(service)
        service.clock.move(days=85)
        feed = FeedClient(url, lambda: tokens.mint("service:review", "reporting"))
        async with hearing_review(databases, tokens, url, folder, draft) as review:
            secretary, ministry = await review.holder("directors_secretary"), await review.holder("ministry")
            yield Year(draft, review, feed, secretary, ministry, folder)
        await feed.close()


async def test_the_ministry_gets_every_report_as_it_was_handed_in(year: Year) -> None:
    await year.present()
    sent = await year.send()
    assert sent.status_code == 201, sent.text
    found = await year.fetched()
    report = json.loads(found["data/reports/L-1.json"])
    assert report["answers"][ACCESS]["text"] == "Et svar."
    assert report["addenda"][NORD]["text"] == "Et sent svar fra nord."
    assert FEEDBACK not in report["answers"]
    assert [role["name"] for role in report["roles"] if role["role"] == "professional_lead"] == ["Ragnhild Leder"]
    everything = b"".join(found.values()).decode()
    assert "tungvint" not in everything
    assert "Et funn." not in everything, "an assessment left the house"
    page = found["reports/L-1.html"].decode()
    assert "Likeverdig tilgang" in page
    assert "Et sent svar fra nord." in page
    first = found["index.html"].decode()
    for said in ("Godt arbeid.", "Et godt år.", "Nettsiden mangler lenke.", "Saken sendes departementet."):
        assert said in first


async def test_it_is_sent_once_and_the_same_request_again_changes_nothing(year: Year) -> None:
    await year.present()
    (year.folder).mkdir(parents=True)
    (year.folder / f"dossier-{YEAR}-0123456789abcdef.zip").write_bytes(b"left behind by a crash")
    sent = await year.send("sending")
    assert sent.status_code == 201, sent.text
    shown = await year.ministry.shown(PATH)
    assert (shown["status"], shown["sent"]["sha256"]) == ("sent", sent.json()["sha256"])
    assert [row["year"] for row in await year.ministry.shown("/dossiers")] == [YEAR]
    state = await year.ministry.shown(f"/report-states/{year.draft.id}")
    assert state["state"] == "sent_to_ministry"
    assert (await year.send("sending")).json() == sent.json()
    again = await year.send()
    assert (again.status_code, again.json()["code"]) == (409, "already_sent")
    assert [file.name for file in year.folder.iterdir()] == [f"dossier-{YEAR}-{sent.json()['sha256'][:16]}.zip"]
    receipt = {"on": "2026-03-05", "reference": "HOD 26/9", "channel": "electronic"}
    await year.secretary.done("POST", f"{PATH}/receipts", receipt)
    twice = await year.secretary.post(f"{PATH}/receipts", receipt)
    assert (twice.status_code, twice.json()["code"]) == (409, "already_receipted")
    assert (await year.ministry.shown(PATH))["receipt"]["channel"] == "electronic"


async def test_a_text_removed_afterwards_is_told_by_a_supplement_and_the_bundle_stays(year: Year) -> None:
    await year.present()
    await year.send()
    before = await year.fetched()
    await year.redact()
    [due] = (await year.secretary.shown(PATH))["changes_due"]
    assert (due["report_id"], due["place"], due["why"]) == (str(year.draft.id), ACCESS, "redaction")
    await year.review.reporting.tell_again()
    assert await year.fetched() == before
    follows = {"units": [str(year.draft.unit_id)], "reason": "En tekst er fjernet."}
    made = await year.secretary.done("POST", f"{PATH}/supplements", follows)
    assert made["number"] == 1
    supplement = await year.fetched(f"{PATH}/supplements/1/bundle")
    report = json.loads(supplement["data/reports/L-1.json"])
    assert report["answers"][ACCESS]["text"] is None
    assert report["answers"][ACCESS]["removed"]["reason"] == "Kunne kjennes igjen"
    assert "Supplement 1 til samlesaken for 2025" in supplement["index.html"].decode()
    shown = await year.secretary.shown(PATH)
    assert (shown["changes_due"], shown["supplements"][0]["reason"]["text"]) == ([], "En tekst er fjernet.")
    assert json.loads(supplement["manifest.json"])["number"] == 1
    assert compare(year.review.parts.store, READ_MODELS).differences["dossiers"] == 0


async def test_what_changes_before_the_sending_is_not_told_and_is_sent_as_it_is(year: Year) -> None:
    await year.present()
    await year.redact()
    text = {"text": "Et bedre år, etter møtet.", "base_version": 1}
    late = await (await year.review.reviewer("vest")).put(f"/summaries/{YEAR}/vest", text)
    assert (late.status_code, late.json()["code"]) == (409, "already_presented")
    assert (await year.send()).status_code == 201
    found = await year.fetched()
    assert "Teksten ble fjernet" in found["reports/L-1.html"].decode()
    assert [summary["text"]["text"] for summary in json.loads(found["data/summaries.json"])] == ["Et godt år."]
    assert (await year.secretary.shown(PATH))["changes_due"] == []


async def test_a_bundle_that_was_lost_or_changed_on_the_disk_is_not_given_out(year: Year) -> None:
    await year.present()
    await year.send()
    [file] = year.folder.iterdir()
    file.write_bytes(file.read_bytes()[:-1])
    for _ in range(2):
        answer = await year.ministry.get(f"{PATH}/bundle")
        assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
        file.unlink(missing_ok=True)


async def test_a_late_answer_after_the_sending_is_told_too(year: Year) -> None:
    await year.present()
    await year.send()
    await year.follow_up_answer("midt", MIDT)
    [due] = (await year.secretary.shown(PATH))["changes_due"]
    assert (due["place"], due["why"]) == (MIDT, "addendum")


async def test_a_text_removed_while_the_bundle_is_made_is_not_sent(year: Year) -> None:
    await year.present()
    year.when_read(year.redact)
    moved = await year.send("sending")
    assert (moved.status_code, moved.json()["code"]) == (503, "unavailable")
    assert (await year.secretary.shown(PATH))["status"] == "presented"
    sent = await year.send("sending")
    assert sent.status_code == 201, sent.text
    report = json.loads((await year.fetched())["data/reports/L-1.json"])
    assert report["answers"][ACCESS]["text"] is None
    assert (await year.secretary.shown(PATH))["changes_due"] == []
    assert [file.name for file in year.folder.iterdir()] == [f"dossier-{YEAR}-{sent.json()['sha256'][:16]}.zip"]


async def test_a_late_answer_while_a_supplement_is_made_is_in_it_or_stays_due(year: Year) -> None:
    await year.present()
    await year.send()
    await year.redact()
    year.when_read(lambda: year.follow_up_answer("midt", MIDT))
    follows = {"units": [str(year.draft.unit_id)], "reason": "En tekst er fjernet."}
    moved = await year.secretary.post(f"{PATH}/supplements", follows, Idempotency_Key="following")
    assert (moved.status_code, moved.json()["code"]) == (503, "unavailable")
    due = (await year.secretary.shown(PATH))["changes_due"]
    assert [change["why"] for change in due] == ["redaction", "addendum"]
    made = await year.secretary.post(f"{PATH}/supplements", follows, Idempotency_Key="following")
    assert made.status_code == 201, made.text
    report = json.loads((await year.fetched(f"{PATH}/supplements/1/bundle"))["data/reports/L-1.json"])
    assert report["addenda"][MIDT]["text"] == "Et sent svar fra midt."
    assert (await year.secretary.shown(PATH))["changes_due"] == []
