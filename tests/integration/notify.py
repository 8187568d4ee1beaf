"""Notify as a test drives it: what others said, people with cards, a mail server on loopback, a clock to be moved."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from services.notify.app import READ_MODELS
from services.notify.application.addressing import Addressing
from services.notify.application.concerning import CaughtUp, Concerning
from services.notify.application.hearing import keep
from services.notify.application.reminding import Digests, Reminders
from services.notify.application.sending import Sender
from services.notify.application.timing import Timing
from services.notify.channels import Mail
from services.notify.message import Message
from services.notify.views.cards import writable
from services.notify.views.tables import CARDS, MESSAGES
from shared.cards import CardMirror
from shared.clock import Clock
from shared.contracts import CloudEvent, Contract, envelope, registry, reporting
from shared.desk import Desk
from shared.epochs.log import FIRST, Epoch
from shared.eventstore import EventStore
from shared.feed import Told
from shared.inbox import INBOX_TABLES, Hearing
from shared.schedule import Schedule
from shared.vault import Vault
from tests.facts import made_up
from tests.stores import Databases

PORTAL = "https://aarring.example"
SENDER = "ikke-svar@aarring.example"
START = datetime(2026, 1, 12, 9, 0, tzinfo=UTC)
DEADLINE = datetime(2026, 2, 16, 15, 0, tzinfo=UTC)
YEAR = 2025
UNIT, OTHER_UNIT = made_up("notify unit"), made_up("notify other unit")
REPORT, REVIEW = made_up("notify report"), made_up("notify review")
TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
PEOPLE: dict[str, dict[str, Any]] = {
    "lead": {"role": "professional_lead", "unit_id": UNIT},
    "site lead": {"role": "site_lead", "unit_id": UNIT},
    "coordinator": {"role": "coordinator", "unit_id": UNIT},
    "leader": {"role": "group_leader", "unit_id": UNIT},
    "member": {"role": "group_member", "unit_id": UNIT, "seat": "region_nord"},
    "trust": {"role": "trust_office", "trust": "HF-VEST"},
    "desk": {"role": "service_desk", "region": "vest"},
    "desk nord": {"role": "service_desk", "region": "nord"},
    "joint desk": {"role": "joint_desk"},
    "reviewer": {"role": "reviewer", "region": "vest"},
    "other lead": {"role": "professional_lead", "unit_id": OTHER_UNIT},
}
"""Everybody whom a test may meet, by a name of ours, and the role held since 2020."""


class Hands(Clock):
    """A clock that stands where it is put."""

    def __init__(self, at: datetime = START) -> None:
        super().__init__()
        self.at = at

    def now(self) -> datetime:
        return self.at


class Said:
    """All that one speaker has said: a feed."""

    def __init__(self, speaker: str) -> None:
        self.speaker = speaker
        self.events: list[CloudEvent] = []

    def say(self, contract: Contract, at: datetime) -> CloudEvent:
        previous = self.events[-1].position if self.events else 0
        fields = contract.model_dump()
        names = ("report_id", "review_id", "assignment_id", "appointment_id", "person_id", "unit_id", "year")
        subject = str(next((fields[name] for name in names if fields.get(name)), self.speaker))
        event = envelope(
            contract, position=previous + 3, previous=previous, subject=subject, time=at, traceparent=TRACE
        )
        self.events.append(event)
        return event

    async def read(self, after: int, limit: int) -> list[CloudEvent]:
        return [event for event in self.events if event.position > after][:limit]

    async def at(self, position: int) -> Told:
        found = [event for event in self.events if event.position == position]
        return Told(found[0] if found else None, self.events[-1].position if self.events else 0, 1)

    async def epochs(self) -> list[Epoch]:
        return [FIRST]


class Office:
    """Notify without its web side and loops: each step is done when the test says so."""

    def __init__(self, databases: Databases, port: int = 9, trial: frozenset[str] = frozenset()) -> None:
        self.clock = Hands()
        self.store = EventStore(databases("notify"), [*READ_MODELS.tables, *READ_MODELS.mirrors, INBOX_TABLES])
        self.vault = Vault(databases("notify-vault"), b"v" * 32)
        self.desk = Desk(self.store, READ_MODELS.own)
        self.said = {speaker: Said(speaker) for speaker in ("registry", "reporting", "review")}
        self.trial = trial
        self.cards = CardMirror(self.desk, CARDS, writable)
        self.connect(port)

    def connect(self, port: int, timeout: float = 60) -> None:
        """Use another mail server, as after a restart: nothing is remembered but what is stored."""
        addressing = Addressing(self.store, PORTAL, self.trial)
        mail = Mail("127.0.0.1", port, SENDER, starttls=False, timeout=timeout)
        self.sender = Sender(self.desk, self.clock, self.vault, addressing, mail, SENDER)
        caught_up = {name: CaughtUp(name, feed, self.store) for name, feed in self.said.items()}
        self.concerning = Concerning(self.desk, self.clock, caught_up)
        reminders, digests = Reminders(self.store), Digests(self.store)
        schedule = Schedule(self.desk, self.clock, [reminders.due, digests.due])
        self.timing = Timing(schedule, caught_up.values())

    def close(self) -> None:
        self.desk.close()
        self.store.close()
        self.vault.close()

    # What others say, and what comes of it.

    def say(self, *contracts: Contract) -> None:
        """Something is said; it is not heard yet."""
        for contract in contracts:
            speaker = contract.NAME.split(".", 1)[0]
            self.said[speaker].say(contract, self.clock.now())

    async def hear(self, *speakers: str) -> None:
        """Hear all that these (or all) have said and was not heard."""
        for speaker in speakers or tuple(self.said):
            tracked = self.store.tracked(speaker)
            await Hearing(self.desk, speaker, keep).take(await self.said[speaker].read(tracked, 1_000), tracked)

    async def follow(self) -> None:
        """Decide whom all that was heard concerns."""
        while await self.concerning.step():
            continue

    async def told(self, *contracts: Contract) -> None:
        """Something is said, heard, and turned into messages."""
        self.say(*contracts)
        await self.hear()
        await self.follow()

    async def begin(self, *names: str) -> None:
        """The units and the cycle are known, and these people (or all) with their roles and cards."""
        people = names or tuple(PEOPLE)
        self.say(*known_units(), *map(registered, people), *map(granted, people), cycle())
        await self.hear()
        await self.follow()
        for name in people:
            await self.card(name)

    async def card(self, name: str, email: str | None = None) -> None:
        """Somebody's contact card came."""
        address = email or address_of(name)
        card = f'{{"name": "{name.title()} Eksempel", "email": "{address}", "phone": null}}'
        await self.cards.changed(str(made_up(name)), card.encode())

    # What there is.

    def messages(self, **where: Any) -> list[dict[str, Any]]:
        query = select(MESSAGES).order_by(MESSAGES.c.intended_at, MESSAGES.c.receiver, MESSAGES.c.rule)
        for column, value in where.items():
            query = query.where(MESSAGES.c[column] == value)
        return self.store.rows(query)

    def message(self, **where: Any) -> Message:
        """The one message that is so, read from the store."""
        (row,) = self.messages(**where)
        found = self.store.load(Message, UUID(row["message_id"]))
        assert found is not None
        return found

    def receivers(self, **where: Any) -> list[str]:
        """The names of those who get such messages."""
        names = {str(made_up(name)): name for name in PEOPLE}
        return sorted(names[row["receiver"]] for row in self.messages(**where))

    def wait(self, **how_long: float) -> None:
        """Time passes."""
        self.clock.at += timedelta(**how_long)


