"""Two runs of the tests on one machine do not take each other's ports, also before anybody listens on them."""

from __future__ import annotations

import secrets
import socket
import subprocess
import sys

import pytest

from deploy.places import ROOT
from tests.servers.ports import FIRST, free_port

pytestmark = pytest.mark.unit
ANOTHER_RUN = (
    "import sys; from tests.servers.ports import free_port; print(free_port(), flush=True); sys.stdin.read()"
)


def test_a_port_that_another_process_was_given_is_not_given_out(monkeypatch: pytest.MonkeyPatch) -> None:
    draw = secrets.randbelow
    with subprocess.Popen(
        [sys.executable, "-c", ANOTHER_RUN], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout
        theirs = int(other.stdout.readline())
        drawn = [theirs - FIRST]
        monkeypatch.setattr(secrets, "randbelow", lambda below: drawn.pop() if drawn else draw(below))
        ours = free_port()
        other.communicate("")
    assert (drawn, ours != theirs) == ([], True)


def test_whoever_was_given_a_port_can_listen_on_it_again_and_again() -> None:
    port = free_port()
    for _ in range(2):
        socket.create_server(("127.0.0.1", port)).close()
