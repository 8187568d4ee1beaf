"""When all faults are over: the suite is given the time it needs, and says itself when it is well again."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import httpx
from sqlalchemy import func, or_, select

from deploy.demo.client import AWAY
from deploy.demo.times import TimeMachine
from deploy.environment import ASKS
from deploy.places import SERVICES
from services.notify.application.concerning import FOLLOWER
from services.notify.application.sending import ABANDONED
from services.notify.message import Status
from services.notify.message.message import OPEN
from services.notify.views.tables import MESSAGES
from shared.eventstore import EventStore
from shared.inbox.heard import heard
from tests.chaos.ledger import Ledger
from tests.e2e.suite import RunningSuite
from tests.eventually import eventually_async

WITHIN = 180.0


async def settle(suite: RunningSuite, ledger: Ledger, notify: EventStore) -> None:
    """Returns when every part of every service is well, all is heard and said, and every message has its end."""
    await _until_nothing("is ill", lambda: _ills(suite, ledger))
    machine, seen = TimeMachine(suite.var / "clock"), dict[str, datetime]()
    await _until_nothing("is still to be told", lambda: _open_messages(notify, machine, seen))
    since = datetime.now(UTC)
    await _until_nothing("is ill", lambda: _ills(suite, ledger, since))


async def _until_nothing(what: str, look: Callable[[], Awaitable[list[str]]]) -> None:
    found: list[str] = []

    async def nothing() -> bool:
        found[:] = await look()
        return not found

    try:
        await eventually_async(nothing, WITHIN)
    except AssertionError as late:
        raise AssertionError(f"after {WITHIN:.0f} s {what}: " + "; ".join(found[:20])) from late


async def _ills(suite: RunningSuite, ledger: Ledger, since: datetime | None = None) -> list[str]:
    """What is not well; with ``since`` the mail is looked at too, and every stream must be audited after that."""
    ills: list[str] = []
    async with httpx.AsyncClient(timeout=5.0, trust_env=False) as http:
        for service in SERVICES:
            try:
                answer = await http.get(f"{suite.addresses.service(service)}/health")
            except AWAY as why:
                ills.append(f"{service} does not answer ({type(why).__name__})")
                continue
            checks = answer.json()["checks"]
            ills += [f"{service}'s {name}: {part}" for name, part in checks.items() if _is_ill(name, part, since)]
            ills += await _behind(ledger, service, checks)
    return ills


def _is_ill(name: str, part: dict[str, Any], since: datetime | None) -> bool:
    if since is None:
        return not part["ok"] and name != "sender"
    return not part["ok"] or (name == "audit" and not _is_newer(part["last_verified_at"], since))


def _is_newer(verified_at: str, since: datetime) -> bool:
    return bool(verified_at) and datetime.fromisoformat(verified_at) > since


async def _behind(ledger: Ledger, service: str, checks: dict[str, Any]) -> list[str]:
    head, outbox = await _head(ledger, service, service), checks["outbox"]
    behind = []
    if outbox["unpublished"] or outbox["position"] != head:
        behind.append(f"{service} has not said all: {outbox} of {head}")
    for speaker in ASKS.get(service, ()):
        inbox, head = checks[f"inbox:{speaker}"], await _head(ledger, speaker, service)
        if inbox["tracked"] != head or inbox["parked"]:
            behind.append(f"{service} has not heard all of {speaker}: {inbox} of {head}")
    return behind


async def _head(ledger: Ledger, speaker: str, hearer: str) -> int:
    reply = await ledger.read(speaker, f"service:{hearer}", "/feed", limit="0")
    return int(reply.headers.get("Feed-Head", -1))


async def _open_messages(notify: EventStore, machine: TimeMachine, seen: dict[str, datetime]) -> list[str]:
    """Messages without an end; the clock is moved to where they go on."""
    newest = notify.rows(select(func.coalesce(func.max(heard.c.turn), 0).label("turn")))[0]["turn"]
    if notify.tracked(FOLLOWER) != newest:
        return [f"the rules have come to turn {notify.tracked(FOLLOWER)} of {newest}"]
    still = or_(MESSAGES.c.status.in_([status.value for status in OPEN]), MESSAGES.c.due_at.is_not(None))
    rows = notify.rows(select(MESSAGES).where(still))
    for row in rows:
        goes_on = row["due_at"] and datetime.fromisoformat(row["due_at"])
        if row["status"] == Status.ATTEMPTED:
            goes_on = seen.setdefault(f"{row['message_id']} {row['version']}", machine.now() + ABANDONED)
        machine.travel(goes_on)
    return [f"message {row['message_id']} ({row['rule']}) is {row['status']}" for row in rows]
