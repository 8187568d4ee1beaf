"""Style sheets, scripts and fonts under addresses that change with what is in them."""

from __future__ import annotations

import json
from gzip import decompress
from pathlib import Path

import pytest

from services.portal.assets import Assets, AssetsMissing

pytestmark = pytest.mark.unit


@pytest.fixture
def static(tmp_path: Path) -> Path:
    (tmp_path / "vendor").mkdir()
    (tmp_path / "css").mkdir()
    (tmp_path / "vendor/font.abc.woff2").write_bytes(bytes(range(256)))
    (tmp_path / "vendor/manifest.json").write_text(json.dumps({"font.woff2": "vendor/font.abc.woff2"}))
    (tmp_path / "css/20-later.css").write_text("b {}" * 100)
    (tmp_path / "css/10-first.css").write_text("a {}")
    return tmp_path


def test_without_what_is_fetched_one_is_told_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(AssetsMissing, match="make setup"):
        Assets(tmp_path)


def test_our_own_files_are_one_in_the_order_of_their_names(static: Path) -> None:
    found = _found(Assets(static), "portal.css")
    assert found.startswith(b"a {}\nb {}")


def test_an_address_changes_with_the_content(static: Path) -> None:
    before = Assets(static).address("portal.css")
    (static / "css/10-first.css").write_text("c {}")
    assert Assets(static).address("portal.css") != before


def test_nothing_but_what_is_listed_can_be_had(static: Path) -> None:
    assets = Assets(static)
    for path in ("vendor/manifest.json", "../settings.py", "css/10-first.css", ""):
        assert assets.find(path) is None


def test_what_gets_smaller_is_packed(static: Path) -> None:
    assets = Assets(static)
    style = assets.find(assets.address("portal.css").removeprefix("/static/"))
    font = assets.find("vendor/font.abc.woff2")
    assert style is not None
    assert font is not None
    assert decompress(style.packed) == style.content
    assert font.packed == b""
    assert (style.media_type, font.media_type) == ("text/css", "font/woff2")


def _found(assets: Assets, name: str) -> bytes:
    asset = assets.find(assets.address(name).removeprefix("/static/"))
    assert asset is not None
    return asset.content
