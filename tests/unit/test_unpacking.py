"""What one is told when a Debian package cannot be had."""

from __future__ import annotations

from pathlib import Path

import pytest

from deploy.debian import unpack
from deploy.places import Unable

pytestmark = pytest.mark.unit

FAILS = """\
#!/bin/sh
echo 'W: Download is performed unsandboxed as root' >&2
echo 'E: Failed to fetch http://mirror.invalid/x.deb' >&2
exit 100
"""


@pytest.fixture
def tools(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine with an apt-get that gets nothing."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in ("apt-get", "dpkg-deb"):
        (folder / name).write_text(FAILS)
        (folder / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(folder))
    return folder


def test_it_is_what_failed_and_not_what_was_only_warned_of(tools: Path, tmp_path: Path) -> None:
    with pytest.raises(Unable, match=r"could not download nats-server \(E: Failed to fetch http"):
        unpack("nats-server", tmp_path / "var/nats-server")
    assert list((tmp_path / "var").iterdir()) == []


def test_where_nothing_was_said_to_fail_it_is_the_first_that_was_said(tools: Path, tmp_path: Path) -> None:
    (tools / "apt-get").write_text("#!/bin/sh\necho 'no such release' >&2\nexit 1\n")
    with pytest.raises(Unable, match=r"could not download nats-server \(no such release\)"):
        unpack("nats-server", tmp_path / "var/nats-server")
