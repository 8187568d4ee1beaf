"""A process that writes until it is killed, and what it said until then."""

from __future__ import annotations

import subprocess
import sys
import time
from dataclasses import dataclass, field
from tempfile import TemporaryFile
from typing import Self
from uuid import UUID

from deploy.places import ROOT
from shared.desk import Desk
from shared.eventstore import EventStore
from tests.integration.load import PATIENCE, must_be_kept
from tests.tally import METADATA, adding, row_of


@dataclass
class Told:
    """What processes said, one after another or at once, about the same database."""

    asked: dict[UUID, str] = field(default_factory=dict)
    acknowledged: dict[UUID, int] = field(default_factory=dict)
    refused: set[UUID] = field(default_factory=set)
    heard: int = 0

    def note(self, line: str) -> None:
        word, *rest = line.split()
        match word:
            case "asked":
                self.asked[UUID(rest[0])] = rest[1]
            case "done":
                self.acknowledged[UUID(rest[0])] = int(rest[1])
            case "refused":
                self.refused.add(UUID(rest[0]))
            case "heard":
                self.heard = max(self.heard, int(rest[0]))

    async def must_be_kept(self, url: str) -> None:
        """Also for who asks again what was not answered: it is done then, once."""
        store = EventStore(url, [METADATA])
        desk = Desk(store, row_of)
        for key in set(self.asked) - set(self.acknowledged) - self.refused:
            name = self.asked[key]
            if name != "shut":
                self.acknowledged[key] = (await desk.do(adding(1, str(key), name, key))).answer["total"]
        must_be_kept(store, self.asked, self.acknowledged, self.refused, self.heard)
        desk.close()
        store.close()


class WritingProcess:
    """It runs while the block does and is killed at its end, in the middle of what it is doing."""

    def __init__(self, url: str, seed: int, told: Told, *, limit: int = 0) -> None:
        self._arguments = [url, str(seed), str(limit)]
        self._told = told
        self._log = TemporaryFile()  # noqa: SIM115  closed when the process is gone

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.integration.load", *self._arguments],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            text=True,
        )
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        assert self._process.stdout
        for line in self._process.stdout.read().splitlines(keepends=True):
            self._note(line)
        self._process.communicate()
        self._log.close()

    def until_said(self, word: str, times: int = 1) -> None:
        """Read on until a line beginning so came so many times."""
        assert self._process.stdout
        until = time.monotonic() + PATIENCE
        for line in self._process.stdout:
            self._note(line)
            times -= line.startswith(word)
            if times < 1:
                return
            assert time.monotonic() < until, f"the process did not say '{word}' often enough"
        self._log.seek(0)
        raise AssertionError(f"the process ended before it said '{word}':\n{self._log.read().decode()[-4000:]}")

    def make_room(self) -> None:
        """Its files may grow without limit from now on."""
        assert self._process.stdin
        self._process.stdin.write("\n")
        self._process.stdin.flush()

    def _note(self, line: str) -> None:
        # The last line may have been cut by the kill.
        if line.endswith("\n"):
            self._told.note(line)
