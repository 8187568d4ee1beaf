"""What a page weighs: everything a browser fetches for it that has nothing kept from before, as it is sent."""

from __future__ import annotations

import re

from bench.portal.wire import Wire

LINKED = re.compile(r'<(?:link|script)[^>]+?(?:href|src)="(/static/[^"]+)"')
FACE = re.compile(r"@font-face\s*{[^}]*?url\(([^)]+)\)[^}]*?unicode-range:([^;}]+)")


async def weigh(port: int, cookie: str, path: str) -> dict[str, int]:
    """The bytes of the page and of each of its assets, heads and all, by their names without the hash."""
    wire = await Wire.to(port, cookie)
    page = (await wire.ask(path, plain=True)).body.decode()
    addresses = list(dict.fromkeys(LINKED.findall(page)))
    for sheet in [address for address in addresses if address.endswith(".css")]:
        css = (await wire.ask(sheet, plain=True)).body.decode()
        fonts = [sheet.rpartition("/")[0] + "/" + font for font, letters in FACE.findall(css) if _used(letters, page)]
        addresses += [font for font in fonts if font not in addresses]
    found = {"page": await _sent(wire, path)}
    for address in addresses:
        found[_name(address)] = await _sent(wire, address)
    wire.close()
    return found


async def _sent(wire: Wire, path: str) -> int:
    answer = await wire.ask(path)
    if answer.status != 200:
        raise RuntimeError(f"{path} was answered {answer.status}")
    return len(answer.head) + len(answer.body)


def _used(letters: str, page: str) -> bool:
    """Whether a page has one of a font's letters: a browser asks for no other font."""
    ranges = [part.strip().removeprefix("U+").split("-") for part in letters.split(",")]
    there = {ord(letter) for letter in page}
    return any(int(first[0], 16) <= letter <= int(first[-1], 16) for first in ranges for letter in there)


def _name(address: str) -> str:
    """``/static/vendor/ds.2cde59fd79.css`` is ``ds.css``."""
    stem, _, ending = address.rpartition("/")[2].rpartition(".")
    return f"{stem.partition('.')[0]}.{ending}"
