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
from deploy.environment import CLIENT_ID, PORTS, SENDER, asked_addresses, portal_asks
from deploy.examples import people
from deploy.issuer import Issuer
from deploy.places import IDENTITY, SERVICES, VAR

TOLD = Path("/run/settings")
"""Where each container finds its own folder of those written here."""

MAIL = {
    "SMTP_HOST": "mail",
    "SMTP_PORT": "1025",
    "SMTP_PASSWORD": "",
    "SMTP_STARTTLS": "false",
    "SENDER": SENDER,
    "PORTAL_URL": f"http://127.0.0.1:{PORTS['portal']}",
}
"""The catcher of mail in compose: what came is shown at its own page."""

BUNDLES = {"BUNDLES": "/var/lib/aarring/bundles", "BUNDLE_KEY": str(TOLD / BUNDLE_KEY)}
"""Where review keeps what it sent, and the key it signs with."""


PEOPLE = "people.json"
PROVIDER = "identity-provider"
"""The folder of the program that lets one log in as anybody invented; the other one of nearly its name holds keys."""


def main() -> None:
    """Write what is missing; what was written before is kept, since the databases were made with it."""
    _share_identity()
    names = [name for service in SERVICES for name in _databases(service)]
    passwords = {name: secrets.token_urlsafe(24) for name in [*names, "portal"]}
    if (VAR / "postgres" / "settings.env").exists():
        return
    login_key = _random_key()
    for service in SERVICES:
        _write(VAR / service / "settings.env", _settings(service, passwords, login_key))
    _write(VAR / "portal" / "settings.env", _of_portal(passwords["portal"], login_key))
    _write(VAR / PROVIDER / "settings.env", _of_provider())
    (VAR / "postgres").mkdir(exist_ok=True)
    (VAR / "postgres" / "password").write_text(secrets.token_urlsafe(24))
    # Last, since its being there says that all of it is.
    _write(VAR / "postgres" / "settings.env", {f"{name.upper()}_PASSWORD": word for name, word in passwords.items()})


def _settings(service: str, passwords: Mapping[str, str], login_key: str) -> dict[str, str]:
    store, vault = (f"postgresql://{name}:{passwords[name]}@postgres/{name}" for name in _databases(service))
    settings = {
        "DATABASE_URL": store,
        "VAULT_URL": vault,
        "VAULT_KEY": _random_key(),
        "NATS_URL": "nats://nats:4222",
        "TOKEN_ISSUERS": str(TOLD / "issuers.json"),
        "SIGNING_KEY": str(TOLD / f"{service}.pem"),
    }
    own = {"registry": {"LOGIN_KEY": login_key}, "review": BUNDLES, "notify": MAIL}
    prefix = f"{service.upper()}_"
    named = {f"{prefix}{key}": value for key, value in (settings | own.get(service, {})).items()}
    asked = asked_addresses(lambda name: f"http://{name}:8000")
    named |= {key: url for key, url in asked.items() if key.startswith(prefix)}
    return _everywhere() | named


def _of_portal(password: str, login_key: str) -> dict[str, str]:
    """Where it and the identity provider are reached is said in docker-compose.yml, beside the ports."""
    return _everywhere() | {
        "PORTAL_DATABASE_URL": f"postgresql://portal:{password}@postgres/portal",
        "PORTAL_SIGNING_KEY": str(TOLD / "portal.pem"),
        "PORTAL_IDENTITY_CLIENT_ID": CLIENT_ID,
        "PORTAL_IDENTITY_CLIENT_KEY": str(TOLD / "portal-login.pem"),
        "PORTAL_LOGIN_KEY": login_key,
        "PORTAL_EXAMPLE_PEOPLE": str(TOLD / PEOPLE),
        **portal_asks(lambda name: f"http://{name}:8000"),
    }


def _of_provider() -> dict[str, str]:
    return _everywhere() | {
        "IDENTITY_CLIENT_ID": CLIENT_ID,
        "IDENTITY_CLIENT_KEYS": str(TOLD / "portal-login.json"),
        "IDENTITY_PEOPLE": str(TOLD / PEOPLE),
    }


def _everywhere() -> dict[str, str]:
    return {"AARRING_ENVIRONMENT": os.environ["AARRING_ENVIRONMENT"]}


def _share_identity() -> None:
    """Each service gets the list of issuers and the key of its own; the local issuer's key stays where it is."""
    issuer = Issuer(IDENTITY)
    issuer.ensure()
    for service in SERVICES:
        folder = VAR / service
        folder.mkdir(exist_ok=True, mode=0o700)
        shutil.copyfile(issuer.issuers, folder / issuer.issuers.name)
        shutil.copyfile(issuer.signing_key(service), folder / f"{service}.pem")
    for site, files in {
        "portal": (issuer.signing_key("portal"), issuer.client_key),
        PROVIDER: (issuer.client_keys,),
    }.items():
        (VAR / site).mkdir(exist_ok=True, mode=0o700)
        for file in files:
            shutil.copyfile(file, VAR / site / file.name)
        people.write(VAR / site / PEOPLE, {})
    bundle_key(VAR / "review")


def _write(path: Path, settings: Mapping[str, str]) -> None:
    path.write_text("".join(f"{name}={value}\n" for name, value in settings.items()))


def _databases(service: str) -> tuple[str, str]:
    return service, f"{service}_vault"


def _random_key() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode()


if __name__ == "__main__":
    main()
