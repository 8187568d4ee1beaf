"""The examples: nobody real, every role, every kind of unit, and words in every language."""

from __future__ import annotations

import csv
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from deploy.examples import filling
from deploy.examples.filling import Filled, fill
from deploy.examples.people import DATA, examples, write
from deploy.examples.reports import year_reported
from deploy.examples.telling import telling
from deploy.identity_provider.people import People
from deploy.places import Unable
from services.registry.placement import Kind, Region
from shared.access import Role

pytestmark = pytest.mark.unit
WEIGHTS = ((3, 7, 6, 1, 8, 9, 4, 5, 2, 1, 0), (5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1))
HOME = "http://127.0.0.1:8000"


def _units() -> list[dict[str, str]]:
    return list(csv.DictReader((DATA / "units.csv").read_text().splitlines()))


def test_every_role_a_person_may_hold_is_held() -> None:
    held = {role["role"] for person in examples() for role in person.roles}
    assert set(Role) - held == {Role.REGIONAL_SYSTEM}, "a machine does not log in by a page"


def test_units_are_of_every_kind_and_in_every_region() -> None:
    assert {unit["kind"] for unit in _units()} == set(Kind)
    assert {region for unit in _units() for region in unit["regions"].split(";")} == set(Region)


def test_numbers_are_well_formed_and_nobodys() -> None:
    for person in examples():
        digits = [int(digit) for digit in person.pid]
        assert len(digits) == 11
        assert [sum(map(int.__mul__, weights, digits)) % 11 for weights in WEIGHTS] == [0, 0]
        assert 81 <= int(person.pid[2:4]) <= 92, "80 is added to the month"


def test_names_numbers_and_aliases_are_different() -> None:
    people = examples()
    for seen in ({person.alias for person in people}, {p.name for p in people}, {p.pid for p in people}):
        assert len(seen) == len(people)


def test_everybody_is_described_in_every_language() -> None:
    for person in examples():
        assert set(person.description) == {"nb", "nn", "en"}
        assert all(text.endswith(".") for text in person.description.values())


def test_what_somebody_is_promised_to_see_exists() -> None:
    codes = {unit["code"] for unit in _units()}
    for person in examples():
        assert set(person.sees) <= codes
        assert {role["unit"] for role in person.roles if "unit" in role} <= codes


def test_the_identity_provider_can_read_what_is_written(tmp_path: Path) -> None:
    file = tmp_path / "examples/people.json"
    write(file, {"joint-desk": "6a2f"})
    assert [person.name for person in People(file).all()] == [person.name for person in examples()]
    ids = {person["alias"]: person["person_id"] for person in json.loads(file.read_text())}
    assert (ids["joint-desk"], ids["stranger"]) == ("6a2f", None)


@pytest.mark.parametrize(("month", "year"), [(1, 2026), (6, 2026), (7, 2027), (12, 2027)])
def test_the_year_reported_on_is_the_nearest(month: int, year: int) -> None:
    assert year_reported(datetime(2027, month, 15, 12, 0, tzinfo=UTC)) == year


@pytest.mark.parametrize("environment", ["production", "test", ""])
def test_only_a_developers_suite_is_filled(monkeypatch: pytest.MonkeyPatch, environment: str) -> None:
    monkeypatch.setenv("AARRING_ENVIRONMENT", environment)
    with pytest.raises(Unable, match="development"):
        fill()


def test_examples_that_were_broken_off_are_not_taken_for_whole(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    people = tmp_path / "people.json"
    monkeypatch.setattr(filling, "EXAMPLE_PEOPLE", people)
    monkeypatch.setattr(filling, "BEGUN", tmp_path / "begun")
    assert filling.found() is Filled.OTHERWISE
    filling.BEGUN.touch()
    with pytest.raises(Unable, match="make reset"):
        filling.found()
    write(people, {})
    assert filling.found() is Filled.BEFORE


def test_a_newcomer_is_told_whom_to_log_in_as() -> None:
    told = "\n".join(telling(Filled.NOW, HOME))
    assert HOME in told
    assert all((person.name in told) is person.first for person in examples())
    assert "make reset" in told
    assert list(telling(Filled.BEFORE, HOME))[1:] == list(telling(Filled.NOW, HOME))[1:]
    other = "\n".join(telling(Filled.OTHERWISE, HOME))
    assert "make reset" in other
    assert not any(person.name in other for person in examples())
