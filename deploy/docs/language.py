"""The published language and the services behind it, gathered for documents and tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from deploy.places import SERVICES
from services.notify.publish import PUBLISHED_EVENTS as TOLD_BY_NOTIFY
from services.notify.rules import RULES as NOTIFY_RULES
from services.notify.views.rows import KEPT as KEPT_BY_NOTIFY
from services.registry.publish import PUBLISHED as TOLD_BY_REGISTRY
from services.reporting.application.hearing import REACTIONS as REPORTING_REACTS
from services.reporting.publish import PUBLISHED_EVENTS as TOLD_BY_REPORTING
from services.reporting.views.rows import KEPT as KEPT_BY_REPORTING
from services.review.application.hearing import REACTIONS as REVIEW_REACTS
from services.review.publish import PUBLISHED_EVENTS as TOLD_BY_REVIEW
from services.review.views.heard import KEPT as KEPT_BY_REVIEW
from shared.contracts import PUBLISHED, Contract
from shared.domain import AGGREGATES, EVENTS, Event, Recorded

Translation = Callable[[Recorded], Contract]

TOLD: Mapping[str, Mapping[type[Event], Translation]] = {
    "registry": TOLD_BY_REGISTRY,
    "reporting": TOLD_BY_REPORTING,
    "review": TOLD_BY_REVIEW,
    "notify": TOLD_BY_NOTIFY,
}
"""Which events each service tells the others, and how."""

HEARD: Mapping[str, frozenset[type[Contract]]] = {
    "registry": frozenset(),
    "reporting": frozenset([*KEPT_BY_REPORTING, *REPORTING_REACTS]),
    "review": frozenset([*KEPT_BY_REVIEW, *REVIEW_REACTS]),
    "notify": frozenset([*KEPT_BY_NOTIFY, *(rule.on for rule in NOTIFY_RULES)]),
}
"""Which contracts each service does something with; all others it only keeps."""


@dataclass(frozen=True)
class Spoken:
    """One contract with who says it and who does something when hearing it."""

    name: str
    contract: type[Contract]
    speaker: str
    hearers: tuple[str, ...]

    @property
    def subject(self) -> str:
        return f"ev.{self.name}"

    @property
    def message(self) -> str:
        """The contract's name in code, which documents refer to it by."""
        return self.contract.__name__


def spoken() -> list[Spoken]:
    """Every contract, in the order the speakers' files have them."""
    told = [Spoken(name, contract, name.split(".", 1)[0], _hearers(contract)) for name, contract in PUBLISHED.items()]
    # Within a speaker as they are declared; the speakers in one order, whichever was imported first.
    return sorted(told, key=lambda contract: SERVICES.index(contract.speaker))


def _hearers(contract: type[Contract]) -> tuple[str, ...]:
    return tuple(service for service, heard in HEARD.items() if contract in heard)


def hearers_of(speaker: str) -> list[str]:
    """The services that listen to one speaker."""
    return [hearer for hearer, heard in HEARD.items() if any(c.NAME.startswith(f"{speaker}.") for c in heard)]


def wire_schema(contract: type[Contract]) -> dict[str, Any]:
    """The JSON schema of what is sent: every field stands in it, also where a reader could do without."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"/schemas/{contract.NAME}.json",
        **contract.model_json_schema(mode="serialization"),
    }


def events_of(service: str) -> Iterator[tuple[str, list[type[Event]]]]:
    """The aggregates of a service by their topic, each with its events in alphabetical order of their topics."""
    for aggregate in sorted(topic for topic in AGGREGATES if topic.startswith(f"{service}.")):
        yield aggregate, [EVENTS[topic] for topic in sorted(EVENTS) if topic.rpartition(".")[0] == aggregate]
