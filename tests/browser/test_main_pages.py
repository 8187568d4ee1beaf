"""How the main pages look, with the same people and texts each time."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from itertools import count
from uuid import uuid4

import pytest
from playwright.sync_api import Locator, Page, expect

from deploy.demo.client import Suite
from tests.browser.stage import Behind
from tests.e2e.stage import NETWORK, TREATMENT, Stage, write

pytestmark = pytest.mark.browser

Picture = Callable[..., None]
MOMENT = re.compile(r"15\. januar 2027 kl\.")
TALL, TALL_PHONE = 2280, 2800
"""The form as far as the unit writes it: what comes after repeats itself."""
ANSWERS = {
    "evaluation.equal_access": "Pasienter fra alle regioner vurderes av det samme teamet, etter de samme kriteriene.",
    "evaluation.patient_pathway": "Forløpet er beskrevet med sykehusene som henviser.\n\n• Svar innen 10 dager",
}
COURSE = {"title": "Kurs for henvisende sykehus", "dates": ["2026-03-12"], "hours": 6}


def _numbered(behind: Behind, first: int) -> Stage:
    """The stage with people and units of the same numbers, whatever was told before."""
    return replace(behind.stage, _numbers=count(first))


@pytest.fixture
def half_written(behind: Behind) -> str:
    """The report of a treatment service, in which two answers and a line are written."""

    async def made(api: Suite) -> str:
        stage = _numbered(behind, 2000)
        path = f"/reports/{await stage.report(api, TREATMENT)}"
        lead = stage.reporting(api, "lead")
        for question, text in ANSWERS.items():
            await lead.put(f"{path}/answers/{question}", {"text": text, "base_version": 0})
        await lead.put(f"{path}/entries/{uuid4()}", {"question_id": "activity.teaching", "fields": COURSE})
        return path

    return behind.ask(made)


@pytest.fixture
def written(behind: Behind) -> str:
    """The report of a network, with everything answered that must be."""

    async def made(api: Suite) -> str:
        stage = _numbered(behind, 3000)
        report = await stage.report(api, NETWORK)
        await write(stage.reporting(api, "lead"), report)
        return f"/reports/{report}"

    return behind.ask(made)


def opened(page: Page, path: str, heading: str) -> Page:
    """A part of the report, when all that comes to it by itself has come."""
    page.goto(path)
    expect(page.get_by_role("heading", level=2, name=heading)).to_be_visible()
    expect(page.locator("#presence")).not_to_be_empty()
    return page


def changing(page: Page) -> list[Locator]:
    """What tells the time of day, and what is computed from it."""
    shown = ".answer-state:not(:empty), time, .hash"
    return [page.locator(shown), page.get_by_text(MOMENT)]


def test_picture_of_the_start_page_and_the_form(
    half_written: str, as_person: Callable[..., Page], picture: Picture
) -> None:
    lead = as_person("lead")
    expect(lead.get_by_role("main")).to_contain_text("Skriv enhetens del")
    picture(lead, "start-lead")
    opened(lead, f"{half_written}/aktivitet", "Aktivitet")
    picture(lead, "form-activity", changing(lead))
    opened(lead, f"{half_written}/evaluering", "Evaluering")
    picture(lead, "form-evaluation", changing(lead), TALL)
    lead.close()
    phone = opened(as_person("lead", phone=True), f"{half_written}/evaluering", "Evaluering")
    picture(phone, "form-evaluation-phone", changing(phone), TALL_PHONE)


def test_picture_of_check_history_and_receipt(written: str, as_person: Callable[..., Page], picture: Picture) -> None:
    lead = as_person("lead")
    opened(lead, f"{written}/historikk", "Historikk")
    picture(lead, "history", changing(lead))
    opened(lead, f"{written}/kontroll", "Kontroller og send inn")
    picture(lead, "check", changing(lead))
    lead.get_by_role("button", name="Signer og send inn").click()
    expect(lead.get_by_role("heading", name="Kvittering for levering 1")).to_be_visible()
    expect(lead.locator("#presence")).not_to_be_empty()
    picture(lead, "receipt", changing(lead))
