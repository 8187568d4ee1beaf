"""Whoever has a report open is told what changes in it, misses nothing, and is told nothing they may not know."""

from __future__ import annotations

import asyncio
import signal
import socket
import sys
from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest

from deploy.places import ROOT
from services.reporting.application.following import Following, Message
from services.reporting.settings import Settings
from shared.contracts import registry
from shared.tokens import Caller as Reader
from tests.integration.draft import ACCESS, NORD, OVERALL, Draft, drafted
from tests.integration.followed import Followers, Stream, address_of, followers
from tests.integration.reporting import Caller, MovableClock, Service, reporting, serving, settings
from tests.stores import Databases
from tests.tokens import Tokens

pytestmark = [pytest.mark.integration, pytest.mark.anyio]
TEACHING, SECRET = "activity.teaching", "En hemmelig tekst."
PROCESS = """
import sys
from pathlib import Path
import uvicorn
from services.reporting.app import build
from tests.integration.reporting import settings
from tests.tokens import Tokens
told = settings(lambda name: f"sqlite:///{sys.argv[1]}/{name}.db", Tokens(Path(sys.argv[2])))
uvicorn.run(build(told), fd=int(sys.argv[3]), log_level="critical")
"""


@pytest.fixture
def told(databases: Databases, tokens: Tokens) -> Settings:
    return settings(databases, tokens)


@pytest.fixture
async def service(told: Settings, tokens: Tokens) -> AsyncIterator[Service]:
    async with serving(told, tokens, MovableClock()) as running:
        running.joint = await running.holder("joint_desk")
        yield running


@pytest.fixture
async def draft(service: Service) -> Draft:
    return await drafted(service)


@pytest.fixture
async def open_to(service: Service) -> AsyncIterator[Followers]:
    async with followers(service.app) as reading:
        yield reading


async def end_role(draft: Draft, holder: Caller) -> None:
    """Somebody's role ended yesterday."""
    ended = registry.RoleEndedV1(assignment_id=UUID(holder.assignment_id), until=date(2025, 12, 9))
    await draft.service.registry.tell(ended)


async def test_a_change_is_told_with_its_place_and_never_with_its_text(draft: Draft, open_to: Followers) -> None:
    async with open_to.reading(draft, draft.leader) as stream:
        assert await stream.message() == {"kind": "presence", "people": []}
        done = await draft.answered(draft.coordinator, ACCESS, SECRET)
        assert await stream.message() == {
            "kind": "answered",
            "version": done["report_version"] - 1,
            "content_version": done["content_version"],
            "status": "in_progress",
            "question_id": ACCESS,
            "entry_id": None,
            "part": "unit",
            "item_version": 1,
            "by": {
                "person_id": draft.coordinator.person_id,
                "role": "coordinator",
                "name": "Kari Eksempel",
                "you": False,
            },
            "at": "2025-12-10T09:00:00Z",
        }
        assert stream.last_id == "2"
        assert (await stream.told("begun"))["version"] == 3
        line = await draft.add(draft.lead, TEACHING, title=SECRET)
        added = await stream.message()
        assert (added["kind"], added["entry_id"], added["question_id"]) == ("entry_added", line["entry_id"], TEACHING)
        await draft.lead.done("DELETE", f"{draft.path}/entries/{line['entry_id']}?base_version=1")
        removed = await stream.message()
        assert (removed["kind"], removed["question_id"], removed["item_version"]) == ("entry_removed", TEACHING, 2)
        assert SECRET not in stream.text


async def test_ones_own_change_is_told_as_ones_own(draft: Draft, open_to: Followers) -> None:
    async with open_to.reading(draft, draft.lead) as stream:
        await draft.answered(draft.lead, ACCESS)
        assert (await stream.told("answered"))["by"]["you"]


async def test_it_is_no_answer_to_keep_and_is_not_held_back(draft: Draft, open_to: Followers) -> None:
    async with open_to.reading(draft, draft.lead) as stream:
        headers = stream.answer.headers
        assert headers["content-type"].startswith("text/event-stream")
        assert (headers["cache-control"], headers["x-accel-buffering"]) == ("no-cache", "no")
        await stream.message()
        assert stream.text.startswith("retry: 3000\n")


