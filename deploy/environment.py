"""What each program of a local suite is told: addresses, databases and secrets, each service only its own."""

from __future__ import annotations

import base64
import os
import secrets
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from deploy.binaries import require_nats_server
from deploy.bundle_key import bundle_key
from deploy.places import CLOCK, DATA, EXAMPLE_PEOPLE, IDENTITY, NATS, ROOT, SECRETS, SERVICES, SITES

PORTS = {
    "nats": 4222,
    "portal": 8000,
    "registry": 8001,
    "reporting": 8002,
    "review": 8003,
    "notify": 8004,
    "identity": 8005,
    "mail": 8025,
}

# Whose feeds and submissions each service reads, where it is told their addresses.
ASKS: Mapping[str, tuple[str, ...]] = {
    "reporting": ("registry", "review"),
    "review": ("registry", "reporting"),
    "notify": ("registry", "reporting", "review"),
}

CLIENT_ID = "aarring-portal"
"""Who the portal is to the identity provider for trials."""
SENDER = "ikke-svar@aarring.example"
"""Who the messages of a suite for trials are from."""

NATS_CONFIG = NATS / "nats.conf"
NATS_TEMPLATE = """\
# Written anew at each start.
server_name: aarring-local
host: 127.0.0.1
port: {port}
jetstream {{
  store_dir: "{store}"
  max_memory_store: 256MB
  max_file_store: 2GB
}}
"""


@dataclass(frozen=True)
class Addresses:
    """Where the programs of the suite listen."""

    ports: Mapping[str, int]

    @classmethod
    def chosen(cls) -> Addresses:
        """The usual ports, unless AARRING_<NAME>_PORT says otherwise."""
        return cls({name: int(os.environ.get(port_setting(name), usual)) for name, usual in PORTS.items()})

    @property
    def nats(self) -> str:
        return f"nats://127.0.0.1:{self.ports['nats']}"

    def service(self, name: str) -> str:
        return f"http://127.0.0.1:{self.ports[name]}"


class Elsewhere(Addresses):
    """Programs that need not run on this machine: where ``AARRING_<NAME>_URL`` says, else as here."""

    def service(self, name: str) -> str:
        return os.environ.get(f"AARRING_{name.upper()}_URL") or super().service(name)


def port_setting(name: str) -> str:
    return f"AARRING_{name.upper()}_PORT"


def write_nats_config(addresses: Addresses) -> None:
    NATS.mkdir(parents=True, exist_ok=True)
    config = NATS_TEMPLATE.format(port=addresses.ports["nats"], store=NATS / "store")
    NATS_CONFIG.write_text(config)


def suite_environment(addresses: Addresses) -> dict[str, str]:
    """Everything the suite is told; what the caller's environment says goes before our defaults."""
    chosen = {
        "AARRING_ENVIRONMENT": "development",
        "AARRING_CLOCK_FILE": str(CLOCK),
        "AARRING_NATS_CONFIG": str(NATS_CONFIG),
        "NATS_SERVER_BIN": str(require_nats_server()),
        "REGISTRY_LOGIN_KEY": _secret("registry-login"),
        "REVIEW_BUNDLES": str(DATA / "bundles"),
        "REVIEW_BUNDLE_KEY": str(bundle_key()),
        **_mail(addresses),
        **_sites(addresses),
    }
    chosen |= {port_setting(name): str(port) for name, port in addresses.ports.items()}
    chosen |= asked_addresses(addresses.service)
    for name in SERVICES:
        settings = {
            "DATABASE_URL": f"sqlite:///{DATA}/{name}.db",
            "VAULT_URL": f"sqlite:///{DATA}/{name}-vault.db",
            "VAULT_KEY": _secret(f"{name}-vault"),
            "NATS_URL": addresses.nats,
            "TOKEN_ISSUERS": str(IDENTITY / "issuers.json"),
            "SIGNING_KEY": str(IDENTITY / f"{name}.pem"),
        }
        chosen |= {f"{name.upper()}_{key}": value for key, value in settings.items()}
    chosen |= os.environ
    chosen["PATH"] = f"{Path(sys.executable).parent}:{chosen.get('PATH', os.defpath)}"
    chosen["PYTHONPATH"] = str(ROOT)
    chosen["PYTHONUNBUFFERED"] = "1"
    return chosen


def _mail(addresses: Addresses) -> dict[str, str]:
    """Notify takes the mail itself, and shows it at /dev/mail; its links lead to the portal."""
    return {
        "NOTIFY_SMTP_HOST": "127.0.0.1",
        "NOTIFY_SMTP_PORT": str(addresses.ports["mail"]),
        "NOTIFY_SMTP_PASSWORD": "",
        "NOTIFY_SMTP_STARTTLS": "false",
        "NOTIFY_SMTP_SINK": "true",
        "NOTIFY_SENDER": SENDER,
        "NOTIFY_PORTAL_URL": addresses.service("portal"),
    }


def _sites(addresses: Addresses) -> dict[str, str]:
    """The portal, and who tells it who has come."""
    return {
        "PORTAL_URL": addresses.service("portal"),
        "PORTAL_DATABASE_URL": f"sqlite:///{DATA}/portal.db",
        "PORTAL_SIGNING_KEY": str(IDENTITY / "portal.pem"),
        "PORTAL_IDENTITY_ISSUER": addresses.service("identity"),
        "PORTAL_IDENTITY_CLIENT_ID": CLIENT_ID,
        "PORTAL_IDENTITY_CLIENT_KEY": str(IDENTITY / "portal-login.pem"),
        "PORTAL_LOGIN_KEY": _secret("registry-login"),
        "PORTAL_EXAMPLE_PEOPLE": str(EXAMPLE_PEOPLE),
        **portal_asks(addresses.service),
        "IDENTITY_ISSUER": addresses.service("identity"),
        "IDENTITY_PORTAL_URL": addresses.service("portal"),
        "IDENTITY_PEOPLE": str(EXAMPLE_PEOPLE),
        "IDENTITY_CLIENT_KEYS": str(IDENTITY / "portal-login.json"),
    }


def asked_addresses(address: Callable[[str], str]) -> dict[str, str]:
    """The settings that tell each service where those it asks answer."""
    return {
        f"{service.upper()}_{asked.upper()}_URL": address(asked) for service, names in ASKS.items() for asked in names
    }


def portal_asks(address: Callable[[str], str]) -> dict[str, str]:
    """The settings that tell the portal where the services answer."""
    return {f"PORTAL_{name.upper()}_URL": address(name) for name in SERVICES}


def only_its_own(program: str, environment: Mapping[str, str]) -> dict[str, str]:
    """The environment without what is meant for the other programs."""
    others = tuple(f"{name.upper()}_" for name in (*SERVICES, *SITES) if name != program)
    return {key: value for key, value in environment.items() if not key.startswith(others)}


def _secret(name: str) -> str:
    """32 random bytes, made once and kept where only the owner reads them."""
    SECRETS.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = SECRETS / name
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(base64.b64encode(secrets.token_bytes(32)).decode())
    return path.read_text()
