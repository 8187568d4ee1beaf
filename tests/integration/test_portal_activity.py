"""The activity lists in a browser without scripts: lines are added, changed, moved, taken out and put back."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from html import unescape
from pathlib import Path
from uuid import uuid4

import pytest

from services.reporting.report import Report
from tests.integration.activity_lists import TEACHING, Lists, opened_lists, place
from tests.integration.portal import readable
from tests.integration.portal_forms import PageForm, form, forms
from tests.integration.reporting import YEAR
from tests.tokens import Tokens

pytestmark = [pytest.mark.integration, pytest.mark.anyio]


@pytest.fixture
async def lists(tmp_path: Path, tokens: Tokens) -> AsyncIterator[Lists]:
    async with opened_lists(tmp_path, tokens) as opened:
        yield opened


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


async def test_a_line_is_changed(lists: Lists) -> None:
    await lists.add(lists.lead, title="Kurs", participants="12")
    [line] = await lists.lines()
    shown = form(await lists.lead.page(f"{lists.entries}/{line['entry_id']}"), line["entry_id"])
    answer = await lists.lead.post(shown.action, shown.filled(title="Kurset", participants=""))
    assert place(answer) == f"rad-{line['entry_id']}"
    assert "«Kurset» er lagret." in readable(await lists.lead.follow(answer))
    [changed] = await lists.lines()
    assert (changed["fields"]["title"], changed["fields"]["participants"], changed["version"]) == ("Kurset", None, 2)


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


async def test_whoever_has_two_roles_in_the_unit_writes_in_the_foremost(lists: Lists) -> None:
    draft = lists.draft
    await draft.service.grant(draft.coordinator, "site_lead", unit_id=str(draft.unit_id))
    for title in ("Første", "Andre"):
        assert "er lagt til" in readable(await lists.add(lists.coordinator, title=title))
    line = (await lists.lines())[0]
    page = await lists.coordinator.page(f"{lists.path}/aktivitet")
    assert place(
        await lists.coordinator.post(f"{lists.entries}/{line['entry_id']}/flytt", {"plass": 1, "vei": "ned"})
    )
    assert await lists.titles() == ["Andre", "Første"]
    removal = form(page, f"{line['entry_id']}/fjern")
    await lists.coordinator.follow(await lists.coordinator.post(removal.action, removal.fields))
    assert await lists.titles() == ["Andre"]
    assert {fact["by"]["role"] for fact in await draft.facts("EntryAdded")} == {"site_lead"}
