"""Whatever breaks while the desk writes, what was acknowledged is recorded, and nothing twice."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from uuid import uuid4
from zlib import crc32

import psycopg
import pytest
from sqlalchemy import select

from shared.desk import Command, Desk, Done, Unavailable, UnitOfWork
from shared.eventstore import EventStore, StoreUnavailable
from tests.eventually import eventually_async
from tests.integration.batching import Noting, together
from tests.integration.cutting import Cut, Way
from tests.servers import PostgresServer
from tests.stores import Databases, postgres_databases
from tests.tally import METADATA, TALLIES, Tally, TallyIsClosed, adding, command, on_tally, row_of, tally_id

pytestmark = [pytest.mark.integration, pytest.mark.anyio]

OpenDesk = Callable[[str], Desk]


async def in_the_end(desk: Desk, asked: Command) -> Done:
    """The same command again while the database is away: a pool takes seconds to notice that it is back."""

    async def done() -> Done | None:
        try:
            return await desk.do(asked)
        except Unavailable:
            return None

    found: Done = await eventually_async(done)
    return found


@pytest.fixture
async def open_desk() -> AsyncIterator[OpenDesk]:
    """Desks of as many processes as one likes, on the same database."""
    desks: list[Desk] = []

    def open_on(url: str) -> Desk:
        desks.append(Desk(EventStore(url, [METADATA]), row_of))
        return desks[-1]

    yield open_on
    for desk in desks:
        desk.close()
        desk.store.close()


@pytest.fixture
def url(postgres: PostgresServer) -> str:
    return postgres_databases(postgres)("faults")


def set_closed(unit: UnitOfWork, closed: bool) -> Mapping[str, Any]:
    tally = on_tally(unit)
    tally.close() if closed else tally.reopen()
    return {}


def total(desk: Desk) -> int:
    return sum(row["total"] for row in desk.store.rows(select(TALLIES)))


@contextmanager
def another_writer(url: str) -> Iterator[psycopg.Connection[Any]]:
    """Somebody who holds the log, so that the desk's own write waits inside the database."""
    with psycopg.connect(url) as connection:
        connection.execute("SELECT pg_advisory_xact_lock(%s)", (crc32(b"public.stored_events"),))
        yield connection


async def waiting_writer(url: str) -> int:
    """The process of the database that waits for the log."""
    with psycopg.connect(url, autocommit=True) as connection:

        def waits() -> int:
            row = connection.execute(
                "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'advisory'"
            ).fetchone()
            return row[0] if row else 0

        return int(await eventually_async(waits))


# Two processes on one database.


async def test_two_desks_on_one_thing_acknowledge_exactly_what_is_recorded(open_desk: OpenDesk, url: str) -> None:
    one, other = open_desk(url), open_desk(url)
    asked = [(desk, adding(1, f"{n}")) for n in range(60) for desk in (one, other)]
    answers = await asyncio.gather(*(desk.do(a) for desk, a in asked), return_exceptions=True)
    acknowledged = [a for a in answers if not isinstance(a, BaseException)]
    assert {type(a) for a in answers if isinstance(a, BaseException)} <= {Unavailable}
    recorded = EventStore.load(one.store, Tally, tally_id())
    assert recorded is not None
    assert len(acknowledged) == recorded.state.total == total(one) >= 60
    assert sorted(a.answer["total"] for a in acknowledged) == list(range(1, len(acknowledged) + 1))


async def test_a_decision_on_what_another_changed_meanwhile_is_made_again(open_desk: OpenDesk, url: str) -> None:
    one, other = open_desk(url), open_desk(url)
    await one.do(adding(1, "one"))
    await other.do(adding(1, "other"))
    await other.do(adding(1, "other again"))
    assert (await one.do(adding(1, "one again"))).answer == {"total": 4, "version": 5}


async def test_a_rule_speaks_of_what_is_recorded_however_old_the_copy(open_desk: OpenDesk, url: str) -> None:
    one, other = open_desk(url), open_desk(url)
    await one.do(adding(1))
    await other.do(command(lambda unit: set_closed(unit, True)))
    with pytest.raises(TallyIsClosed):
        await one.do(adding(1))
    await other.do(command(lambda unit: set_closed(unit, False)))
    assert (await one.do(adding(1))).answer["total"] == 2


