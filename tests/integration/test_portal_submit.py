"""Checking, signing and the receipt, as people meet them in the portal."""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections.abc import AsyncIterator

import pytest

from tests.integration import portal as portals
from tests.integration.draft import ACCESS, NORD, Draft, drafted
from tests.integration.portal import Browser, readable
from tests.integration.reporting import Caller, MovableClock, reporting
from tests.stores import Databases
from tests.tokens import Tokens

pytestmark = [pytest.mark.integration, pytest.mark.anyio]
EXCUSE = "Plassen for Helse Nord er ledig."


@pytest.fixture
async def desk_of_all(databases: Databases, tokens: Tokens) -> AsyncIterator[tuple[Draft, portals.Service]]:
    async with reporting(databases, tokens) as service:
        clock = service.clock
        assert isinstance(clock, MovableClock)
        async with portals.portal(databases, tokens, {"reporting": service.app}, clock=clock) as portal:
            yield await drafted(service), portal


@pytest.fixture
def draft(desk_of_all: tuple[Draft, portals.Service]) -> Draft:
    return desk_of_all[0]


@pytest.fixture
def portal(desk_of_all: tuple[Draft, portals.Service]) -> portals.Service:
    return desk_of_all[1]


@pytest.fixture
async def complete(draft: Draft) -> Draft:
    """Every required question is answered."""
    await draft.write_unit_part()
    await draft.write_group_part()
    return draft


def as_(portal: portals.Service, caller: Caller, name: str = "Ragnhild Leder") -> Browser:
    return portal.visitor(caller.person_id, name)


def form_of(page: str) -> dict[str, str]:
    """What the form that signs would send."""
    [form] = re.findall(r'<form[^>]*class="check-form".*?</form>', page, flags=re.DOTALL)
    return dict(re.findall(r'<input type="hidden" name="(key|seen|version)" value="([^"]*)"', form))


def check_of(draft: Draft) -> str:
    return f"/reports/{draft.id}/kontroll"


async def test_every_fault_is_shown_with_the_way_to_its_field(draft: Draft, portal: portals.Service) -> None:
    await draft.answered(draft.lead, ACCESS, "å" * 5000)
    line = await draft.add(draft.lead, "activity.teaching", kind="course")
    page = await as_(portal, draft.lead).page(check_of(draft))
    assert 'class="check-form"' not in page
    ways = re.findall(r'<a class="ds-link" href="(/reports/[^"]+#[^"]+)"', page)
    assert f"/reports/{draft.id}/evaluering#f-evaluation-equal_access" in ways
    assert f"/reports/{draft.id}/aktivitet#rad-{line['entry_id']}" in ways
    assert f"/reports/{draft.id}/aktivitet#navn-activity-articles" in ways
    assert "8 feil må rettes" in readable(page)


async def test_what_the_group_owes_is_told_with_whom_it_is_waited_for_from(
    draft: Draft, portal: portals.Service
) -> None:
    await draft.write_unit_part()
    await draft.write_group_part(NORD)
    page = readable(await as_(portal, draft.lead).page(check_of(draft)))
    assert "1 svar mangler fra referansegruppen" in page
    assert "Kari Eksempel (medlem av referansegruppen)" in page
    assert "Varsle lederen for referansegruppen" in page
    assert "Signer og send inn" not in page


async def test_what_is_signed_is_told_and_the_receipt_says_the_same(complete: Draft, portal: portals.Service) -> None:
    lead = as_(portal, complete.lead)
    page = await lead.page(check_of(complete))
    told = readable(page)
    version = await complete.content_version()
    assert f"Versjon {version} av innholdet" in told
    assert "Hvem signerer Ragnhild Leder, faglig ansvarlig" in told
    [shown] = re.findall(r'<code class="hash">([0-9a-f]{64})</code>', page)
    receipt = await lead.follow(await lead.post(check_of(complete), form_of(page)))
    assert "Kvittering for levering 1" in readable(receipt)
    content, whole = re.findall(r'<code class="hash">([0-9a-f]{64})</code>', receipt)
    assert content == shown
    signed = await lead.get(f"/reports/{complete.id}/kvittering/1/kontrolldata")
    assert hashlib.sha256(signed.content).hexdigest() == whole
    assert (await complete.shown(complete.lead))["status"] == "submitted"


