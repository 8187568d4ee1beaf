"""A text is removed from all history over HTTP: asked by one, approved by another, gone everywhere and for good."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from threading import Event
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import Engine, MetaData, create_engine, select, text
from sqlalchemy.engine import make_url

from services.reporting.report.events import Answered
from services.reporting.settings import Settings
from shared.desk import Command, UnitOfWork
from shared.vault import Shredded, Vault
from tests.eventually import eventually_async
from tests.integration.draft import ACCESS, NORD, Draft, drafted
from tests.integration.reporting import MovableClock, Service, serving, settings
from tests.stores import Databases
from tests.tokens import Tokens

pytestmark = [pytest.mark.integration, pytest.mark.anyio]
SECRET = "Pasienten Ola Hemmelig, født 010203"
WHY = {"reason": "pasientopplysninger", "legal_basis": "personvernforordningen art. 17"}


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


async def requested(draft: Draft, place: str, first: int, last: int) -> str:
    """The lead asks for a redaction."""
    body = {"place": place, "first_version": first, "last_version": last, **WHY}
    return str((await draft.lead.done("POST", f"{draft.path}/redactions", body))["redaction_id"])


async def redacted(draft: Draft, place: str, first: int, last: int) -> dict[str, Any]:
    """The lead asks, and the desk approves."""
    asked = await requested(draft, place, first, last)
    return await draft.ask(draft.desk, f"redactions/{asked}/approvals")


async def everything_read(draft: Draft) -> str:
    """All that can be read of the report, by somebody who may read everything."""
    reader = draft.service.joint
    latest = await draft.shown(reader)
    read = [latest, await draft.facts()]
    read += [await draft.shown(reader, version=number) for number in range(1, latest["report_version"] + 1)]
    read += [await reader.shown(f"{draft.path}/submissions/{s['number']}") for s in latest["submissions"]]
    return json.dumps(read, ensure_ascii=False)


def everything_kept(*urls: str) -> bytes:
    """Every row of every table of some databases, and their files where they are files."""
    kept = []
    for url in urls:
        address = make_url(url)
        if not address.host:
            kept += [file.read_bytes() for file in Path(str(address.database)).parent.glob("*.db*")]
        engine = create_engine(address.set(drivername="postgresql+psycopg") if address.host else address)
        tables = MetaData()
        tables.reflect(engine)
        with engine.connect() as connection:
            values = [v for table in tables.sorted_tables for row in connection.execute(select(table)) for v in row]
        engine.dispose()
        assert values
        kept += [bytes(v) if isinstance(v, bytes | memoryview) else str(v).encode() for v in values]
    return b"\n".join(kept)


async def test_two_persons_remove_a_text(draft: Draft) -> None:
    await draft.answered(draft.lead, ACCESS, SECRET)
    path = f"{draft.path}/redactions"
    own = await draft.desk.done("POST", path, {"place": ACCESS, "first_version": 1, "last_version": 1, **WHY})
    approval = f"{path}/{own['redaction_id']}/approvals"
    for by, status, code in [(draft.desk, 409, "four_eyes_needed"), (draft.lead, 403, "not_allowed")]:
        refused = await by.post(approval)
        assert (refused.status_code, refused.json()["code"]) == (status, code)
    assert (await draft.shown(draft.lead))["answers"][ACCESS]["text"] == SECRET
    await draft.service.joint.done("POST", approval)
    answer = (await draft.shown(draft.lead))["answers"][ACCESS]
    assert (answer["text"], answer["version"]) == (None, 2)
    assert answer["removed"].items() >= {"approved_by": "joint_desk", "asked_by": "service_desk", **WHY}.items()
    again = await draft.service.joint.post(approval)
    assert (again.status_code, again.json()["code"]) == (409, "redaction_decided")
    assert SECRET not in await everything_read(draft)


async def test_what_cannot_be_asked_for(draft: Draft) -> None:
    await draft.answered(draft.lead, ACCESS, "Et svar.")
    body = {"place": ACCESS, "first_version": 1, "last_version": 1, **WHY}
    wrongs: list[tuple[dict[str, Any], int, str]] = [
        ({"last_version": 2}, 409, "range_unknown"),
        ({"first_version": 2, "last_version": 1}, 409, "range_unknown"),
        ({"place": NORD}, 404, "question_not_in_template"),
        ({"legal_basis": " "}, 422, "malformed"),
    ]
    for wrong, status, code in wrongs:
        refused = await draft.lead.post(f"{draft.path}/redactions", body | wrong)
        assert (refused.status_code, refused.json()["code"]) == (status, code)
    not_asked = await draft.desk.post(f"{draft.path}/redactions/{draft.id}/approvals")
    assert (not_asked.status_code, not_asked.json()["code"]) == (404, "redaction_not_found")
    assert len(await draft.facts()) == 3


async def test_a_rejected_request_removes_nothing(draft: Draft) -> None:
    await draft.answered(draft.lead, ACCESS, SECRET)
    asked = await requested(draft, ACCESS, 1, 1)
    await draft.ask(draft.desk, f"redactions/{asked}/rejections", reason="ikke pasientopplysninger")
    shown = await draft.shown(draft.lead)
    assert (shown["answers"][ACCESS]["text"], shown["redactions"][0]["rejected"]) == (SECRET, True)


async def test_the_text_is_gone_everywhere_and_the_rest_stays_readable(draft: Draft, told: Settings) -> None:
    await draft.write_unit_part()
    await draft.write_group_part()
    await draft.answered(draft.lead, ACCESS, SECRET, base=1)
    receipt = await draft.submitted()
    await draft.ask(draft.desk, "reopenings", reason="pasientopplysninger")
    await draft.answered(draft.lead, ACCESS, "Uten opplysninger.", base=2)
    assert SECRET in await everything_read(draft)
    await redacted(draft, ACCESS, 2, 2)
    read = await everything_read(draft)
    assert SECRET not in read
    assert SECRET.encode() not in everything_kept(told.database_url, told.vault_url)
    shown = await draft.shown(draft.lead)
    assert shown["answers"][ACCESS]["text"] == "Uten opplysninger."
    texts = [fact["data"]["text"]["text"] for fact in await draft.facts("Answered") if fact["data"]["text"]]
    assert [kept for kept in texts if kept != "Et svar."] == [None, "Uten opplysninger."]
    assert texts.count("Et svar.") == 9
    frozen = await draft.lead.shown(f"{draft.path}/submissions/1")
    assert hashlib.sha256(frozen["canonical"].encode()).hexdigest() == receipt["sha256"] == frozen["sha256"]
    assert frozen["report"]["answers"][ACCESS]["removed"]["legal_basis"] == WHY["legal_basis"]


async def test_of_three_versions_two_are_removed_one_after_the_other(draft: Draft) -> None:
    for base, written in enumerate(("Første.", "Andre.", "Tredje.")):
        await draft.answered(draft.lead, ACCESS, written, base=base)
    await redacted(draft, ACCESS, 1, 1)
    await redacted(draft, ACCESS, 2, 2)
    assert (await draft.shown(draft.lead))["answers"][ACCESS]["text"] == "Tredje."
    texts = [fact["data"]["text"]["text"] for fact in await draft.facts("Answered")]
    assert texts == [None, None, "Tredje."]
    await draft.answered(draft.lead, ACCESS, "Fjerde.", base=3)
    assert (await draft.shown(draft.lead))["answers"][ACCESS]["text"] == "Fjerde."


async def test_a_line_is_removed_with_its_text(draft: Draft, told: Settings) -> None:
    made = await draft.add(draft.lead, "activity.teaching", title=SECRET)
    other = await draft.add(draft.lead, "activity.teaching", title="Kurs")
    await redacted(draft, made["entry_id"], 1, 1)
    lines = (await draft.shown(draft.lead))["entries"]["activity.teaching"]
    assert [(line["entry_id"], line["fields"] and line["fields"]["title"]) for line in lines] == [
        (made["entry_id"], None),
        (other["entry_id"], "Kurs"),
    ]
    assert (lines[0]["removed_from_list"], lines[0]["removed"]["reason"]) == (True, WHY["reason"])
    back = await draft.lead.post(
        f"{draft.path}/entries/{made['entry_id']}/restorations", {"base_version": lines[0]["version"]}
    )
    assert (back.status_code, back.json()["code"]) == (409, "entry_is_removed")
    assert SECRET not in await everything_read(draft)
    assert SECRET.encode() not in everything_kept(told.database_url, told.vault_url)


@pytest.mark.parametrize("version", [1, 2, 3])
async def test_a_line_taken_out_and_put_back_has_one_text_at_all_its_versions(
    draft: Draft, told: Settings, version: int
) -> None:
    made = await draft.add(draft.lead, "activity.teaching", title=SECRET)
    path = f"{draft.path}/entries/{made['entry_id']}"
    await draft.lead.done("DELETE", f"{path}?base_version=1")
    await draft.lead.done("POST", f"{path}/restorations", {"base_version": 2})
    await redacted(draft, made["entry_id"], version, version)
    [line] = (await draft.shown(draft.lead))["entries"]["activity.teaching"]
    assert (line["fields"], line["removed_from_list"], line["version"]) == (None, True, 4)
    assert SECRET not in await everything_read(draft)
    assert SECRET.encode() not in everything_kept(told.database_url, told.vault_url)


async def test_the_text_a_line_had_before_it_was_taken_out_stays_when_another_is_removed(draft: Draft) -> None:
    made = await draft.add(draft.lead, "activity.teaching", title="Kurs")
    path = f"{draft.path}/entries/{made['entry_id']}"
    await draft.lead.done("DELETE", f"{path}?base_version=1")
    await draft.lead.done("POST", f"{path}/restorations", {"base_version": 2})
    body = {"fields": {"title": SECRET}, "base_version": 3}
    await draft.lead.done("PUT", f"{path}/fields", body)
    await redacted(draft, made["entry_id"], 4, 4)
    before = await draft.shown(draft.lead, version=(await draft.facts("EntryRestored"))[0]["version"])
    assert before["entries"]["activity.teaching"][0]["fields"]["title"] == "Kurs"
    assert SECRET not in await everything_read(draft)


async def test_a_late_answer_is_removed_like_any_other(draft: Draft) -> None:
    await draft.write_unit_part()
    await draft.write_group_part(NORD)
    await draft.ask(draft.leader, "consents")
    await draft.submitted()
    await draft.members["nord"].done("POST", f"{draft.path}/addenda", {"question_id": NORD, "text": SECRET})
    assert SECRET in await everything_read(draft)
    body = {"place": NORD, "first_version": 1, "last_version": 1, **WHY}
    asked = await draft.leader.done("POST", f"{draft.path}/redactions", body)
    await draft.ask(draft.desk, f"redactions/{asked['redaction_id']}/approvals")
    assert SECRET not in await everything_read(draft)
    assert (await draft.shown(draft.lead))["addenda"][NORD]["removed"]["reason"] == WHY["reason"]


def keys(told: Settings) -> Engine:
    """The key database itself, as whoever restores a backup has it in hand."""
    address = make_url(told.vault_url)
    return create_engine(address.set(drivername="postgresql+psycopg") if address.host else address)


async def test_a_restored_key_is_destroyed_again_at_the_start(told: Settings, tokens: Tokens) -> None:
    clock = MovableClock()
    async with serving(told, tokens, clock) as service:
        service.joint = await service.holder("joint_desk")
        draft = await drafted(service)
        await draft.answered(draft.lead, ACCESS, SECRET)
        with keys(told).begin() as connection:
            backup = connection.execute(text("SELECT wrapped, subject FROM keys WHERE generation = 1")).all()
        await redacted(draft, ACCESS, 1, 1)
        [sealed] = [r.event.text for r in service.parts.store.recorded(draft.id) if isinstance(r.event, Answered)]
        said = service.registry.said
    assert sealed is not None
    with keys(told).begin() as connection:
        for wrapped, subject in backup:
            change = text("UPDATE keys SET wrapped = :wrapped WHERE subject = :subject AND generation = 1")
            connection.execute(change, {"wrapped": wrapped, "subject": subject})
    assert Vault(told.vault_url, told.vault_key.get_secret_value()).open(sealed) == SECRET
    async with serving(told, tokens, clock, said) as restarted:
        restarted.joint = restarted.caller(service.joint.person_id)
        draft.service = restarted
        assert SECRET not in await everything_read(draft)
    with pytest.raises(Shredded):
        Vault(told.vault_url, told.vault_key.get_secret_value()).open(sealed)


async def test_a_text_in_flight_is_sealed_anew(draft: Draft) -> None:
    await draft.answered(draft.lead, ACCESS, SECRET)
    asked = await requested(draft, ACCESS, 1, 1)
    desk, gate = draft.service.parts.desk, Event()

    def wait_at_the_gate(unit: UnitOfWork) -> dict[str, Any]:
        assert gate.wait(60)
        return {}

    async def meanwhile() -> None:
        # The approval waits for the writer, and behind it an answer that was sealed before it is decided.
        await eventually_async(lambda: len(desk.waiting) == 1)
        approval = asyncio.create_task(draft.ask(draft.desk, f"redactions/{asked}/approvals"))
        await eventually_async(lambda: len(desk.waiting) == 2)
        answer = asyncio.create_task(draft.answered(draft.lead, ACCESS, "Skrevet imens.", base=2))
        await eventually_async(lambda: len(desk.waiting) == 3)
        gate.set()
        await asyncio.gather(approval, answer)

    await asyncio.gather(desk.do(Command(uuid4(), b"", wait_at_the_gate)), meanwhile())
    answer = (await draft.shown(draft.lead))["answers"][ACCESS]
    assert (answer["text"], answer["version"]) == ("Skrevet imens.", 3)
    assert SECRET not in await everything_read(draft)


@asynccontextmanager
async def after_a_loss(
    told: Settings, tokens: Tokens, written: str
) -> AsyncIterator[tuple[Draft, list[dict[str, Any]]]]:
    """A draft whose first answer was sealed with a key that is not there when the service starts anew; those keys."""
    clock = MovableClock()
    async with serving(told, tokens, clock) as service:
        service.joint = await service.holder("joint_desk")
        draft = await drafted(service)
        await draft.answered(draft.lead, ACCESS, written)
    with keys(told).begin() as connection:
        found = connection.execute(text("SELECT subject, generation, wrapped FROM keys")).mappings().all()
        connection.execute(text("DELETE FROM keys"))
    async with started_anew(told, tokens, clock, draft):
        yield draft, [dict(row) for row in found]


@asynccontextmanager
async def started_anew(told: Settings, tokens: Tokens, clock: MovableClock, draft: Draft) -> AsyncIterator[None]:
    """The same people with the same draft, on a service that was started again."""
    before = draft.service
    async with serving(told, tokens, clock, before.registry.said) as restarted:
        draft.service, restarted.joint = restarted, restarted.caller(before.joint.person_id)
        draft.lead, draft.desk = (restarted.caller(who.person_id) for who in (draft.lead, draft.desk))
        yield


async def test_a_text_whose_key_was_lost_is_told_as_unreadable(told: Settings, tokens: Tokens) -> None:
    async with after_a_loss(told, tokens, "Sealed with a key that no backup holds.") as (draft, _):
        await draft.answered(draft.lead, ACCESS, "Written since.", base=1)
        assert (await draft.shown(draft.lead))["answers"][ACCESS]["text"] == "Written since."
        before = await draft.service.joint.shown(draft.path, version=2)
        assert (before["answers"][ACCESS]["text"], before["answers"][ACCESS]["unreadable"]) == (None, True)


async def test_what_was_written_beside_a_lost_key_can_be_removed(told: Settings, tokens: Tokens) -> None:
    async with after_a_loss(told, tokens, "Sealed with a key that no backup holds.") as (draft, _):
        await draft.answered(draft.lead, ACCESS, SECRET, base=1)
        await redacted(draft, ACCESS, 2, 2)
        assert SECRET not in await everything_read(draft)
        await draft.answered(draft.lead, ACCESS, "Uten opplysninger.", base=3)
        await redacted(draft, ACCESS, 1, 1)
        assert (await draft.shown(draft.lead))["answers"][ACCESS]["text"] == "Uten opplysninger."


async def test_a_lost_key_that_was_redacted_stays_gone_when_it_is_found(told: Settings, tokens: Tokens) -> None:
    async with after_a_loss(told, tokens, SECRET) as (draft, found):
        await redacted(draft, ACCESS, 1, 1)
        await draft.answered(draft.lead, ACCESS, "Uten opplysninger.", base=2)
    with keys(told).begin() as connection:
        connection.execute(text("DELETE FROM keys WHERE generation = 1"))
        connection.execute(text("INSERT INTO keys VALUES (:subject, :generation, :wrapped)"), found)
    async with started_anew(told, tokens, MovableClock(), draft):
        read = await everything_read(draft)
        assert SECRET not in read
        assert "Uten opplysninger." in read
