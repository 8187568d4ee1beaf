"""What stands in the way of a line in the activity lists is told kindly, and what was typed is never lost."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.integration.activity_lists import TEACHING, Lists, opened_lists
from tests.integration.portal import readable
from tests.integration.portal_forms import form, forms
from tests.tokens import Tokens

pytestmark = [pytest.mark.integration, pytest.mark.anyio]


@pytest.fixture
async def lists(tmp_path: Path, tokens: Tokens) -> AsyncIterator[Lists]:
    async with opened_lists(tmp_path, tokens) as opened:
        yield opened


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


async def test_a_line_that_moved_on_is_not_taken_out_unseen(lists: Lists) -> None:
    await lists.add(lists.lead, title="Kurs")
    [line] = await lists.lines()
    gone = form(await lists.lead.page(f"{lists.path}/aktivitet"), "/fjern")
    shown = form(await lists.coordinator.page(f"{lists.entries}/{line['entry_id']}"), line["entry_id"])
    await lists.coordinator.post(shown.action, shown.filled(title="Nytt kurs"))
    page = readable(await lists.lead.follow(await lists.lead.post(gone.action, gone.fields)))
    assert "Noen har endret dette siden du så det." in page
    assert await lists.titles() == ["Nytt kurs"]


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
