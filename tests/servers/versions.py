"""The versions of nats-server that tests of speaking and hearing run on: this machine's own, and newer ones."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from _pytest.mark import ParameterSet

from deploy.binaries import find_nats_server
from deploy.nats_servers import LATER, Number, number_in, version
from deploy.places import Unable
from tests.servers.nats import NatsServer


@dataclass(frozen=True)
class Version:
    """One nats-server, started as production would: on disk before it is acknowledged, where it can."""

    program: Path
    number: Number

    @property
    def syncs(self) -> bool:
        return self.number >= (2, 10)

    @property
    def takes_batches(self) -> bool:
        return self.number >= (2, 12)

    def server(self, folder: Path) -> NatsServer:
        return NatsServer(folder, program=self.program, always=self.syncs)


def versions() -> list[ParameterSet]:
    """Each version as a parameter named for it; one that is not here is skipped, and says why."""
    found: dict[str, Path] = {}
    missing = []
    for name, program, why in _sought():
        try:
            if program is None:
                raise Unable(why)
            found.setdefault(version(program), program)
        except Unable as reason:
            missing.append(pytest.param(None, id=name, marks=pytest.mark.skip(reason=str(reason))))
    here = [pytest.param(Version(program, number_in(said)), id=said) for said, program in found.items()]
    return here + missing


def _sought() -> Iterator[tuple[str, Path | None, str]]:
    try:
        yield "own", find_nats_server(), "this machine has no nats-server of its own"
    except Unable as why:
        yield "own", None, str(why)
    for later in LATER:
        name = ".".join(map(str, later.since))
        yield name, later.found(), f"nats-server {name}: {later.missing()}"
