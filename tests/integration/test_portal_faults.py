"""The pages of faults: words of their own in every language, and whatever somebody had written given back."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from html import unescape
from pathlib import Path
from uuid import uuid4

import pytest
from fastapi import Depends

from services.portal.fault_words import FAULTS
from services.portal.languages import LANGUAGES, Language, tongue
from services.portal.security import FIELD
from services.portal.visit import anyone
from tests.integration.going_wrong import FAULTY, going_wrong
from tests.integration.portal import Service, portal, readable
from tests.integration.portal_forms import form, forms
from tests.stores import sqlite_databases
from tests.tokens import Tokens

pytestmark = [pytest.mark.integration, pytest.mark.anyio]
KARI = uuid4()
TYPED = {"text": "Nei", "hours": "42", "title": "\nå", "choice": "annet", "more": "Mange <b>ord</b> – 😀 Kárášjohka"}


@pytest.fixture
async def running(tmp_path: Path, tokens: Tokens) -> AsyncIterator[Service]:
    async with portal(sqlite_databases(tmp_path), tokens) as made:
        made.app.include_router(going_wrong(), dependencies=[Depends(anyone)])
        yield made


@pytest.mark.parametrize("language", LANGUAGES)
async def test_each_fault_has_words_of_its_own_in_every_language(running: Service, language: Language) -> None:
    browser, told = running.visitor(KARI), set()
    for address, status in FAULTY.items():
        answer = await browser.get(address, Accept_Language=language)
        page, fault, says = readable(answer.text), FAULTS[status], tongue(language)
        assert answer.status_code == status
        assert f'<html lang="{language}"' in answer.text
        assert says.text(fault.title) in map(unescape, re.findall(r"<h1[^>]*>(.*?)</h1>", answer.text))
        assert all(says.text(words) in page for words in (fault.happened, *fault.advice))
        assert answer.headers["correlation-id"] in page
        told |= {says.text(fault.title), says.text(fault.happened), *map(says.text, fault.advice)}
    assert len(told) == sum(2 + len(FAULTS[status].advice) for status in FAULTY.values())


@pytest.mark.parametrize("address", [*FAULTY, "/no/500"])
async def test_whatever_was_typed_is_on_the_page_of_the_fault(running: Service, address: str) -> None:
    answer = await running.visitor(KARI).post(address, {**TYPED, "version": "7001"})
    given = [unescape(text) for text in re.findall(r"<textarea[^>]*>\n(.*?)</textarea>", answer.text, re.DOTALL)]
    assert given == list(TYPED.values())


@pytest.mark.parametrize("address", ["/no/500", "/broken", "/away"])
async def test_a_form_that_may_be_taken_later_is_sent_again_as_it_was(running: Service, address: str) -> None:
    browser, key = running.visitor(KARI), str(uuid4())
    sent = {"key": key, "version": "3", "text": "Nei\n\u00e5", "choice": ["a", "b"], "empty": ""}
    answer = await browser.post(f"{address}?fra=x", sent)
    again = form(answer.text, f"{address}?fra=x")
    assert again.fields.pop(FIELD) != [""]
    assert again.fields == {name: value if isinstance(value, list) else [value] for name, value in sent.items()}
    assert (await browser.post(again.action, again.filled())).status_code == answer.status_code


async def test_what_was_chosen_is_shown_by_its_name_and_sent_as_it_was(running: Service) -> None:
    browser = running.visitor(KARI)
    sent = {"status": "ongoing", "partner_regions": ["vest", "sor_ost"], "level": "<b>", "digital": "true"}
    for language, shown in (
        ("nb", ["Pågår", "Helse Vest", "Helse Sør-Øst", "<b>", "Ja"]),
        ("en", ["Ongoing", "Helse Vest", "Helse Sør-Øst", "<b>", "Yes"]),
    ):
        answer = await browser.post("/away", sent, Accept_Language=language)
        given = [unescape(text) for text in re.findall(r"<textarea[^>]*>\n(.*?)</textarea>", answer.text, re.DOTALL)]
        assert given == shown
        again = form(answer.text, "/away")
        assert {name: again.fields[name] for name in sent} == {
            name: value if isinstance(value, list) else [value] for name, value in sent.items()
        }


async def test_what_nobody_knows_the_sender_of_is_not_sent_again(running: Service) -> None:
    browser = running.visitor(KARI)
    foreign = await browser.post("/away", {"text": "Nei"}, Sec_Fetch_Site="cross-site")
    assert (foreign.status_code, forms(foreign.text)) == (403, [])


async def test_what_would_be_refused_again_is_not_sent_again(running: Service) -> None:
    browser = running.visitor(KARI)
    for answer in (await browser.post("/no/409", {"text": "Nei"}), await browser.get("/away")):
        assert {each.action for each in forms(answer.text)} <= {"/logout", "/session"}
