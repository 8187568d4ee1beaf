"""What the published language keeps to: names, one contract for one event, nothing personal, a standard envelope."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from typing import Any
from uuid import UUID

import pytest
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent as StandardCloudEvent

from deploy.docs.language import TOLD
from shared.contracts import PUBLISHED, CloudEvent, Contract
from shared.domain import Event
from tests.contract.approve import samples
from tests.contract.examples import EXAMPLES, sent

pytestmark = pytest.mark.contract

NAME = re.compile(r"(registry|reporting|review|notify)\.[a-z]+(_[a-z]+)*\.[a-z]+(_[a-z]+)*\.v[1-9]\d*")
PERSONAL = {
    *("email", "mail", "phone", "telephone", "mobile", "address", "birth", "born", "gender", "login"),
    *("firstname", "lastname", "surname", "fullname", "fnr", "ssn", "national", "identity", "card", "contact"),
    *("text", "answer", "reason", "comment", "free"),
}
NOT_PERSONAL = {
    # The approved description of a unit is a public decision, not something a person wrote in a report.
    ("registry.unit.description_approved.v1", "text_nb"),
}
NAMES_OF_THINGS = {"registry.trust.registered.v1", "registry.unit.registered.v1", "registry.unit.renamed.v1"}


@pytest.mark.parametrize(("name", "contract"), PUBLISHED.items())
def test_a_contract_is_named_by_speaker_aggregate_event_and_version(name: str, contract: type[Contract]) -> None:
    assert NAME.fullmatch(name)
    assert name == contract.NAME
    assert contract.__module__ == f"shared.contracts.{name.split('.')[0]}"
    assert contract.__name__.endswith(f"V{name.rpartition('.v')[2]}")
    assert contract.__doc__


@pytest.mark.parametrize(("name", "contract"), PUBLISHED.items())
def test_a_contract_holds_nothing_personal(name: str, contract: type[Contract]) -> None:
    for field in contract.model_fields:
        if (name, field) in NOT_PERSONAL:
            continue
        words = set(field.split("_"))
        assert words.isdisjoint(PERSONAL), field
        assert "name" not in words or name in NAMES_OF_THINGS, field


def test_an_event_is_told_as_at_most_one_contract_and_each_contract_is_told_of_one_event() -> None:
    told: dict[str, set[type[Event]]] = defaultdict(set)
    said: dict[type[Event], set[str]] = defaultdict(set)
    for (_, event), message in zip(_told_examples(), sent(), strict=True):
        told[message.type].add(type(event))
        said[type(event)].add(message.type)
    assert {event for event, names in said.items() if len(names) > 1} == set()
    assert {name for name, events in told.items() if len(events) > 1} == set()


def test_every_contract_is_spoken_by_its_speaker() -> None:
    assert {message.type for message in sent()} == set(PUBLISHED)
    assert [message.id for message in sent() if message.source != f"/{message.speaker}"] == []


def test_every_event_that_is_told_has_an_example() -> None:
    for speaker, table in TOLD.items():
        assert {type(event) for _, event in EXAMPLES[speaker]} == set(table)


def test_each_contract_names_the_one_before_it() -> None:
    for speaker in TOLD:
        chain = [(message.previous, message.position) for message in sent() if message.speaker == speaker]
        assert [previous for previous, _ in chain] == [0, *(position for _, position in chain[:-1])]


@pytest.mark.parametrize("file", samples(), ids=lambda file: file.name.removesuffix(".sample.json"))
def test_a_sample_is_a_cloud_event_to_any_reader_of_the_standard(file: Any) -> None:
    ours = CloudEvent.model_validate_json(file.read_text())
    standard = JSONFormat().read(StandardCloudEvent, file.read_bytes())
    assert standard.get_id() == f"{ours.speaker}:{ours.position}"
    assert standard.get_type() == ours.type == file.name.rsplit(".", 3)[0]
    assert standard.get_source() == f"/{ours.speaker}"
    assert standard.get_time() == ours.time
    assert standard.get_subject() == str(UUID(ours.subject))
    assert (standard.get_extension("position"), standard.get_extension("previous")) == (ours.position, ours.previous)
    assert standard.get_data() == json.loads(file.read_text())["data"]
    assert ours.nats_subject == f"ev.{ours.type}"


def _told_examples() -> list[tuple[UUID, Event]]:
    return [example for speaker in TOLD for example in EXAMPLES[speaker]]