async def test_whoever_leads_by_two_assignments_signs_all_the_same(complete: Draft, portal: portals.Service) -> None:
    await complete.service.grant(complete.lead, "professional_lead", unit_id=str(complete.unit_id), acting=True)
    lead = as_(portal, complete.lead)
    form = form_of(await lead.page(check_of(complete)))
    assert "Kvittering for levering 1" in readable(await lead.follow(await lead.post(check_of(complete), form)))


async def test_a_form_sent_twice_is_one_submission(complete: Draft, portal: portals.Service) -> None:
    lead = as_(portal, complete.lead)
    form = form_of(await lead.page(check_of(complete)))
    answers = await asyncio.gather(*(lead.post(check_of(complete), form) for _ in range(3)))
    assert {(a.status_code, a.headers.get("location")) for a in answers} == {
        (303, f"/reports/{complete.id}/kvittering/1")
    }
    assert len(await complete.facts("Submitted")) == 1


async def test_a_report_that_moved_is_shown_anew_and_not_submitted(complete: Draft, portal: portals.Service) -> None:
    lead = as_(portal, complete.lead)
    form = form_of(await lead.page(check_of(complete)))
    await complete.answered(complete.coordinator, ACCESS, "Endret i siste liten.", base=1)
    moved = await lead.post(check_of(complete), form)
    told = readable(moved.text)
    assert moved.status_code == 409
    assert "Rapporten er endret siden du åpnet denne siden" in told
    assert re.search(r"Kari Eksempel endret svaret på «[^»]+»", told)
    assert not await complete.facts("Submitted")
    assert "lagt til: Endret i siste liten. slutt på tillegg" in told
    again = form_of(moved.text)
    assert again["key"] != form["key"]
    assert "Kvittering for levering 1" in readable(await lead.follow(await lead.post(check_of(complete), again)))


async def test_going_back_and_sending_again_leads_to_the_receipt(complete: Draft, portal: portals.Service) -> None:
    lead = as_(portal, complete.lead)
    first, second = [form_of(await lead.page(check_of(complete))) for _ in range(2)]
    await lead.post(check_of(complete), first)
    answer = await lead.post(check_of(complete), second)
    assert answer.headers["location"] == f"/reports/{complete.id}/kvittering/1"
    assert "allerede sendt inn" in readable(await lead.follow(answer))
    page = await lead.page(check_of(complete))
    assert "check-form" not in page
    assert "Rapporten er sendt inn" in readable(page)


async def test_a_report_that_ended_meanwhile_is_not_said_to_be_submitted(
    complete: Draft, portal: portals.Service
) -> None:
    lead = as_(portal, complete.lead)
    form = form_of(await lead.page(check_of(complete)))
    await complete.ask(complete.desk, "exemptions", reason="Tjenesten er avviklet.")
    told = readable(await lead.follow(await lead.post(check_of(complete), form)))
    assert "Slik står rapporten nå." in told
    assert "Den er avsluttet: Tjenesten er avviklet." in told
    assert not await complete.facts("Submitted")


async def test_others_see_who_can_submit_and_cannot(complete: Draft, portal: portals.Service) -> None:
    form = form_of(await as_(portal, complete.lead).page(check_of(complete)))
    for other in (complete.coordinator, complete.leader, complete.desk):
        browser = as_(portal, other, "Kari Eksempel")
        page = await browser.page(check_of(complete))
        assert "check-form" not in page
        assert "Bare faglig ansvarlig kan signere og sende inn rapporten: Ragnhild Leder" in readable(page)
        refused = await browser.post(check_of(complete), form)
        assert refused.status_code == 403
        assert "Bare faglig ansvarlig kan signere" in readable(refused.text)
    assert not await complete.facts("Submitted")


