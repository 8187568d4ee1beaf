"""The report form without scripts, and as the page's own script sends it: nothing that was written is lost."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.integration.draft import ACCESS, NORD, OVERALL, USER, Draft, drafted
from tests.integration.portal import NOBODY, Browser, Service, portal, readable
from tests.integration.portal_forms import PageForm, form
from tests.integration.reporting import Caller, reporting
from tests.stores import sqlite_databases
from tests.tokens import Tokens

pytestmark = [pytest.mark.integration, pytest.mark.anyio]
QUALITY = "evaluation.treatment_quality"
SCRIPT = {"HX_Request": "true", "Accept": "application/json"}


@dataclass
class Pages:
    """The report of a unit, and the browsers of its people."""

    draft: Draft
    service: Service

    def browser(self, caller: Caller, name: str = "Ola Eksempel") -> Browser:
        return self.service.visitor(caller.person_id, name)

    @property
    def path(self) -> str:
        return f"/reports/{self.draft.id}"

    def address(self, question: str) -> str:
        return f"{self.path}/svar/{question}"

    async def form(self, by: Browser, question: str, ending: str = "") -> PageForm:
        """The form of a question, as its page has it now."""
        return form(await by.page(f"{self.path}/evaluering"), f"/svar/{question}{ending}")

    async def save(self, by: Browser, question: str, text: str, **more: Any) -> httpx.Response:
        """What somebody without scripts does: open the page, write, press the button."""
        empty = await self.form(by, question)
        return await by.post(empty.action, empty.filled(text=text, **more))

    async def stored(self, question: str) -> dict[str, Any]:
        """What reporting keeps, read past the pages."""
        found: dict[str, Any] = (await self.draft.shown(self.draft.service.joint))["answers"].get(question, {})
        return found


@pytest.fixture
async def pages(tmp_path: Path, tokens: Tokens) -> AsyncIterator[Pages]:
    databases = sqlite_databases(tmp_path)
    async with reporting(databases, tokens) as behind:
        draft = await drafted(behind)
        async with portal(databases, tokens, {"reporting": behind.app}, clock=behind.clock) as service:
            yield Pages(draft, service)


async def by_script(by: Browser, address: str, **fields: Any) -> httpx.Response:
    """What the page's script sends."""
    return await by.post(address, fields, **SCRIPT)


async def test_a_report_begins_with_what_it_is_about(pages: Pages) -> None:
    lead = pages.browser(pages.draft.lead)
    answer = await lead.get(pages.path)
    assert (answer.status_code, answer.headers["location"]) == (303, f"{pages.path}/om")
    page = readable(await lead.page(f"{pages.path}/om"))
    for said in ("Årsrapport 2025", "Åpnet", "Om tjenesten", "Frist 16. februar 2026 kl. 16:00", "68 dager igjen"):
        assert said in page
    for part in ("Roller og ansvar", "Aktivitet", "Evaluering", "Kontroller og send inn", "Historikk"):
        assert part in page


@pytest.mark.parametrize(("language", "said"), [("nn", "dagar att"), ("en", "days left")])
async def test_the_form_speaks_the_readers_language(pages: Pages, language: str, said: str) -> None:
    lead = pages.browser(pages.draft.lead)
    lead.http.cookies.set("__Host-language", language)
    for part in ("om", "roller", "evaluering"):
        assert said in readable(await lead.page(f"{pages.path}/{part}"))


async def test_an_answer_is_saved_and_the_page_says_when(pages: Pages) -> None:
    lead = pages.browser(pages.draft.lead)
    page = await lead.follow(await pages.save(lead, ACCESS, "Alle regioner får likt."))
    assert "Lagret 10:00" in readable(page)
    assert (await pages.stored(ACCESS))["text"] == "Alle regioner får likt."
    assert form(page, ACCESS).fields["text"] == ["Alle regioner får likt."]
    assert form(page, ACCESS).fields["version"] == ["1"]
    coordinator = readable(await pages.browser(pages.draft.coordinator).page(f"{pages.path}/evaluering"))
    assert "Lagret 10:00 av Ragnhild Leder" in coordinator
    assert "23 av 4 000 tegn" in coordinator.replace("\xa0", " ")


async def test_choices_are_saved_with_the_text(pages: Pages) -> None:
    lead = pages.browser(pages.draft.lead)
    page = await lead.follow(await pages.save(lead, QUALITY, "Godt.", choice=["guideline", "biobank"]))
    stored = await pages.stored(QUALITY)
    assert (stored["text"], stored["choices"]) == ("Godt.", ["guideline", "biobank"])
    assert form(page, QUALITY).fields["choice"] == ["guideline", "biobank"]
    page = await lead.follow(await pages.save(lead, QUALITY, "", choice=[]))
    assert (await pages.stored(QUALITY))["choices"] == []


