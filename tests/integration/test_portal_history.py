"""What happened to a report, what it was and what the public would see, as people meet it in the portal."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from uuid import uuid4

import pytest

from tests.integration import portal as portals
from tests.integration.draft import ACCESS, NORD, OVERALL, Draft, drafted
from tests.integration.portal import Browser, readable
from tests.integration.reporting import Caller, reporting
from tests.stores import Databases
from tests.tokens import Tokens

pytestmark = [pytest.mark.integration, pytest.mark.anyio]
SECRET = "Pasienten het Hemmelig Navn."
WHY = {"reason": "Kan kjennes igjen.", "legal_basis": "Personvernforordningen art. 17"}


@pytest.fixture
async def both(databases: Databases, tokens: Tokens) -> AsyncIterator[tuple[Draft, portals.Service]]:
    async with (
        reporting(databases, tokens) as service,
        portals.portal(databases, tokens, {"reporting": service.app}, clock=service.clock) as portal,
    ):
        yield await drafted(service), portal


@pytest.fixture
def draft(both: tuple[Draft, portals.Service]) -> Draft:
    return both[0]


@pytest.fixture
def portal(both: tuple[Draft, portals.Service]) -> portals.Service:
    return both[1]


def as_(portal: portals.Service, caller: Caller, name: str = "Ragnhild Leder") -> Browser:
    return portal.visitor(caller.person_id, name)


def history_of(draft: Draft, rest: str = "") -> str:
    return f"/reports/{draft.id}/historikk{rest}"


def sentences(page: str) -> list[str]:
    """What the page says happened, in its order."""
    return [readable(found) for found in re.findall(r'<p class="history-sentence">.*?</p>', page, flags=re.DOTALL)]


def marked(page: str) -> list[tuple[str, str]]:
    """What is marked as added and removed, with what is said to those who do not see it."""
    inside = "".join(re.findall(r'<div class="paper-text difference".*?</div>', page, flags=re.DOTALL))
    return [(tag, readable(text)) for tag, text in re.findall(r"<(ins|del)>(.*?)</\1>", inside, flags=re.DOTALL)]


async def removed(draft: Draft, place: str, first: int, last: int) -> None:
    body = {"place": place, "first_version": first, "last_version": last, **WHY}
    asked = await draft.leader.done("POST", f"{draft.path}/redactions", body)
    await draft.ask(draft.desk, f"redactions/{asked['redaction_id']}/approvals")


async def test_who_did_what_is_told_in_sentences_newest_first(draft: Draft, portal: portals.Service) -> None:
    await draft.answered(draft.lead, ACCESS)
    await draft.add(draft.coordinator, "activity.teaching", title="Kurs")
    await draft.finish(draft.lead, "unit")
    told = sentences(await as_(portal, draft.lead).page(history_of(draft)))
    assert told[0] == "Ragnhild Leder meldte enhetens del ferdig"
    assert re.fullmatch(r"Kari Eksempel la til en oppføring i «.+»", told[1])
    assert re.fullmatch(r"Ragnhild Leder besvarte «.+»", told[2])
    assert told[-1].endswith("åpnet rapporten")


async def test_saves_in_one_go_are_one_change(draft: Draft, portal: portals.Service) -> None:
    for base in range(5):
        await draft.answered(draft.lead, ACCESS, f"Vi holdt {base} kurs.", base)
        draft.service.clock.move(minutes=5)
    await draft.answered(draft.coordinator, ACCESS, "Vi holdt 4 lange kurs.", base=5)
    draft.service.clock.move(minutes=31)
    await draft.answered(draft.coordinator, ACCESS, "Vi holdt 4 lange og gode kurs.", base=6)
    page = await as_(portal, draft.lead).page(history_of(draft, f"?sporsmal={ACCESS}"))
    assert len(sentences(page)) == 3
    assert "lagret 5 ganger" in readable(page)
    assert "2 ord lagt til, 0 fjernet" in readable(page)


async def test_history_is_narrowed_by_question_person_and_matter(draft: Draft, portal: portals.Service) -> None:
    await draft.answered(draft.lead, ACCESS)
    await draft.answered(draft.leader, OVERALL)
    await draft.finish(draft.leader, "group")
    desk = as_(portal, draft.desk)
    by_question = sentences(await desk.page(history_of(draft, f"?sporsmal={OVERALL}")))
    assert len(by_question) == 1
    by_person = sentences(await desk.page(history_of(draft, f"?person={draft.leader.person_id}")))
    assert len(by_person) == 2
    handing_in = sentences(await desk.page(history_of(draft, "?slag=levering")))
    assert handing_in[0].endswith("meldte referansegruppens del ferdig")
    nothing = readable(await desk.page(history_of(draft, f"?slag=fjerning&person={uuid4()}")))
    assert "Ingenting i historikken passer" in nothing


async def test_a_long_history_has_pages(draft: Draft, portal: portals.Service) -> None:
    for n in range(60):
        await draft.add(draft.lead, "activity.dissemination", title=f"Foredrag {n}")
    lead = as_(portal, draft.lead)
    first = await lead.page(history_of(draft))
    assert len(sentences(first)) == 50
    assert 'rel="next"' in first
    assert 'rel="prev"' not in first
    second = await lead.page(history_of(draft, "?side=2"))
    assert sentences(second)[-1].endswith("åpnet rapporten")
    assert len(sentences(first) + sentences(second)) == 61
    assert sentences(await lead.page(history_of(draft, "?side=99"))) == sentences(second)


async def test_each_question_tells_its_last_change(draft: Draft, portal: portals.Service) -> None:
    await draft.answered(draft.lead, ACCESS)
    told = readable(await as_(portal, draft.lead).page(history_of(draft, "?vis=sporsmal")))
    assert "1 endring, sist 10. des. 2025" in told
    assert "av Ragnhild Leder" in told
    assert "Ingenting er skrevet her ennå." in told


async def test_a_difference_is_marked_and_told_in_words(draft: Draft, portal: portals.Service) -> None:
    await draft.answered(draft.lead, ACCESS, "Vi holdt to kurs i Bodø.")
    version = (await draft.shown(draft.lead))["report_version"]
    await draft.answered(draft.coordinator, ACCESS, "Vi holdt tre kurs i Bodø.", base=1)
    lead = as_(portal, draft.lead)
    for way in (f"?fra={version}", f"?fra=99999&til={version}"):
        page = await lead.page(history_of(draft, f"/forskjell{way}"))
        assert marked(page) == [
            ("del", "fjernet: to slutt på det fjernede"),
            ("ins", "lagt til: tre slutt på tillegg"),
        ]
        assert "1 ord lagt til, 1 fjernet" in readable(page)
        assert "av Kari Eksempel" in readable(page)
    same = readable(await lead.page(history_of(draft, f"/forskjell?fra={version}&til={version}")))
    assert "De to versjonene er like." in same


async def test_lines_persons_and_parts_differ_too(draft: Draft, portal: portals.Service) -> None:
    line = await draft.add(draft.lead, "activity.teaching", title="Kurs i prøvesyke", hours=7.5)
    gone = await draft.add(draft.lead, "activity.teaching", title="Avlyst seminar")
    before = (await draft.shown(draft.lead))["report_version"]
    fields = {"fields": {"title": "Kurs i prøvesyke", "hours": 12}, "base_version": 1}
    await draft.lead.done("PUT", f"{draft.path}/entries/{line['entry_id']}/fields", fields)
    await draft.lead.done("DELETE", f"{draft.path}/entries/{gone['entry_id']}?base_version=1")
    shown = {"public": False, "copy_of_report": True}
    await draft.lead.done("PUT", f"{draft.path}/persons/{draft.lead.assignment_id}", shown)
    await draft.finish(draft.lead, "unit")
    page = await as_(portal, draft.lead).page(history_of(draft, f"/forskjell?fra={before}"))
    assert ("del", "fjernet: Avlyst seminar slutt på det fjernede") in marked(page)
    assert any(tag == "ins" and "12" in text for tag, text in marked(page))
    told = readable(page)
    assert "Vises offentlig: nei. Får kopi: ja." in told
    assert "Meldt ferdig." in told


async def test_the_report_is_shown_as_it_was(draft: Draft, portal: portals.Service) -> None:
    await draft.answered(draft.lead, ACCESS, "Slik det var.")
    version = (await draft.shown(draft.lead))["report_version"]
    await draft.answered(draft.lead, ACCESS, "Slik det ble.", base=1)
    lead = as_(portal, draft.lead)
    old = readable(await lead.page(history_of(draft, f"/versjon/{version}")))
    assert "Slik det var." in old
    assert "Slik det ble." not in old
    assert "Dette er en eldre versjon" in old
    assert (await lead.get(history_of(draft, "/versjon/9999"))).status_code == 404


async def test_a_removed_text_is_told_as_removed_everywhere(draft: Draft, portal: portals.Service) -> None:
    await draft.answered(draft.lead, ACCESS, SECRET)
    version = (await draft.shown(draft.lead))["report_version"]
    await removed(draft, ACCESS, 1, 1)
    lead = as_(portal, draft.lead)
    for rest in ("", f"/forskjell?fra={version}", f"/versjon/{version}", f"/forskjell?sporsmal={ACCESS}"):
        page = readable(await lead.page(history_of(draft, rest)))
        assert "Hemmelig" not in page
        assert "fjernet for godt" in page
    old = readable(await lead.page(history_of(draft, f"/versjon/{version}")))
    assert f"Begrunnelse: {WHY['reason']}" in old
    assert f"Hjemmel: {WHY['legal_basis']}" in old
    public = readable(await lead.page(f"/reports/{draft.id}/forhandsvisning"))
    assert "Teksten er fjernet for godt." in public
    assert WHY["reason"] not in public


async def test_a_draft_of_the_other_party_is_told_and_not_shown(draft: Draft, portal: portals.Service) -> None:
    await draft.answered(draft.members["nord"], NORD, "Bare gruppen leser dette.")
    lead = as_(portal, draft.lead)
    version = (await draft.shown(draft.lead))["report_version"]
    for rest in ("", "/forskjell", f"/versjon/{version}"):
        page = readable(await lead.page(history_of(draft, rest)))
        assert "Bare gruppen leser dette." not in page
        assert "tkast" in page


async def test_what_was_written_is_never_run(draft: Draft, portal: portals.Service) -> None:
    await draft.answered(draft.lead, ACCESS, "<script>alert(1)</script> æøå Kárášjohka 🙂 {{ 7*7 }}")
    lead = as_(portal, draft.lead)
    for path in ("historikk/forskjell", "historikk/versjon/2", "forhandsvisning", "historikk?person=<script>"):
        page = await lead.page(f"/reports/{draft.id}/{path}")
        assert "<script>alert" not in page
        assert "49" not in re.findall(r"Kárášjohka 🙂 (\S+)", page)


async def test_strange_questions_to_history_are_answered_kindly(draft: Draft, portal: portals.Service) -> None:
    lead = as_(portal, draft.lead)
    for rest in ("/forskjell?fra=x", "/forskjell?fra=0", "?side=0", "/forskjell?til=99999999999999"):
        assert (await lead.get(history_of(draft, rest))).status_code == 400
    assert (await lead.get(history_of(draft, "/versjon/x"))).status_code == 404
    stranger = as_(portal, await draft.service.person())
    for rest in ("", "/forskjell", "/versjon/1"):
        assert (await stranger.get(history_of(draft, rest))).status_code == 404


async def test_the_preview_shows_what_the_public_would_see(draft: Draft, portal: portals.Service) -> None:
    await draft.write_unit_part()
    await draft.answered(draft.lead, "evaluation.reporting_feedback", "Bare for servicemiljøene.")
    figures = {"nord": 3, "vest": 40, "midt": 12}
    fields = {"measure_id": "new", "name": "Nyhenviste", "by_region": figures, "total": 55}
    nothing = {"declared": False, "base_version": 1}
    await draft.lead.done("PUT", f"{draft.path}/answers/activity.clinical_activity/nothing-to-report", nothing)
    await draft.add(draft.lead, "activity.clinical_activity", **fields)
    lead = as_(portal, draft.lead)
    page = await lead.page(f"/reports/{draft.id}/forhandsvisning")
    public = readable(page[page.index('class="public-page"') : page.index('class="preview-left-out"')])
    assert "Ingenting av dette er offentlig ennå" in readable(page)
    assert "Bare for servicemiljøene." not in public
    assert "Ragnhild Leder, faglig ansvarlig" in public
    assert "koordinator" not in public
    assert "Nyhenviste" in public
    assert "vises ikke offentlig: Helse Midt-Norge, Helse Nord" in public
    shown = {"public": False, "copy_of_report": False}
    await draft.lead.done("PUT", f"{draft.path}/persons/{draft.lead.assignment_id}", shown)
    assert "Ragnhild Leder, faglig ansvarlig" not in readable(await lead.page(f"/reports/{draft.id}/forhandsvisning"))


async def test_the_state_of_the_report_stands_above_its_preview(draft: Draft, portal: portals.Service) -> None:
    await draft.write_unit_part()
    await draft.write_group_part()
    await draft.submitted()
    desk = as_(portal, draft.desk)
    path = f"/reports/{draft.id}/forhandsvisning"
    assert "sendt inn (levering 1" in readable(await desk.page(path))
    await draft.ask(draft.desk, "reopenings", reason="Feil tall.")
    reopened = readable(await desk.page(path))
    assert "Rapporten er åpnet på nytt" in reopened
    assert "Les rapporten slik den ble sendt inn" in reopened
    await draft.ask(draft.desk, "withdrawals", reason="Åpnet ved en feil.")
    assert "Rapporten er trukket" in readable(await desk.page(path))


async def test_every_state_of_a_report_is_told_in_history(draft: Draft, portal: portals.Service) -> None:
    await draft.write_unit_part()
    await draft.write_group_part(NORD)
    await draft.ask(draft.lead, "notices")
    await draft.ask(draft.leader, "consents")
    await draft.submitted()
    await draft.members["nord"].done("POST", f"{draft.path}/addenda", {"question_id": NORD, "text": "Sent."})
    await draft.ask(draft.desk, "reopenings", reason="Feil tall.")
    await draft.ask(draft.desk, "extensions", until="2026-03-01T12:00:00", reason="Sykdom.")
    await draft.ask(draft.desk, "withdrawals", reason="Åpnet ved en feil.")
    page = await as_(portal, draft.desk).page(history_of(draft))
    told = " | ".join(sentences(page))
    for said in (
        "trakk rapporten",
        "ga rapporten frist til 1. mars 2026 kl. 12:00",
        "åpnet rapporten på nytt",
        "ettersendte svaret på «",
        "signerte og sendte inn rapporten (levering 1)",
        "samtykket til at rapporten sendes inn uten alle svarene fra referansegruppen",
        "varslet referansegruppens leder om at enheten vil sende inn",
    ):
        assert said in told
    assert "Begrunnelse: Åpnet ved en feil." in readable(page)
    assert "denne siden ikke kjenner" not in told
