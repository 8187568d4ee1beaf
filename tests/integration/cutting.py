"""A way to a PostgreSQL that is cut at the very moment of a commit: before it, or before its answer comes back."""

from __future__ import annotations

import asyncio
from enum import StrEnum

from sqlalchemy.engine import make_url

SYNC = b"S\0\0\0\4"
"""Ours, for the client's own may be in what it sends next; another one does no harm."""


class Cut(StrEnum):
    """Where the way breaks."""

    BEFORE_COMMIT = "before the commit"
    BEFORE_ANSWER = "before the answer to it"


class Way:
    """Carries every byte, until it is told to break once."""

    def __init__(self, url: str) -> None:
        self._there = make_url(url)
        self.next: Cut | None = None
        self.broken: list[Cut] = []
        self._talks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Way:
        self._server = await asyncio.start_server(self._talk, "127.0.0.1", 0)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        for talk in self._talks:
            talk.cancel()
        await asyncio.gather(*self._talks, return_exceptions=True)

    @property
    def url(self) -> str:
        """The database as it is reached by this way."""
        port = self._server.sockets[0].getsockname()[1]
        return self._there.set(host="127.0.0.1", port=port).render_as_string(hide_password=False)

    async def _talk(self, near: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        self._talks.add(task)
        far, out = await asyncio.open_connection(self._there.host, self._there.port)
        answers = asyncio.create_task(self._answers(far, back))
        try:
            while asked := await near.read(65536):
                cut = self.next if b"COMMIT\0" in asked else None
                if cut:
                    self.next = None
                    answers.cancel()
                    if cut is Cut.BEFORE_ANSWER:
                        await asyncio.wait({answers})
                        # The commit is done when the database answers it, which it does when it is asked to sync.
                        out.write(asked + SYNC)
                        await far.read(1)
                    self.broken.append(cut)
                    return
                out.write(asked)
        finally:
            answers.cancel()
            out.close()
            back.close()

    @staticmethod
    async def _answers(far: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        while told := await far.read(65536):
            back.write(told)
