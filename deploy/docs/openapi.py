"""What each service answers over HTTP, as its own application describes it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from fastapi import FastAPI
from pydantic import SecretBytes

from deploy.bundle_key import bundle_key
from deploy.environment import ASKS
from services.notify import app as notify
from services.notify.settings import Settings as NotifySettings
from services.registry import app as registry
from services.registry.settings import Settings as RegistrySettings
from services.reporting import app as reporting
from services.reporting.settings import Settings as ReportingSettings
from services.review import app as review
from services.review.settings import Settings as ReviewSettings
from shared.settings import Environment

NOWHERE = "127.0.0.1:9"
MAIL: dict[str, Any] = {
    "smtp_host": "127.0.0.1",
    "smtp_password": "",
    "sender": "nobody@aarring.example",
    "portal_url": f"http://{NOWHERE}",
}


def openapi() -> Mapping[str, str]:
    """The OpenAPI document of each service as JSON."""
    return {service: _pretty(app.openapi()) for service, app in applications().items()}


def applications() -> Mapping[str, FastAPI]:
    """Every service's application, put together as it always is and never started: for looking at its routes."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        _identity(folder)
        return {
            "registry": registry.build(RegistrySettings(**_said(folder, "registry"), login_key=_secret())),
            "reporting": reporting.build(ReportingSettings(**_said(folder, "reporting"))),
            "review": review.build(
                ReviewSettings(**_said(folder, "review"), bundles=folder, bundle_key=bundle_key(folder))
            ),
            "notify": notify.build(NotifySettings(**_said(folder, "notify"), **MAIL)),
        }


def _identity(folder: Path) -> None:
    (folder / "issuers.json").write_text("[]")
    key = ec.generate_private_key(ec.SECP256R1())
    pem = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "key.pem").write_bytes(key.private_bytes(*pem))


def _said(folder: Path, service: str) -> dict[str, Any]:
    return {
        "environment": Environment.TEST,
        "database_url": f"sqlite:///{folder}/{service}.db",
        "vault_url": f"sqlite:///{folder}/vault.db",
        "vault_key": _secret(),
        "nats_url": f"nats://{NOWHERE}",
        "token_issuers": folder / "issuers.json",
        "signing_key": folder / "key.pem",
        **{f"{asked}_url": f"http://{NOWHERE}" for asked in ASKS.get(service, ())},
    }


def _secret() -> SecretBytes:
    return SecretBytes(bytes(32))


def _pretty(document: dict[str, Any]) -> str:
    return json.dumps(document, indent=1, ensure_ascii=False, sort_keys=False) + "\n"
