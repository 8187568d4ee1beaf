"""The start page: what waits for whom, what happened since, and what can be told while a service is away."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from services.portal.app import build
from tests.integration import registry as registry_service
from tests.integration import review as review_service
from tests.integration.draft import ACCESS, NORD, USER, Draft, drafted
from tests.integration.portal import Browser, Service, portal, readable, settings
from tests.integration.reporting import Caller, reporting
from tests.stores import Databases, sqlite_databases
from tests.tokens import Tokens

pytestmark = [pytest.mark.integration, pytest.mark.anyio]
NOTHING = "Ingenting venter på deg nå"
NO_ROLE = "Du har ingen rolle i Aarring ennå"
REPORTS_AWAY = "Rapportene og oppgavene i dem kan ikke vises akkurat nå."
ROLES_AWAY = "Rollene dine kan ikke vises akkurat nå."
JUDGEMENT_AWAY = "Vurderinger, spørsmål fra regionene og oppfølgingspunkter kan ikke vises akkurat nå."


@dataclass
class Pages:
    """The report of a unit, and the browsers of its people; reporting alone answers."""

    draft: Draft
    service: Service

    def browser(self, caller: Caller, *roles: str) -> Browser:
        """Somebody who has logged in; ``roles`` are what the registry told of the person a moment ago."""
        browser = self.service.visitor(caller.person_id)
        assert browser.session
        if roles:
            held = [_held(role, unit_id=str(self.draft.unit_id)) for role in roles]
            self.service.portal.roles.keep(browser.session.person_id, held)
        return browser


@pytest.fixture
async def pages(tmp_path: Path, tokens: Tokens) -> AsyncIterator[Pages]:
    databases = sqlite_databases(tmp_path)
    async with reporting(databases, tokens) as behind:
        draft = await drafted(behind)
        async with portal(databases, tokens, {"reporting": behind.app}, clock=behind.clock) as service:
            yield Pages(draft, service)


def _held(role: str, **where: Any) -> dict[str, Any]:
    nothing = {"unit_id": None, "region": None, "trust": None, "seat": None, "assignment_id": "", "until": None}
    return {"role": role, **nothing, **where}


async def test_who_is_not_logged_in_reads_what_this_is(pages: Pages) -> None:
    page = await pages.service.browser().page("/")
    assert "Årsrapportering for nasjonale tjenester" in readable(page)
    assert '<a class="ds-button" href="/login?next=/">Logg inn</a>' in page
    assert "hvem du kan logge inn som" not in page


async def test_a_lead_sees_what_is_to_be_written_and_by_when(pages: Pages) -> None:
    page = await pages.browser(pages.draft.lead).page("/")
    said = readable(page)
    assert "Nasjonal tjeneste L-1" in said
    assert "Frist 16. februar 2026 kl. 16:00 68 dager igjen." in said
    assert "Skriv enhetens del: 8 svar mangler" in said
    assert "Enhetens del 0 av 8 besvart" in said
    assert f'href="/reports/{pages.draft.id}"' in page


async def test_tasks_change_with_what_is_done(pages: Pages) -> None:
    lead, draft = pages.browser(pages.draft.lead, "professional_lead"), pages.draft
    await draft.write_unit_part()
    assert "Si fra at enhetens del er ferdig" in readable(await lead.page("/"))
    await draft.finish(draft.lead, "unit")
    await draft.write_group_part()
    await draft.finish(draft.leader, "group")
    page = await lead.page("/")
    assert f'href="/reports/{draft.id}/kontroll">Kontroller og send inn rapporten</a>' in page
    await draft.submitted()
    said = readable(await lead.page("/"))
    assert "Kontroller og send inn rapporten" not in said
    assert "Levert" in said


async def test_each_member_sees_the_answers_it_owes(pages: Pages) -> None:
    nord = pages.browser(pages.draft.members["nord"], "group_member")
    owed = "Svar på 1 spørsmål til referansegruppen"
    assert owed in readable(await nord.page("/"))
    await pages.draft.answered(pages.draft.members["nord"], NORD)
    assert owed not in readable(await nord.page("/"))
    assert owed in readable(await pages.browser(pages.draft.user).page("/"))


@pytest.mark.parametrize(
    ("language", "said"),
    [("nn", "Skriv delen til eininga: 8 svar manglar"), ("en", "Write the unit's part: 8 answers are missing")],
)
async def test_the_page_speaks_the_readers_language(pages: Pages, language: str, said: str) -> None:
    lead = pages.browser(pages.draft.lead)
    lead.http.cookies.set("__Host-language", language)
    assert said in readable(await lead.page("/"))


async def test_what_others_did_since_the_last_visit_is_told_once(pages: Pages) -> None:
    lead, draft = pages.browser(pages.draft.lead, "professional_lead"), pages.draft
    await lead.page("/")
    draft.service.clock.move(days=1)
    await draft.answered(draft.coordinator, ACCESS)
    await draft.answered(draft.coordinator, ACCESS, "Et bedre svar.", base=1)
    await draft.answered(draft.user, USER)
    draft.service.clock.move(hours=2)
    # A session does not last until tomorrow; the visits are the person's.
    lead = pages.browser(draft.lead, "professional_lead")
    said = readable(await lead.page("/"))
    assert "Siden sist du var her" in said
    assert said.count("skrev på 1 sted") == 2
    assert "i dag kl. 10:00" in said
    draft.service.clock.move(minutes=30)
    assert said.count("skrev på 1 sted") == readable(await lead.page("/")).count("skrev på 1 sted"), "the same visit"
    draft.service.clock.move(days=1)
    lead = pages.browser(draft.lead, "professional_lead")
    last = readable(await lead.page("/"))
    assert "Ingen andre har endret noe i rapportene dine." in last


async def test_ones_own_work_is_no_news(pages: Pages) -> None:
    lead = pages.browser(pages.draft.lead)
    await pages.draft.answered(pages.draft.lead, ACCESS)
    assert "skrev på" not in readable(await lead.page("/"))


async def test_services_that_are_away_hide_nothing_of_the_others(pages: Pages) -> None:
    said = readable(await pages.browser(pages.draft.lead, "professional_lead").page("/"))
    assert JUDGEMENT_AWAY in said
    assert "Skriv enhetens del: 8 svar mangler" in said
    assert ROLES_AWAY not in said
    said = readable(await pages.browser(pages.draft.coordinator).page("/"))
    assert ROLES_AWAY in said
    assert "Skriv enhetens del: 8 svar mangler" in said


async def test_without_reporting_nobody_is_told_that_nothing_waits(databases: Databases, tokens: Tokens) -> None:
    async with registry_service.registry(databases, tokens) as known:
        person = await known.holder("auditor")
        async with portal(databases, tokens, {"registry": known.app}) as service:
            said = readable(await service.visitor(person.person_id).page("/"))
    assert REPORTS_AWAY in said
    assert "Ingen oppgaver kan vises akkurat nå." in said
    assert NOTHING not in said
    assert "revisor" in said


async def test_who_has_no_role_is_told_so(pages: Pages, databases: Databases, tokens: Tokens) -> None:
    async with registry_service.registry(databases, tokens) as known:
        person = await known.person()
        apps = {"registry": known.app, "reporting": pages.draft.service.app}
        async with portal(databases, tokens, apps) as service:
            said = readable(await service.visitor(person.person_id).page("/"))
    assert NO_ROLE in said
    assert NOTHING not in said
    assert "Rapporter" not in said.split("Mine oppgaver")[0], "a way to nothing"


async def test_a_reviewer_sees_what_waits_to_be_assessed(databases: Databases, tokens: Tokens) -> None:
    async with review_service.review(databases, tokens) as judging:
        one = await judging.submitted()
        vest = one.reviewers["vest"]
        async with portal(databases, tokens, {"review": judging.app}, clock=judging.clock) as service:
            browser = service.visitor(vest.person_id)
            assert browser.session
            service.portal.roles.keep(browser.session.person_id, [_held("reviewer", region="vest")])
            waiting = readable(await browser.page("/"))
            await one.review()
            after = readable(await browser.page("/"))
    task = "Rapporten er levert og venter på vurdering i regionen"
    assert task in waiting
    assert REPORTS_AWAY in waiting
    assert task not in after


async def test_a_reviewer_is_told_what_is_assigned_and_what_only_waits_in_the_region(
    databases: Databases, tokens: Tokens
) -> None:
    async with review_service.review(databases, tokens) as judging:
        one, _ = await judging.submitted(), await judging.submitted("N-1", "nord")
        vest = one.reviewers["vest"]
        other = await judging.submitted("V-2", "vest")
        await vest.done("PUT", f"{one.part('vest')}/assessor", {"person_id": vest.person_id})
        await other.reviewers["vest"].made(f"{other.path}/queries", {"region": "vest", "question": "Hvor mange?"})
        async with portal(databases, tokens, {"review": judging.app}, clock=judging.clock) as service:
            browser = service.visitor(vest.person_id)
            assert browser.session
            service.portal.roles.keep(browser.session.person_id, [_held("reviewer", region="vest")])
            said = readable(await browser.page("/"))
    assert said.count("Vurder rapporten: du er saksbehandler") == 1
    assert said.count("Rapporten er levert og venter på vurdering i regionen") == 1
    assert "Svar på" not in said


async def test_a_question_from_the_region_waits_for_the_lead(databases: Databases, tokens: Tokens) -> None:
    async with review_service.review(databases, tokens) as judging:
        one = await judging.submitted()
        asked = {"region": "vest", "question": "Hvor mange?"}
        await one.reviewers["vest"].made(f"{one.path}/queries", asked)
        async with portal(databases, tokens, {"review": judging.app}, clock=judging.clock) as service:
            browser = service.visitor(one.lead.person_id)
            assert browser.session
            lead = [_held("professional_lead", unit_id=str(one.unit_id))]
            service.portal.roles.keep(browser.session.person_id, lead)
            said = readable(await browser.page("/"))
    assert "Svar på 1 spørsmål fra regionen" in said
    assert "Servicemiljøet i regionen hjelper deg." in said


async def test_points_to_follow_up_are_those_of_the_person_and_of_the_unit(
    databases: Databases, tokens: Tokens
) -> None:
    async with review_service.review(databases, tokens) as judging:
        one = await judging.submitted()
        vest = one.reviewers["vest"]
        about: dict[str, Any] = {"unit_id": str(one.unit_id), "year": review_service.YEAR, "region": "vest"}
        about |= {"category": "cannot_find_members", "level": "regional"}
        await vest.made("/follow-ups", {**about, "text": "Ringe sykehuset.", "owner": vest.person_id})
        for more in ({"text": "En plass står tom."}, {"text": "Be om et nytt medlem.", "owner": one.lead.person_id}):
            raised = await vest.made("/follow-ups", about | more)
            path = f"/follow-ups/{raised['follow_up_id']}/carryings"
            await vest.done("POST", path, {"to_year": review_service.YEAR + 1}, seen=1)
        async with portal(databases, tokens, {"review": judging.app}, clock=judging.clock) as service:
            said = {}
            for person, role in (
                (vest, _held("reviewer", region="vest")),
                (one.lead, _held("professional_lead", unit_id=str(one.unit_id))),
            ):
                browser = service.visitor(person.person_id)
                assert browser.session
                service.portal.roles.keep(browser.session.person_id, [role])
                said[role["role"]] = readable(await browser.page("/"))
    assert "Ringe sykehuset." in said["reviewer"]
    assert "En plass står tom." not in said["reviewer"]
    assert "Regionen følger opp fra i fjor: En plass står tom." in said["professional_lead"]
    assert said["professional_lead"].count("Be om et nytt medlem.") == 1
    assert "Ringe sykehuset." not in said["professional_lead"]


async def test_the_reports_are_listed_and_chosen_among(pages: Pages) -> None:
    desk = pages.browser(pages.draft.desk, "service_desk")
    for chosen in ("", "?year=2025", "?status=opened&region=vest", "?status=nonsense&region=<b>&year=1"):
        assert "Nasjonal tjeneste L-1" in readable(await desk.page(f"/reports{chosen}")), chosen
    said = readable(await desk.page("/reports?status=submitted"))
    assert "Nasjonal tjeneste L-1" not in said
    assert "Ingen rapporter passer til det du har valgt." in said


async def test_a_stranger_has_no_list_of_reports(pages: Pages) -> None:
    answer = await pages.service.browser().get("/reports")
    assert (answer.status_code, answer.headers["location"]) == (303, "/login?next=%2Freports")


@pytest.mark.parametrize("written", ["", "nonsense", "{}", None])
async def test_people_are_offered_where_there_is_a_list_of_them(
    tmp_path: Path, tokens: Tokens, written: str | None
) -> None:
    people = tmp_path / "people.json"
    if written is None:
        person = {
            "name": "Astrid <b>Prøvestad",
            "group": "writers",
            "first": True,
            "description": {"nb": "Skriver.", "nn": "Skriv.", "en": "Writes."},
        }
        people.write_text(json.dumps([person]))
    elif written:
        people.write_text(written)
    told = settings(sqlite_databases(tmp_path), tokens, example_people=people)
    app = build(told)
    async with app.router.lifespan_context(app):
        page = await Service(app).browser().page("/")
    assert ("Astrid &lt;b&gt;Prøvestad" in page) is (written is None)
    assert ("hvem du kan logge inn som" in page) is (written is None)
