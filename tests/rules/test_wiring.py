"""What belongs together is together: routes and access, settings and their explanation, facts and their names."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from pydantic import AliasChoices
from pydantic_settings import BaseSettings
from sqlalchemy import Integer, Text

from deploy.commands.rebuild import READ_MODELS
from deploy.docs.language import HEARD, TOLD
from deploy.docs.openapi import applications
from deploy.places import ROOT
from services.notify.settings import Settings as NotifySettings
from services.portal.settings import Settings as PortalSettings
from services.registry.settings import Settings as RegistrySettings
from services.reporting.settings import Settings as ReportingSettings
from services.review.settings import Settings as ReviewSettings
from shared.asked import asked, calling
from shared.contracts import PUBLISHED
from shared.domain import AGGREGATES, EVENTS
from tests.contract.examples import sent
from tests.rules.source import parsed, python_files, shown

pytestmark = pytest.mark.rules

OPEN_TO_ALL = {"/health", "/health/live", "/health/ready", "/metrics"}
LEAVES_NOTHING = {"/reports/{report_id}/presence"}
"""What is said for a moment and recorded nowhere: said twice, it is said once."""
SETTINGS: tuple[type[BaseSettings], ...] = (
    RegistrySettings,
    ReportingSettings,
    ReviewSettings,
    NotifySettings,
    PortalSettings,
)


@pytest.fixture(scope="module")
def routes() -> list[APIRoute]:
    found = []
    for service, app in applications().items():
        own = list(_routes(app))
        assert {route.path for route in own} == set(app.openapi()["paths"]), f"some routes of {service} were not seen"
        found += own
    return found


def test_every_route_asks_who_calls(routes: list[APIRoute]) -> None:
    open_to_all = {route.path for route in routes if calling not in _asks(route.dependant)}
    assert open_to_all == OPEN_TO_ALL


def test_every_route_that_changes_something_names_its_request(routes: list[APIRoute]) -> None:
    unnamed = [route.path for route in routes if route.methods != {"GET"} and asked not in _asks(route.dependant)]
    assert set(unnamed) == LEAVES_NOTHING


def test_a_route_that_only_reads_needs_no_key(routes: list[APIRoute]) -> None:
    assert [route.path for route in routes if route.methods == {"GET"} and asked in _asks(route.dependant)] == []


def test_every_setting_is_explained_and_nothing_else_is() -> None:
    explained = re.findall(r"^(?:# )?([A-Z][A-Z_]+)=", (ROOT / "deploy/env.example").read_text(), re.MULTILINE)
    assert [name for name, times in Counter(explained).items() if times > 1] == []
    assert set(explained) == {name for settings in SETTINGS for name in _names(settings)}


def test_a_secret_has_no_default() -> None:
    secret = re.compile("key|secret|password|token")
    kept = [f"{s.__module__}.{n}" for s in SETTINGS for n, f in s.model_fields.items() if secret.search(n)]
    required = [f"{s.__module__}.{n}" for s in SETTINGS for n, f in s.model_fields.items() if f.is_required()]
    assert set(kept) - set(required) == set()


def test_everything_that_is_heard_is_spoken_by_somebody_else() -> None:
    spoken = {PUBLISHED[message.type] for message in sent()}
    for hearer, heard in HEARD.items():
        assert heard - spoken == set()
        assert [contract for contract in heard if contract.NAME.startswith(f"{hearer}.")] == []


def test_a_topic_is_named_by_service_aggregate_and_event_and_is_used_once() -> None:
    written = Counter(_topics())
    assert [topic for topic, times in written.items() if times > 1] == []
    assert set(written) == {topic for topic in (*EVENTS, *AGGREGATES) if topic.split(".")[0] in TOLD}
    for topic, event in EVENTS.items():
        if topic in written:
            service, aggregate, _ = topic.split(".")
            assert event.__module__.startswith(f"services.{service}."), topic
            assert f"{service}.{aggregate}" in AGGREGATES, topic


def test_read_rows_hold_texts_and_integers_only() -> None:
    for models in READ_MODELS.values():
        tables = [table for metadata in (*models.tables, *models.mirrors) for table in metadata.sorted_tables]
        assert tables
        assert [str(c) for t in tables for c in t.columns if not isinstance(c.type, Text | Integer)] == []


def _routes(router: Any) -> Iterator[APIRoute]:
    """The routes of an application, and of the routers it includes, which it keeps as they were given."""
    for route in router.routes:
        if isinstance(route, APIRoute):
            yield route
        elif included := getattr(route, "original_router", None):
            yield from _routes(included)


def _asks(dependant: Dependant) -> set[Any]:
    """Everything a route depends on, however deep."""
    found: set[Any] = {dependant.call}
    for each in dependant.dependencies:
        found |= _asks(each)
    return found


def _names(settings: type[BaseSettings]) -> Iterator[str]:
    """What the environment calls the settings."""
    prefix = settings.model_config["env_prefix"]
    for name, field in settings.model_fields.items():
        alias = field.validation_alias
        others = [str(choice) for choice in alias.choices] if isinstance(alias, AliasChoices) else []
        yield next((other for other in others if other.isupper()), f"{prefix}{name}".upper())


def _topics() -> Iterator[str]:
    """Every ``TOPIC`` written down in a service."""
    for file in python_files("services"):
        for node in ast.walk(parsed(file)):
            target = node.targets[0] if isinstance(node, ast.Assign) else getattr(node, "target", None)
            if isinstance(target, ast.Name) and target.id == "TOPIC":
                value = getattr(node, "value", None)
                assert isinstance(value, ast.Constant), f"a topic of {shown(file)} is not written down"
                yield str(value.value)
