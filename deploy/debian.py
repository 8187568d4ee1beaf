"""Debian packages without installing them: downloaded, unpacked into a folder, the system left as it was."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterable, Mapping
from pathlib import Path

from deploy.places import Unable

# Programs need a package's libraries, and to draw letters; tooling for clusters, certificates and JIT they do not.
NEEDED = re.compile(
    r"^(postgresql(-client)?-\d+|chromium-(headless-shell|common)|fonts-dejavu-core|lib(?!llvm|perl|.*-perl$).*)$"
)
ABOUT = Path("/etc/os-release")
KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
SILENCE = 8
"""Seconds a mirror may stay silent when what it has is welcome, but not needed."""
WITHIN = 60.0
"""Seconds such a fetch may take altogether."""


def unpack(package: str, into: Path, *beside: str, with_libraries: bool = False) -> None:
    """Put the files of a package (and of the libraries it lacks here) under `into`, whole or not at all.

    ``beside`` are packages whose files it looks for beside its own, wherever else this machine may have them.
    """
    _tools_must_be_here(package)
    into.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{package}-", dir=into.parent) as folder:
        work = Path(folder)
        _extract(_download(package, work, beside, with_libraries=with_libraries), work, into)


def libraries_in(root: Path) -> dict[str, str]:
    """What the environment must say for programs unpacked there to find the libraries beside them."""
    below = ("usr/lib/*-linux-*/*.so*", "usr/lib/*-linux-*/pulseaudio/*.so*", "lib/*-linux-*/*.so*")
    folders = sorted({str(library.parent) for pattern in below for library in root.glob(pattern)})
    return {"LD_LIBRARY_PATH": ":".join(folders)}


def unpack_later(package: str, places: Mapping[str, Path]) -> dict[str, str]:
    """The same package as later releases of Debian have it, each into its place, signed by Debian as ever.

    What cannot be had soon is done without: the answer says of which release, and why.
    """
    try:
        _tools_must_be_here(package)
        sources = "".join(f"deb [signed-by={KEYRING}] {_mirror()} {release} main\n" for release in places)
        with tempfile.TemporaryDirectory(prefix=f"{package}-") as folder:
            return _unpack_later(package, places, sources, Path(folder))
    except Unable as why:
        return dict.fromkeys(places, str(why))


def _unpack_later(package: str, places: Mapping[str, Path], sources: str, work: Path) -> dict[str, str]:
    options, end = _own_lists(work, sources), time.monotonic() + WITHIN
    fetched = _try(["apt-get", *options, "update"], work, WITHIN)
    missing = {}
    for release, into in places.items():
        alone = work / release
        alone.mkdir()
        left = max(0.0, end - time.monotonic())
        got = _try(["apt-get", *options, "download", f"{package}/{release}"], alone, left)
        try:
            if got.returncode != 0:
                raise Unable(f"apt-get could not download {package} of {release} ({_reason(fetched, got)})")
            _extract(alone.glob("*.deb"), alone, into)
        except Unable as why:
            missing[release] = str(why)
    return missing


def _mirror() -> str:
    """Where this machine has its own release from: the later ones are there as well."""
    known = re.search(r"^VERSION_CODENAME=(\w+)$", ABOUT.read_text() if ABOUT.exists() else "", re.MULTILINE)
    printed = _try(["apt-get", "update", "--print-uris"], Path("/"), WITHIN).stdout
    for mirror, release in re.findall(r"^'(\S+?)/dists/(\S+)/InRelease'", printed, flags=re.MULTILINE):
        if known and release == known[1] and KEYRING.exists():
            return str(mirror)
    raise Unable("this machine has no Debian mirror to ask for later releases")


def _tools_must_be_here(package: str) -> None:
    for tool in ("apt-get", "dpkg-deb"):
        if shutil.which(tool) is None:
            raise Unable(f"{package} is missing and there is no {tool} to fetch it with; install it by hand")


def _extract(archives: Iterable[Path], work: Path, into: Path) -> None:
    tree = work / "tree"
    for archive in archives:
        _run(["dpkg-deb", "--extract", str(archive), str(tree)], work)
    shutil.rmtree(into, ignore_errors=True)
    into.parent.mkdir(parents=True, exist_ok=True)
    shutil.move(tree, into)


def _download(package: str, work: Path, beside: Iterable[str], *, with_libraries: bool) -> list[Path]:
    """By the system's package lists if they are there and current, else by lists of our own."""
    failed: list[subprocess.CompletedProcess[str]] = []
    for options in ([], _own_lists(work)):
        updated = [_try(["apt-get", *options, "update"], work)] if options else []
        names = _missing(package, options, work) if with_libraries else [package]
        got = _try(["apt-get", *options, "download", *names, *({*beside} - {*names})], work)
        if names and got.returncode == 0:
            return sorted(work.glob("*.deb"))
        failed += [*updated, got]
    raise Unable(f"apt-get could not download {package} ({_reason(*failed)}); install it by hand")


def _reason(*done: subprocess.CompletedProcess[str]) -> str:
    """What apt-get failed for first: before that it may have warned of what is no matter."""
    said = "".join(one.stderr for one in done).strip().splitlines() or ["no reason given"]
    return next((line for line in said if line.startswith("E:")), said[0])


def _missing(package: str, options: list[str], work: Path) -> list[str]:
    """The package and the libraries that installing it here would bring."""
    plan = _try(["apt-get", *options, "--simulate", "--no-install-recommends", "install", package], work).stdout
    wanted = re.findall(r"^Inst (\S+)", plan, flags=re.MULTILINE)
    return [name for name in wanted if NEEDED.match(name)]


def _own_lists(work: Path, sources: str = "") -> list[str]:
    """The system's lists left alone; of other ``sources`` only as much, and for as long, as they answer."""
    state, cache = work / "state", work / "cache"
    (state / "lists" / "partial").mkdir(parents=True)
    (cache / "archives" / "partial").mkdir(parents=True)
    settings: dict[str, object] = {
        "Dir::State": state,
        "Dir::State::status": "/var/lib/dpkg/status",
        "Dir::Cache": cache,
        "Debug::NoLocking": "true",
        # Only root would drop privileges here, to a user who may not write into our folder.
        "APT::Sandbox::User": "root" if os.geteuid() == 0 else "",
    }
    if sources:
        (work / "sources.list").write_text(sources)
        settings |= {
            "Dir::Etc::sourcelist": work / "sources.list",
            "Dir::Etc::sourceparts": "/dev/null",
            "Acquire::Languages": "none",
            "Acquire::Retries": 0,
            "Acquire::http::Timeout": SILENCE,
            "Acquire::https::Timeout": SILENCE,
        }
    return [part for name, value in settings.items() for part in ("-o", f"{name}={value}")]


def _try(command: list[str], work: Path, within: float | None = None) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"LC_ALL": "C", "DEBIAN_FRONTEND": "noninteractive"}
    try:
        return subprocess.run(
            command, cwd=work, env=environment, capture_output=True, text=True, check=False, timeout=within
        )
    except subprocess.TimeoutExpired:
        return subprocess.CompletedProcess(command, 1, "", "it took too long")


def _run(command: list[str], work: Path) -> None:
    done = _try(command, work)
    if done.returncode != 0:
        raise Unable(f"{' '.join(command[:2])} failed: {done.stderr.strip()}")
