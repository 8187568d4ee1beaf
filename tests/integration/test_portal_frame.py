"""What every page of the portal keeps to: languages, headers, forms that are ours, and faults that help."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import pytest
from fastapi import APIRouter, Depends, Form
from fastapi.responses import Response
from fastapi.routing import APIRoute

from services.portal import said
from services.portal.clients import Away, Problem
from services.portal.security import SAFE
from services.portal.sessions import COOKIE
from services.portal.visit import Visiting, anyone
from tests.integration.portal import HOME, Service, portal, readable
from tests.integration.reporting import MovableClock
from tests.stores import Databases, sqlite_databases
from tests.tokens import Tokens

pytestmark = [pytest.mark.integration, pytest.mark.anyio]
KARI = uuid4()
TEXT = "Vi har <b>mange</b> pasienter i år – 😀 Kárášjohka"


@pytest.fixture
def databases(tmp_path: Path) -> Databases:
    """Sessions are tried on PostgreSQL with the sessions."""
    return sqlite_databases(tmp_path)


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock()


@pytest.fixture
async def running(databases: Databases, tokens: Tokens, clock: MovableClock) -> AsyncIterator[Service]:
    async with portal(databases, tokens, clock=clock) as made:
        made.app.include_router(_pages(), dependencies=[Depends(anyone)])
        yield made


def _pages() -> APIRouter:
    """Pages on which things go wrong."""
    router = APIRouter()

    @router.get("/no/{status}")
    async def no(visit: Visiting, status: int) -> Response:
        raise Problem("reporting", status, {"code": "said_no", "detail": "never shown"})

    @router.get("/away")
    async def away(visit: Visiting) -> Response:
        raise Away("reporting", 7)

    @router.get("/broken")
    async def broken(visit: Visiting) -> Response:
        raise RuntimeError("never shown")

    @router.post("/write")
    async def write(visit: Visiting, words: str = Form()) -> Response:
        if words == "break":
            raise RuntimeError("never shown")
        visit.say("Lagret: " + words)
        return visit.see("/")

    return router


async def test_a_page_is_in_the_language_the_browser_asks_for(running: Service) -> None:
    browser = running.visitor(KARI)
    for asked, lang, words in (("no", "nb", "Logg ut"), ("nn", "nn", "Oppgåvene mine"), ("en", "en", "Log out")):
        page = (await browser.get("/", Accept_Language=asked)).text
        assert f'<html lang="{lang}"' in page
        assert words in readable(page)


async def test_a_language_that_was_chosen_is_kept(running: Service) -> None:
    browser = running.visitor(KARI)
    page = await browser.follow(await browser.get("/language?to=nn&next=/session/renewed"))
    assert "Du er logga inn igjen" in readable(page)
    assert "Log out" not in readable(await browser.page("/"))


async def test_a_choice_of_language_leads_back_to_all_of_the_address(running: Service) -> None:
    browser = running.visitor(KARI)
    for address in ("/session/renewed?a=b&c=%C3%A6%26d", "/no/404?sporsmal=x+y&til=4"):
        page = (await browser.get(address)).text
        link = next(unescape(found) for found in re.findall(r'href="(/language[^"]+)"', page) if "to=en" in found)
        assert (await browser.get(link)).headers["location"] == address
    assert 'href="/login?next=/not/there%3Fa%3Db"' in (await running.browser().get("/not/there?a=b")).text


async def test_the_language_of_a_fault_is_chosen_on_the_page_the_form_stood_on(running: Service) -> None:
    answer = await running.visitor(KARI).post("/write", {"words": "break"}, Referer=f"{HOME}/session/renewed?a=b")
    assert "next=/session/renewed%3Fa%3Db" in answer.text


async def test_a_choice_of_language_leads_nowhere_else(running: Service) -> None:
    answer = await running.browser().get("/language?to=en&next=//evil.example")
    assert answer.headers["location"] == "/"
    assert (await running.browser().get("/language?to=xx")).status_code == 400


async def test_every_answer_says_what_a_page_may_do(running: Service) -> None:
    for path in ("/", "/no/such/page", "/static/nothing.css", "/session"):
        headers = (await running.browser().get(path)).headers
        policy = headers["content-security-policy"]
        assert "unsafe" not in policy
        assert policy.startswith("default-src 'none'")
        assert headers["cache-control"] == "no-store"
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["strict-transport-security"]


async def test_what_a_page_names_is_there_and_kept(running: Service) -> None:
    browser = running.browser()
    named = re.findall(r'(?:href|src)="(/static/[^"]+)"', await browser.page("/"))
    assert len(named) >= 8
    for address in named:
        answer = await browser.get(address)
        assert answer.status_code == 200, address
        assert "immutable" in answer.headers["cache-control"]


async def test_a_page_has_no_script_or_style_of_its_own(running: Service) -> None:
    page = await running.visitor(KARI).page("/")
    assert re.findall(r"<style|<script(?! defer src)|\sstyle=|\son\w+=", page) == []


async def test_a_form_without_the_token_is_refused_and_nothing_is_lost(running: Service) -> None:
    browser = running.visitor(KARI)
    other = running.visitor(KARI)
    for token in ("", "x", "å", "A" * 10_000, other.token):
        answer = await browser.post("/write", {"words": TEXT, "csrf": token})
        assert answer.status_code == 403
        assert TEXT in readable(answer.text)
        assert "<b>mange" not in answer.text


async def test_a_form_of_another_site_is_refused(running: Service) -> None:
    browser = running.visitor(KARI)
    answer = await browser.post(
        "/write", {"words": "a b"}, Sec_Fetch_Site="cross-site", Origin="https://evil.example"
    )
    assert answer.status_code == 403
    assert said.COOKIE not in browser.http.cookies


async def test_no_page_takes_a_form_of_another_site_or_without_the_token(running: Service) -> None:
    browser = running.visitor(KARI)
    takers = [route for route in _routes(running.app) if not (route.methods or set()) <= SAFE]
    assert len(takers) > 5
    for route in takers:
        address = re.sub(r"\{.*?\}", str(KARI), route.path)
        for fields, headers in (({}, {"Sec_Fetch_Site": "cross-site"}), ({"csrf": ""}, {})):
            answer = await browser.post(address, fields, **headers)
            assert answer.status_code == 403, route.path
            assert "Skjemaet er for gammelt" in readable(answer.text)


async def test_a_form_that_was_taken_is_told_of_once(running: Service) -> None:
    browser = running.visitor(KARI)
    page = await browser.follow(await browser.post("/write", {"words": TEXT}))
    assert f"Lagret: {TEXT}" in readable(page)
    assert "Lagret" not in readable(await browser.page("/"))


async def test_a_script_sends_the_token_in_a_header_and_is_told_where_to_go(running: Service) -> None:
    browser = running.visitor(KARI)
    answer = await browser.post("/write", {"words": "a", "csrf": ""}, X_CSRF_Token=browser.token, HX_Request="true")
    assert (answer.status_code, answer.headers["hx-redirect"]) == (204, "/")


async def test_a_message_that_nobody_left_is_not_shown(running: Service) -> None:
    browser = running.browser()
    for value in ("", "x", "e30=", "WzEsMl0=", "bnVsbA==", "%C3%A5"):
        answer = await browser.get("/", Cookie=f"{said.COOKIE}={value}")
        assert answer.status_code == 200


async def test_whoever_is_not_logged_in_is_sent_to_log_in_and_back(running: Service) -> None:
    answer = await running.browser().get("/no/403?a=b&c=d")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/login?next=%2Fno%2F403%3Fa%3Db%26c%3Dd"


async def test_a_script_of_somebody_logged_out_gets_a_part_of_a_page(running: Service) -> None:
    answer = await running.browser().get("/no/403", HX_Request="true")
    assert answer.status_code == 401
    assert "<html" not in answer.text
    assert "/login?next=" in answer.text


async def test_what_was_written_into_an_expired_session_is_given_back(running: Service, clock: MovableClock) -> None:
    browser = running.visitor(KARI)
    clock.move(hours=2)
    answer = await browser.post("/write", {"words": TEXT})
    assert answer.status_code == 401
    assert TEXT in readable(answer.text)
    assert browser.token not in answer.text


@pytest.mark.parametrize(
    ("referer", "back"),
    [
        (f"{HOME}/reports/1/evaluering?a=b", "/reports/1/evaluering?a=b"),
        ("http://[", "/"),
        ("https://a.example//b", "/"),
    ],
)
async def test_whoever_sent_a_form_too_late_logs_in_to_the_page_it_stood_on(
    running: Service, clock: MovableClock, referer: str, back: str
) -> None:
    browser = running.visitor(KARI)
    clock.move(hours=2)
    answer = await browser.post("/write", {"words": TEXT}, Referer=referer)
    assert f'href="/login?next={quote(back, safe="")}"' in answer.text


@pytest.mark.parametrize(
    ("status", "shown", "words"),
    [
        (400, 400, "Vi forsto ikke"),
        (401, 500, "gikk galt hos oss"),
        (403, 403, "ikke tilgang"),
        (404, 404, "fant ikke siden"),
        (409, 409, "Det lot seg ikke gjøre nå"),
        (412, 412, "Det lot seg ikke gjøre nå"),
        (413, 413, "for stort"),
        (418, 418, "Vi forsto ikke"),
        (422, 422, "Vi forsto ikke"),
        (500, 500, "gikk galt hos oss"),
    ],
)
async def test_what_a_service_refuses_is_a_page_that_helps(
    running: Service, status: int, shown: int, words: str
) -> None:
    answer = await running.visitor(KARI).get(f"/no/{status}")
    page = readable(answer.text)
    assert answer.status_code == shown
    assert words in page
    assert "Dette kan du gjøre" in page
    assert answer.headers["correlation-id"] in page
    assert "never shown" not in page
    assert "Kari Eksempel" in page


async def test_a_service_that_is_away_is_told_of(running: Service) -> None:
    answer = await running.visitor(KARI).get("/away")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "7")
    assert "svarer ikke akkurat nå" in readable(answer.text)


async def test_a_fault_of_ours_tells_nothing_but_its_reference(running: Service) -> None:
    answer = await running.visitor(KARI).get("/broken")
    assert answer.status_code == 500
    assert "never shown" not in answer.text
    assert answer.headers["correlation-id"] in answer.text
    assert answer.headers["content-security-policy"]


async def test_a_fault_of_ours_loses_no_text(running: Service) -> None:
    answer = await running.visitor(KARI).post("/write", {"words": "break", "more": TEXT})
    assert answer.status_code == 500
    assert TEXT in readable(answer.text)


async def test_a_page_that_is_not_there_knows_who_asks(running: Service) -> None:
    answer = await running.visitor(KARI).get("/no/such/page")
    assert answer.status_code == 404
    assert "Kari Eksempel" in readable(answer.text)
    assert (await running.browser().get("/no/nonsense")).status_code == 303
    assert (await running.visitor(KARI).get("/no/nonsense")).status_code == 404


async def test_an_address_that_only_takes_forms_says_so(running: Service) -> None:
    answer = await running.visitor(KARI).get("/write")
    assert answer.status_code == 405
    assert "skjema" in readable(answer.text)


async def test_a_form_that_is_too_large_is_refused_with_a_page(running: Service) -> None:
    answer = await running.visitor(KARI).post("/write", {"words": "a" * 5_000_000})
    assert answer.status_code == 413
    assert "for stort" in readable(answer.text)


async def test_a_text_at_its_ceiling_is_taken(running: Service) -> None:
    answer = await running.visitor(KARI).post("/write", {"words": "", "more": "😀" * 100_000})
    assert answer.status_code in (303, 400)


async def test_asking_how_long_it_lasts_does_not_prolong_a_session(running: Service, clock: MovableClock) -> None:
    browser = running.visitor(KARI)
    clock.move(minutes=50)
    assert (await browser.get("/session")).json()["seconds"] == 600
    assert (await browser.post("/session", Sec_Fetch_Dest="empty")).json()["seconds"] == 3600
    clock.move(minutes=61)
    assert (await browser.get("/session", Sec_Fetch_Dest="empty")).status_code == 401


async def test_a_page_that_tells_it_is_open_does_not_prolong_a_session(running: Service, clock: MovableClock) -> None:
    browser = running.visitor(KARI)
    clock.move(minutes=50)
    told = {"tab": str(uuid4()), "here": "evaluering"}
    assert (await browser.post(f"/reports/{uuid4()}/tilstede", told, HX_Request="true")).status_code == 204
    await browser.get(f"/reports/{uuid4()}/framdrift", HX_Request="true")
    assert (await browser.get("/session")).json()["seconds"] == 600


@pytest.mark.parametrize(
    ("path", "said", "prolongs"),
    [
        ("svar/evaluation.summary", {"HX_Request": "true", "Sec_Fetch_Dest": "empty"}, False),
        ("svar/evaluation.summary", {"HX_Request": "true"}, False),
        ("framdrift", {"HX_Request": "true", "HX_Source": "body"}, False),
        ("oppforinger?liste=a", {"HX_Request": "true", "HX_Source": "section#liste-a"}, False),
        ("endringer", {"Accept": "text/event-stream"}, False),
        ("whatever/comes", {"Sec_Fetch_Dest": "empty"}, False),
        ("oppforinger/ny?liste=a", {"HX_Request": "true", "HX_Source": "a#legg-til-a"}, True),
        ("oppforinger?liste=a", {"HX_Request": "true", "HX_Source": "button#vis"}, True),
        ("om", {"Sec_Fetch_Dest": "document"}, True),
        ("om", {}, True),
    ],
)
async def test_a_session_goes_on_when_somebody_does_something(
    running: Service, clock: MovableClock, path: str, said: dict[str, str], prolongs: bool
) -> None:
    browser = running.visitor(KARI)
    clock.move(minutes=50)
    await browser.get(f"/reports/{uuid4()}/{path}", **said)
    assert (await browser.get("/session")).json()["seconds"] == (3600 if prolongs else 600)


async def test_what_is_saved_by_itself_was_written_by_somebody(running: Service, clock: MovableClock) -> None:
    browser = running.visitor(KARI)
    clock.move(minutes=50)
    address, saved = f"/reports/{uuid4()}/svar/evaluation.summary", {"text": "a", "version": "0"}
    await browser.post(address, saved, HX_Request="true", Sec_Fetch_Dest="empty")
    assert (await browser.get("/session")).json()["seconds"] == 3600


async def test_a_page_that_outlived_its_session_goes_on_in_the_next(running: Service) -> None:
    first, second = running.visitor(KARI), running.visitor(KARI)
    first.http.cookies.set(COOKIE, second.http.cookies[COOKIE])
    assert (await first.post("/write", {"words": "a"})).status_code == 403
    told = (await first.get("/session")).json()
    assert told["person"] == str(KARI)
    assert (await first.post("/write", {"words": "a", "csrf": told["csrf"]})).status_code == 303


async def test_logs_tell_no_addresses_and_no_names(running: Service, capfd: pytest.CaptureFixture[str]) -> None:
    report = uuid4()
    await running.visitor(KARI).get(f"/no/404?{report}")
    written = "".join(capfd.readouterr())
    assert "/no/{status}" in written
    assert [word for word in (str(report), str(KARI), "Kari") if word in written] == []


async def test_the_portal_tells_how_it_is(running: Service) -> None:
    browser = running.visitor(KARI)
    assert (await browser.get("/health/live")).json()["service"] == "portal"
    assert (await browser.get("/health/ready")).json()["ready"] is True
    await browser.get("/")
    assert (await browser.get("/health")).json()["degraded"][0] == "service:registry"
    assert 'route="/"' in (await browser.get("/metrics")).text


async def test_without_its_database_the_portal_says_so(
    databases: Databases, tokens: Tokens, clock: MovableClock
) -> None:
    async with portal(databases, tokens, clock=clock) as made:
        browser = made.visitor(KARI)
        with made.portal.database.begin() as connection:
            connection.exec_driver_sql("DROP TABLE sessions")
        answer = await browser.get("/")
        assert answer.status_code == 503
        assert "svarer ikke" in readable(answer.text)
        assert (await made.browser().get("/health/ready")).status_code == 503
        made.portal.sessions.prepare()


def _routes(router: Any) -> Iterator[APIRoute]:
    """The routes of the application, and of the routers it includes."""
    for route in router.routes:
        if isinstance(route, APIRoute):
            yield route
        elif included := getattr(route, "original_router", None):
            yield from _routes(included)