@contextmanager
def office(databases: Databases, port: int = 9, **more: Any) -> Iterator[Office]:
    made = Office(databases, port, **more)
    try:
        yield made
    finally:
        made.close()


def address_of(name: str) -> str:
    return f"{name.replace(' ', '.')}@example.org"


def known_units() -> list[Contract]:
    return [
        registry.UnitRegisteredV1(
            unit_id=unit_id,
            code=code,
            kind="national_treatment_service",
            name_nb=f"Nasjonal behandlingstjeneste {code}",
            name_en=f"National treatment service {code}",
            regions=regions,
            trusts=trusts,
            active_from=date(2020, 1, 1),
        )
        for unit_id, code, regions, trusts in (
            (UNIT, "L-1", ["vest"], ["HF-VEST"]),
            (OTHER_UNIT, "L-2", ["nord"], ["HF-NORD"]),
        )
    ]


def registered(name: str) -> Contract:
    return registry.PersonRegisteredV1(person_id=made_up(name))


def granted(name: str, since: date = date(2020, 1, 1), **role: Any) -> Contract:
    where: dict[str, Any] = {"unit_id": None, "region": None, "trust": None, "seat": None}
    return registry.RoleGrantedV1(
        assignment_id=made_up(f"{name} assignment {since}"),
        person_id=made_up(name),
        since=since,
        until=None,
        acting=False,
        **{**where, **(role or PEOPLE[name])},
    )


def cycle(deadline: datetime = DEADLINE) -> Contract:
    return reporting.CyclePlannedV1(
        year=YEAR, recommended_on=date(2026, 2, 10), deadline=deadline, grace_until=deadline, opens_at=None
    )


def opened(report_id: UUID = REPORT, unit_id: UUID = UNIT, *, has_group: bool = True) -> Contract:
    return reporting.ReportOpenedV1(
        report_id=report_id, unit_id=unit_id, year=YEAR, template="t", regions=["vest"], has_group=has_group
    )


def submitted(number: int = 1, timing: str = "in_time", **more: Any) -> Contract:
    return reporting.ReportSubmittedV1(
        report_id=REPORT,
        submission_id=made_up(f"submission {number}"),
        unit_id=UNIT,
        year=YEAR,
        number=number,
        content_version=1,
        sha256="0" * 64,
        timing=timing,
        excused=[],
        regions=["vest"],
        **more,
    )