async def test_who_comes_back_goes_on_from_what_was_told_last(draft: Draft, open_to: Followers) -> None:
    async with open_to.reading(draft, draft.leader) as stream:
        await draft.answered(draft.lead, ACCESS)
        await stream.told("answered")
        last = stream.last_id
    await open_to.nobody_follows()
    for base in (1, 2, 3):
        await draft.answered(draft.lead, ACCESS, f"Svar {base}.", base=base)
    async with open_to.reading(draft, draft.leader, last=last) as stream:
        told = await stream.changes(6)
    assert [change["version"] for change in told] == [3, 4, 5, 6]


async def test_a_page_that_was_made_before_it_began_to_read_is_told_what_came_between(
    draft: Draft, open_to: Followers
) -> None:
    page = await draft.shown(draft.lead)
    await draft.answered(draft.coordinator, ACCESS)
    async with open_to.reading(draft, draft.lead, after=page["report_version"]) as stream:
        assert (await stream.message())["kind"] == "answered"
    # What a reader was told last is newer than the page it was on.
    async with open_to.reading(draft, draft.lead, last=2, after=page["report_version"]) as stream:
        assert (await stream.message())["kind"] == "begun"


async def test_nothing_is_missed_by_one_who_comes_and_goes_while_others_write(
    draft: Draft, open_to: Followers
) -> None:
    async def write() -> None:
        for base in range(40):
            await draft.answered(draft.lead, ACCESS, f"Svar {base}.", base=base)
            await draft.answered(draft.leader, OVERALL, f"Svar {base}.", base=base)

    told: list[int] = []
    writing = asyncio.create_task(write())
    while not writing.done():
        async with open_to.reading(draft, draft.user, last=told[-1] if told else 1) as stream:
            told += [(await stream.told("answered", "begun", "group_answers_outdated"))["version"] for _ in range(3)]
    await writing
    newest = (await draft.shown(draft.lead))["report_version"]
    if told[-1] < newest:
        async with open_to.reading(draft, draft.user, last=told[-1]) as stream:
            told += [change["version"] for change in await stream.changes(newest)]
    assert told == list(range(2, newest + 1))


async def test_every_fact_of_a_reports_life_is_told(draft: Draft, open_to: Followers) -> None:
    await draft.write_unit_part()
    await draft.write_group_part(NORD)
    await draft.finish(draft.lead, "unit")
    await draft.ask(draft.leader, "consents")
    await draft.submitted()
    await draft.ask(draft.members["nord"], "addenda", question_id=NORD, text=SECRET)
    await draft.ask(draft.desk, "reopenings", reason="En grunn.")
    facts = await draft.facts()
    async with open_to.reading(draft, draft.desk, after=0) as stream:
        told = await stream.changes(len(facts))
    assert [change["kind"] for change in told] == [fact["kind"] for fact in facts]
    assert {"submitted", "addendum_signed", "reopened", "consent_given", "part_finished"} <= {c["kind"] for c in told}
    assert SECRET not in stream.text
    assert "En grunn." not in stream.text


@pytest.mark.parametrize("seen", [9_000, 2**31 - 1])
async def test_who_has_seen_what_is_not_there_is_to_load_the_report_anew(
    draft: Draft, open_to: Followers, seen: int
) -> None:
    async with open_to.reading(draft, draft.lead, last=seen) as stream:
        assert await stream.message() == {"kind": "reload", "version": 1}
        assert stream.last_id == "1"


async def test_only_who_may_read_the_report_follows_it(draft: Draft, open_to: Followers) -> None:
    stranger = await draft.service.holder("professional_lead", unit_id=await draft.service.unit("L-2"))
    assert await open_to.refused(draft, dict(stranger.headers)) == (404, "not_found")
    assert await open_to.refused(draft, {}) == (401, "token_missing")
    assert await open_to.refused(draft, dict(draft.lead.headers), after=-1) == (422, "malformed")
    garbled = {**draft.lead.headers, "Last-Event-ID": "ikke et tall"}
    assert await open_to.refused(draft, garbled) == (422, "malformed")
    assert open_to.following.tail.following == 0


async def test_whose_role_ends_is_told_no_more(draft: Draft, open_to: Followers) -> None:
    async with open_to.reading(draft, draft.coordinator) as stream:
        await stream.message()
        await end_role(draft, draft.coordinator)
        assert await stream.rest() == [{"kind": "ended", "reason": "not_allowed"}]
    assert await open_to.refused(draft, dict(draft.coordinator.headers)) == (404, "not_found")


