"""Whether a bundle is what was sent, found from the file alone: by its signature and the hash of every file in it."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from services.review.bundle.archive import FORMAT, MANIFEST, SIGNATURE, key_id

_MOST_BYTES = 2_000_000_000


@dataclass(frozen=True)
class Verified:
    """What was found: everything that is wrong, what the manifest says, and by which key it is signed."""

    faults: list[str]
    key_id: str = ""
    manifest: Mapping[str, Any] = field(default_factory=dict)

    @property
    def holds(self) -> bool:
        """Whether nothing was changed, left out or added since the bundle was signed."""
        return not self.faults


def verify(path: Path, expected_key: str | None = None) -> Verified:
    """Check a bundle; with ``expected_key`` (a key's id) also that it was signed by that key."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
            if sum(entry.file_size for entry in archive.infolist()) > _MOST_BYTES:
                return Verified(["the archive is larger than any bundle"])
            files = {name: archive.read(name) for name in names}
    except (OSError, RuntimeError, zipfile.BadZipFile, zlib.error) as fault:
        return Verified([f"the archive cannot be read: {fault}"])
    if missing := [name for name in (MANIFEST, SIGNATURE) if name not in files]:
        return Verified([f"{name} is missing" for name in missing])
    faults = [f"{name} is there twice" for name in sorted(set(names)) if names.count(name) > 1]
    signed_by, wrong = _signature(files[MANIFEST], files[SIGNATURE])
    if wrong:
        return Verified([*faults, wrong], signed_by)
    if expected_key and signed_by != expected_key:
        faults.append(f"it is signed by key {signed_by}, not {expected_key}")
    try:
        manifest = json.loads(files[MANIFEST])
        return Verified([*faults, *_differences(manifest, files)], signed_by, manifest)
    except (ValueError, KeyError, TypeError, AttributeError):
        return Verified([*faults, f"{MANIFEST} is not a manifest"], signed_by)


def _signature(manifest: bytes, signature: bytes) -> tuple[str, str]:
    """The id of the key that signed, and what is wrong with the signature."""
    try:
        said = json.loads(signature)
        public = base64.b64decode(said["public_key"], validate=True)
        signed = base64.b64decode(said["signature"], validate=True)
        Ed25519PublicKey.from_public_bytes(public).verify(signed, manifest)
    except InvalidSignature:
        return "", f"{MANIFEST} is not what was signed"
    except (ValueError, KeyError, TypeError, binascii.Error):
        return "", f"{SIGNATURE} is not a signature"
    return key_id(public), ""


def _differences(manifest: Mapping[str, Any], files: Mapping[str, bytes]) -> Iterator[str]:
    if manifest.get("format") != FORMAT:
        yield f"the format is {manifest.get('format')}, not {FORMAT}"
        return
    listed = {entry["name"]: entry for entry in manifest["files"]}
    for name, entry in listed.items():
        content = files.get(name)
        if content is None:
            yield f"{name} is missing"
        elif (len(content), hashlib.sha256(content).hexdigest()) != (entry["size"], entry["sha256"]):
            yield f"{name} is not what was sent"
    for name in sorted(set(files) - set(listed) - {MANIFEST, SIGNATURE}):
        yield f"{name} was not sent"
