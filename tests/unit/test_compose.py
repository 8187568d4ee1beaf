"""What the suite in containers is told: enough for every service, made once, and each its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from pydantic_settings import BaseSettings

from deploy.places import ROOT, SERVICES
from deploy.serve import read_settings
from services.notify.settings import Settings as Notify
from services.registry.settings import Settings as Registry
from services.reporting.settings import Settings as Reporting
from services.review.settings import Settings as Review

pytestmark = pytest.mark.unit
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


def test_review_finds_the_key_it_signs_bundles_with(told: Path) -> None:
    named = Path(read_settings(told / "review/settings.env")["REVIEW_BUNDLE_KEY"]).name
    assert "PRIVATE KEY" in (told / "review" / named).read_text()


def test_the_database_knows_each_service_by_the_password_it_was_given(told: Path) -> None:
    passwords = read_settings(told / "postgres/settings.env")
    for service in SERVICES:
        url = read_settings(told / service / "settings.env")[f"{service.upper()}_DATABASE_URL"]
        assert f":{passwords[f'{service.upper()}_PASSWORD']}@" in url


def test_a_service_is_told_nothing_of_the_others(told: Path) -> None:
    for service in SERVICES:
        files = {path.name for path in (told / service).iterdir()}
        assert {f"{other}.pem" for other in (*SERVICES, "issuer")} & files == {f"{service}.pem"}


def test_what_was_made_once_is_kept(told: Path) -> None:
    before = {str(path.relative_to(told)): path.read_text() for path in told.rglob("*") if path.is_file()}
    assert written(told) == before


def test_without_a_file_the_environment_alone_speaks(tmp_path: Path) -> None:
    assert read_settings(tmp_path / "settings.env") == {}