async def test_names_are_told_to_those_of_the_unit_and_to_those_who_help_or_audit(
    draft: Draft, open_to: Followers
) -> None:
    service = draft.service
    office = await service.holder("trust_office", trust="ht-vest")
    await draft.answered(draft.lead, ACCESS)
    for reader, name in ((draft.user, "Ragnhild Leder"), (draft.desk, "Ragnhild Leder"), (office, None)):
        async with open_to.reading(draft, reader, after=1) as stream:
            assert (await stream.message())["by"]["name"] == name


async def test_who_is_gone_is_forgotten(draft: Draft, open_to: Followers) -> None:
    async with open_to.reading(draft, draft.lead) as one, open_to.reading(draft, draft.leader) as other:
        await one.message()
        await other.message()
        assert open_to.following.tail.following == 2
    await open_to.nobody_follows()
    assert not open_to.following.tail.is_looking
    # What comes after is told to the next as to the first.
    async with open_to.reading(draft, draft.lead) as stream:
        await stream.message()
        await draft.answered(draft.coordinator, ACCESS)
        await stream.told("answered")


async def test_who_follows_is_told_that_the_service_ends(draft: Draft, open_to: Followers) -> None:
    async with open_to.reading(draft, draft.lead) as stream:
        await stream.message()
        open_to.following.tail.end()
        assert await stream.rest() == [{"kind": "ended", "reason": "shutting_down"}]
    assert await open_to.refused(draft, dict(draft.lead.headers)) == (503, "unavailable")


async def test_a_process_that_is_asked_to_end_lets_its_followers_go(tmp_path: Path, tokens: Tokens) -> None:
    async with reporting(lambda name: f"sqlite:///{tmp_path}/{name}.db", tokens) as service:
        draft = await drafted(service)
    # It listens before the process is there, so that nobody asks in vain.
    listening = socket.create_server(("127.0.0.1", 0))
    told = (str(tmp_path), str(tokens.issuers_file.parent), str(listening.fileno()))
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", PROCESS, *told, cwd=ROOT, pass_fds=[listening.fileno()]
    )
    try:
        async with (
            httpx.AsyncClient(base_url=address_of(listening), timeout=60) as http,
            http.stream("GET", f"{draft.path}/changes", headers=dict(draft.lead.headers)) as answer,
        ):
            stream = Stream(answer)
            await stream.message()
            process.send_signal(signal.SIGTERM)
            assert await stream.rest() == [{"kind": "ended", "reason": "shutting_down"}]
        assert await asyncio.wait_for(process.wait(), 60) in (0, -signal.SIGTERM)
    finally:
        if process.returncode is None:
            process.kill()
        listening.close()


async def test_a_stream_ends_by_itself_so_that_its_reader_says_again_who_asks(draft: Draft) -> None:
    parts, reader = draft.service.parts, Reader(draft.lead.person_id, "person")
    following = Following(parts.store, parts.vault, parts.desk, parts.clock, longest=0)
    messages: list[Message] = [m async for m in following.messages(reader, draft.id, 1, asyncio.Event())]
    assert [message.data for message in messages] == [
        {"kind": "presence", "people": []},
        {"kind": "ended", "reason": "renew"},
    ]


async def test_what_another_process_records_is_told_too(draft: Draft, told: Settings, tokens: Tokens) -> None:
    async with serving(told, tokens, draft.service.clock) as standing_by, followers(standing_by.app) as readers:
        assert not standing_by.parts.lease.is_held
        async with readers.reading(draft, draft.leader) as stream:
            await stream.message()
            await draft.answered(draft.lead, ACCESS)
            assert (await stream.told("answered"))["question_id"] == ACCESS


async def test_history_says_what_the_stream_said(draft: Draft, open_to: Followers) -> None:
    await draft.answered(draft.lead, ACCESS)
    await draft.answered(draft.members["nord"], NORD)
    line = await draft.add(draft.lead, TEACHING, title="Et kurs")
    async with open_to.reading(draft, draft.lead, after=0) as stream:
        told = await stream.changes(6)
    places = ("kind", "version", "question_id", "entry_id", "part")
    facts: list[dict[str, Any]] = await draft.lead.shown(f"{draft.path}/history")
    assert [[fact[name] for name in places] for fact in facts] == [[t[name] for name in places] for t in told]
    assert line["entry_id"] in {fact["entry_id"] for fact in facts}