@pytest.mark.parametrize(("language", "shown"), [("nb", "Faglig retningslinje"), ("en", "Clinical guideline")])
async def test_what_was_ticked_is_given_back_by_its_name_while_reporting_is_away(
    pages: Pages, monkeypatch: pytest.MonkeyPatch, language: str, shown: str
) -> None:
    lead = pages.browser(pages.draft.lead)
    lead.http.cookies.set("__Host-language", language)
    written = (await pages.form(lead, QUALITY)).filled(text="guideline", choice=["guideline", "<b>"])
    away = httpx.AsyncClient(base_url=NOBODY)
    with monkeypatch.context() as patched:
        patched.setattr(pages.service.portal.connections.open["reporting"], "http", away)
        answer = await lead.post(pages.address(QUALITY), written)
    again, given = form(answer.text, QUALITY), re.findall(r"<textarea[^>]*>\n(.*?)</textarea>", answer.text)
    assert (answer.status_code, given) == (503, ["guideline", shown, "&lt;b&gt;"])
    assert again.fields["choice"] == ["guideline", "<b>"]
    await lead.follow(await lead.post(again.action, again.filled(choice=["guideline"])))
    assert (await pages.stored(QUALITY))["choices"] == ["guideline"]


@pytest.mark.parametrize(
    "text",
    [
        "Sámi: Kárášjohka ŋ đ ŧ ž č š 🧪👩🏽‍⚕️",
        "<script>alert(1)</script> & \"sitat\" 'apostrof' {{ 7*7 }} </textarea>",
        "\nførste linje tom\n\nsiste linje tom\n",
        "Word: “krøllete” – tankestrek … \u00a0\u200b\x0b• punkt\tTab",
        "   luft foran og bak   ",
    ],
)
async def test_what_is_typed_is_what_is_kept(pages: Pages, text: str) -> None:
    lead = pages.browser(pages.draft.lead)
    page = await lead.follow(await pages.save(lead, ACCESS, text.replace("\n", "\r\n")))
    assert (await pages.stored(ACCESS))["text"] == text
    assert form(page, ACCESS).fields["text"] == [text]
    assert "<script>alert" not in page


async def test_what_no_database_keeps_is_left_out(pages: Pages) -> None:
    lead = pages.browser(pages.draft.lead)
    await lead.follow(await pages.save(lead, ACCESS, "før\0etter"))
    assert (await pages.stored(ACCESS))["text"] == "føretter"


async def test_a_draft_over_its_limit_is_saved_and_flagged(pages: Pages) -> None:
    lead = pages.browser(pages.draft.lead)
    page = await lead.follow(await pages.save(lead, ACCESS, "å" * 4120))
    assert "4 120 av 4 000 tegn, 120 for mye" in readable(page).replace("\xa0", " ")
    assert len((await pages.stored(ACCESS))["text"]) == 4120


async def test_a_hundred_thousand_characters_are_kept_and_more_than_can_be_is_given_back(pages: Pages) -> None:
    lead = pages.browser(pages.draft.lead)
    await lead.follow(await pages.save(lead, ACCESS, "å" * 100_000))
    assert len((await pages.stored(ACCESS))["text"]) == 100_000
    refused = await pages.save(lead, ACCESS, "ø" * 100_001)
    assert refused.status_code == 422
    assert "for lang til å lagres" in readable(refused.text)
    assert form(refused.text, ACCESS).fields["text"] == ["ø" * 100_001]
    told = await by_script(lead, pages.address(ACCESS), text="ø" * 100_001, version=1)
    assert (told.status_code, told.json()["code"]) == (422, "text_over_ceiling")
    assert len((await pages.stored(ACCESS))["text"]) == 100_000


async def test_whoever_was_second_sees_both_texts_and_chooses(pages: Pages) -> None:
    lead, coordinator = pages.browser(pages.draft.lead), pages.browser(pages.draft.coordinator)
    seen = await pages.form(coordinator, ACCESS)
    await lead.follow(await pages.save(lead, ACCESS, "Leders tekst."))
    second = await coordinator.post(seen.action, seen.filled(text="Koordinators tekst."))
    assert second.status_code == 409
    page = readable(second.text)
    assert "Ragnhild Leder endret teksten mens du skrev" in page
    assert "Leders tekst." in page
    assert (await pages.stored(ACCESS))["text"] == "Leders tekst."
    mine = form(second.text, ACCESS)
    assert mine.fields["text"] == ["Koordinators tekst."]
    await coordinator.follow(await coordinator.post(mine.action, mine.filled(text="Begges tekst.")))
    assert (await pages.stored(ACCESS))["text"] == "Begges tekst."


