"""How the main pages look, compared with how they looked when somebody last looked at them."""

from __future__ import annotations

import io
import os
from collections.abc import Sequence
from pathlib import Path

from PIL import Image
from pixelmatch.contrib.PIL import pixelmatch
from playwright.sync_api import Locator, Page

from deploy.places import VAR, shown

APPROVED = Path(__file__).parent / "pictures"
SEEN = VAR / "browser/pictures"
APPROVING = os.environ.get("AARRING_PICTURES") == "approve"
COLOUR = 0.2
"""How far two colours may be apart before they count as different, between 0 and 1."""
SHARE = 0.002
"""The part of all pixels that may differ: letters are drawn a little differently from one Chromium to the next."""


def compare(page: Page, name: str, masked: Sequence[Locator] = ()) -> None:
    """Fails where the page has come to look different; ``masked`` changes from day to day.

    What is seen and where it differs are left in var/; ``make pictures`` accepts it.
    """
    page.evaluate("document.fonts.ready.then(() => null)")
    taken = page.screenshot(full_page=True, animations="disabled", caret="hide", mask=masked, mask_color="#888888")
    approved = APPROVED / f"{name}.png"
    if APPROVING:
        _approve(taken, approved)
        return
    assert approved.exists(), f"there is no {approved.name} to compare with: make pictures"
    look(Image.open(io.BytesIO(taken)), Image.open(approved), name)


def _approve(taken: bytes, approved: Path) -> None:
    """Kept small: the few colours of a page need no more than a palette."""
    approved.parent.mkdir(exist_ok=True)
    Image.open(io.BytesIO(taken)).convert("RGB").quantize(256, dither=Image.Dither.NONE).save(approved, optimize=True)


def look(taken: Image.Image, approved: Image.Image, name: str) -> None:
    """Fails where the two differ in more than how letters are smoothed."""
    taken, approved = taken.convert("RGBA"), approved.convert("RGBA")
    if taken.size != approved.size:
        raise AssertionError(f"{name} is {taken.size} and was {approved.size}; {_keep(taken, name)}")
    different = Image.new("RGBA", taken.size)
    count = pixelmatch(taken, approved, different, threshold=COLOUR)
    if count > SHARE * taken.width * taken.height:
        _keep(different, f"{name}.different")
        raise AssertionError(f"{count} pixels of {name} have changed; {_keep(taken, name)}, {name}.different.png")


def _keep(picture: Image.Image, name: str) -> str:
    SEEN.mkdir(parents=True, exist_ok=True)
    picture.save(SEEN / f"{name}.png")
    return f"look at {shown(SEEN / name)}.png; make pictures accepts it"
