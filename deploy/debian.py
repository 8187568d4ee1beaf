"""Debian packages without installing them: downloaded, unpacked into a folder, the system left as it was."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from deploy.places import Unable

# Programs need a package's libraries; its tooling for clusters, certificates and JIT they do not.
NEEDED = re.compile(r"^(postgresql(-client)?-\d+|lib(?!llvm|perl|.*-perl$).*)$")


def unpack(package: str, into: Path, *, with_libraries: bool = False) -> None:
    """Put the files of a package (and of the libraries it lacks here) under `into`, whole or not at all."""
    for tool in ("apt-get", "dpkg-deb"):
        if shutil.which(tool) is None:
            raise Unable(f"{package} is missing and there is no {tool} to fetch it with; install it by hand")
    into.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{package}-", dir=into.parent) as folder:
        work = Path(folder)
        archives = _download(package, work, with_libraries=with_libraries)
        tree = work / "tree"
        for archive in archives:
            _run(["dpkg-deb", "--extract", str(archive), str(tree)], work)
        shutil.rmtree(into, ignore_errors=True)
        tree.replace(into)


def _download(package: str, work: Path, *, with_libraries: bool) -> list[Path]:
    """By the system's package lists if they are there and current, else by lists of our own."""
    complaints = ""
    for options in ([], _own_lists(work)):
        complaints = _try(["apt-get", *options, "update"], work).stderr if options else ""
        names = _missing(package, options, work) if with_libraries else [package]
        got = _try(["apt-get", *options, "download", *names], work)
        if names and got.returncode == 0:
            return sorted(work.glob("*.deb"))
        complaints += got.stderr
    reason = (complaints.strip() or "no reason given").splitlines()[0]
    raise Unable(f"apt-get could not download {package} ({reason}); install it by hand")


def _missing(package: str, options: list[str], work: Path) -> list[str]:
    """The package and the libraries that installing it here would bring."""
    plan = _try(["apt-get", *options, "--simulate", "--no-install-recommends", "install", package], work).stdout
    wanted = re.findall(r"^Inst (\S+)", plan, flags=re.MULTILINE)
    return [name for name in wanted if NEEDED.match(name)]


def _own_lists(work: Path) -> list[str]:
    state, cache = work / "state", work / "cache"
    (state / "lists" / "partial").mkdir(parents=True)
    (cache / "archives" / "partial").mkdir(parents=True)
    settings = {
        "Dir::State": state,
        "Dir::State::status": "/var/lib/dpkg/status",
        "Dir::Cache": cache,
        "Debug::NoLocking": "true",
        # Only root would drop privileges here, to a user who may not write into our folder.
        "APT::Sandbox::User": "root" if os.geteuid() == 0 else "",
    }
    return [part for name, value in settings.items() for part in ("-o", f"{name}={value}")]


def _try(command: list[str], work: Path) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"LC_ALL": "C", "DEBIAN_FRONTEND": "noninteractive"}
    return subprocess.run(command, cwd=work, env=environment, capture_output=True, text=True, check=False)


def _run(command: list[str], work: Path) -> None:
    done = _try(command, work)
    if done.returncode != 0:
        raise Unable(f"{' '.join(command[:2])} failed: {done.stderr.strip()}")
