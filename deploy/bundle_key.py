"""The key a local suite signs its bundles with: made once, and good for nothing outside it."""

from __future__ import annotations

from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from deploy.places import SECRETS

NAME = "review-bundle.pem"


def bundle_key(directory: Path = SECRETS) -> Path:
    """The file with the private key, made if it is not there."""
    path = directory / NAME
    if not path.exists():
        directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.touch(mode=0o600)
        path.write_bytes(
            Ed25519PrivateKey.generate().private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
    return path
