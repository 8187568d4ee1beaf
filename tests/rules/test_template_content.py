"""The nine report templates ask each kind of unit exactly what it owes, in three languages, and no more."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

pytestmark = pytest.mark.rules

CONTENT = Path(__file__).resolve().parents[2] / "services" / "reporting" / "template_content"
LANGUAGES = ("nb", "nn", "en")
CRITERIA = {"equal_access", "results", "activity_towards_regions", "research", "reference_group", None}
PHASES_OF_A_COMPETENCE_SERVICE = ("new", "ongoing", "final")

COMMON = ["articles", "projects", "teaching", "dissemination"]
CLINICAL = [*COMMON, "clinical_activity"]
WITH_TOOLS = [*COMMON, "quality_tools"]
TREATMENT = ["equal_access", "patient_pathway", "treatment_quality", "reporting_feedback"]
SPREADING = ["competence_spreading", "reporting_feedback"]
SETTING_UP = ["national_cooperation", "quality_monitoring", *SPREADING]
CENTRE = ["centre_work", "reporting_feedback"]
NETWORK = ["network_work", "network_cooperation", "reporting_feedback"]
FINAL = ["main_results", "transition"]
GROUP = ["overall", "user_representative", "region_nord", "region_midt", "region_sor_ost", "region_vest"]
T, C = "access", "competence"


class Row(NamedTuple):
    """What one template asks of which kind, with the regional wording put to the group, if it is asked."""

    kind: str
    activities: list[str]
    evaluation: list[str]
    wording: str | None
    phases: list[str] | None = None


ROWS = {
    "national_treatment_service_ongoing": Row("national_treatment_service", CLINICAL, TREATMENT, T),
    "multiregional_treatment_service_ongoing": Row("multiregional_treatment_service", CLINICAL, TREATMENT, T),
    "national_competence_service_ongoing": Row("national_competence_service", COMMON, SPREADING, C, ["ongoing"]),
    "national_competence_service_new": Row("national_competence_service", WITH_TOOLS, SETTING_UP, C, ["new"]),
    "national_competence_service_final": Row("national_competence_service", COMMON, FINAL, None, ["final"]),
    "national_centre": Row("national_centre", COMMON, CENTRE, C),
    "quality_competence_network": Row("quality_competence_network", [], NETWORK, None),
    "regional_competence_centre": Row("regional_competence_centre", COMMON, CENTRE, None),
    "regional_competence_service": Row("regional_competence_service", COMMON, SPREADING, None),
}

ENTRY_TYPES = {
    "activity.articles": "article",
    "activity.projects": "project",
    "activity.teaching": "teaching",
    "activity.dissemination": "dissemination",
    "activity.clinical_activity": "clinical_activity",
    "activity.quality_tools": "quality_tool",
}
QUALITY_TOOLS = [
    "national_quality_registry",
    "local_registry",
    "guideline",
    "procedure",
    "biobank",
    "prom_prem",
    "international_registry",
    "other",
]
REGIONAL_WORDS = {T: ("tilgang", "tilgang", "access"), C: ("kompetanse", "kompetanse", "competence")}
MEANING = ["part", "answered_by", "region", "type", "entry_type", "choices", "required", "limits"]
MEANING += ["public", "criterion"]
UNIT_NOUNS = {
    "nb": r"tjenesten|senteret|nettverket",
    "nn": r"tenesta|senteret|nettverket",
    "en": r"the (service|advisory unit|centre|network)",
}


def load(key: str) -> dict[str, Any]:
    template: dict[str, Any] = json.loads((CONTENT / f"{key}.json").read_text(encoding="utf-8"))
    return template


TEMPLATES = {key: load(key) for key in ROWS}
QUESTIONS = [
    pytest.param(question, id=f"{key}:{question['id']}")
    for key, template in TEMPLATES.items()
    for question in template["questions"]
]
each_template = pytest.mark.parametrize("key", ROWS)
each_question = pytest.mark.parametrize("question", QUESTIONS)


def ids(key: str, prefix: str) -> list[str]:
    every = [question["id"] for question in TEMPLATES[key]["questions"]]
    return [one.removeprefix(f"{prefix}.") for one in every if one.startswith(f"{prefix}.")]


def texts_of(key: str) -> Iterator[tuple[str, dict[str, str]]]:
    template = TEMPLATES[key]
    yield "title", template["title"]
    yield "privacy_reminder", template["privacy_reminder"]
    for question in template["questions"]:
        yield f"{question['id']} label", question["label"]
        yield f"{question['id']} guidance", question["guidance"]
        for choice in question.get("choices", []):
            yield f"{question['id']} {choice['id']}", choice["label"]


def same_questions() -> dict[str, list[tuple[str, dict[str, Any]]]]:
    found: dict[str, list[tuple[str, dict[str, Any]]]] = defaultdict(list)
    for key, template in TEMPLATES.items():
        for question in template["questions"]:
            found[question["id"]].append((key, question))
    return found


def test_there_are_nine_templates_and_no_other() -> None:
    assert {path.stem for path in CONTENT.glob("*.json")} == set(ROWS)
    assert len(ROWS) == 9


@each_template
def test_a_template_asks_what_its_row_of_the_table_says(key: str) -> None:
    template, row = TEMPLATES[key], ROWS[key]
    assert (template["key"], template["version"]) == (key, 1)
    assert (template["kinds"], template["phases"]) == ([row.kind], row.phases)
    assert ids(key, "activity") == row.activities
    assert ids(key, "evaluation") == row.evaluation
    assert ids(key, "group") == (GROUP if row.wording else [])
    activity = ["activity"] if row.activities else []
    assert template["sections"] == ["unit", "roles", *activity, "evaluation"]


@each_template
def test_questions_come_as_activities_then_evaluation_then_the_group(key: str) -> None:
    sections = [question["id"].partition(".")[0] for question in TEMPLATES[key]["questions"]]
    assert sections == sorted(sections, key=["activity", "evaluation", "group"].index)


def test_every_kind_and_phase_of_unit_finds_exactly_one_template() -> None:
    for kind in {row.kind for row in ROWS.values()}:
        phases = PHASES_OF_A_COMPETENCE_SERVICE if kind == "national_competence_service" else (None,)
        for phase in phases:
            fitting = [
                key
                for key, template in TEMPLATES.items()
                if kind in template["kinds"] and (template["phases"] is None or phase in template["phases"])
            ]
            assert len(fitting) == 1, (kind, phase, fitting)


@each_template
def test_an_id_stands_once_in_a_template(key: str) -> None:
    every = [question["id"] for question in TEMPLATES[key]["questions"]]
    assert len(every) == len(set(every))


def test_the_same_id_means_the_same_question_in_every_template() -> None:
    for question_id, uses in same_questions().items():
        meanings = {json.dumps([question.get(name) for name in MEANING]) for _, question in uses}
        assert len(meanings) == 1, question_id


def test_labels_differ_only_by_the_noun_of_the_unit_and_the_regional_wording() -> None:
    for question_id, uses in same_questions().items():
        regional = question_id.startswith("group.region_")
        labels = {
            (
                ROWS[key].wording if regional else None,
                *(re.sub(UNIT_NOUNS[lang], "…", question["label"][lang]) for lang in LANGUAGES),
            )
            for key, question in uses
        }
        wordings = {ROWS[key].wording for key, _ in uses} if regional else {None}
        assert len(labels) == len(wordings), question_id


@each_template
def test_every_text_is_there_in_three_languages_and_translated(key: str) -> None:
    for place, text in texts_of(key):
        assert list(text) == list(LANGUAGES), place
        assert all(value and value == value.strip() for value in text.values()), place
        assert len(set(text.values())) == len(LANGUAGES), place


@each_question
def test_guidance_is_two_to_four_sentences(question: dict[str, Any]) -> None:
    for language in LANGUAGES:
        sentences = re.findall(r"[.?!](?=\s|$)", question["guidance"][language])
        assert 2 <= len(sentences) <= 4, language


def test_the_privacy_reminder_is_the_same_everywhere_and_speaks_of_patients() -> None:
    reminders = {json.dumps(template["privacy_reminder"]) for template in TEMPLATES.values()}
    assert len(reminders) == 1
    reminder = TEMPLATES["national_centre"]["privacy_reminder"]
    assert all(word in reminder[lang] for lang, word in (("nb", "pasient"), ("nn", "pasient"), ("en", "patient")))


@each_question
def test_a_question_has_the_fields_of_its_type(question: dict[str, Any]) -> None:
    assert question["type"] in {"entries", "text", "text_and_choices"}
    assert question.get("entry_type") == ENTRY_TYPES.get(question["id"])
    assert ("entry_type" in question) == (question["type"] == "entries")
    assert ("choices" in question) == (question["type"] == "text_and_choices")
    assert question["criterion"] in CRITERIA


@each_question
def test_content_limits_are_five_entries_or_a_number_of_characters(question: dict[str, Any]) -> None:
    if question["type"] == "entries":
        most_relevant = question["entry_type"] in {"article", "project"}
        assert question["limits"] == ({"entries": 5} if most_relevant else {})
    else:
        assert set(question["limits"]) == {"characters"}
        assert 2000 <= question["limits"]["characters"] <= 8000
    if "region" in question:
        assert question["limits"] == {"characters": 2000}


@each_question
def test_feedback_on_the_reporting_is_the_only_question_never_public_nor_owed(
    question: dict[str, Any],
) -> None:
    feedback = question["id"] == "evaluation.reporting_feedback"
    assert question["public"] is not feedback
    assert question["required"] is not feedback
    assert not (feedback and question["criterion"])


def test_only_the_final_report_is_without_feedback_on_the_reporting() -> None:
    without = [key for key in ROWS if "reporting_feedback" not in ids(key, "evaluation")]
    assert without == ["national_competence_service_final"]


@each_question
def test_each_party_answers_its_own_part(question: dict[str, Any]) -> None:
    of_group = question["id"].startswith("group.")
    assert question["part"] == ("group" if of_group else "unit")
    holders = {"group.overall": "group_leader", "group.user_representative": "user_representative"}
    expected = holders.get(question["id"], "group_member") if of_group else "unit"
    assert question["answered_by"] == expected


@each_question
def test_a_regional_member_answers_for_the_region_of_the_seat(question: dict[str, Any]) -> None:
    region = question["id"].removeprefix("group.region_") if "group.region_" in question["id"] else None
    assert question.get("region") == region


@pytest.mark.parametrize("key", [key for key, row in ROWS.items() if row.wording])
def test_regions_are_asked_about_access_of_treatment_and_competence_of_all_else(key: str) -> None:
    wording = ROWS[key].wording
    assert wording
    regional = [question for question in TEMPLATES[key]["questions"] if "region" in question]
    for question in regional:
        for language, word in zip(LANGUAGES, REGIONAL_WORDS[wording], strict=True):
            assert word in question["label"][language].lower()
            assert word in question["guidance"][language].lower()


@pytest.mark.parametrize("key", [key for key in ROWS if "treatment_quality" in ids(key, "evaluation")])
def test_treatment_quality_is_a_text_and_a_choice_of_quality_tools(key: str) -> None:
    by_id = {question["id"]: question for question in TEMPLATES[key]["questions"]}
    question = by_id["evaluation.treatment_quality"]
    assert question["type"] == "text_and_choices"
    assert [choice["id"] for choice in question["choices"]] == QUALITY_TOOLS


def test_the_main_results_may_hold_the_groups_view_and_cover_the_time_since_the_start() -> None:
    (_, question), *others = same_questions()["evaluation.main_results"]
    assert not others
    for language, start, group in (
        ("nb", "oppstarten", "referansegruppen"),
        ("nn", "oppstarten", "referansegruppa"),
        ("en", "start", "reference group"),
    ):
        assert start in question["label"][language]
        assert group in question["guidance"][language].lower()