async def test_the_same_key_at_two_desks_is_done_once(open_desk: OpenDesk, url: str) -> None:
    one, other = open_desk(url), open_desk(url)
    keys = [uuid4() for _ in range(10)]
    done = await asyncio.gather(*(desk.do(adding(1, key=key)) for key in keys for desk in (one, other)))
    assert total(one) == 10
    assert sum(d.repeated for d in done) == 10


async def test_what_two_desks_hear_at_once_is_heard_once(open_desk: OpenDesk, url: str) -> None:
    one, other = open_desk(url), open_desk(url)
    heard = await asyncio.gather(
        *(d.hear("registry", n, lambda unit: on_tally(unit).add(1)) for n in range(1, 11) for d in (one, other))
    )
    assert total(one) == sum(heard)
    assert one.store.tracked("registry") == 10


# A connection that breaks.


async def test_a_connection_cut_before_the_commit_writes_nothing(open_desk: OpenDesk, url: str) -> None:
    desk, asked = open_desk(url), adding(1, key=uuid4())
    with another_writer(url) as holder:
        writing = asyncio.create_task(desk.do(asked))
        holder.execute("SELECT pg_terminate_backend(%s)", (await waiting_writer(url),))
        with pytest.raises(Unavailable):
            await writing
    assert (desk.store.head(), total(desk)) == (0, 0)
    assert not (await desk.do(asked)).repeated
    assert (await desk.do(asked)).repeated
    assert total(desk) == 1


@pytest.mark.parametrize("cut", list(Cut))
async def test_a_connection_lost_at_the_commit_is_resolved_by_what_is_recorded(
    open_desk: OpenDesk, url: str, cut: Cut
) -> None:
    direct = open_desk(url)
    async with Way(url) as way:
        desk, asked = await asyncio.to_thread(open_desk, way.url), adding(1, key=uuid4())
        await desk.do(adding(1))
        way.next = cut
        if cut is Cut.BEFORE_COMMIT:
            with pytest.raises(Unavailable):
                await desk.do(asked)
            assert (direct.store.head(), total(direct)) == (2, 1)
            assert not (await desk.do(asked)).repeated
        else:
            assert (await desk.do(asked)).answer == {"total": 2, "version": 3}
        assert way.broken == [cut]
        assert (await desk.do(asked)).repeated
        assert (await desk.do(adding(1))).answer == {"total": 3, "version": 4}
    assert total(direct) == 3


async def test_connections_that_died_while_idle_are_replaced(open_desk: OpenDesk, url: str) -> None:
    desk = open_desk(url)
    await desk.do(adding(1))
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    assert (await in_the_end(desk, adding(1, key=uuid4()))).answer["total"] == 2


async def test_without_its_database_the_desk_is_unavailable_and_then_goes_on(open_desk: OpenDesk) -> None:
    with PostgresServer() as server:
        desk, asked = open_desk(postgres_databases(server)("gone")), adding(1, key=uuid4())
        await desk.do(adding(1))
        server.stop()
        with pytest.raises(Unavailable):
            await desk.do(asked)
        with pytest.raises(Unavailable):
            await desk.do(command(lambda unit: {"version": on_tally(unit, "not in hand").version}))
        server.start()
        assert (await in_the_end(desk, asked)).answer["total"] == 2
        server.kill()
        server.start()
        assert (await in_the_end(desk, asked)).repeated
        assert (await in_the_end(desk, adding(1, key=uuid4()))).answer["total"] == 3


async def test_those_who_wait_are_told_at_once_that_the_database_is_away(databases: Databases) -> None:
    """Not each after having waited for it by itself."""

    class Away(Noting):
        asked = 0

        def load(self, *_: object, **__: object) -> Any:
            self.asked += 1
            raise StoreUnavailable("nobody answers")

    store = Away(databases("away"))
    desk = Desk(store, row_of)
    told = await together(desk, *(adding(1, name=name) for name in "abcdef"))
    assert [type(each) for each in told] == [Unavailable] * 6
    assert store.asked == 1
    desk.close()
    store.close()


async def test_a_request_given_up_by_its_caller_is_still_done_once(open_desk: OpenDesk, url: str) -> None:
    desk, asked = open_desk(url), adding(1, key=uuid4())
    with another_writer(url):
        writing = asyncio.create_task(desk.do(asked))
        await waiting_writer(url)
        writing.cancel()
        with pytest.raises(asyncio.CancelledError):
            await writing
    assert (await desk.do(asked)).repeated
    assert total(desk) == 1
