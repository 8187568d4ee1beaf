"""Writes what the suite in containers must be told: one file of settings for each, with secrets made once."""

from __future__ import annotations

import base64
import os
import secrets
import shutil
from pathlib import Path

from deploy.bundle_key import NAME as BUNDLE_KEY
from deploy.bundle_key import bundle_key
from deploy.environment import WRITTEN_AS, asked_addresses
from deploy.issuer import Issuer
from deploy.places import IDENTITY, SERVICES, VAR

COMPOSE = VAR / "compose"
MAIL = {
    "SMTP_HOST": "mail",
    "SMTP_PORT": "1025",
    "SMTP_PASSWORD": "",
    "SMTP_STARTTLS": "false",
    **{name.removeprefix("NOTIFY_"): value for name, value in WRITTEN_AS.items()},
}
"""The catcher of mail in compose: what came is shown at its own page."""


BUNDLES = {"BUNDLES": "/var/lib/aarring/bundles", "BUNDLE_KEY": f"/run/identity/{BUNDLE_KEY}"}
"""Where review keeps what it sent, and the key it signs with."""


def main() -> None:
    """Write what is missing; what was written before is kept, since the databases were made with it."""
    COMPOSE.mkdir(parents=True, exist_ok=True, mode=0o700)
    _write_identity()
    passwords = {name: secrets.token_urlsafe(24) for service in SERVICES for name in _databases(service)}
    if (COMPOSE / "postgres.env").exists():
        return
    for service in SERVICES:
        _write(COMPOSE / f"{service}.env", _settings(service, passwords))
    owners = {f"{name.upper()}_PASSWORD": password for name, password in passwords.items()}
    _write(COMPOSE / "postgres.env", owners | {"POSTGRES_PASSWORD": secrets.token_urlsafe(24)})


def _settings(service: str, passwords: dict[str, str]) -> dict[str, str]:
    store, vault = (f"postgresql://{name}:{passwords[name]}@postgres/{name}" for name in _databases(service))
    settings = {
        "DATABASE_URL": store,
        "VAULT_URL": vault,
        "VAULT_KEY": _random_key(),
        "NATS_URL": "nats://nats:4222",
        "TOKEN_ISSUERS": "/run/identity/issuers.json",
        "SIGNING_KEY": f"/run/identity/{service}.pem",
    }
    own = {"registry": {"LOGIN_KEY": _random_key()}, "review": BUNDLES, "notify": MAIL}
    prefix = f"{service.upper()}_"
    named = {f"{prefix}{key}": value for key, value in (settings | own.get(service, {})).items()}
    asked = asked_addresses(lambda name: f"http://{name}:8000")
    named |= {key: url for key, url in asked.items() if key.startswith(prefix)}
    return {"AARRING_ENVIRONMENT": os.environ["AARRING_ENVIRONMENT"]} | named


def _write_identity() -> None:
    """The same issuers as outside containers, in copies that the image's user may read in a closed folder."""
    issuer = Issuer(IDENTITY)
    issuer.ensure()
    for file in (issuer.issuers, bundle_key(), *(issuer.signing_key(name) for name in SERVICES)):
        copy = Path(shutil.copyfile(file, COMPOSE / file.name))
        copy.chmod(0o644)


def _write(path: Path, settings: dict[str, str]) -> None:
    path.touch(mode=0o600)
    path.write_text("".join(f"{name}={value}\n" for name, value in settings.items()))


def _databases(service: str) -> tuple[str, str]:
    return service, f"{service}_vault"


def _random_key() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode()


if __name__ == "__main__":
    main()
