"""Halves of the talk in processes of their own, to be killed."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import IO

from deploy.places import ROOT

COMMAND = [sys.executable, "-m", "tests.integration.talking_process"]
PATIENCE = 60.0


@asynccontextmanager
async def process(half: str, *urls: str) -> AsyncIterator[subprocess.Popen[str]]:
    """The process, once it has said what it was to come to; killed at the end if it still lives."""
    child = await asyncio.to_thread(_start, half, *urls)
    try:
        await asyncio.wait_for(asyncio.to_thread(_said, child.stdout, half), PATIENCE)
        yield child
    finally:
        child.kill()
        await asyncio.to_thread(child.wait)
        if child.stdout:
            child.stdout.close()


def _start(*words: str) -> subprocess.Popen[str]:
    return subprocess.Popen([*COMMAND, *words], cwd=ROOT, stdout=subprocess.PIPE, text=True)


def _said(output: IO[str] | None, half: str) -> None:
    awaited = {"relay": "relaying"}.get(half, half.removeprefix("hear-"))
    told = []
    for line in output or ():
        told.append(line)
        if line.strip() == awaited:
            return
    raise AssertionError(f"{half} ended without having come so far:\n{''.join(told)}")
