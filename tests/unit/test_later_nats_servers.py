"""Newer nats-servers are welcome to the tests, and nothing waits or fails where they cannot be had."""

from __future__ import annotations

import os
import shutil
import time
from pathlib import Path

import pytest

from deploy import debian, nats_servers
from deploy.nats_servers import LATER, TRIED_AGAIN_AFTER, obtain_later_nats_servers, version

pytestmark = pytest.mark.unit

APT_GET = """\
#!/bin/sh
echo "$*" >>{folder}/asked
case "$*" in
    *--print-uris*) echo "'http://mirror.invalid/debian/dists/ours/InRelease' ours 0"; exit 0 ;;
esac
{then}
"""
# A package with a program that says of itself what a server of that release would.
PACKS = """\
case "$*" in *sid) said=2.16.3 ;; *) said=2.10.27 ;; esac
case "$*" in *download*)
    mkdir -p new/usr/sbin new/DEBIAN
    printf '%s: 1\\n' Package Version Maintainer Description >new/DEBIAN/control
    sed -i 's/Package: 1/Package: nats-server\\nArchitecture: all/' new/DEBIAN/control
    printf '#!/bin/sh\\necho nats-server: v%s\\n' $said >new/usr/sbin/nats-server
    chmod +x new/usr/sbin/nats-server
    dpkg-deb --build new nats-server_1_all.deb
esac
"""


@pytest.fixture(autouse=True)
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A Debian with a mirror, and nothing fetched yet."""
    about, keyring = tmp_path / "os-release", tmp_path / "keyring"
    about.write_text("ID=debian\nVERSION_CODENAME=ours\n")
    keyring.touch()
    monkeypatch.setattr(debian, "ABOUT", about)
    monkeypatch.setattr(debian, "KEYRING", keyring)
    monkeypatch.setattr(nats_servers, "TOOLS", tmp_path / "tools")
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")


def apt_get(folder: Path, then: str) -> None:
    program = folder / "apt-get"
    program.write_text(APT_GET.format(folder=folder, then=then))
    program.chmod(0o755)
    if shutil.which("dpkg-deb") is None:
        pytest.skip("this machine has no dpkg-deb")


def asked(folder: Path) -> int:
    return len((folder / "asked").read_text().splitlines())


def test_servers_of_later_releases_are_unpacked_once(tmp_path: Path) -> None:
    apt_get(tmp_path, PACKS)
    obtain_later_nats_servers()
    found = [later.found() for later in LATER]
    assert [version(program) for program in found if program] == ["2.10.27", "2.16.3"]
    times = asked(tmp_path)
    obtain_later_nats_servers()
    assert asked(tmp_path) == times


def test_a_mirror_that_is_not_there_is_noted_and_left_in_peace_for_a_while(tmp_path: Path) -> None:
    apt_get(tmp_path, "echo 'E: nobody answers' >&2; exit 100")
    obtain_later_nats_servers()
    times = asked(tmp_path)
    obtain_later_nats_servers()
    assert asked(tmp_path) == times
    assert [later.found() for later in LATER] == [None, None]
    assert all("nobody answers" in later.missing() for later in LATER)
    for later in LATER:
        long_ago = time.time() - TRIED_AGAIN_AFTER - 1
        os.utime(later.why_not, (long_ago, long_ago))
    obtain_later_nats_servers()
    assert asked(tmp_path) > times


def test_a_mirror_that_never_ends_is_not_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(debian, "_mirror", lambda: "http://mirror.invalid/debian")
    monkeypatch.setattr(debian, "WITHIN", 0.5)
    apt_get(tmp_path, "exec sleep 300")
    obtain_later_nats_servers()
    assert all("it took too long" in later.missing() for later in LATER)


def test_a_release_that_moved_past_what_is_wanted_is_noted(tmp_path: Path) -> None:
    apt_get(tmp_path, PACKS.replace("2.10.27", "2.11.4"))
    obtain_later_nats_servers()
    assert LATER[0].found() is None
    assert LATER[0].missing() == "Debian trixie has nats-server 2.11.4 by now"


def test_a_machine_that_is_no_debian_is_not_asked_for_more(tmp_path: Path) -> None:
    apt_get(tmp_path, PACKS)
    debian.ABOUT.unlink()
    obtain_later_nats_servers()
    assert all("no Debian mirror" in later.missing() for later in LATER)
