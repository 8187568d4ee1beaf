"""Any order of commands in the registry: what is replayed equals what is live, and a refusal changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from services.registry.decision import Authority, Decision
from services.registry.group import Conditions, Group, HelpStep, Leading, Sitting, Step
from services.registry.mandate import Seat, SeatKind, mandate_for
from services.registry.person import Card, Person
from services.registry.placement import Kind, Place
from services.registry.unit import Function, Phase, Registration, Relation, Unit, WebsiteItem, WebsiteStatus
from shared.domain import Acting, Aggregate, Recorded, Refused
from shared.eventstore.mapper import EventMapper, from_snapshot, to_snapshot
from tests.facts import DESK, OTHER_DESK, sealed

pytestmark = pytest.mark.property
DAYS = st.dates(date(2024, 1, 1), date(2026, 12, 31))
WHO = st.sampled_from([DESK, OTHER_DESK])
SEATS = st.sampled_from(["region_nord", "user", "unit", "extra", "nowhere"])
PEOPLE = st.sampled_from([UUID(int=number) for number in (1, 2, 3)])
TEXT = sealed("fordi", "person:made-up")
START = datetime(2026, 1, 1, tzinfo=UTC)
_mapper = EventMapper()


class Things(RuleBasedStateMachine):
    """Some things with their recorded histories; every command is tried on the live thing."""

    def __init__(self) -> None:
        super().__init__()
        self.things: dict[UUID, Aggregate[Any]] = {}
        self.logs: dict[UUID, list[Any]] = {}
        self.steps = 0

    @property
    def at(self) -> datetime:
        self.steps += 1
        return START + timedelta(hours=self.steps)

    def begin(self, thing: Aggregate[Any]) -> None:
        self.things[thing.id], self.logs[thing.id] = thing, []
        self.record(thing)

    def record(self, thing: Aggregate[Any]) -> None:
        self.logs[thing.id] += [_mapper.to_stored_event(recorded) for recorded in thing.collect_events()]

    def ask(self, thing: Aggregate[Any], command: Callable[[], object]) -> None:
        before = {id: to_snapshot(known).state for id, known in self.things.items()}
        try:
            command()
        except Refused:
            after = {id: to_snapshot(known).state for id, known in self.things.items()}
            assert after == before
            assert not any(known.has_pending for known in self.things.values())
            return
        for known in self.things.values():
            self.record(known)

    def history(self, id: UUID) -> list[Recorded]:
        return [_mapper.to_domain_event(stored) for stored in self.logs[id]]

    @invariant()
    def what_is_replayed_is_what_is_live(self) -> None:
        for id, live in self.things.items():
            replayed = type(live).fold(self.history(id))
            assert replayed is not None
            assert (replayed.state, replayed.version) == (live.state, live.version)

    @invariant()
    def a_snapshot_and_its_tail_are_the_same(self) -> None:
        for id, live in self.things.items():
            history = self.history(id)
            half = max(1, len(history) // 2)
            early = type(live).fold(history[:half])
            assert early is not None
            onto = from_snapshot(type(live), to_snapshot(early))
            continued = type(live).fold(history[half:], onto)
            assert continued is not None
            assert continued.state == live.state


class UnitMachine(Things):
    """Two competence services, changed and linked in any order."""

    @initialize()
    def register(self) -> None:
        for code in ("L-1", "L-2"):
            new = Registration(
                code=code,
                kind=Kind.NATIONAL_COMPETENCE_SERVICE,
                name_nb=f"Kompetansetjeneste {code}",
                places=(Place("ht-vest", "vest"),),
                function=Function.TRAINING,
                active_from=date(2024, 1, 1),
            )
            self.begin(Unit.register(new, by=DESK, at=self.at))

    def pick(self, first: bool) -> tuple[Unit, Unit]:
        one, two = (thing for thing in self.things.values() if isinstance(thing, Unit))
        return (one, two) if first else (two, one)

    def decision(self, authority: Authority, on: date) -> Decision:
        return Decision(authority=authority, on=on, reference="1", valid_from=on)

    @rule(first=st.booleans(), authority=st.sampled_from(Authority), on=DAYS, historic=st.booleans())
    def describe(self, first: bool, authority: Authority, on: date, historic: bool) -> None:
        unit, told = self.pick(first)[0], self.decision(authority, on)
        self.ask(
            unit,
            lambda: unit.approve_description(
                "tekst",
                None,
                ["D 33,3"],
                [],
                told,
                historic=historic,
                today=date(2026, 1, 1),
                by=DESK,
                at=self.at,
            ),
        )

    @rule(first=st.booleans(), authority=st.sampled_from(Authority), on=DAYS)
    def rename(self, first: bool, authority: Authority, on: date) -> None:
        unit, told = self.pick(first)[0], self.decision(authority, on)
        self.ask(unit, lambda: unit.rename("nytt", None, told, today=on, by=DESK, at=self.at))

    @rule(first=st.booleans(), year=st.integers(2023, 2028), phase=st.sampled_from(Phase))
    def set_phase(self, first: bool, year: int, phase: Phase) -> None:
        unit = self.pick(first)[0]
        self.ask(unit, lambda: unit.set_phase(year, phase, "plan", by=DESK, at=self.at))

    @rule(first=st.booleans(), items=st.dictionaries(st.sampled_from(WebsiteItem), st.sampled_from(WebsiteStatus)))
    def check(self, first: bool, items: dict[WebsiteItem, WebsiteStatus]) -> None:
        unit = self.pick(first)[0]
        day = date(2026, 1, 1)
        self.ask(unit, lambda: unit.check_website(items, on=day, today=day, by=DESK, at=self.at))

    @rule(first=st.booleans(), relation=st.sampled_from(Relation), on=DAYS)
    def link(self, first: bool, relation: Relation, on: date) -> None:
        younger, older = self.pick(first)
        ancestors = {older.id, *(link.unit_id for link in older.state.older)}
        self.ask(younger, lambda: younger.came_from(older, relation, ancestors, on=on, by=DESK, at=self.at))

    @rule(first=st.booleans(), on=DAYS)
    def end(self, first: bool, on: date) -> None:
        unit = self.pick(first)[0]
        self.ask(unit, lambda: unit.end(on, "ferdig", today=date(2026, 1, 1), by=DESK, at=self.at))

    @invariant()
    def the_line_has_no_circle(self) -> None:
        linked = [bool(thing.state.older) for thing in self.things.values()]
        assert not (linked and all(linked))

    @invariant()
    def nothing_follows_the_final_year(self) -> None:
        for thing in self.things.values():
            final = [year for year, known in thing.state.phases.items() if known.phase is Phase.FINAL]
            assert all(year == max(thing.state.phases) for year in final)


class GroupMachine(Things):
    """One reference group, its seats proposed for, filled and left in any order."""

    @initialize()
    def establish(self) -> None:
        mandate = mandate_for(Kind.NATIONAL_CENTRE)
        assert mandate is not None
        self.group = Group.establish(UUID(int=9), mandate, by=DESK, at=self.at)
        self.begin(self.group)

    def new_id(self) -> UUID:
        self.steps += 1
        return UUID(int=1_000 + self.steps)

    def known(self, number: int) -> UUID:
        ids = list(self.group.state.appointments)
        return ids[number % len(ids)] if ids else UUID(int=0)

    @rule(seat=SEATS, person=PEOPLE, complete=st.booleans())
    def propose(self, seat: str, person: UUID, complete: bool) -> None:
        conditions = Conditions()
        if complete:
            conditions = Conditions(
                asked=True,
                informed=True,
                willing=True,
                cleared_by=TEXT,
                cleared_on=date(2026, 1, 1),
                nominated_by="Eksempelforeningen",
            )
        id = self.new_id()
        self.ask(
            self.group,
            lambda: self.group.propose(id, seat, person, conditions, desk_region="vest", by=DESK, at=self.at),
        )

    @rule(number=st.integers(0, 20), since=DAYS, days=st.none() | st.integers(0, 400))
    def appoint(self, number: int, since: date, days: int | None) -> None:
        id, group = self.known(number), self.group
        asked = group.state.appointments.get(id)
        sitting = Sitting(
            seat=asked.seat if asked else "unit",
            person_id=asked.person_id if asked else UUID(int=1),
            assignment_id=self.new_id(),
            since=since,
            until=since + timedelta(days=days) if days is not None else None,
        )
        self.ask(group, lambda: group.appoint(id, sitting, region="vest", by=DESK, at=self.at))

    @rule(number=st.integers(0, 20), declined=st.booleans())
    def turn_down(self, number: int, declined: bool) -> None:
        id, group = self.known(number), self.group
        act = group.decline if declined else group.give_back
        self.ask(group, lambda: act(id, TEXT, by=DESK, at=self.at))

    @rule(number=st.integers(0, 20))
    def inform(self, number: int) -> None:
        id, group = self.known(number), self.group
        self.ask(group, lambda: group.inform(id, ["unit", "group"], on=date(2026, 1, 1), by=DESK, at=self.at))

    @rule(number=st.integers(0, 20), until=DAYS)
    def leave(self, number: int, until: date) -> None:
        terms: list[Sitting | Leading] = [*self.group.state.sittings, *self.group.state.leaders]
        id = terms[number % len(terms)].assignment_id if terms else UUID(int=0)
        self.ask(self.group, lambda: self.group.vacate(id, until, by=DESK, at=self.at))

    @rule(person=PEOPLE, since=DAYS)
    def lead(self, person: UUID, since: date) -> None:
        new = Leading(person_id=person, assignment_id=self.new_id(), region="nord", since=since)
        group = self.group
        self.ask(group, lambda: group.designate_leader(new, imported=False, by=DESK, at=self.at))

    @rule()
    def add_seat(self) -> None:
        seat = Seat(id="extra", kind=SeatKind.EXTRA)
        self.ask(self.group, lambda: self.group.add_seat(seat, by=DESK, at=self.at))

    @rule(seat=SEATS, answered=st.booleans())
    def help(self, seat: str, answered: bool) -> None:
        group, open_ones = self.group, list(self.group.state.help_requests)
        if answered and open_ones:
            self.ask(group, lambda: group.answer_help(open_ones[0], "vi leter", by=DESK, at=self.at))
            return
        id = self.new_id()
        self.ask(group, lambda: group.ask_help(id, seat, region="nord", on=date(2026, 1, 1), by=DESK, at=self.at))

    @invariant()
    def one_person_sits_in_a_seat_at_a_time(self) -> None:
        for day in (date(2024, 1, 1), date(2025, 6, 1), date(2026, 12, 31)):
            sat = [sitting.seat for sitting in self.group.state.sittings if sitting.on(day)]
            assert len(sat) == len(set(sat))
            assert sum(leading.on(day) for leading in self.group.state.leaders) <= 1

    @invariant()
    def every_appointment_has_one_state(self) -> None:
        for appointment in self.group.state.appointments.values():
            assert (appointment.assignment_id is not None) is (appointment.step is Step.APPOINTED)
        for request in self.group.state.help_requests.values():
            assert (request.answer is not None) is (request.step is HelpStep.ANSWERED)


class PersonMachine(Things):
    """One person, invited, changed and erased in any order."""

    @initialize()
    def register(self) -> None:
        self.person = Person.register(UUID(int=8), card=_card("Kari"), by=DESK, at=self.at)
        self.begin(self.person)

    @rule(name=st.sampled_from(["Kari", "Karin"]))
    def change(self, name: str) -> None:
        self.ask(self.person, lambda: self.person.change_card(_card(name), by=DESK, at=self.at))

    @rule(code=st.sampled_from("ab"))
    def invite(self, code: str) -> None:
        self.ask(self.person, lambda: self.person.invite(code * 64, by=DESK, at=self.at))

    @rule(code=st.sampled_from("ab"), days=st.integers(0, 20))
    def use(self, code: str, days: int) -> None:
        at = self.at + timedelta(days=days)
        self.ask(self.person, lambda: self.person.use_invitation(code * 64, "f" * 64, by=DESK, at=at))

    @rule(by=WHO)
    def ask_erasure(self, by: Acting) -> None:
        self.ask(self.person, lambda: self.person.ask_erasure(TEXT, "lov", by=by, at=self.at))

    @rule(by=WHO, approved=st.booleans())
    def answer_erasure(self, by: Acting, approved: bool) -> None:
        person = self.person
        if approved:
            self.ask(person, lambda: person.approve_erasure(by=by, at=self.at))
        else:
            self.ask(person, lambda: person.decline_erasure(TEXT, by=by, at=self.at))

    @invariant()
    def two_persons_erase(self) -> None:
        for recorded in self.history(self.person.id):
            if isinstance(recorded.event, Person.Erased):
                assert recorded.event.asked_by != recorded.event.by.subject


def _card(name: str) -> Card:
    return Card(name=sealed(name, "person:made-up"))


for _machine in (UnitMachine, GroupMachine, PersonMachine):
    _machine.TestCase.settings = settings(max_examples=40, stateful_step_count=25, deadline=None)

TestUnits = UnitMachine.TestCase
TestGroups = GroupMachine.TestCase
TestPersons = PersonMachine.TestCase
