"""What a form needs stands in one answer: questions, who answers them, dates, progress, last year, who wrote what."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest

from services.reporting.entries import CODES, ENTRY_TYPES, field_of
from services.reporting.report import Report
from tests.integration.draft import ACCESS, NORD, OVERALL, USER, Draft, drafted
from tests.integration.reporting import YEAR, Caller, Service, reporting
from tests.stores import Databases
from tests.tokens import Tokens

pytestmark = [pytest.mark.integration, pytest.mark.anyio]
TEACHING, ARTICLES = "activity.teaching", "activity.articles"
PATHWAY = "evaluation.patient_pathway"
LANGUAGES = {"nb", "nn", "en"}
NEXT_YEAR = {
    "recommended_on": "2027-02-10",
    "deadline": "2027-02-16T16:00:00",
    "grace_until": "2027-02-18T16:00:00",
}


@pytest.fixture
async def service(databases: Databases, tokens: Tokens) -> AsyncIterator[Service]:
    async with reporting(databases, tokens) as running:
        yield running


@pytest.fixture
async def draft(service: Service) -> Draft:
    return await drafted(service)


async def form(draft: Draft, by: Caller) -> dict[str, Any]:
    found: dict[str, Any] = await by.shown(f"{draft.path}/form")
    return found


async def question(draft: Draft, by: Caller, question_id: str) -> dict[str, Any]:
    return next(q for q in (await form(draft, by))["questions"] if q["id"] == question_id)


async def test_it_holds_everything_the_report_holds(draft: Draft) -> None:
    await draft.answered(draft.lead, ACCESS)
    report, shown = await draft.shown(draft.lead), await form(draft, draft.lead)
    assert set(report) < set(shown)
    named = report["answers"][ACCESS]["by"] | {"name": "Ragnhild Leder"}
    assert shown["answers"][ACCESS] == report["answers"][ACCESS] | {"by": named}
    assert {name: shown[name] for name in report if name != "answers"} == {
        name: report[name] for name in report if name != "answers"
    }


async def test_each_question_stands_in_three_languages_with_its_limits_and_who_answers(draft: Draft) -> None:
    shown = await form(draft, draft.lead)
    assert set(shown["title"]) == set(shown["privacy_reminder"]) == LANGUAGES
    for each in shown["questions"]:
        assert set(each["label"]) == set(each["guidance"]) == LANGUAGES
        assert {"characters", "entries"} == set(each["limits"])
    by_id = {each["id"]: each for each in shown["questions"]}
    assert (by_id[ARTICLES]["section"], by_id[ARTICLES]["limits"]["entries"]) == ("activity", 5)
    assert (by_id[ACCESS]["section"], by_id[ACCESS]["part"], by_id[ACCESS]["seat"]) == ("evaluation", "unit", None)
    assert (by_id[NORD]["seat"], by_id[USER]["seat"]) == ("region_nord", "user")
    holder = {
        "person_id": draft.members["nord"].person_id,
        "name": "Kari Eksempel",
        "role": "group_member",
        "assignment_id": draft.members["nord"].assignment_id,
        "you": False,
    }
    assert by_id[NORD]["holders"] == [holder]
    assert {each["role"] for each in by_id[ACCESS]["holders"]} == {"professional_lead", "coordinator"}
    assert [each["name"] for each in by_id[ACCESS]["holders"] if each["you"]] == ["Ragnhild Leder"]


async def test_the_dates_are_told_as_instants_and_as_the_clock_in_oslo_shows_them(draft: Draft) -> None:
    shown = (await form(draft, draft.lead))["deadline"]
    assert shown == {
        "at": "2026-02-16T15:00:00Z",
        "local": "2026-02-16T16:00:00+01:00",
        "time_zone": "Europe/Oslo",
        "recommended_on": "2026-02-10",
        "grace_until": "2026-02-18T15:00:00Z",
        "extended_until": None,
        "due": "2026-02-16T15:00:00Z",
        "due_local": "2026-02-16T16:00:00+01:00",
        "timing_now": "in_time",
    }
    await draft.ask(draft.desk, "extensions", until="2026-07-01T12:00:00", reason="En grunn.")
    moved = (await form(draft, draft.lead))["deadline"]
    assert (moved["due_local"], moved["local"]) == ("2026-07-01T12:00:00+02:00", shown["local"])


async def test_progress_is_told_by_party_and_by_part_of_the_form(draft: Draft) -> None:
    before = await form(draft, draft.lead)
    assert before["last_change"] is None
    await draft.answered(draft.lead, ACCESS)
    await draft.add(draft.coordinator, TEACHING, kind="course", title="Et kurs")
    shown = await form(draft, draft.leader)
    unit = shown["parts"]["unit"]
    assert (unit["answered"], unit["done"]) == (2, False)
    assert unit["required"] - unit["answered"] == unit["faults"]
    assert shown["parts"]["group"]["answered"] == 0
    sections = [shown["progress"][section] for section in ("activity", "evaluation")]
    assert [section["answered"] for section in sections] == [1, 1]
    assert sum(section["questions"] for section in sections) == len(shown["questions"])
    assert shown["last_change"]["by"]["role"] in ("professional_lead", "coordinator")
    await draft.finish(draft.lead, "unit")
    assert (await form(draft, draft.lead))["parts"]["unit"]["done"]


async def test_what_may_be_done_at_a_question_is_what_succeeds(draft: Draft) -> None:
    """Each operation that is told succeeds, and none that is not told does, for four people at three questions."""
    for by in (draft.lead, draft.leader, draft.members["nord"], draft.desk):
        for question_id in (ACCESS, OVERALL, NORD):
            shown = await question(draft, by, question_id)
            sent = {"text": "Et svar.", "base_version": shown["version"]}
            for name, path, body in (
                ("answer", "", sent),
                ("enter_on_behalf", "/on-behalf", sent | {"answered_on": "2025-12-09"}),
            ):
                now = await question(draft, by, question_id)
                body["base_version"] = now["version"]
                answer = await by.put(f"{draft.path}/answers/{question_id}{path}", body)
                assert (answer.status_code == 200) == (name in now["allowed_operations"]), (name, question_id)
            assert shown["yours"] == ("answer" in shown["allowed_operations"])


async def test_what_may_be_done_with_a_list_follows_what_is_in_it(draft: Draft) -> None:
    async def told() -> list[str]:
        found: list[str] = (await question(draft, draft.lead, TEACHING))["allowed_operations"]
        return found

    assert await told() == ["add_entry", "declare_nothing"]
    line = await draft.add(draft.lead, TEACHING, title="Et kurs")
    assert await told() == ["add_entry", "change_entry", "move_entry", "remove_entry"]
    await draft.lead.done("DELETE", f"{draft.path}/entries/{line['entry_id']}?base_version=1")
    assert await told() == ["add_entry", "restore_entry", "declare_nothing"]
    nothing = {"declared": True, "base_version": 0}
    await draft.lead.done("PUT", f"{draft.path}/answers/{TEACHING}/nothing-to-report", nothing)
    assert await told() == ["declare_nothing"]
    assert (await question(draft, draft.leader, TEACHING))["allowed_operations"] == []


async def test_what_was_entered_on_behalf_is_the_holders_to_confirm(draft: Draft) -> None:
    body = {"text": "Et svar.", "answered_on": "2025-12-09", "base_version": 0}
    await draft.leader.done("PUT", f"{draft.path}/answers/{NORD}/on-behalf", body)
    member = draft.members["nord"]
    assert (await question(draft, member, NORD))["allowed_operations"] == ["answer", "confirm"]
    assert (await question(draft, draft.leader, NORD))["allowed_operations"] == ["enter_on_behalf"]
    await draft.ask(member, f"answers/{NORD}/confirmations", base_version=1)
    assert (await question(draft, member, NORD))["allowed_operations"] == ["answer"]
    assert (await question(draft, draft.leader, NORD))["allowed_operations"] == []


async def test_nothing_may_be_written_once_it_is_handed_in(draft: Draft) -> None:
    await draft.write_unit_part()
    await draft.write_group_part(NORD)
    await draft.ask(draft.leader, "consents")
    await draft.submitted()
    for by in (draft.lead, draft.leader):
        assert {tuple(q["allowed_operations"]) for q in (await form(draft, by))["questions"]} == {()}
    assert (await question(draft, draft.members["nord"], NORD))["allowed_operations"] == ["add_addendum"]


async def test_last_years_report_stands_beside_as_it_was_handed_in(draft: Draft) -> None:
    assert (await question(draft, draft.lead, ACCESS))["previous"] is None
    await draft.answered(draft.lead, ACCESS, "Levert i fjor.")
    await draft.add(draft.lead, TEACHING, kind="course", title="Kurset i fjor")
    for each in ("evaluation.patient_pathway", "evaluation.treatment_quality"):
        await draft.answered(draft.lead, each)
    for each in ("articles", "projects", "dissemination", "clinical_activity"):
        nothing = {"declared": True, "base_version": 0}
        await draft.lead.done("PUT", f"{draft.path}/answers/activity.{each}/nothing-to-report", nothing)
    await draft.write_group_part()
    await draft.submitted()
    draft.service.clock.move(days=365)
    await draft.service.open_cycle(YEAR + 1, **NEXT_YEAR)
    later = replace(draft, id=Report.identify(draft.unit_id, YEAR + 1))
    shown = (await question(later, draft.lead, ACCESS))["previous"]
    assert (shown["year"], shown["text"], shown["report_id"]) == (YEAR, "Levert i fjor.", str(draft.id))
    (line,) = (await question(later, draft.lead, TEACHING))["previous"]["entries"]
    assert line["fields"]["title"] == "Kurset i fjor"
    assert (await question(later, draft.lead, ARTICLES))["previous"]["nothing_to_report"]
    carried = {"question_id": TEACHING, "fields": line["fields"], "carried_over": True}
    await draft.lead.done("PUT", f"{later.path}/entries/{line['entry_id']}", carried)
    (taken,) = (await form(later, draft.lead))["entries"][TEACHING]
    assert taken["source"] == "carried_over"
    stranger = await draft.service.holder("group_member", unit_id=draft.unit_id, seat="municipality")
    assert (await question(later, stranger, ACCESS))["previous"]["text"] == "Levert i fjor."


async def test_a_finding_leads_to_its_place_and_speaks_three_languages(draft: Draft) -> None:
    await draft.add(draft.lead, ARTICLES, title="En artikkel", year=1999)
    await draft.add(draft.lead, ARTICLES, year=YEAR)
    await draft.answered(draft.lead, ACCESS, "x" * 20_000)
    shown = await draft.lead.shown(f"{draft.path}/checks")
    assert all(set(found["messages"]) == LANGUAGES == set(found["label"]) for found in shown["findings"])
    by_code = {found["code"]: found for found in shown["findings"]}
    title = by_code["title_missing"]
    assert (title["field"], title["line"], title["question_id"]) == ("title", 2, ARTICLES)
    assert title["pointer"].endswith(title["entry_id"])
    assert (by_code["year_out_of_range"]["field"], by_code["year_out_of_range"]["line"]) == ("year", 1)
    assert "20000" in by_code["text_too_long"]["messages"]["nb"]
    assert by_code["answer_missing"]["entry_id"] is None
    listed = [found["code"] for found in (await question(draft, draft.lead, ARTICLES))["findings"]]
    assert {"title_missing", "year_out_of_range"} <= set(listed)


def test_the_field_of_every_judgement_is_one_of_its_line() -> None:
    for code in CODES:
        fields = {kind: field_of(kind, code) for kind in ENTRY_TYPES}
        assert any(field in ENTRY_TYPES[kind].model_fields for kind, field in fields.items()), code
    for kind in ENTRY_TYPES:
        assert field_of(kind, "title_missing") in ENTRY_TYPES[kind].model_fields


async def test_what_is_signed_is_told_before_and_stands_in_the_receipt(draft: Draft) -> None:
    await draft.write_unit_part()
    await draft.write_group_part(NORD)
    signing = (await draft.lead.shown(f"{draft.path}/checks"))["signing"]
    assert signing["group"]["open_questions"] == [NORD]
    assert signing["group"]["needs"] == "consent_or_notice"
    await draft.ask(draft.leader, "consents")
    signing = (await draft.lead.shown(f"{draft.path}/checks"))["signing"]
    assert (signing["group"]["needs"], signing["timing"]) == (None, "in_time")
    lead = next(role for role in signing["roles"] if role["role"] == "professional_lead")
    assert (lead["name"], lead["public"], lead["you"]) == ("Ragnhild Leder", True, True)
    done = await draft.submitted(seen=signing["content_version"])
    receipt = await draft.lead.shown(f"{draft.path}/submissions/{done['number']}")
    assert receipt["content_sha256"] == signing["content_sha256"]
    assert receipt["report_version"] == signing["report_version"]
    assert [role["assignment_id"] for role in receipt["roles"]] == [r["assignment_id"] for r in signing["roles"]]


async def test_after_the_deadline_a_reason_is_enough(draft: Draft) -> None:
    await draft.write_unit_part()
    draft.service.clock.move(days=72)
    signing = (await draft.lead.shown(f"{draft.path}/checks"))["signing"]
    assert (signing["group"]["needs"], signing["timing"]) == ("excuse", "late")


async def test_who_was_first_is_named_in_a_conflict(draft: Draft) -> None:
    await draft.answered(draft.lead, ACCESS, "Leders tekst.")
    refused = await draft.answer(draft.coordinator, ACCESS, "Koordinators tekst.")
    assert (refused.status_code, refused.json()["theirs"]["by"]["name"]) == (409, "Ragnhild Leder")
    line = await draft.add(draft.coordinator, TEACHING, title="Et kurs")
    path = f"{draft.path}/entries/{line['entry_id']}/fields"
    await draft.lead.done("PUT", path, {"fields": {"title": "Mitt"}, "base_version": 1})
    refused = await draft.coordinator.put(path, {"fields": {"title": "Deres"}, "base_version": 1})
    assert refused.status_code == 409
    assert refused.json()["theirs"]["by"]["role"] == "professional_lead"


async def test_a_stranger_finds_no_form(draft: Draft) -> None:
    stranger = await draft.service.holder("professional_lead", unit_id=await draft.service.unit("L-2"))
    for path in ("form", "checks", f"questions/{ACCESS}/history"):
        refused = await stranger.get(f"{draft.path}/{path}")
        assert (refused.status_code, refused.json()["code"]) == (404, "not_found")


async def test_whoever_may_read_a_name_reads_how_to_reach_the_person(draft: Draft) -> None:
    reviewer = await draft.service.holder("reviewer", region="vest")
    for reader, shown in ((draft.lead, "kari@eksempel.example"), (reviewer, None)):
        persons = (await reader.get(f"{draft.path}/form")).json()["persons"]
        (lead,) = [person for person in persons if person["role"] == "professional_lead"]
        assert (lead["email"], bool(lead["name"])) == (shown, bool(shown))


async def test_the_history_of_a_question_tells_what_stood_there_before_and_after(draft: Draft) -> None:
    await draft.answered(draft.lead, ACCESS, "Første.")
    await draft.answered(draft.coordinator, ACCESS, "Andre.", base=1)
    past = await draft.lead.shown(f"{draft.path}/questions/{ACCESS}/history")
    assert (past["part"], set(past["label"])) == ("unit", LANGUAGES)
    first, second = past["changes"]
    assert (first["old"], first["new"]["text"], first["by"]["name"]) == (None, "Første.", "Ragnhild Leder")
    assert (second["old"]["text"], second["new"]["text"], second["item_version"]) == ("Første.", "Andre.", 2)
    hidden = (await draft.leader.shown(f"{draft.path}/questions/{ACCESS}/history"))["changes"][1]
    assert (hidden["old"]["text"], hidden["old"]["hidden"], hidden["new"]["hidden"]) == (None, True, True)
    kept = await draft.lead.shown(f"{draft.path}/history", question_id=ACCESS)
    assert [fact["version"] for fact in kept] == [first["version"], second["version"]]
    nowhere = await draft.lead.get(f"{draft.path}/questions/evaluation.unknown/history")
    assert (nowhere.status_code, nowhere.json()["code"]) == (404, "question_not_in_template")


async def test_history_without_its_texts_tells_all_but_what_they_say(draft: Draft) -> None:
    await draft.answered(draft.lead, ACCESS, "Første.")
    line = await draft.add(draft.lead, TEACHING, title="Et kurs")
    await draft.answered(draft.lead, PATHWAY, "Et navn.")
    removal = {"place": PATHWAY, "first_version": 1, "last_version": 1, "reason": "Navn.", "legal_basis": "Loven."}
    asked = await draft.leader.done("POST", f"{draft.path}/redactions", removal)
    await draft.ask(draft.desk, f"redactions/{asked['redaction_id']}/approvals")
    for reader in (draft.lead, draft.leader):
        whole, without = [await reader.shown(f"{draft.path}/history", texts=texts) for texts in (True, False)]
        told = [text for fact in whole for text in (fact["data"].get("text"), fact["data"].get("fields")) if text]
        assert len(told) == 3
        assert any(text["text"] for text in told) is (reader is draft.lead)
        for text in told:
            text["text"] = None
        assert without == whole
        assert line["entry_id"] in str(without)


async def test_the_history_of_a_list_tells_its_lines(draft: Draft) -> None:
    line = await draft.add(draft.lead, TEACHING, title="Et kurs")
    path = f"{draft.path}/entries/{line['entry_id']}"
    await draft.lead.done("PUT", f"{path}/fields", {"fields": {"title": "Et bedre kurs"}, "base_version": 1})
    await draft.lead.done("DELETE", f"{path}?base_version=2")
    await draft.lead.done("POST", f"{path}/restorations", {"base_version": 3})
    changes = (await draft.lead.shown(f"{draft.path}/questions/{TEACHING}/history"))["changes"]
    assert [
        (c["kind"], c["new"]["fields"]["title"], c["new"]["removed_from_list"], c["item_version"]) for c in changes
    ] == [
        ("entry_added", "Et kurs", False, 1),
        ("entry_changed", "Et bedre kurs", False, 2),
        ("entry_removed", "Et bedre kurs", True, 3),
        ("entry_restored", "Et bedre kurs", False, 4),
    ]
    assert [c["old"] and c["old"]["fields"]["title"] for c in changes] == [
        None,
        "Et kurs",
        "Et bedre kurs",
        "Et bedre kurs",
    ]


async def test_what_a_redaction_removed_is_removed_from_the_history_of_the_question(draft: Draft) -> None:
    await draft.answered(draft.lead, ACCESS, "En pasients navn.")
    asked = await draft.ask(
        draft.lead,
        "redactions",
        place=ACCESS,
        first_version=1,
        last_version=1,
        reason="Et navn.",
        legal_basis="GDPR art. 17",
    )
    await draft.ask(draft.desk, f"redactions/{asked['redaction_id']}/approvals")
    shown = await draft.lead.get(f"{draft.path}/questions/{ACCESS}/history")
    assert "En pasients navn." not in shown.text
    changes = shown.json()["changes"]
    assert [change["kind"] for change in changes] == ["answered", "redaction_requested", "redacted"]
    assert changes[0]["new"]["removed"]["reason"] == "Et navn."
    assert changes[-1]["new"]["text"] is None
