"""Writes what the suite in containers must be told: a folder of settings for each, with secrets made once."""

from __future__ import annotations

import base64
import os
import secrets
import shutil
from collections.abc import Mapping
from pathlib import Path

from deploy.bundle_key import NAME as BUNDLE_KEY
from deploy.bundle_key import bundle_key
from deploy.environment import WRITTEN_AS, asked_addresses
from deploy.issuer import Issuer
from deploy.places import IDENTITY, SERVICES, VAR

TOLD = Path("/run/settings")
"""Where each container finds its own folder of those written here."""

MAIL = {
    "SMTP_HOST": "mail",
    "SMTP_PORT": "1025",
    "SMTP_PASSWORD": "",
    "SMTP_STARTTLS": "false",
    **{name.removeprefix("NOTIFY_"): value for name, value in WRITTEN_AS.items()},
}
"""The catcher of mail in compose: what came is shown at its own page."""

BUNDLES = {"BUNDLES": "/var/lib/aarring/bundles", "BUNDLE_KEY": str(TOLD / BUNDLE_KEY)}
"""Where review keeps what it sent, and the key it signs with."""


def main() -> None:
    """Write what is missing; what was written before is kept, since the databases were made with it."""
    _share_identity()
    passwords = {name: secrets.token_urlsafe(24) for service in SERVICES for name in _databases(service)}
    if (VAR / "postgres" / "settings.env").exists():
        return
    for service in SERVICES:
        _write(VAR / service / "settings.env", _settings(service, passwords))
    (VAR / "postgres").mkdir(exist_ok=True)
    (VAR / "postgres" / "password").write_text(secrets.token_urlsafe(24))
    # Last, since its being there says that all of it is.
    _write(VAR / "postgres" / "settings.env", {f"{name.upper()}_PASSWORD": word for name, word in passwords.items()})


def _settings(service: str, passwords: Mapping[str, str]) -> dict[str, str]:
    store, vault = (f"postgresql://{name}:{passwords[name]}@postgres/{name}" for name in _databases(service))
    settings = {
        "DATABASE_URL": store,
        "VAULT_URL": vault,
        "VAULT_KEY": _random_key(),
        "NATS_URL": "nats://nats:4222",
        "TOKEN_ISSUERS": str(TOLD / "issuers.json"),
        "SIGNING_KEY": str(TOLD / f"{service}.pem"),
    }
    own = {"registry": {"LOGIN_KEY": _random_key()}, "review": BUNDLES, "notify": MAIL}
    prefix = f"{service.upper()}_"
    named = {f"{prefix}{key}": value for key, value in (settings | own.get(service, {})).items()}
    asked = asked_addresses(lambda name: f"http://{name}:8000")
    named |= {key: url for key, url in asked.items() if key.startswith(prefix)}
    return {"AARRING_ENVIRONMENT": os.environ["AARRING_ENVIRONMENT"]} | named


def _share_identity() -> None:
    """Each service gets the list of issuers and the key of its own; the local issuer's key stays where it is."""
    issuer = Issuer(IDENTITY)
    issuer.ensure()
    for service in SERVICES:
        folder = VAR / service
        folder.mkdir(exist_ok=True, mode=0o700)
        shutil.copyfile(issuer.issuers, folder / issuer.issuers.name)
        shutil.copyfile(issuer.signing_key(service), folder / f"{service}.pem")
    bundle_key(VAR / "review")


def _write(path: Path, settings: Mapping[str, str]) -> None:
    path.write_text("".join(f"{name}={value}\n" for name, value in settings.items()))


def _databases(service: str) -> tuple[str, str]:
    return service, f"{service}_vault"


def _random_key() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode()


if __name__ == "__main__":
    main()
