"""The style sheets, scripts and fonts of the pages: held in memory, packed, under names that tell their content."""

from __future__ import annotations

import gzip
import hashlib
import json
import mimetypes
from dataclasses import dataclass
from pathlib import Path

from fastapi import APIRouter, HTTPException, Request, Response

STATIC = Path(__file__).parent / "static"
BUNDLES = {"portal.css": "css/*.css", "portal.js": "js/*.js"}
"""Our own small files, sent as one of each kind, in the order of their names."""
FOR_EVER = "public, max-age=31536000, immutable"
_TYPES = {".css": "text/css", ".js": "text/javascript", ".woff2": "font/woff2", ".svg": "image/svg+xml"}

router = APIRouter()


class AssetsMissing(Exception):
    """What is fetched at set-up is not there."""


@dataclass(frozen=True)
class Asset:
    """One file as it is sent; ``packed`` is empty where packing it would not make it smaller."""

    address: str
    media_type: str
    content: bytes
    packed: bytes


class Assets:
    """Every file the pages name, and the address of each."""

    def __init__(self, static: Path = STATIC) -> None:
        self._addresses: dict[str, str] = {}
        self._files: dict[str, Asset] = {}
        for name, place in _fetched(static / "vendor").items():
            self._keep(name, (static / place).read_bytes(), place)
        for file in static.glob("*.svg"):
            self._keep(file.name, file.read_bytes())
        for name, pattern in BUNDLES.items():
            self._keep(name, b"\n".join(file.read_bytes() for file in sorted(static.glob(pattern))))

    def address(self, name: str) -> str:
        """Where a page finds a file; its name changes with its content, so that it may be kept for ever."""
        return self._addresses[name]

    def find(self, path: str) -> Asset | None:
        """The file at an address below ``/static/``."""
        return self._files.get(path)

    def _keep(self, name: str, content: bytes, path: str = "") -> None:
        stem, _, ending = name.rpartition(".")
        path = path or f"{stem}.{hashlib.sha256(content).hexdigest()[:10]}.{ending}"
        media_type = _TYPES.get(f".{ending}") or mimetypes.guess_type(name)[0] or "application/octet-stream"
        packed = gzip.compress(content, 9, mtime=0)
        small = packed if len(packed) < 0.95 * len(content) else b""
        self._addresses[name] = f"/static/{path}"
        self._files[path] = Asset(f"/static/{path}", media_type, content, small)


def _fetched(vendor: Path) -> dict[str, str]:
    """What set-up fetched by the lock file: each file's name, and where it lies below ``static``."""
    try:
        found: dict[str, str] = json.loads((vendor / "manifest.json").read_text())
    except FileNotFoundError:
        raise AssetsMissing("the portal's style sheets and scripts have not been fetched: run `make setup`") from None
    return found


@router.get("/static/{path:path}", include_in_schema=False)
async def static(request: Request, path: str) -> Response:
    """A file of the pages; whoever has it need not ask again."""
    assets: Assets = request.app.state.portal.assets
    asset = assets.find(path)
    if asset is None:
        raise HTTPException(404)
    headers = {"Cache-Control": FOR_EVER, "Vary": "Accept-Encoding"}
    packed = bool(asset.packed) and "gzip" in request.headers.get("accept-encoding", "")
    if packed:
        headers["Content-Encoding"] = "gzip"
    return Response(asset.packed if packed else asset.content, media_type=asset.media_type, headers=headers)