async def test_the_script_gets_both_texts_as_a_panel(pages: Pages) -> None:
    lead, coordinator = pages.browser(pages.draft.lead), pages.browser(pages.draft.coordinator)
    await by_script(lead, pages.address(ACCESS), text="<b>Leders</b>", version=0)
    second = await by_script(coordinator, pages.address(ACCESS), text="Koordinators", version=0)
    assert second.status_code == 409
    told = second.json()
    assert told["code"] == "changed_meanwhile"
    assert 'data-version="1"' in told["panel"]
    assert "&lt;b&gt;Leders&lt;/b&gt;" in told["panel"]
    assert "<b>" not in told["panel"]
    kept = await by_script(coordinator, pages.address(ACCESS), text="Koordinators", version=1)
    assert (kept.status_code, kept.json()["version"]) == (200, 2)


async def test_a_save_sent_again_is_one_save(pages: Pages) -> None:
    lead, key = pages.browser(pages.draft.lead), str(uuid4())
    first = await by_script(lead, pages.address(ACCESS), text="En gang.", version=0, key=key)
    again = await by_script(lead, pages.address(ACCESS), text="En gang.", version=0, key=key)
    assert first.json()["version"] == again.json()["version"] == 1
    assert len(await pages.draft.facts("Answered")) == 1


async def test_going_back_and_writing_otherwise_in_the_same_form_loses_nothing(pages: Pages) -> None:
    lead = pages.browser(pages.draft.lead)
    old = await pages.form(lead, ACCESS)
    await lead.follow(await lead.post(old.action, old.filled(text="Først.")))
    again = await lead.post(old.action, old.filled(text="Så noe annet."))
    assert again.status_code == 409
    assert "Du endret denne teksten i et annet vindu" in readable(again.text)
    assert form(again.text, ACCESS).fields["text"] == ["Så noe annet."]
    same = await lead.post(old.action, old.filled(text="Først."))
    assert same.status_code == 303


async def test_nobody_finds_a_field_for_what_another_answers(pages: Pages) -> None:
    leader = pages.browser(pages.draft.leader)
    page = await leader.page(f"{pages.path}/evaluering")
    assert f'action="{pages.address(OVERALL)}"' in page
    assert f'action="{pages.address(ACCESS)}"' not in page
    sent = await leader.post(pages.address(ACCESS), {"text": "Ikke mitt, men tatt vare på.", "version": 0})
    assert sent.status_code == 403
    assert "hører til en annen" in readable(sent.text)
    assert "Ikke mitt, men tatt vare på." in sent.text
    told = await by_script(leader, pages.address(ACCESS), text="Ikke mitt.", version=0)
    assert (told.status_code, told.json()["code"]) == (403, "not_your_question")
    assert await pages.stored(ACCESS) == {}


async def test_the_other_party_s_draft_is_not_shown(pages: Pages) -> None:
    lead, leader = pages.browser(pages.draft.lead), pages.browser(pages.draft.leader)
    await lead.follow(await pages.save(lead, ACCESS, "Hemmelig utkast."))
    page = await leader.page(f"{pages.path}/evaluering")
    assert "Hemmelig utkast." not in page
    assert "Utkastet er ikke ferdig" in readable(page)
    await pages.draft.finish(pages.draft.lead, "unit")
    assert "Hemmelig utkast." in await leader.page(f"{pages.path}/evaluering")


async def test_the_leader_enters_what_a_member_said_and_the_member_confirms(pages: Pages) -> None:
    leader, member = pages.browser(pages.draft.leader), pages.browser(pages.draft.members["nord"])
    entering = await pages.form(leader, NORD, "/pa-vegne")
    nothing = await leader.post(entering.action, entering.filled(text="  ", answered_on=""))
    assert nothing.status_code == 422
    typed = entering.filled(text="Nord er nådd.", answered_on="2025-12-01")
    page = readable(await leader.follow(await leader.post(entering.action, typed)))
    assert "Ført inn av Kari Eksempel etter svar 1. desember 2025. Ikke bekreftet ennå." in page
    confirming = await pages.form(member, NORD, "/bekreft")
    page = readable(await member.follow(await member.post(confirming.action, confirming.filled())))
    assert "Svaret er bekreftet" in page
    stored = await pages.stored(NORD)
    assert (stored["text"], stored["on_behalf_of"]["confirmed_at"] is not None) == ("Nord er nådd.", True)
    late = await leader.post(
        entering.action, entering.filled(text="Nei, slik.", answered_on="2025-12-02", version="1")
    )
    assert late.status_code == 409
    assert "bare den det gjelder, endrer det nå" in readable(late.text)
    assert "Nei, slik." in late.text


