"""Logging in and out, by a real provider and a real registry."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from services.portal.app import build
from services.portal.sessions import COOKIE
from tests.integration.logging_in import (
    IDENTITY,
    KARI,
    NILS,
    PORTAL,
    WEAK,
    Browser,
    Suite,
    Wire,
    query_of,
    settings,
    suite,
)
from tests.stores import Databases, sqlite_databases
from tests.tokens import Tokens

pytestmark = [pytest.mark.integration, pytest.mark.anyio]


@pytest.fixture
def databases(tmp_path: Path) -> Databases:
    """What the portal stores here is one table, tried on PostgreSQL with the sessions."""
    return sqlite_databases(tmp_path)


@pytest.fixture
async def running(databases: Databases, tokens: Tokens, tmp_path: Path) -> AsyncIterator[Suite]:
    async with suite(databases, tokens, tmp_path) as made:
        yield made


async def test_a_whole_login_leads_to_where_one_wanted(running: Suite) -> None:
    browser = running.browser()
    answer = await browser.log_in(KARI, "/logout?a=b")
    assert answer.headers["Location"] == "/"
    browser = running.browser()
    answer = await browser.log_in(KARI, "/reports/1/om?a=b")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/reports/1/om?a=b")
    cookies = answer.headers.get_list("Set-Cookie")
    (session,) = [cookie for cookie in cookies if cookie.startswith(COOKIE)]
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=lax"} <= set(session.split("; "))
    assert "Kari Eksempel" in (await browser.open("/")).text


async def test_the_identity_number_is_kept_nowhere(
    running: Suite, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    browser = running.browser()
    await browser.log_in(KARI)
    await running.browser().log_in(NILS)
    assert KARI not in "".join(browser.http.cookies.values())
    written = capfd.readouterr()
    places = [f"{request.url} {request.headers} {request.content!r}" for request in running.to_registry.sent]
    stored = [file.read_bytes().decode("latin-1") for file in databases_in(tmp_path)]
    assert stored
    everywhere = "\n".join([*places, *stored, written.out, written.err])
    assert [number for number in (KARI, NILS) if number in everywhere] == []


async def test_each_login_begins_a_session_under_a_new_name(running: Suite) -> None:
    browser = running.browser()
    await browser.log_in(KARI)
    first = browser.http.cookies[COOKIE]
    page = await browser.open("/login")
    assert str(page.url).endswith("/")
    browser.http.cookies.delete(COOKIE)
    await browser.log_in(KARI)
    assert browser.http.cookies[COOKIE] != first


async def test_a_session_of_somebody_else_in_the_same_browser_is_over(running: Suite) -> None:
    browser = running.browser()
    begun = await browser.begin()
    await browser.log_in(KARI)
    first = browser.http.cookies[COOKIE]
    back = await browser.choose(begun, KARI)
    assert (await browser.look(back.headers["Location"])).status_code == 303
    assert browser.http.cookies[COOKIE] != first
    browser.http.cookies.set(COOKIE, first, domain="portal.example", path="/")
    assert (await browser.look("/session")).status_code in (303, 401)


async def test_two_windows_log_in_at_the_same_time(running: Suite) -> None:
    browser = running.browser()
    first, second = await browser.begin("/a"), await browser.begin("/b")
    for page, wanted in ((first, "/a"), (second, "/b")):
        back = await browser.choose(page, KARI)
        assert (await browser.look(back.headers["Location"])).headers["Location"] == wanted


async def test_whichever_portal_one_comes_back_to_lets_one_in(
    running: Suite, databases: Databases, tokens: Tokens
) -> None:
    browser = running.browser()
    back = await browser.choose(await browser.begin("/a"), KARI)
    app = build(
        settings(databases, tokens), transports={"identity": running.to_provider, "registry": running.to_registry}
    )
    async with app.router.lifespan_context(app):
        other = Browser(httpx.AsyncClient(base_url=PORTAL, transport=Wire(app), cookies=browser.http.cookies))
        answer = await other.look(back.headers["Location"])
    assert (answer.status_code, answer.headers["Location"]) == (303, "/a")


async def test_a_browser_that_begins_again_and_again_keeps_only_a_few_logins(running: Suite) -> None:
    browser = running.browser()
    for _ in range(12):
        await browser.begin()
    assert len([name for name in browser.http.cookies if name.startswith("__Host-login-")]) <= 6
    assert (await browser.log_in(KARI)).status_code == 303


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "/login?next=/",
        "javascript:alert(1)",
        "/\r\nX: y",
    ],
)
async def test_a_link_to_log_in_leads_nowhere_else(running: Suite, elsewhere: str) -> None:
    browser = running.browser()
    page = await browser.http.get("/login", params={"next": elsewhere}, follow_redirects=True)
    back = await browser.choose(page, KARI)
    answer = await browser.look(back.headers["Location"])
    assert answer.headers["Location"] == "/"


async def test_who_cancels_is_told_so_and_can_begin_again(running: Suite) -> None:
    answer = await running.browser().log_in("", "/reports/1/om")
    assert answer.status_code == 403
    assert "Innloggingen ble avbrutt" in answer.text
    assert 'href="/login?next=%2Freports%2F1%2Fom"' in answer.text


async def test_who_comes_back_twice_is_sent_on_when_logged_in_and_told_when_not(running: Suite) -> None:
    browser = running.browser()
    back = await browser.choose(await browser.begin("/a"), KARI)
    await browser.look(back.headers["Location"])
    again = await browser.look(back.headers["Location"])
    assert (again.status_code, again.headers["Location"]) == (303, "/")
    elsewhere = await running.browser().look(back.headers["Location"])
    assert elsewhere.status_code == 400
    assert "gjelder ikke lenger" in elsewhere.text


async def test_a_level_that_is_too_low_is_told_in_the_readers_language(running: Suite) -> None:
    browser = running.browser()
    browser.http.headers["Accept-Language"] = "nn"
    answer = await browser.log_in(WEAK)
    assert answer.status_code == 403
    assert "høgare tryggleiksnivå" in answer.text
    assert COOKIE not in browser.http.cookies


async def test_a_provider_that_is_away_is_told_before_and_after(running: Suite) -> None:
    browser = running.browser()
    back = await browser.choose(await browser.begin("/a"), KARI)
    running.to_provider.broken = True
    for answer in (await browser.look("/login"), await browser.look(back.headers["Location"])):
        assert answer.status_code == 503
        assert int(answer.headers["Retry-After"]) > 0
        assert "Innloggingstjenesten svarer ikke" in answer.text
        assert 'href="/login?next=%2F' in answer.text
    for broken in (True, False):
        running.to_provider.broken = broken
        await browser.look("/login")
        health = (await browser.look("/health")).json()
        assert health["ready"]
        assert health["degraded"] == (["identity_provider"] if broken else [])


async def test_a_registry_that_is_away_lets_nobody_in(running: Suite) -> None:
    browser = running.browser()
    running.to_registry.broken = True
    answer = await browser.log_in(KARI, "/a")
    assert answer.status_code == 503
    assert "Registeret over personer og roller svarer ikke" in answer.text
    assert COOKIE not in browser.http.cookies
    running.to_registry.broken = False
    assert (await browser.log_in(KARI)).status_code == 303


async def test_who_is_not_registered_is_let_in_by_an_invitation(running: Suite) -> None:
    browser, desk = running.browser(), running.registry.desk
    answer = await browser.log_in(NILS, "/a")
    assert answer.status_code == 403
    assert "Aarring kjenner deg ikke ennå" in answer.text
    nils = await running.registry.person("Nils Nyregistrert")
    code = (await desk.made(f"/persons/{nils.person_id}/invitations"))["code"]
    for given, told in (("kode", "Koden har 24 tegn"), ("A" * 24, "Koden gjelder ikke")):
        wrong = await browser.send("/login/invitation", code=given)
        assert wrong.status_code == 409
        assert told in wrong.text
        assert f'value="{given}"' in wrong.text
    as_people_write_it = f"{code[:6]} {code[6:12].lower()} {code[12:18]}-{code[18:]}"
    answer = await browser.send("/login/invitation", code=as_people_write_it)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/a")
    assert "Nils Nyregistrert" in (await browser.open("/")).text
    assert (await running.browser().log_in(NILS)).status_code == 303


async def test_an_invitation_is_nothing_without_a_login_that_held(running: Suite) -> None:
    answer = await running.browser().send("/login/invitation", code="A" * 24)
    assert answer.status_code == 400
    assert "gjelder ikke lenger" in answer.text


async def test_logging_out_ends_the_session_here_and_there(running: Suite) -> None:
    browser = running.browser()
    await browser.log_in(KARI)
    cookie = browser.http.cookies[COOKIE]
    page = await browser.open("/logout")
    assert "Vil du logge ut?" in page.text
    token = page.text.split('name="csrf" value="')[1].split('"')[0]
    answer = await browser.send("/logout", csrf=token)
    assert answer.headers["Clear-Site-Data"] == '"storage"'
    assert COOKIE not in browser.http.cookies
    address = answer.headers["Refresh"].removeprefix("0; url=")
    assert address.startswith(f"{IDENTITY}/logout?")
    assert KARI not in address
    assert query_of(address)["post_logout_redirect_uri"] == "https://portal.example/logout"
    assert "Du er logget ut" in (await browser.open(address)).text
    browser.http.cookies.set(COOKIE, cookie, domain="portal.example", path="/")
    assert "Kari Eksempel" not in (await browser.open("/")).text


async def test_a_link_logs_nobody_out(running: Suite) -> None:
    browser = running.browser()
    await browser.log_in(KARI)
    await browser.open("/logout")
    refused = await browser.http.post("/logout", headers={"Origin": "https://evil.example"})
    assert refused.status_code == 403
    assert "Kari Eksempel" in (await browser.open("/")).text


async def test_who_is_logged_out_already_logs_out_all_the_same(running: Suite) -> None:
    answer = await running.browser().send("/logout")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/logout")


async def test_logging_out_works_while_the_provider_is_away(running: Suite) -> None:
    browser = running.browser()
    await browser.log_in(KARI)
    page = await browser.open("/logout")
    token = page.text.split('name="csrf" value="')[1].split('"')[0]
    running.portal.state.login.provider._described = None
    running.to_provider.broken = True
    answer = await browser.send("/logout", csrf=token)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/logout")
    assert COOKIE not in browser.http.cookies


def databases_in(folder: Path) -> list[Path]:
    """The files of the databases, with what is not yet merged into them."""
    return [file for file in folder.iterdir() if ".db" in file.suffixes or file.suffix.startswith(".db")]
