"""How the main pages look, compared with how they looked when somebody last looked at them."""

from __future__ import annotations

import io
import os
from collections.abc import Sequence
from pathlib import Path

from PIL import Image, ImageChops
from pixelmatch.contrib.PIL import pixelmatch
from playwright.sync_api import FloatRect, Locator, Page

from deploy.places import VAR, shown

APPROVED = Path(__file__).parent / "pictures"
SEEN = VAR / "browser/pictures"
APPROVING = os.environ.get("AARRING_PICTURES") == "approve"
COLOUR = 0.2
"""How far two colours may be apart before they count as different, between 0 and 1."""
PALETTE = 16
"""How far a channel may be apart, of 255, before a pixel is looked at: never as far as ``COLOUR``."""
SHARE = 0.002
"""The part of all pixels that may differ: letters are drawn a little differently from one Chromium to the next."""


def compare(page: Page, name: str, masked: Sequence[Locator] = (), tall: int = 0) -> None:
    """Fails where the page has come to look different; ``masked`` changes from day to day.

    Of a long page only the first ``tall`` pixels are looked at.  What is seen and where it differs are left in var/;
    ``make pictures`` accepts it.
    """
    page.wait_for_load_state()  # until its styles are there it is of another height
    page.evaluate("document.fonts.ready.then(() => null)")
    width = page.evaluate("document.documentElement.clientWidth")
    clip: FloatRect | None = {"x": 0, "y": 0, "width": width, "height": tall} if tall else None
    taken = page.screenshot(
        full_page=True, animations="disabled", caret="hide", mask=masked, mask_color="#888888", clip=clip
    )
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
    box = _apart(taken, approved)
    if box is None:
        return
    part, different = Image.new("RGBA", (box[2] - box[0], box[3] - box[1])), approved.copy()
    count = pixelmatch(taken.crop(box), approved.crop(box), part, threshold=COLOUR)
    different.paste(part, box)
    if count > SHARE * taken.width * taken.height:
        _keep(different, f"{name}.different")
        raise AssertionError(f"{count} pixels of {name} have changed; {_keep(taken, name)}, {name}.different.png")


def _apart(taken: Image.Image, approved: Image.Image) -> tuple[int, int, int, int] | None:
    """Where to look at all, since looking at each pixel takes long: a palette alone makes no such difference."""
    red, green, blue, _ = ImageChops.difference(taken, approved).split()
    most = ImageChops.lighter(ImageChops.lighter(red, green), blue)
    return most.point([255 if value > PALETTE else 0 for value in range(256)]).getbbox()


def _keep(picture: Image.Image, name: str) -> str:
    SEEN.mkdir(parents=True, exist_ok=True)
    picture.save(SEEN / f"{name}.png")
    return f"look at {shown(SEEN / name)}.png; make pictures accepts it"
