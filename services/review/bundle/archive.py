"""Files packed into one archive with a manifest of their hashes, signed: the same contents give the same bytes."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

MANIFEST, SIGNATURE = "manifest.json", "manifest.sig"
FORMAT = "aarring-bundle/1"
_BEGINNING_OF_ZIP = (1980, 1, 1, 0, 0, 0)
_UNIX, _READABLE = 3, 0o100644 << 16


@dataclass(frozen=True)
class Archive:
    """A bundle as it will leave the house."""

    content: bytes
    sha256: str
    manifest_sha256: str
    key_id: str
    files: int


class BundleKey:
    """The private key that bundles are signed with."""

    def __init__(self, key: Ed25519PrivateKey) -> None:
        self._key = key
        self.public = public_bytes(key.public_key())
        self.id = key_id(self.public)

    @classmethod
    def from_file(cls, path: Path) -> BundleKey:
        """The key in a PEM file; ``ValueError`` when it is of another kind."""
        key = serialization.load_pem_private_key(path.read_bytes(), password=None)
        if not isinstance(key, Ed25519PrivateKey):
            raise ValueError(f"{path} does not hold an Ed25519 private key")
        return cls(key)

    def sign(self, manifest: bytes) -> bytes:
        """What stands in ``manifest.sig``: the signature over exactly these bytes, and the key it was made with."""
        return as_json(
            {
                "algorithm": "Ed25519",
                "key_id": self.id,
                "public_key": base64.b64encode(self.public).decode(),
                "signature": base64.b64encode(self._key.sign(manifest)).decode(),
            }
        )


def public_bytes(key: Ed25519PublicKey) -> bytes:
    """The 32 bytes of a public key."""
    return key.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)


def key_id(public: bytes) -> str:
    """The name of a key, the same for whoever has it: the beginning of its hash."""
    return hashlib.sha256(public).hexdigest()[:32]


def as_json(value: Any) -> bytes:
    """``value`` as JSON a person can read, in one spelling."""
    return (json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True, default=str) + "\n").encode()


def pack(files: Mapping[str, bytes], about: Mapping[str, Any], key: BundleKey) -> Archive:
    """``files`` as one archive, with a manifest that also says ``about`` (year, who, when), and its signature."""
    listed = [
        {"name": name, "sha256": hashlib.sha256(content).hexdigest(), "size": len(content)}
        for name, content in sorted(files.items())
    ]
    manifest = as_json({**about, "format": FORMAT, "key_id": key.id, "files": listed})
    content = _zipped({**files, MANIFEST: manifest, SIGNATURE: key.sign(manifest)})
    return Archive(
        content=content,
        sha256=hashlib.sha256(content).hexdigest(),
        manifest_sha256=hashlib.sha256(manifest).hexdigest(),
        key_id=key.id,
        files=len(listed),
    )


def _zipped(files: Mapping[str, bytes]) -> bytes:
    """Stored, not compressed: what a compressor makes of the same bytes differs from one machine to the next."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
        for name, content in sorted(files.items()):
            entry = zipfile.ZipInfo(name, _BEGINNING_OF_ZIP)
            entry.create_system, entry.external_attr = _UNIX, _READABLE
            archive.writestr(entry, content)
    return packed.getvalue()