async def test_a_member_replaces_what_was_entered(pages: Pages) -> None:
    leader, user = pages.browser(pages.draft.leader), pages.browser(pages.draft.user)
    entering = await pages.form(leader, USER, "/pa-vegne")
    await leader.follow(
        await leader.post(entering.action, entering.filled(text="Tror jeg.", answered_on="2025-12-01"))
    )
    await user.follow(await pages.save(user, USER, "Slik mener jeg det."))
    stored = await pages.stored(USER)
    assert (stored["text"], stored["on_behalf_of"]) == ("Slik mener jeg det.", None)


async def test_a_part_is_said_to_be_done_and_opened_again(pages: Pages) -> None:
    lead = pages.browser(pages.draft.lead)
    done = form(await lead.page(f"{pages.path}/evaluering"), "/ferdig")
    page = await lead.follow(await lead.post(done.action, done.filled()))
    assert "Enhetens del er meldt ferdig 10. desember 2025 kl. 10:00." in readable(page)
    back = form(page, "/ferdig")
    await lead.follow(await lead.post(back.action, back.filled()))
    shown = await pages.draft.shown(pages.draft.lead)
    assert not shown["parts"]["unit"]["done"]


async def test_roles_are_shown_as_chosen(pages: Pages) -> None:
    lead, who = pages.browser(pages.draft.lead), pages.draft.coordinator.assignment_id
    page = await lead.page(f"{pages.path}/roller")
    assert "Ragnhild Leder" in page
    asked = form(page, f"/roller/{who}")
    await lead.follow(await lead.post(asked.action, {**asked.fields, "public": "1", "gets_copy": "1"}))
    assert (await pages.draft.shown(pages.draft.lead))["shown"][who] == {"public": True, "copy": True}
    member = await pages.browser(pages.draft.user).page(f"{pages.path}/roller")
    assert f"/roller/{who}" not in member


async def test_a_submitted_report_takes_no_more_and_gives_the_text_back(pages: Pages) -> None:
    lead = pages.browser(pages.draft.lead)
    await pages.draft.write_unit_part()
    await pages.draft.write_group_part()
    open_before = await pages.form(lead, ACCESS)
    await pages.draft.submitted()
    late = await lead.post(open_before.action, open_before.filled(text="For sent."))
    assert late.status_code == 409
    assert "ikke åpen for skriving nå" in readable(late.text)
    assert "For sent." in late.text
    page = await lead.page(f"{pages.path}/evaluering")
    assert f'action="{pages.address(ACCESS)}"' not in page
    assert "Levert" in readable(page)


async def test_to_a_stranger_there_is_no_report(pages: Pages) -> None:
    stranger = pages.browser(await pages.draft.service.person())
    for part in ("om", "roller", "evaluering", f"svar/{ACCESS}"):
        assert (await stranger.get(f"{pages.path}/{part}", HX_Request="true")).status_code == 404
    sent = await stranger.post(pages.address(ACCESS), {"text": "Noe jeg skrev.", "version": 0})
    assert (sent.status_code, "Noe jeg skrev." in sent.text) == (404, True)


async def test_a_session_that_is_over_keeps_what_was_written(pages: Pages) -> None:
    lead = pages.browser(pages.draft.lead)
    seen = await pages.form(lead, ACCESS)
    pages.service.portal.sessions.end_all_of(lead.session.person_id)  # type: ignore[union-attr]  # logged in
    typed = seen.filled(text="Skrevet da økten var over.")
    page = await lead.post(seen.action, typed)
    assert (page.status_code, "Skrevet da økten var over." in page.text) == (401, True)
    assert (await lead.post(seen.action, typed, **SCRIPT)).status_code == 401
    assert await pages.stored(ACCESS) == {}


async def test_whoever_holds_two_roles_writes_in_the_foremost(pages: Pages) -> None:
    both = await pages.draft.service.grant(pages.draft.coordinator, "site_lead", unit_id=str(pages.draft.unit_id))
    browser = pages.browser(both)
    await browser.follow(await pages.save(browser, ACCESS, "To roller, ett svar."))
    [fact] = await pages.draft.facts("Answered")
    assert fact["by"]["role"] == "site_lead"


async def test_an_answer_that_rests_on_an_older_version_says_so(pages: Pages) -> None:
    leader = pages.browser(pages.draft.leader)
    await leader.follow(await pages.save(leader, OVERALL, "Bra."))
    await pages.draft.answered(pages.draft.lead, ACCESS, "Endret etterpå.")
    assert "Enheten har endret sin del" in readable(await leader.page(f"{pages.path}/evaluering"))
