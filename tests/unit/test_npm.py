"""npm trusts whom the system trusts, and knows what the machine's own npm was told."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from ipaddress import IPv4Address
from pathlib import Path
from threading import Thread

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from deploy.npm import SETTINGS, environment, npm

pytestmark = pytest.mark.unit


@pytest.fixture(autouse=True)
def nothing_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine without an npm of its own, where nobody said anything."""
    for name in ("NODE_USE_SYSTEM_CA", "NODE_EXTRA_CA_CERTS", "NODE_OPTIONS", SETTINGS, "npm_config_registry"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.setenv("npm_config_userconfig", str(tmp_path / "none"))
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))


def installed(bin_: Path, says: str) -> None:
    bin_.mkdir()
    (bin_ / "npm").write_text(f"#!/bin/sh\n{says}\n")
    (bin_ / "npm").chmod(0o755)


class Registry(BaseHTTPRequestHandler):
    """All there is to say to a ping."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_: object) -> None:
        """Nothing on the screen."""


@contextmanager
def registry(certificate: Path) -> Iterator[str]:
    """One behind a certificate that only this system knows."""
    server = HTTPServer(("127.0.0.1", 0), Registry)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"https://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def certificate(place: Path) -> Path:
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "us")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    place.write_bytes(made.public_bytes(Encoding.PEM) + secret)
    return place


def test_a_registry_is_trusted_that_the_system_trusts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ours = certificate(tmp_path / "ours.pem")
    asked = ("ping", "--cache", str(tmp_path / "cache"), "--fetch-retries", "0", "--registry")
    with registry(ours) as address:
        assert "certificate" in npm(*asked, address, folder=tmp_path).stderr
        monkeypatch.setenv("SSL_CERT_FILE", str(ours))
        done = npm(*asked, address, folder=tmp_path)
    assert done.returncode == 0, done.stderr


def test_what_the_machines_own_npm_was_told_holds_here_too(tmp_path: Path) -> None:
    settings = tmp_path / "npmrc"
    settings.write_text("registry=https://mirror.example/\n")
    installed(tmp_path / "bin", f'[ "$*" = "config get globalconfig" ] && echo {settings}')
    assert npm("config", "get", "registry", folder=tmp_path).stdout.strip() == "https://mirror.example/"


def test_what_is_told_by_the_environment_goes_before_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    installed(tmp_path / "bin", "echo /etc/hostname")
    monkeypatch.setenv(SETTINGS.upper(), "/elsewhere")
    monkeypatch.setenv("NODE_USE_SYSTEM_CA", "0")
    told = environment()
    assert SETTINGS not in told
    assert told["NODE_USE_SYSTEM_CA"] == "0"


@pytest.mark.parametrize("says", ["exit 1", "echo undefined", "#!/nowhere"])
def test_an_npm_that_does_not_answer_is_no_matter(tmp_path: Path, says: str) -> None:
    installed(tmp_path / "bin", says)
    assert SETTINGS not in environment()