async def test_notice_and_consent_open_the_way(draft: Draft, portal: portals.Service) -> None:
    await draft.write_unit_part()
    await draft.write_group_part(NORD)
    lead, leader = as_(portal, draft.lead), as_(portal, draft.leader)
    noticed = readable(await lead.follow(await lead.post(f"{check_of(draft)}/varsel")))
    assert "Lederen for referansegruppen er varslet" in noticed
    assert "Uten samtykke kan rapporten sendes inn med en begrunnelse fra 17. desember 2025" in noticed
    assert "Samtykk til innsending" in readable(await leader.page(check_of(draft)))
    await leader.follow(await leader.post(f"{check_of(draft)}/samtykke"))
    page = await lead.page(check_of(draft))
    assert "samtykket 10. desember 2025" in readable(page)
    receipt = readable(await lead.follow(await lead.post(check_of(draft), form_of(page))))
    assert "ikke kommet ennå" in receipt


async def test_after_the_wait_a_reason_is_asked_for_and_kept(draft: Draft, portal: portals.Service) -> None:
    await draft.write_unit_part()
    await draft.write_group_part(NORD)
    lead = as_(portal, draft.lead)
    await lead.post(f"{check_of(draft)}/varsel")
    draft.service.clock.move(days=8)
    lead = as_(portal, draft.lead)
    form = form_of(await lead.page(check_of(draft)))
    without = await lead.post(check_of(draft), form)
    assert without.status_code == 409
    assert 'href="#excuse"' in without.text
    long = await lead.post(check_of(draft), {**form, "excuse": "ord " * 600})
    assert (long.status_code, "2 000 tegn. Den har 2 399" in readable(long.text).replace("\u00a0", " ")) == (
        422,
        True,
    )
    assert "ord ord ord" in long.text
    receipt = await lead.follow(await lead.post(check_of(draft), {**form_of(long.text), "excuse": EXCUSE}))
    assert EXCUSE in readable(receipt)


async def test_what_a_signer_wrote_is_kept_when_the_report_moved(draft: Draft, portal: portals.Service) -> None:
    await draft.write_unit_part()
    await draft.write_group_part(NORD)
    draft.service.clock.move(days=70)
    lead = as_(portal, draft.lead)
    form = form_of(await lead.page(check_of(draft)))
    await draft.answered(draft.coordinator, ACCESS, "Rettet.", base=1)
    moved = await lead.post(check_of(draft), {**form, "excuse": "<script>alert(1)</script> Ledig plass."})
    assert moved.status_code == 409
    assert "&lt;script&gt;alert(1)&lt;/script&gt; Ledig plass." in moved.text
    assert "<script>alert" not in moved.text


async def test_an_older_receipt_names_the_newer(complete: Draft, portal: portals.Service) -> None:
    lead = as_(portal, complete.lead)
    await complete.submitted()
    await complete.ask(complete.desk, "reopenings", reason="Feil tall.")
    assert "åpnet på nytt etter denne leveringen" in readable(await lead.page(f"/reports/{complete.id}/kvittering/1"))
    await complete.submitted()
    old = readable(await lead.page(f"/reports/{complete.id}/kvittering/1"))
    assert "Den gjeldende leveringen er nummer 2" in old
    missing = await lead.get(f"/reports/{complete.id}/kvittering/3")
    assert missing.status_code == 404


async def test_a_stranger_learns_nothing(complete: Draft, portal: portals.Service) -> None:
    stranger = as_(portal, await complete.service.person(), "Per Fremmed")
    form = form_of(await as_(portal, complete.lead).page(check_of(complete)))
    for path in ("kontroll", "kvittering/1", "kvittering/1/kontrolldata"):
        assert (await stranger.get(f"/reports/{complete.id}/{path}")).status_code == 404
    assert (await stranger.post(check_of(complete), form)).status_code == 404
    nobody = await portal.browser().get(check_of(complete))
    assert (nobody.status_code, nobody.headers["location"][:12]) == (303, "/login?next=")


async def test_a_form_of_another_making_is_refused_kindly(complete: Draft, portal: portals.Service) -> None:
    lead = as_(portal, complete.lead)
    for fields in (
        {},
        {"seen": "x", "version": "1"},
        {"seen": "-1", "version": "1"},
        {"seen": str(2**40), "version": "1"},
    ):
        assert (await lead.post(check_of(complete), fields)).status_code == 400
    foreign = await lead.post(check_of(complete), {"seen": "1", "version": "1", "csrf": "else"})
    assert foreign.status_code == 403
    ahead = await lead.post(check_of(complete), {"seen": "9999", "version": "9999"})
    assert ahead.status_code == 409
    assert not await complete.facts("Submitted")
