"""People over HTTP: the first one, their logins, who reads their names, and how they are forgotten."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from anyio import to_thread

from services.registry.bootstrap import AlreadyBootstrapped
from shared.access import NotAllowed, NotRegistered
from shared.clock import Clock
from tests.eventually import eventually_async
from tests.integration.registry import Client, Service, registry, serving, settings
from tests.integration.reporting import MovableClock
from tests.stores import Databases, sqlite_databases
from tests.tokens import Tokens

pytestmark = [pytest.mark.integration, pytest.mark.anyio]
LOGIN = "login:" + "b" * 64


class Moved(Clock):
    """A clock that can be set forward."""

    ahead = timedelta()

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead


@pytest.fixture
async def service(databases: Databases, tokens: Tokens) -> AsyncIterator[Service]:
    async with registry(databases, tokens) as running:
        yield running


async def test_only_the_operator_names_the_first_person_and_only_once(databases: Databases, tokens: Tokens) -> None:
    first = {"name": "Olav Eksempel", "email": "olav@desk.example"}
    async with serving(settings(databases, tokens)) as http:
        someone = Client(http, tokens.bearer("7" * 8 + "-7777-7777-7777-" + "7" * 12, "registry"))
        operator = Client(http, tokens.bearer("operator", "registry"))
        assert (await someone.post("/bootstrap", first)).json()["code"] == NotAllowed.code
        assert (await operator.post("/bootstrap", {**first, "email": "olav"})).status_code == 422
        assert (await operator.post("/bootstrap", first)).status_code == 201
        again = await operator.post("/bootstrap", first)
        assert (again.status_code, again.json()["code"]) == (409, AlreadyBootstrapped.code)


async def test_the_operator_and_machines_do_nothing_else(service: Service) -> None:
    for subject in ("operator", "system:archive"):
        caller = service.caller(subject)
        assert (await caller.get("/units")).status_code == 403
        assert (await caller.post("/persons", {"name": "Kari"})).status_code == 403


async def test_me_tells_the_roles_held_today(service: Service) -> None:
    unit = await service.unit()
    lead = await service.holder("professional_lead", unit_id=unit)
    await service.desk.made(f"/roles/{lead.assignment_id}/endings", {"until": "2021-01-01"})
    told = (await lead.get("/me")).json()
    assert (told["card"]["name"], told["roles"]) == ("Kari Eksempel", [])
    assert "register_unit" in (await service.desk.get("/me")).json()["allowed_operations"]


@pytest.mark.parametrize("email", ["kari", "kari@", "@desk.example", "kari@@desk.example", "kari@desk..example"])
async def test_an_address_that_is_none_is_refused_with_its_place(service: Service, email: str) -> None:
    answer = await service.desk.post("/persons", {"name": "Kari", "email": email})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/email")


async def test_names_are_not_in_the_log(tokens: Tokens, tmp_path: Path) -> None:
    async with registry(sqlite_databases(tmp_path), tokens) as service:
        await service.person("Ragnhild Unik", email="ragnhild@unik.example", phone="+47 99 88 77 66")
        file = service.settings.database_url.removeprefix("sqlite:///")
        with sqlite3.connect(file) as database:
            dump = "\n".join(database.iterdump())
    assert "Unik" not in dump
    assert "unik.example" not in dump
    assert "99 88" not in dump


async def test_contact_data_go_to_desks_the_person_and_the_same_unit(service: Service) -> None:
    unit, other = await service.unit(), await service.unit("L-2")
    lead = await service.holder("professional_lead", unit_id=unit)
    colleague = await service.holder("coordinator", unit_id=unit)
    stranger = await service.holder("coordinator", unit_id=other)
    desk = await service.holder("service_desk", region="nord")

    async def sees(reader: Client) -> bool:
        return (await reader.get(f"/persons/{lead.person_id}")).json()["card"] is not None

    assert [await sees(reader) for reader in (lead, colleague, desk, stranger)] == [True, True, True, False]
    history = (await stranger.get(f"/persons/{lead.person_id}/history")).json()
    assert history[0]["data"]["card"]["name"] == {"sealed": True, "length": 13}
    assert (await desk.get(f"/persons/{lead.person_id}/history")).json()[0]["data"]["card"]["name"]
    assert (await stranger.get("/persons")).status_code == 403
    assert len((await desk.get("/persons")).json()["items"]) == 5


async def test_a_card_is_replaced_and_the_old_one_stays_in_history(service: Service) -> None:
    person = await service.person("Kari Gammel")
    path = f"/persons/{person.person_id}"
    answer = await service.desk.send("PUT", f"{path}/card", json={"name": "Kari Ny"}, seen=1)
    assert answer.status_code == 200
    assert (await person.get(path)).json()["card"]["name"] == "Kari Ny"
    assert (await person.get(path, version=1)).json()["card"]["name"] == "Kari Gammel"
    names = [fact["data"]["card"]["name"] for fact in (await person.get(f"{path}/history")).json()]
    assert names == ["Kari Gammel", "Kari Ny"]
    stale = await service.desk.send("PUT", f"{path}/card", json={"name": "Kari"}, seen=1)
    assert stale.status_code == 412


async def test_an_invitation_binds_a_login_once(service: Service) -> None:
    person, login = await service.person(), service.caller(LOGIN)
    path = f"/persons/{person.person_id}/invitations"
    first, second = [(await service.desk.made(path))["code"] for _ in range(2)]
    assert (await login.get("/me")).json()["code"] == NotRegistered.code
    assert (await login.post("/logins", {"code": first})).json()["code"] == "invitation_not_valid"
    assert (await login.post("/logins", {"code": second})).status_code == 201
    assert (await login.get("/me")).json()["person_id"] == person.person_id
    assert (await login.post("/logins", {"code": second})).json()["code"] == "invitation_not_valid"
    assert (await person.post("/logins", {"code": second})).json()["code"] == NotAllowed.code


async def test_what_a_login_is_known_by_is_for_the_desks_and_auditors(service: Service) -> None:
    person, auditor = await service.person(), await service.holder("auditor")
    stranger = await service.person()
    invited = await service.desk.made(f"/persons/{person.person_id}/invitations")
    await service.caller(LOGIN).made("/logins", {"code": invited["code"]})
    path = f"/persons/{person.person_id}/history"
    hashes = {"login_hash", "code_hash"}
    for reader, shown in ((person, 0), (stranger, 0), (auditor, 3), (service.desk, 3)):
        facts = (await reader.get(path)).json()
        assert len(facts) == 4
        assert sum(bool(hashes & set(fact["data"])) for fact in facts) == shown


async def test_an_invitation_can_be_asked_for_again_with_the_same_key(service: Service) -> None:
    person = await service.person()
    path = f"/persons/{person.person_id}/invitations"
    codes = {(await service.desk.made(path, Idempotency_Key="same"))["code"] for _ in range(2)}
    assert len(codes) == 1


async def test_who_somebody_is_taken_for_is_the_own_desks_business(service: Service) -> None:
    vest, nord = [await service.holder("service_desk", region=region) for region in ("vest", "nord")]
    unit = await service.unit()
    lead = await service.holder("professional_lead", unit_id=unit)
    reviewer = await service.holder("reviewer", region="nord")
    employed, nobody = await service.person(trust="ht-vest"), await service.person()
    card = {"name": "Kari", "email": "kari@elsewhere.example"}
    login = {"issuer": "https://idp.example", "national_id": "01018012345"}
    allowed = [
        (vest, lead, True),
        (nord, lead, False),
        (vest, employed, True),
        (nord, employed, False),
        (vest, nobody, True),
        (nord, nobody, True),
        (nord, reviewer, False),
        (nord, vest, False),
        (service.desk, reviewer, True),
        (service.desk, lead, True),
    ]
    names = {"change_card", "invite", "link_login", "unlink_login"}
    for desk, person, may in allowed:
        path = f"/persons/{person.person_id}"
        shown = (await desk.get(path)).json()
        assert names & set(shown["allowed_operations"]) == (names if may else set()), (desk, person)
        if may:
            await desk.made(f"{path}/invitations")
            continue
        asks = [
            await desk.post(f"{path}/invitations"),
            await desk.post(f"{path}/logins", login),
            await desk.post(f"{path}/login-removals", {"login_hash": "b" * 64, "reason": "feil"}),
            await desk.send("PUT", f"{path}/card", json=card, seen=shown["version"]),
        ]
        assert [answer.json()["code"] for answer in asks] == [NotAllowed.code] * 4


async def test_an_invitation_counts_no_more_once_a_login_was_linked(service: Service) -> None:
    person = await service.person()
    path = f"/persons/{person.person_id}"
    code = (await service.desk.made(f"{path}/invitations"))["code"]
    await service.desk.made(f"{path}/logins", {"issuer": "https://idp.example", "national_id": "01018012345"})
    late = await service.caller(LOGIN).post("/logins", {"code": code})
    assert (late.status_code, late.json()["code"]) == (409, "invitation_not_valid")


async def test_an_invitation_expires(databases: Databases, tokens: Tokens) -> None:
    clock = Moved()
    async with registry(databases, tokens, clock=clock) as service:
        person = await service.person()
        code = (await service.desk.made(f"/persons/{person.person_id}/invitations"))["code"]
        clock.ahead = timedelta(days=15)
        answer = await service.caller(LOGIN).post("/logins", {"code": code})
    assert (answer.status_code, answer.json()["code"]) == (409, "invitation_not_valid")


async def test_a_login_belongs_to_one_person_until_it_is_unlinked(service: Service) -> None:
    one, two = await service.person(), await service.person()
    login = {"issuer": "https://idp.example", "national_id": "01018012345"}
    await service.desk.made(f"/persons/{one.person_id}/logins", login)
    taken = await service.desk.post(f"/persons/{two.person_id}/logins", login)
    assert (taken.status_code, taken.json()["code"]) == (409, "login_taken")
    (linked,) = (await service.desk.get(f"/persons/{one.person_id}")).json()["logins"]
    caller = service.caller(f"login:{linked}")
    assert (await caller.get("/me")).json()["person_id"] == one.person_id
    gone = {"login_hash": linked, "reason": "feil person"}
    wrong = await service.desk.post(f"/persons/{two.person_id}/login-removals", gone)
    assert wrong.json()["code"] == "login_not_linked"
    await service.desk.made(f"/persons/{one.person_id}/login-removals", gone)
    assert (await caller.get("/me")).json()["code"] == NotRegistered.code
    await service.desk.made(f"/persons/{two.person_id}/logins", login)
    events = [fact["event"] for fact in (await service.desk.get(f"/persons/{one.person_id}/history")).json()]
    assert events == ["registry.Person.Registered", "registry.Login.Linked", "registry.Login.Unlinked"]


async def test_a_token_of_a_person_nobody_knows_is_not_registered(service: Service) -> None:
    stranger = service.caller("7" * 8 + "-7777-7777-7777-" + "7" * 12)
    for answer in (await stranger.get("/units"), await stranger.post("/persons", {"name": "Kari"})):
        assert (answer.status_code, answer.json()["code"]) == (403, NotRegistered.code)


async def test_tokens_that_do_not_hold_are_refused(service: Service) -> None:
    someone = service.desk.person_id
    expired = await service.caller(someone, iat=1, exp=2).get("/me")
    foreign = await Client(service.http, service.tokens.bearer(someone, "reporting")).get("/me")
    none = await service.http.get("/me")
    assert [answer.status_code for answer in (expired, foreign, none)] == [401, 401, 401]
    assert [answer.json()["code"] for answer in (expired, foreign, none)] == [
        "token_expired",
        "token_for_another_service",
        "token_missing",
    ]


class TestErasure:
    async def ask(self, service: Service, person: Client) -> None:
        body = {"reason": "ba om det", "legal_basis": "GDPR art. 17"}
        await service.desk.made(f"/persons/{person.person_id}/erasures", body)

    async def test_two_persons_erase_and_the_roles_stay_known(self, service: Service) -> None:
        unit = await service.unit()
        lead = await service.holder("professional_lead", unit_id=unit)
        other = await service.holder("service_desk", region="vest")
        await self.ask(service, lead)
        path, body = f"/persons/{lead.person_id}/erasures/approval", {"reason": "riktig"}
        own = await service.desk.post(path, body)
        assert (own.status_code, own.json()["code"]) == (409, "two_persons_needed")
        assert (await other.post(path, body)).status_code == 201

        async def is_gone() -> bool:
            shown = (await service.desk.get(f"/persons/{lead.person_id}")).json()
            return bool(shown["card"]["erased"])

        await eventually_async(is_gone)
        assert (await lead.get("/me")).json()["code"] == NotRegistered.code
        roles = (await service.desk.get("/roles", person_id=lead.person_id)).json()["items"]
        assert [role["role"] for role in roles] == ["professional_lead"]
        facts = (await service.desk.get(f"/persons/{lead.person_id}/history")).json()
        assert facts[0]["data"]["card"]["name"] == {"erased": True}

    async def test_what_an_erased_person_held_stands_in_nobodys_way(
        self, databases: Databases, tokens: Tokens
    ) -> None:
        clock = MovableClock(datetime(2026, 3, 2, 12, tzinfo=UTC))
        async with registry(databases, tokens, clock=clock) as service:
            unit = await service.unit()
            lead = await service.holder("professional_lead", unit_id=unit)
            where = {"unit_id": unit, "region": "nord", "imported": True}
            seat = {"person_id": lead.person_id, "role": "group_leader", "since": "2020-01-01", **where}
            await service.desk.made("/roles", seat)
            other = await service.holder("service_desk", region="vest")
            await self.ask(service, lead)
            await other.made(f"/persons/{lead.person_id}/erasures/approval", {"reason": "riktig"})
            roles = (await service.desk.get("/roles", person_id=lead.person_id)).json()["items"]
            assert {role["until"] for role in roles} == {"2026-03-02"}
            tomorrow = "2026-03-03"
            group = (await service.desk.get(f"/units/{unit}/group", on=tomorrow)).json()
            assert (group["leader"], "no_leader" in group["warnings"]) == (None, True)
            successor = (await service.person()).person_id
            body = {"person_id": successor, "role": "professional_lead", "unit_id": unit, "since": tomorrow}
            await service.desk.made("/roles", body)

    async def test_a_key_that_came_back_from_a_backup_is_destroyed_at_the_start(
        self, tokens: Tokens, tmp_path: Path
    ) -> None:
        async with registry(sqlite_databases(tmp_path), tokens) as service:
            person = await service.person("Ragnhild Unik")
            file = Path(service.settings.vault_url.removeprefix("sqlite:///"))
            other = await service.holder("service_desk", region="vest")
            backup = await to_thread.run_sync(file.read_bytes)
            await self.ask(service, person)
            await other.made(f"/persons/{person.person_id}/erasures/approval", {"reason": "riktig"})
            told = service.settings
        await to_thread.run_sync(file.write_bytes, backup)
        async with serving(told) as http:
            desk = Client(http, tokens.bearer(service.desk.person_id, "registry"))
            card = (await desk.get(f"/persons/{person.person_id}")).json()["card"]
        assert (card["erased"], card["name"]) == (True, None)

    async def test_it_can_be_declined(self, service: Service) -> None:
        person = await service.person()
        await self.ask(service, person)
        path = f"/persons/{person.person_id}/erasures/refusal"
        assert (await service.desk.post(path, {"reason": "arkivplikt"})).status_code == 201
        assert (await service.desk.post(path, {"reason": "igjen"})).json()["code"] == "erasure_not_asked"
