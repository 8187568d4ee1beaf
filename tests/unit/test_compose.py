"""What the suite in containers is told: enough for every service, made once, and each its own."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]  # it ships no types
from pydantic_settings import BaseSettings

from deploy.compose import PROVIDER
from deploy.identity_provider.settings import Settings as Provider
from deploy.places import ROOT, SERVICES
from deploy.serve import read_settings
from services.notify.settings import Settings as Notify
from services.portal.settings import Settings as Portal
from services.registry.settings import Settings as Registry
from services.reporting.settings import Settings as Reporting
from services.review.settings import Settings as Review

pytestmark = pytest.mark.unit
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
SETTINGS: dict[str, type[BaseSettings]] = {
    "registry": Registry,
    "reporting": Reporting,
    "review": Review,
    "notify": Notify,
}


def written(folder: Path) -> dict[str, str]:
    """Every file that was made, by its path in the folder."""
    environment = os.environ | {"AARRING_VAR": str(folder), "AARRING_ENVIRONMENT": "development"}
    subprocess.run([sys.executable, "-m", "deploy.compose"], cwd=ROOT, env=environment, check=True)
    return {str(path.relative_to(folder)): path.read_text() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("told")
    written(folder)
    return folder


@pytest.mark.parametrize("service", SERVICES)
def test_each_service_is_told_all_it_must_know(told: Path, service: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in read_settings(told / service / "settings.env").items():
        monkeypatch.setenv(name, value)
    settings = SETTINGS[service]().model_dump()
    assert (told / service / settings["token_issuers"].name).is_file()
    assert (told / service / settings["signing_key"].name).is_file()


@pytest.mark.parametrize(("site", "folder", "kind"), [("portal", "portal", Portal), ("identity", PROVIDER, Provider)])
def test_what_people_meet_is_told_all_it_must_know(
    told: Path, site: str, folder: str, kind: type[BaseSettings], monkeypatch: pytest.MonkeyPatch
) -> None:
    composed = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"][site]["environment"]
    usual = {name: re.sub(r"\$\{\w+:-(.+?)\}", r"\1", value) for name, value in composed.items()}
    for name, value in {**read_settings(told / folder / "settings.env"), **usual}.items():
        monkeypatch.setenv(name, value)
    settings = kind().model_dump()
    files = [value for value in settings.values() if isinstance(value, Path)]
    assert [file.name for file in files if not (told / folder / file.name).is_file()] == []


def test_the_portal_and_the_registry_name_a_login_alike(told: Path) -> None:
    keys = [
        read_settings(told / name / "settings.env")[f"{name.upper()}_LOGIN_KEY"] for name in ("portal", "registry")
    ]
    assert keys[0] == keys[1]


def test_review_finds_the_key_it_signs_bundles_with(told: Path) -> None:
    named = Path(read_settings(told / "review/settings.env")["REVIEW_BUNDLE_KEY"]).name
    assert "PRIVATE KEY" in (told / "review" / named).read_text()


def test_the_database_knows_each_service_by_the_password_it_was_given(told: Path) -> None:
    passwords = read_settings(told / "postgres/settings.env")
    for service in SERVICES:
        url = read_settings(told / service / "settings.env")[f"{service.upper()}_DATABASE_URL"]
        assert f":{passwords[f'{service.upper()}_PASSWORD']}@" in url
    assert f":{passwords['PORTAL_PASSWORD']}@" in read_settings(told / "portal/settings.env")["PORTAL_DATABASE_URL"]


def test_a_service_is_told_nothing_of_the_others(told: Path) -> None:
    for service in SERVICES:
        files = {path.name for path in (told / service).iterdir()}
        assert {f"{other}.pem" for other in (*SERVICES, "issuer")} & files == {f"{service}.pem"}


def test_what_was_made_once_is_kept(told: Path) -> None:
    before = {str(path.relative_to(told)): path.read_text() for path in told.rglob("*") if path.is_file()}
    assert written(told) == before


def test_without_a_file_the_environment_alone_speaks(tmp_path: Path) -> None:
    assert read_settings(tmp_path / "settings.env") == {}


def test_whoever_writes_in_a_volume_finds_it_theirs_in_the_image() -> None:
    dockerfile = (ROOT / "deploy/Dockerfile").read_text().replace("\\\n", " ")
    made = {word for line in dockerfile.splitlines() if "install --directory" in line for word in line.split()}
    mounted = {volume.split(":")[1] for name in ("settings", "examples") for volume in COMPOSE[name]["volumes"]}
    assert mounted - made == set()


def test_the_portal_opens_once_the_examples_are_there_and_link_the_logins_it_gets() -> None:
    assert COMPOSE["portal"]["depends_on"]["examples"]["condition"] == "service_completed_successfully"
    assert {COMPOSE["examples"]["depends_on"][name]["condition"] for name in SERVICES} == {"service_healthy"}
    told, portal = COMPOSE["examples"]["environment"], COMPOSE["portal"]["environment"]
    assert told["AARRING_IDENTITY_URL"] == portal["PORTAL_IDENTITY_ISSUER"]
    assert told["AARRING_PORTAL_URL"] == portal["PORTAL_URL"]


def test_the_network_of_portal_and_provider_stays_when_either_is_restarted() -> None:
    assert COMPOSE["portal"]["network_mode"] == COMPOSE["identity"]["network_mode"] == "service:gate"
    assert "network_mode" not in COMPOSE["gate"]
    assert len(COMPOSE["gate"]["ports"]) == 2
