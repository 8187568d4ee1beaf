"""A picture may be drawn a little differently; what somebody would notice is found."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from tests.browser import pictures

pytestmark = pytest.mark.browser

BLUE = (0, 90, 190)


@pytest.fixture(autouse=True)
def seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(pictures, "SEEN", tmp_path)
    return tmp_path


def page(left: int = 20, colour: tuple[int, int, int] = BLUE, height: int = 200) -> Image.Image:
    """A button on a white page."""
    drawn = Image.new("RGB", (300, height), "white")
    ImageDraw.Draw(drawn).rounded_rectangle((left, 50, left + 120, 90), 6, fill=colour)
    return drawn


def test_what_looks_the_same_is_the_same(seen: Path) -> None:
    pictures.look(page(), page(), "same")
    pictures.look(page(colour=(4, 92, 186)), page(), "hardly another colour")
    assert list(seen.iterdir()) == []


@pytest.mark.parametrize("other", [page(left=26), page(colour=(190, 0, 0)), page(height=201)])
def test_what_moved_changed_colour_or_grew_is_found_and_kept(seen: Path, other: Image.Image) -> None:
    with pytest.raises(AssertionError, match=r"look at .*button\.png"):
        pictures.look(other, page(), "button")
    assert Image.open(seen / "button.png").size == other.size
