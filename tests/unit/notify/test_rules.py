"""The table of rules is one a person can rely on."""

from __future__ import annotations

from collections import Counter

import pytest

from services.notify.occasion import Occasion
from services.notify.rules import RULES, TIMED, Appointee, Assessor, Named
from services.notify.views.rows import KEPT
from shared.access import Right, Scope

pytestmark = pytest.mark.unit


def test_a_rule_has_a_name_of_its_own_and_tells_somebody() -> None:
    assert [name for name, times in Counter(rule.name for rule in RULES).items() if times > 1] == []
    assert [rule.name for rule in RULES if not rule.to] == []


def test_every_occasion_is_set_off_by_something() -> None:
    assert {rule.occasion for rule in RULES} | {timed.occasion for timed in TIMED} == set(Occasion)


def test_what_narrows_a_rule_is_said_in_words() -> None:
    narrowed = {rule.name for rule in RULES if rule.only}
    assert narrowed == {"form_sent_to_group", "unit_part_done", "group_part_done", "submitted_late"}


def test_whom_a_rule_names_its_contract_can_tell() -> None:
    for rule in RULES:
        fields = set(rule.on.model_fields)
        for receiver in rule.to:
            match receiver:
                case Named():
                    assert receiver.field in fields
                case Appointee():
                    assert "appointment_id" in fields
                case Assessor():
                    assert {"review_id", "region"} <= fields
                case Right():
                    assert receiver.scope is not Scope.ANYWHERE
                    assert fields & {"unit_id", "report_id", "year"}, rule.name


def test_what_a_rule_rests_on_is_kept() -> None:
    speakers = {contract.NAME.split(".")[0] for contract in KEPT}
    assert {rule.on.NAME.split(".")[0] for rule in RULES} <= speakers
