"""The activity lists in a browser without scripts: lines are added, changed, moved, taken out and put back."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from services.reporting.report import Report
from tests.integration.draft import Draft, drafted
from tests.integration.portal import Browser, Service, portal, readable
from tests.integration.portal_forms import PageForm, form, forms
from tests.integration.reporting import YEAR, Caller, reporting
from tests.stores import sqlite_databases
from tests.tokens import Tokens

pytestmark = [pytest.mark.integration, pytest.mark.anyio]
TEACHING = "activity.teaching"


@dataclass
class Lists:
    """The report of a unit, and the browsers of its people."""

    draft: Draft
    service: Service
    lead: Browser
    coordinator: Browser

    @property
    def path(self) -> str:
        return f"/reports/{self.draft.id}"

    @property
    def entries(self) -> str:
        return f"{self.path}/oppforinger"

    def browser(self, caller: Caller, name: str = "Ola Eksempel") -> Browser:
        return self.service.visitor(caller.person_id, name)

    async def new(self, by: Browser, question: str = TEACHING) -> PageForm:
        """The form of a new line."""
        return form(await by.page(f"{self.entries}/ny?liste={question}"), "/oppforinger")

    async def add(self, by: Browser, question: str = TEACHING, **typed: str | list[str]) -> str:
        """A line that must be taken; the page that follows."""
        empty = await self.new(by, question)
        return await by.follow(await by.post(empty.action, empty.filled(**typed)))

    async def lines(self, question: str = TEACHING, removed: bool = False) -> list[dict[str, Any]]:
        """What reporting keeps, read past the pages."""
        shown = await self.draft.shown(self.draft.lead)
        return [e for e in shown["entries"].get(question, []) if e["removed_from_list"] == removed]

    async def titles(self, question: str = TEACHING) -> list[str]:
        return [line["fields"].get("title", "") for line in await self.lines(question)]


@pytest.fixture
async def lists(tmp_path: Path, tokens: Tokens) -> AsyncIterator[Lists]:
    databases = sqlite_databases(tmp_path)
    async with reporting(databases, tokens) as behind:
        draft = await drafted(behind)
        async with portal(databases, tokens, {"reporting": behind.app}, clock=behind.clock) as service:
            browsers = [service.visitor(who.person_id) for who in (draft.lead, draft.coordinator)]
            yield Lists(draft, service, *browsers)


def place(answer: httpx.Response) -> str:
    """Where the reader goes on from after a form was taken."""
    assert answer.status_code == 303, (answer.status_code, readable(answer.text))
    return str(answer.headers["location"]).partition("#")[2]


async def test_an_empty_list_says_so_and_how_to_begin(lists: Lists) -> None:
    page = readable(await lists.lead.page(f"{lists.path}/aktivitet"))
    for said in ("Vitenskapelige artikler", "Ingen artikler er ført opp ennå.", "Legg til artikkel", "0 av høyst 5"):
        assert said in page
    assert page.count("Ingenting å rapportere") == 5


async def test_a_line_is_added_as_it_was_typed(lists: Lists) -> None:
    page = await lists.add(
        lists.lead,
        title="Kurs i Kárášjohka 🧪",
        kind="course",
        dates="1.3.2025\r\n02.04.2025",
        hours="7,5",
        participants="1 200",
        digital="false",
        regions_reached=["nord", "vest"],
    )
    assert "«Kurs i Kárášjohka 🧪» er lagt til." in readable(page)
    [line] = await lists.lines()
    fields = {name: value for name, value in line["fields"].items() if value not in (None, [])}
    assert fields == {
        "title": "Kurs i Kárášjohka 🧪",
        "kind": "course",
        "dates": ["2025-03-01", "2025-04-02"],
        "hours": 7.5,
        "participants": 1200,
        "digital": False,
        "regions_reached": ["nord", "vest"],
    }
    shown = form(await lists.lead.page(f"{lists.entries}/{line['entry_id']}"), line["entry_id"])
    assert shown.fields["dates"] == ["01.03.2025\n02.04.2025"]
    assert (shown.fields["hours"], shown.fields["participants"]) == (["7,5"], ["1200"])


async def test_each_kind_of_line_can_be_written(lists: Lists) -> None:
    await lists.add(
        lists.lead, "activity.articles", title="Om prøver", year="2025", doi="https://doi.org/10.1000/ABC"
    )
    await lists.add(lists.lead, "activity.projects", title="P", starts_on="1.1.2024", funders="Fondet\r\nStiftelsen")
    await lists.add(lists.lead, "activity.dissemination", title="Foredrag", kind="lecture", held_on="2025-04-01")
    await lists.add(
        lists.lead,
        "activity.clinical_activity",
        name="Nye pasienter",
        definition="Henvist første gang.",
        by_region__nord="10",
        by_region__sor_ost="0",
        total="10",
    )
    shown = (await lists.draft.shown(lists.draft.lead))["entries"]
    assert shown["activity.articles"][0]["fields"]["doi"] == "10.1000/abc"
    assert shown["activity.projects"][0]["fields"]["funders"] == ["Fondet", "Stiftelsen"]
    assert shown["activity.dissemination"][0]["fields"]["held_on"] == "2025-04-01"
    figures = shown["activity.clinical_activity"][0]["fields"]
    counts = {region: count for region, count in figures["by_region"].items() if count is not None}
    assert (counts, figures["declared"], figures["total"]) == ({"nord": 10, "sor_ost": 0}, "by_region", 10)
    assert figures["measure_id"].startswith("m-")


async def test_a_form_sent_twice_is_one_line(lists: Lists) -> None:
    empty = await lists.new(lists.lead)
    for _ in range(2):
        await lists.lead.follow(await lists.lead.post(empty.action, empty.filled(title="Kurs")))
    assert await lists.titles() == ["Kurs"]


async def test_back_and_changed_and_sent_again_shows_both_and_adds_nothing(lists: Lists) -> None:
    empty = await lists.new(lists.lead)
    await lists.lead.follow(await lists.lead.post(empty.action, empty.filled(title="Kurs")))
    again = await lists.lead.post(empty.action, empty.filled(title="Kurset"))
    assert again.status_code == 409
    assert "Lagret av" in readable(again.text)
    assert await lists.titles() == ["Kurs"]
    [line] = await lists.lines()
    mine = form(again.text, line["entry_id"])
    assert mine.fields["title"] == ["Kurset"]
    await lists.lead.follow(await lists.lead.post(mine.action, mine.fields))
    assert await lists.titles() == ["Kurset"]


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"dates": "31.02.2025"}, "Datoer: «31.02.2025» er ikke en dato. Skriv den slik: 31.12.2025."),
    ({"dates": "1.3.2025\ni fjor"}, "Datoer: «i fjor» er ikke en dato."),
    ({"participants": "mange"}, "Deltakere: Skriv et helt tall med sifre, for eksempel 42."),
    ({"participants": "-1"}, "Deltakere: Skriv et helt tall"),
    ({"participants": "99999999"}, "Deltakere: Tallet kan ikke være høyere enn 10000000."),
    ({"hours": "to"}, "Timer i alt: Skriv et tall, for eksempel 7,5."),
    ({"link": "nettsiden vår"}, "Lenke: Skriv hele lenken, slik: https://www.eksempel.no"),
    ({"kind": "dance"}, "Type: Velg en av mulighetene i listen."),
    ({"regions_reached": ["moon"]}, "Regioner som ble nådd: Velg en av mulighetene i listen."),
    ({"target_group": "x" * 301}, "Målgruppe: Teksten er for lang: 301 tegn av høyst 300."),
]


async def test_what_cannot_be_taken_is_said_beside_its_field_and_nothing_is_lost(lists: Lists) -> None:
    empty = await lists.new(lists.lead)
    for typed, said in WRONG:
        answer = await lists.lead.post(empty.action, empty.filled(title="Kurs i <b>prøver</b>", **typed))
        assert (answer.status_code, said in readable(answer.text)) == (422, True), said
        [name] = typed
        assert f'id="felt-ny-activity-teaching-{name}-fault"' in answer.text
        back = form(answer.text, "/oppforinger")
        assert (back.fields["title"], back.fields["linje"]) == (["Kurs i <b>prøver</b>"], empty.fields["linje"])
        assert name in ("kind", "regions_reached") or back.fields[name] == [typed[name]]
    assert await lists.lines() == []
    mended = empty.filled(title="Kurs i <b>prøver</b>", target_group="Alle")
    await lists.lead.follow(await lists.lead.post(empty.action, mended))
    assert await lists.titles() == ["Kurs i <b>prøver</b>"]


async def test_every_fault_is_told_at_once(lists: Lists) -> None:
    empty = await lists.new(lists.lead, "activity.articles")
    answer = await lists.lead.post(empty.action, empty.filled(title="T" * 501, year="25", link="her"))
    page = readable(answer.text)
    for said in ("501 tegn av høyst 500", "Skriv året med fire sifre", "Skriv hele lenken"):
        assert said in page
    refused = await lists.lead.post(empty.action, empty.filled(title="T", doi="ti", pmid="x"))
    page = readable(refused.text)
    assert refused.status_code == 422
    assert "DOI: Skriv DOI slik: 10.1000/182." in page
    assert "PMID: Skriv PMID med bare sifre" in page


async def test_an_empty_form_is_not_a_line(lists: Lists) -> None:
    for question in (TEACHING, "activity.clinical_activity"):
        empty = await lists.new(lists.lead, question)
        answer = await lists.lead.post(empty.action, empty.fields)
        assert answer.status_code == 422
        assert "Fyll ut minst dette feltet før du lagrer." in readable(answer.text)


async def test_what_was_pasted_is_cleaned_and_kept(lists: Lists) -> None:
    pasted = "  «Kurs» – del 1\x0b\x00\u00adslutt  "
    await lists.add(lists.lead, title=pasted)
    assert await lists.titles() == ["«Kurs» – del 1 \u00adslutt"]
    page = await lists.add(lists.lead, title="<script>alert(1)</script>")
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


async def test_a_hundred_thousand_characters_come_back(lists: Lists) -> None:
    empty = await lists.new(lists.lead, "activity.articles")
    answer = await lists.lead.post(empty.action, empty.filled(relevance="å" * 100_000))
    assert answer.status_code == 422
    assert "100000 tegn av høyst 4000" in readable(answer.text).replace("\u00a0", "")
    assert form(answer.text, "/oppforinger").fields["relevance"] == ["å" * 100_000]


async def test_a_line_is_changed(lists: Lists) -> None:
    await lists.add(lists.lead, title="Kurs", participants="12")
    [line] = await lists.lines()
    shown = form(await lists.lead.page(f"{lists.entries}/{line['entry_id']}"), line["entry_id"])
    answer = await lists.lead.post(shown.action, shown.filled(title="Kurset", participants=""))
    assert place(answer) == f"rad-{line['entry_id']}"
    assert "«Kurset» er lagret." in readable(await lists.lead.follow(answer))
    [changed] = await lists.lines()
    assert (changed["fields"]["title"], changed["fields"]["participants"], changed["version"]) == ("Kurset", None, 2)


async def test_two_on_one_line_both_see_both(lists: Lists) -> None:
    await lists.add(lists.lead, title="Kurs", participants="12")
    [line] = await lists.lines()
    address = f"{lists.entries}/{line['entry_id']}"
    mine = form(await lists.lead.page(address), line["entry_id"])
    theirs = form(await lists.coordinator.page(address), line["entry_id"])
    await lists.coordinator.follow(await lists.coordinator.post(address, theirs.filled(title="Deres")))
    late = await lists.lead.post(address, mine.filled(title="Mitt", participants="13"))
    page = readable(late.text)
    assert late.status_code == 409
    assert "Ingenting er tapt" in page
    assert "Deres" in page
    both = form(late.text, line["entry_id"])
    assert (both.fields["title"], both.fields["participants"], both.fields["version"]) == (["Mitt"], ["13"], ["2"])
    assert await lists.titles() == ["Deres"]
    await lists.lead.follow(await lists.lead.post(address, both.fields))
    assert await lists.titles() == ["Mitt"]


async def test_two_who_wrote_the_same_have_no_conflict(lists: Lists) -> None:
    await lists.add(lists.lead, title="Kurs")
    [line] = await lists.lines()
    address = f"{lists.entries}/{line['entry_id']}"
    for by, shown in [(b, form(await b.page(address), line["entry_id"])) for b in (lists.lead, lists.coordinator)]:
        await by.follow(await by.post(address, shown.filled(title="Det samme")))
    assert await lists.titles() == ["Det samme"]


async def test_a_line_taken_out_meanwhile_can_be_put_back_with_what_one_wrote(lists: Lists) -> None:
    await lists.add(lists.lead, title="Kurs")
    [line] = await lists.lines()
    address = f"{lists.entries}/{line['entry_id']}"
    mine = form(await lists.lead.page(address), line["entry_id"])
    gone = form(await lists.coordinator.page(f"{lists.path}/aktivitet"), "/fjern")
    await lists.coordinator.follow(await lists.coordinator.post(gone.action, gone.fields))
    late = await lists.lead.post(address, mine.filled(title="Mitt"))
    assert late.status_code == 409
    assert "Oppføringen ble fjernet mens du skrev" in readable(late.text)
    again = form(late.text, line["entry_id"])
    await lists.lead.follow(await lists.lead.post(address, {**again.fields, "sett_tilbake": "true"}))
    assert await lists.titles() == ["Mitt"]


async def test_lines_are_moved_by_buttons_once_for_each_form(lists: Lists) -> None:
    for title in ("A", "B", "C"):
        await lists.add(lists.lead, title=title)
    first, _second, third = await lists.lines()
    page = await lists.lead.page(f"{lists.path}/aktivitet")
    assert [f.fields["vei"] for f in forms(page, f"{first['entry_id']}/flytt")] == [["ned"]]
    assert [f.fields["vei"] for f in forms(page, f"{third['entry_id']}/flytt")] == [["opp"]]
    up = form(page, f"{third['entry_id']}/flytt")
    for _ in range(2):
        answer = await lists.lead.post(up.action, up.fields)
        assert place(answer) == f"rad-{third['entry_id']}"
        assert "«C» er flyttet til plass 2 av 3." in readable(await lists.lead.follow(answer))
    assert await lists.titles() == ["A", "C", "B"]


async def test_a_move_passes_over_lines_that_were_taken_out(lists: Lists) -> None:
    for title in ("A", "B", "C"):
        await lists.add(lists.lead, title=title)
    _first, second, third = await lists.lines()
    gone = form(await lists.lead.page(f"{lists.path}/aktivitet"), f"{second['entry_id']}/fjern")
    await lists.lead.post(gone.action, gone.fields)
    up = form(await lists.lead.page(f"{lists.path}/aktivitet"), f"{third['entry_id']}/flytt")
    await lists.lead.follow(await lists.lead.post(up.action, up.fields))
    assert await lists.titles() == ["C", "A"]


async def test_what_was_taken_out_can_be_put_back_at_once_and_later(lists: Lists) -> None:
    for title in ("A", "B"):
        await lists.add(lists.lead, title=title)
    first, _second = await lists.lines()
    gone = form(await lists.lead.page(f"{lists.path}/aktivitet"), f"{first['entry_id']}/fjern")
    answer = await lists.lead.post(gone.action, gone.fields)
    assert place(answer) == f"angre-{first['entry_id']}"
    page = await lists.lead.follow(answer)
    assert "«A» er fjernet." in readable(page)
    assert await lists.titles() == ["B"]
    later = await lists.lead.page(f"{lists.path}/aktivitet")
    assert "1 fjernet oppføring" in readable(later)
    assert form(later, "/angre").fields["version"] == form(page, "/angre").fields["version"]
    undo = form(page, "/angre")
    back = await lists.lead.follow(await lists.lead.post(undo.action, undo.fields))
    assert "«A» er satt tilbake." in readable(back)
    assert await lists.titles() == ["A", "B"]


async def test_a_line_that_moved_on_is_not_taken_out_unseen(lists: Lists) -> None:
    await lists.add(lists.lead, title="Kurs")
    [line] = await lists.lines()
    gone = form(await lists.lead.page(f"{lists.path}/aktivitet"), "/fjern")
    shown = form(await lists.coordinator.page(f"{lists.entries}/{line['entry_id']}"), line["entry_id"])
    await lists.coordinator.post(shown.action, shown.filled(title="Nytt kurs"))
    page = readable(await lists.lead.follow(await lists.lead.post(gone.action, gone.fields)))
    assert "Noen har endret dette siden du så det." in page
    assert await lists.titles() == ["Nytt kurs"]


async def test_nothing_to_report_is_said_and_taken_back(lists: Lists) -> None:
    async def asked() -> PageForm:
        page = await lists.lead.page(f"{lists.path}/aktivitet")
        return next(f for f in forms(page, "/ingenting") if f.fields["liste"] == [TEACHING])

    early = await lists.new(lists.lead)
    declare = await asked()
    page = await lists.lead.follow(await lists.lead.post(declare.action, declare.fields))
    assert "Svart: ingenting å rapportere." in readable(page)
    late = await lists.lead.post(early.action, early.filled(title="Kurs likevel"))
    assert late.status_code == 409
    back = form(late.text, "/oppforinger")
    assert back.fields["title"] == ["Kurs likevel"]
    await lists.lead.follow(await lists.lead.post(back.action, {**back.fields, "ta_tilbake": "true"}))
    assert await lists.titles() == ["Kurs likevel"]
    stale = await lists.lead.follow(await lists.lead.post(declare.action, {**declare.fields, "key": str(uuid4())}))
    assert "Listen er ikke tom" in readable(stale) or "Noen har endret dette" in readable(stale)


async def test_more_lines_than_may_be_handed_in_are_kept_and_said(lists: Lists) -> None:
    for number in range(5):
        await lists.add(lists.lead, "activity.articles", title=f"Artikkel {number}", year="2025")
    page = await lists.add(lists.lead, "activity.articles", title="Én for mye", year="2025")
    assert "6 av høyst 5" in readable(page)
    assert len(await lists.lines("activity.articles")) == 6


async def test_what_a_line_lacks_stands_with_it_and_beside_the_field(lists: Lists) -> None:
    page = await lists.add(lists.lead, "activity.articles", title="Artikkel")
    assert "Skriv året artikkelen ble publisert." in readable(page)
    [line] = await lists.lines("activity.articles")
    shown = await lists.lead.page(f"{lists.entries}/{line['entry_id']}")
    assert f'id="felt-{line["entry_id"]}-year-found"' in shown


async def test_a_line_of_last_year_can_be_begun_with(lists: Lists) -> None:
    await lists.draft.service.open_cycle(2024)
    earlier = str(Report.identify(lists.draft.unit_id, 2024))
    fields = {"title": "Kurset fra i fjor", "target_group": "Barneleger", "dates": ["2024-03-01"], "participants": 12}
    body = {"question_id": TEACHING, "fields": fields}
    await lists.draft.lead.done("PUT", f"/reports/{earlier}/entries/{uuid4()}", body)
    assert "Hent fra i fjor (1)" in readable(await lists.lead.page(f"{lists.path}/aktivitet"))
    page = await lists.lead.page(f"{lists.entries}/i-fjor?liste={TEACHING}")
    [begin] = re.findall(r'href="([^"]+fra=[^"]+)"', page)
    begun = form(await lists.lead.page(unescape(begin)), "/oppforinger")
    assert (begun.fields["title"], begun.fields["dates"]) == (["Kurset fra i fjor"], [""])
    page = await lists.lead.follow(await lists.lead.post(begun.action, begun.fields))
    assert "Overtatt fra i fjor" in readable(page)
    [line] = await lists.lines()
    assert (line["source"], line["fields"]["participants"]) == ("carried_over", None)


async def test_figures_of_a_multiregional_service_are_given_for_each_site(lists: Lists) -> None:
    behind = lists.draft.service
    unit = await behind.unit("L-2", "multiregional_treatment_service", "vest", "nord")
    lead = await behind.holder("professional_lead", unit_id=unit)
    opened = await behind.joint.done("POST", "/reports", {"unit_id": str(unit), "year": YEAR})
    entries, browser = f"/reports/{opened['report_id']}/oppforinger", lists.browser(lead)
    empty = form(await browser.page(f"{entries}/ny?liste=activity.clinical_activity"), "/oppforinger")
    nameless = await browser.post(empty.action, empty.filled(name="Nye", by_site__1__total="4"))
    assert "Helseforetak: Skriv navnet på helseforetaket tallene gjelder." in readable(nameless.text)
    sites = {"by_site__0__trust": "Vest", "by_site__0__by_region__vest": "5", "by_site__1__trust": "Nord"}
    page = await browser.follow(await browser.post(empty.action, empty.filled(name="Nye", **sites)))
    assert "Behandlingssted 1, Helse Vest 5" in readable(page)
    line = (await lead.shown(f"/reports/{opened['report_id']}"))["entries"]["activity.clinical_activity"][0]
    assert [site["trust"] for site in line["fields"]["by_site"]] == ["Vest", "Nord"]


async def test_while_reporting_is_away_the_form_comes_back_and_may_be_sent_again(
    lists: Lists, monkeypatch: pytest.MonkeyPatch
) -> None:
    empty = await lists.new(lists.lead)
    reporting = lists.service.portal.connections.open["reporting"].http
    send = reporting.send

    async def away_for_writers(request: httpx.Request, **more: Any) -> httpx.Response:
        if request.method == "PUT":
            raise httpx.ConnectError("away", request=request)
        return await send(request, **more)

    with monkeypatch.context() as broken:
        broken.setattr(reporting, "send", away_for_writers)
        answer = await lists.lead.post(empty.action, empty.filled(title="Kurs"))
    assert answer.status_code == 503
    assert "Vi fikk ikke lagret akkurat nå." in readable(answer.text)
    back = form(answer.text, "/oppforinger")
    assert (back.fields["key"], back.fields["title"]) == (empty.fields["key"], ["Kurs"])
    await lists.lead.follow(await lists.lead.post(back.action, back.fields))
    assert await lists.titles() == ["Kurs"]


async def test_others_read_and_write_nothing(lists: Lists) -> None:
    await lists.add(lists.lead, title="Kurs")
    [line] = await lists.lines()
    leader, stranger = lists.browser(lists.draft.leader), lists.service.visitor(uuid4())
    page = await leader.page(f"{lists.path}/aktivitet")
    assert forms(page, "/fjern") == forms(page, "/ingenting") == []
    assert "Legg til" not in readable(page)
    assert (await leader.get(f"{lists.entries}/ny?liste={TEACHING}")).status_code == 403
    version = {"version": "1", "title": "Ditt"}
    for path in (f"{lists.entries}/{line['entry_id']}", f"{lists.entries}/{line['entry_id']}/fjern"):
        assert (await leader.post(path, version)).status_code == 403
        assert (await stranger.post(path, version)).status_code in (403, 404)
    assert (await stranger.get(f"{lists.path}/aktivitet")).status_code in (403, 404)
    assert await lists.titles() == ["Kurs"]


async def test_what_is_not_there_is_not_found(lists: Lists) -> None:
    for path in (
        f"{lists.entries}/ny?liste=activity.dances",
        f"{lists.entries}/ny?liste=evaluation.equal_access",
        f"{lists.entries}/{uuid4()}",
        f"{lists.entries}/en",
        f"{lists.entries}?liste=x",
    ):
        assert (await lists.lead.get(path)).status_code == 404
    assert (
        await lists.lead.post(f"{lists.entries}/{uuid4()}/flytt", {"plass": "0", "vei": "opp"})
    ).status_code == 404
    line = await lists.draft.add(lists.draft.lead, TEACHING, title="Kurs")
    wrong = await lists.lead.post(f"{lists.entries}/{line['entry_id']}/flytt", {"plass": "x", "vei": "ut"})
    assert wrong.status_code == 400


async def test_a_report_that_is_handed_in_gives_the_text_back(lists: Lists) -> None:
    early = await lists.new(lists.lead)
    await lists.draft.write_unit_part()
    await lists.draft.write_group_part()
    await lists.draft.submitted()
    late = await lists.lead.post(early.action, early.filled(title="For sent"))
    assert late.status_code == 409
    assert "Rapporten er levert" in readable(late.text)
    assert form(late.text, "/oppforinger").fields["title"] == ["For sent"]


async def test_a_script_gets_the_list_and_the_form_in_their_places(lists: Lists) -> None:
    script = {"HX_Request": "true"}
    await lists.add(lists.lead, title="A")
    [line] = await lists.lines()
    shown = await lists.lead.get(f"{lists.entries}/{line['entry_id']}", **script)
    assert "<html" not in shown.text
    filled = form(shown.text, line["entry_id"]).filled(title="B", aapen=[line["entry_id"], "ny-activity-teaching"])
    saved = await lists.lead.post(f"{lists.entries}/{line['entry_id']}", filled, **script)
    assert saved.status_code == 200
    assert saved.text.lstrip().startswith('<section class="lines" id="liste-activity-teaching"')
    assert f'data-focus="endre-{line["entry_id"]}"' in saved.text
    assert '<div id="skjema-ny-activity-teaching" hx-preserve></div>' in saved.text
    assert 'hx-target="#progress"' in saved.text
    wrong = await lists.lead.post(f"{lists.entries}/{line['entry_id']}", {**filled, "hours": "x"}, **script)
    assert wrong.status_code == 422
    assert wrong.text.lstrip().startswith(f'<div class="entry-form" id="skjema-{line["entry_id"]}"')


@pytest.mark.parametrize("language", ["nn", "en"])
async def test_the_lists_speak_the_readers_language(lists: Lists, language: str) -> None:
    page = readable((await lists.lead.get(f"{lists.path}/aktivitet", Accept_Language=language)).text)
    said = {"nn": "Ingen artiklar er førte opp enno.", "en": "No articles have been added yet."}
    assert said[language] in page
