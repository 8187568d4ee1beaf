"""One ordeal: a suite at work, the faults that befall it, and what is found when it is well again."""

from __future__ import annotations

import asyncio
import shutil
import time
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path

from deploy.demo.client import Unexpected
from deploy.places import SERVICES, VAR
from shared.bus import Bus
from shared.eventstore import EventStore
from tests.chaos import doing, hearing, replaying, telling
from tests.chaos.harm import Harm
from tests.chaos.ledger import Astray, Ledger
from tests.chaos.load import Load
from tests.chaos.plan import SQLITE, Fault, plan, repeated_by
from tests.chaos.scene import Scene, set_scene
from tests.chaos.settling import settle
from tests.e2e.suite import RunningSuite
from tests.servers import PostgresServer
from tests.servers.smtp import MailServer
from tests.stores import postgres_databases, sqlite_databases

ENDED_WITHIN = 300.0
STRETCHED = 1.5
"""Where the machine is slow, faults may come later than planned, but not without end."""


@dataclass
class Ordeal:
    """All of it follows from seed, seconds and database; ``timeline`` is what was done, and when."""

    seed: int
    seconds: float
    database: str
    folder: Path
    timeline: list[str] = field(default_factory=list)

    @property
    def name(self) -> str:
        return f"{self.seed}-{self.database}"

    @property
    def command(self) -> str:
        return repeated_by(self.seed, self.seconds, self.database)

    async def run(self) -> str:
        """How much was done; AssertionError with everything that is wrong, and how it came to be."""
        async with AsyncExitStack() as held:
            await self._raise_the_curtain(held)
            try:
                wrong = await self._suffer()
            except (AssertionError, Astray, Unexpected, TimeoutError, ExceptionGroup) as why:
                wrong = [f"{type(why).__name__}: {why}"]
            wrong = [*self._ledger.surprises, *wrong]
            done = sum(command.is_acknowledged for command in self._ledger.commands)
            refused = len(self._ledger.commands) - done
            told = f"{done} commands done, {refused} refused, {len(self._post.mails)} mails"
        if wrong:
            raise AssertionError(self._kept(wrong))
        return "\n".join([*self.timeline, told])

    async def _raise_the_curtain(self, held: AsyncExitStack) -> None:
        self._postgres = held.enter_context(PostgresServer(fsync=False)) if self.database != SQLITE else None
        databases = postgres_databases(self._postgres) if self._postgres else sqlite_databases(self.folder)
        self._post = await held.enter_async_context(MailServer())
        told = {
            "AARRING_LONGEST_PAUSE": "2",
            "AARRING_STREAM_AUDIT_SECONDS": "3",
            "NOTIFY_SMTP_SINK": "false",
            "NOTIFY_SMTP_PORT": str(self._post.port),
            "NOTIFY_SMTP_TIMEOUT": "2",
        }
        self._suite = RunningSuite(self.folder / "var", databases, told)
        await asyncio.to_thread(self._suite.__enter__)
        held.push_async_callback(asyncio.to_thread, self._suite.__exit__)
        self._ledger = Ledger(self._suite.addresses, self._suite.issuer)
        held.push_async_callback(self._ledger.close)
        self._bus = Bus()
        await self._bus.connect(self._suite.addresses.nats, "chaos")
        held.push_async_callback(self._bus.close)
        self._stores: dict[str, EventStore] = {}
        for service in SERVICES:
            self._stores[service] = EventStore(self._suite.database(service), at_once=False)
            held.callback(self._stores[service].close)
        self._plan = plan(self.seed, self.seconds, self.database)

    async def _suffer(self) -> list[str]:
        scene = await set_scene(self._suite)
        load = Load(self._ledger, scene)
        harm = Harm(self._suite, self._post, self._bus, self._postgres, STRETCHED * self.seconds)
        work = asyncio.create_task(load.run())
        try:
            await self._befall(harm)
            load.end()
            await asyncio.wait({work}, timeout=ENDED_WITHIN)
            waiting = [str(command) for command in self._ledger.commands if not command.status]
            assert work.done(), f"the work does not end; without an answer: {waiting}"
            await work
        finally:
            work.cancel()
            await asyncio.gather(work, return_exceptions=True)
        self._note("all work is done")
        await settle(self._suite, self._ledger, self._stores["notify"])
        self._note("all is well again")
        wrong = await self._found(scene)
        self._note("all is looked at")
        return wrong

    async def _befall(self, harm: Harm) -> None:
        """Each fault at its moment, whether those before it are over or not."""
        self._begun = time.monotonic()

        async def one(fault: Fault) -> None:
            became = await harm.do(fault)
            self._note(f"{fault}   {became}")

        async with asyncio.TaskGroup() as faults:
            for fault in self._plan:
                await asyncio.sleep(fault.at - self._passed())
                faults.create_task(one(fault))
            await asyncio.sleep(self.seconds - self._passed())

    def _passed(self) -> float:
        return time.monotonic() - self._begun

    def _note(self, what: str) -> None:
        self.timeline.append(f"{self._passed():7.2f} s  {what}".rstrip())

    async def _found(self, scene: Scene) -> list[str]:
        """What is wrong: first what the running suite shows, then what the stores of the stopped one hold."""
        wrong = await hearing.what_is_wrong(self._ledger, self._bus, self._stores)
        wrong += await doing.is_not_readable(self._ledger, scene)
        wrong += await replaying.does_not_show_what_is_told(self._ledger, scene)
        await asyncio.to_thread(self._suite.stop)
        wrong += telling.what_is_wrong(self._stores["notify"], self._post, scene)
        wrong += doing.is_not_recorded_once(self._ledger, self._stores)
        return wrong + replaying.differs_when_made_again(self._stores)

    def _kept(self, wrong: list[str]) -> str:
        """The whole story, which is also kept with all logs and stores."""
        kept = VAR / "chaos" / self.name
        shutil.rmtree(kept, ignore_errors=True)
        shutil.copytree(self.folder, kept)
        self._ledger.write(kept / "commands.jsonl")
        story = "\n".join([*wrong, "", "What befell the suite:", *self.timeline, "", f"Again: {self.command}"])
        (kept / "story.txt").write_text(story + "\n")
        return f"{story}\nLogs, stores and commands: {kept}"
