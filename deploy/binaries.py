"""The programs the suite and its tests stand on: found on the machine, else fetched."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

from deploy.chromium import obtain_browser
from deploy.debian import libraries_in, unpack
from deploy.nats_servers import obtain_later_nats_servers
from deploy.places import TOOLS, Unable


def find_nats_server() -> Path | None:
    """The nats-server named by NATS_SERVER_BIN, on PATH, or unpacked earlier."""
    named = os.environ.get("NATS_SERVER_BIN")
    if named:
        return _executable(Path(named), "NATS_SERVER_BIN")
    on_path = shutil.which("nats-server")
    if on_path:
        return Path(on_path)
    places = (Path("/usr/sbin/nats-server"), Path("/usr/local/bin/nats-server"), _unpacked_nats_server())
    return next((place for place in places if os.access(place, os.X_OK)), None)


def find_postgres() -> Path | None:
    """The folder of PostgreSQL's programs: named by POSTGRES_BIN, on PATH, of Debian, or unpacked earlier."""
    named = os.environ.get("POSTGRES_BIN")
    if named:
        return _executable(Path(named) / "initdb", "POSTGRES_BIN").parent
    on_path = shutil.which("initdb")
    if on_path:
        return Path(on_path).resolve().parent
    installed = _newest(Path("/usr/lib/postgresql"))
    return installed or _newest(_unpacked_postgres() / "usr/lib/postgresql")


def require_nats_server() -> Path:
    found = find_nats_server()
    if found is None:
        raise Unable("nats-server was not found; ./run setup fetches it, NATS_SERVER_BIN names another")
    return found


def require_postgres() -> Path:
    found = find_postgres()
    if found is None:
        raise Unable("PostgreSQL was not found; ./run setup fetches it, POSTGRES_BIN names another")
    return found


def library_path(programs: Path) -> dict[str, str]:
    """What the environment must say for programs unpacked from packages to find the libraries beside them."""
    root = _unpacked_postgres()
    return libraries_in(root) if programs.is_relative_to(root) else {}


def obtain_nats_server() -> None:
    if find_nats_server() is None:
        _tell("nats-server is not on this machine: unpacking Debian's package into var/")
        unpack("nats-server", TOOLS / "nats-server")


def obtain_postgres() -> None:
    if find_postgres() is None:
        where = _unpacked_postgres()
        _tell(f"PostgreSQL is not on this machine: unpacking Debian's package into {where}, for tests only")
        unpack("postgresql", where, with_libraries=True)


def main(wanted: list[str]) -> None:
    obtain = {
        "nats": obtain_nats_server,
        "later-nats": obtain_later_nats_servers,
        "postgres": obtain_postgres,
        "chromium": obtain_browser,
    }
    try:
        for name in wanted:
            obtain[name]()
    except Unable as reason:
        sys.exit(f"aarring: {reason}")


def _executable(program: Path, setting: str) -> Path:
    if not os.access(program, os.X_OK):
        raise Unable(f"{setting} is set, but {program} is not a program that can be run")
    return program.resolve()


def _newest(versions: Path) -> Path | None:
    found = [initdb.parent for initdb in versions.glob("*/bin/initdb")]
    return max(found, key=_version, default=None)


def _version(programs: Path) -> list[int]:
    return [int(part) for part in programs.parent.name.split(".")]


def _unpacked_nats_server() -> Path:
    return TOOLS / "nats-server/usr/sbin/nats-server"


def _unpacked_postgres() -> Path:
    """In the checkout, unless root must hand PostgreSQL to a user who cannot enter the folders above it."""
    if os.geteuid() != 0 or open_to_all(TOOLS):
        return TOOLS / "postgresql"
    return Path("/var/lib/aarring/postgresql")


def open_to_all(folder: Path) -> bool:
    """Whether any user of the machine may enter the folder."""
    existing = next(place for place in (folder, *folder.parents) if place.exists())
    return all(place.stat().st_mode & 0o001 for place in (existing, *existing.parents))


def _tell(message: str) -> None:
    print(f"aarring: {message}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
