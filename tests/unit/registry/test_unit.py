"""What a unit is, who may decide on it, and what it comes from."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

import msgspec
import pytest

from services.registry.classification import UnknownCodeForm, icd10, procedures
from services.registry.decision import Decision, DecisionInTheFuture, WrongAuthority
from services.registry.placement import Kind, Place, WronglyPlaced
from services.registry.unit import (
    AlreadyLinked,
    EndBeforeStart,
    FunctionMismatch,
    LineageCycle,
    Link,
    NameNotYetValid,
    NotBeforeTheRegister,
    NotHistoric,
    Phase,
    PhaseNotForKind,
    PhaseOutOfOrder,
    Relation,
    Unit,
    UnitHasEnded,
    WebsiteItem,
    WebsiteStatus,
    events,
)
from tests.facts import DESK, NOON, fact
from tests.spec import given, when_begun
from tests.unit.registry.facts import (
    BEGAN,
    BY_MINISTRY,
    OST,
    TODAY,
    VEST,
    competence,
    described,
    registered,
    unit,
)

pytestmark = pytest.mark.unit
NORD = Place("ht-nord", "nord")
ENDED = fact(events.Ended, on=date(2025, 6, 30), reason="tatt over av alle")
OLDER = UUID(int=7)
VALID = msgspec.structs.replace(BY_MINISTRY, valid_from=TODAY)


class TestPlacement:
    @pytest.mark.parametrize(
        ("kind", "places"),
        [
            (Kind.NATIONAL_TREATMENT_SERVICE, (VEST,)),
            (Kind.MULTIREGIONAL_TREATMENT_SERVICE, (VEST, OST)),
            (Kind.NATIONAL_CENTRE, (OST,)),
            (Kind.QUALITY_COMPETENCE_NETWORK, (NORD,)),
            (Kind.REGIONAL_COMPETENCE_CENTRE, (VEST,)),
            (Kind.REGIONAL_COMPETENCE_SERVICE, (OST,)),
        ],
    )
    def test_a_kind_is_placed_as_the_rules_say(self, kind: Kind, places: tuple[Place, ...]) -> None:
        new = unit(kind=kind, places=places)
        when_begun(lambda: Unit.register(new, by=DESK, at=NOON)).then(fact(events.Registered, unit=new, by=DESK))

    @pytest.mark.parametrize(
        ("kind", "places"),
        [
            (Kind.NATIONAL_TREATMENT_SERVICE, (VEST, OST)),
            (Kind.NATIONAL_TREATMENT_SERVICE, ()),
            (Kind.MULTIREGIONAL_TREATMENT_SERVICE, (VEST,)),
            (Kind.MULTIREGIONAL_TREATMENT_SERVICE, (VEST, VEST)),
            (Kind.MULTIREGIONAL_TREATMENT_SERVICE, (VEST, Place("another", "vest"))),
            (Kind.MULTIREGIONAL_TREATMENT_SERVICE, (VEST, OST, NORD)),
            (Kind.REGIONAL_COMPETENCE_CENTRE, (OST,)),
            (Kind.REGIONAL_COMPETENCE_SERVICE, (VEST,)),
        ],
    )
    def test_a_kind_is_placed_nowhere_else(self, kind: Kind, places: tuple[Place, ...]) -> None:
        new = unit(kind=kind, places=places)
        when_begun(lambda: Unit.register(new, by=DESK, at=NOON)).then_refused(WronglyPlaced)

    def test_only_a_competence_service_has_a_function(self) -> None:
        new = unit(function="training")
        when_begun(lambda: Unit.register(new, by=DESK, at=NOON)).then_refused(FunctionMismatch)

    def test_a_new_competence_service_has_one(self) -> None:
        new = competence(function=None)
        when_begun(lambda: Unit.register(new, by=DESK, at=NOON)).then_refused(FunctionMismatch)

    def test_one_that_exists_is_recorded_without_and_warned_of(self) -> None:
        unit = Unit.register(competence(function=None, imported=True), by=DESK, at=NOON)
        assert unit.state.warnings == ["function_unknown"]


class TestDescription:
    def approve(self, unit: Unit, decision: Decision, *, historic: bool = False) -> None:
        unit.approve_description(
            "Tjenesten gjør noe",
            None,
            ["D 33,3", "D33.3"],
            ["fng 05"],
            decision,
            historic=historic,
            today=TODAY,
            by=DESK,
            at=NOON,
        )

    def test_the_right_authority_decides_and_codes_are_normalised(self) -> None:
        expected = described(icd10=("D33.3",), procedures=("FNG05",))
        given(Unit, registered()).when(lambda u: self.approve(u, BY_MINISTRY)).then(
            msgspec.structs.replace(expected, by=DESK)
        )

    @pytest.mark.parametrize(
        ("kind", "places", "authority"),
        [
            (Kind.NATIONAL_CENTRE, (VEST,), "ministry"),
            (Kind.NATIONAL_TREATMENT_SERVICE, (VEST,), "medical_directors"),
            (Kind.NATIONAL_TREATMENT_SERVICE, (VEST,), "health_directorate"),
            (Kind.REGIONAL_COMPETENCE_CENTRE, (VEST,), "ministry"),
            (Kind.NATIONAL_TREATMENT_SERVICE, (VEST,), "somebody"),
        ],
    )
    def test_another_authority_does_not(self, kind: Kind, places: tuple[Place, ...], authority: str) -> None:
        decision = msgspec.structs.replace(BY_MINISTRY, authority=authority)
        history = registered(kind=kind, places=places)
        given(Unit, history).when(lambda u: self.approve(u, decision)).then_refused(WrongAuthority)

    @pytest.mark.parametrize(
        ("authority", "warnings"),
        [("ministry", ()), ("health_directorate", ("historic_authority",)), ("x", ("unknown_authority",))],
    )
    def test_what_was_decided_long_ago_is_recorded_with_a_warning(
        self, authority: str, warnings: tuple[str, ...]
    ) -> None:
        long_ago = date(2019, 3, 1)
        decision = Decision(authority=authority, on=long_ago, reference="19/1", valid_from=long_ago)
        thing = given(Unit, registered()).thing
        self.approve(thing, decision, historic=True)
        assert thing.state.descriptions[0].warnings == warnings

    @pytest.mark.parametrize("valid_from", [date(2026, 2, 1), date(2026, 3, 1)])
    def test_history_takes_the_place_of_nothing_in_force(self, valid_from: date) -> None:
        decision = Decision(authority="x", on=date(2019, 3, 1), reference="19/1", valid_from=valid_from)
        given(Unit, registered(), described()).when(lambda u: self.approve(u, decision, historic=True)).then_refused(
            NotHistoric, before=date(2026, 2, 1)
        )

    @pytest.mark.parametrize("valid_from", [TODAY, date(2026, 3, 1)])
    def test_the_first_description_known_is_history_only_from_before_this_register(self, valid_from: date) -> None:
        decision = Decision(authority="x", on=date(2019, 3, 1), reference="19/1", valid_from=valid_from)
        given(Unit, registered()).when(lambda u: self.approve(u, decision, historic=True)).then_refused(NotHistoric)

    def test_nobody_records_tomorrows_history(self) -> None:
        decision = Decision(authority="x", on=date(2026, 1, 21), reference="19/1", valid_from=date(2019, 3, 1))
        given(Unit, registered()).when(lambda u: self.approve(u, decision, historic=True)).then_refused(
            DecisionInTheFuture
        )

    def test_nobody_records_tomorrows_decision(self) -> None:
        decision = msgspec.structs.replace(BY_MINISTRY, on=date(2026, 1, 21))
        given(Unit, registered()).when(lambda u: self.approve(u, decision)).then_refused(DecisionInTheFuture)

    def test_the_one_in_force_is_the_newest_that_is_valid(self) -> None:
        later = msgspec.structs.replace(BY_MINISTRY, valid_from=date(2027, 1, 1))
        state = given(Unit, registered(), described(), described(later, 2)).thing.state
        versions = [state.description_on(day) for day in (TODAY, date(2026, 2, 1), date(2027, 1, 1))]
        assert [known and known.version for known in versions] == [None, 1, 2]

    def test_an_ended_unit_gets_no_new_one(self) -> None:
        given(Unit, registered(), ENDED).when(lambda u: self.approve(u, BY_MINISTRY)).then_refused(UnitHasEnded)


def test_what_is_recorded_as_found_began_before_the_unit_was_registered_here() -> None:
    given(Unit, registered()).when(lambda u: u.must_be_found(date(2026, 1, 19))).then()
    given(Unit, registered()).when(lambda u: u.must_be_found(TODAY)).then_refused(NotBeforeTheRegister)


class TestNames:
    def test_the_former_name_stays_known(self) -> None:
        thing = given(Unit, registered()).thing
        thing.rename("Nytt navn", None, VALID, today=TODAY, by=DESK, at=NOON)
        assert thing.state.name_nb == "Nytt navn"
        assert thing.state.former_names[0].name_nb == registered().unit.name_nb

    def test_a_name_is_recorded_from_the_day_it_counts(self) -> None:
        given(Unit, registered()).when(
            lambda u: u.rename("Nytt navn", None, BY_MINISTRY, today=TODAY, by=DESK, at=NOON)
        ).then_refused(NameNotYetValid)

    def test_the_wrong_authority_does_not_rename(self) -> None:
        decision = msgspec.structs.replace(VALID, authority="region")
        given(Unit, registered()).when(
            lambda u: u.rename("Nytt navn", None, decision, today=TODAY, by=DESK, at=NOON)
        ).then_refused(WrongAuthority)


class TestPhase:
    def set(self, year: int, phase: Phase) -> events.PhaseSet:
        return fact(events.PhaseSet, year=year, phase=phase, reason="etter planen", by=DESK)

    def ask(self, unit: Unit, year: int, phase: Phase) -> None:
        unit.set_phase(year, phase, "etter planen", by=DESK, at=NOON)

    def test_a_competence_service_is_in_one_each_year(self) -> None:
        given(Unit, fact(events.Registered, unit=competence())).when(lambda u: self.ask(u, 2025, Phase.NEW)).then(
            self.set(2025, Phase.NEW)
        )

    def test_other_kinds_have_none(self) -> None:
        given(Unit, registered()).when(lambda u: self.ask(u, 2025, Phase.NEW)).then_refused(PhaseNotForKind)

    @pytest.mark.parametrize(
        ("known", "asked"),
        [
            ((2025, Phase.FINAL), (2026, Phase.ONGOING)),
            ((2025, Phase.FINAL), (2026, Phase.FINAL)),
            ((2025, Phase.ONGOING), (2026, Phase.NEW)),
            ((2026, Phase.NEW), (2025, Phase.ONGOING)),
            ((2026, Phase.ONGOING), (2025, Phase.FINAL)),
        ],
    )
    def test_they_follow_each_other(self, known: tuple[int, Phase], asked: tuple[int, Phase]) -> None:
        history = [fact(events.Registered, unit=competence()), self.set(*known)]
        given(Unit, *history).when(lambda u: self.ask(u, *asked)).then_refused(PhaseOutOfOrder)

    def test_none_before_it_began(self) -> None:
        given(Unit, fact(events.Registered, unit=competence())).when(
            lambda u: self.ask(u, 2019, Phase.NEW)
        ).then_refused(PhaseOutOfOrder)

    def test_none_after_it_ended(self) -> None:
        given(Unit, fact(events.Registered, unit=competence()), ENDED).when(
            lambda u: self.ask(u, 2026, Phase.ONGOING)
        ).then_refused(UnitHasEnded)


class TestEndAndLineage:
    def test_a_unit_ends_with_a_reason(self) -> None:
        on = date(2026, 12, 31)
        given(Unit, registered()).when(lambda u: u.end(on, "slått sammen", today=TODAY, by=DESK, at=NOON)).then(
            fact(events.Ended, on=on, reason="slått sammen", by=DESK)
        )

    def test_it_ends_once(self) -> None:
        given(Unit, registered(), ENDED).when(
            lambda u: u.end(TODAY, "igjen", today=TODAY, by=DESK, at=NOON)
        ).then_refused(UnitHasEnded)

    def test_until_its_last_day_has_passed_it_lives_and_the_day_can_be_moved(self) -> None:
        planned = fact(events.Ended, on=TODAY, reason="slått sammen")
        later = date(2026, 12, 31)
        given(Unit, registered(), planned).when(lambda u: u.end(later, "utsatt", today=TODAY, by=DESK, at=NOON)).then(
            fact(events.Ended, on=later, reason="utsatt", by=DESK)
        )
        unit = given(Unit, registered(), planned).thing
        unit.check_website({WebsiteItem.CONTACT: WebsiteStatus.OK}, on=TODAY, today=TODAY, by=DESK, at=NOON)
        unit.rename("Nytt navn", None, VALID, today=TODAY, by=DESK, at=NOON)
        with pytest.raises(UnitHasEnded):
            unit.must_not_have_ended(TODAY + timedelta(days=1))

    def test_it_does_not_end_before_it_began(self) -> None:
        given(Unit, registered()).when(
            lambda u: u.end(date(2019, 12, 31), "for tidlig", today=TODAY, by=DESK, at=NOON)
        ).then_refused(EndBeforeStart)

    def test_both_units_know_of_the_line(self) -> None:
        younger, older = given(Unit, registered()).thing, given(Unit, registered(code="L-0"), id=OLDER).thing
        younger.came_from(older, Relation.MERGED_FROM, {older.id}, on=BEGAN, by=DESK, at=NOON)
        assert younger.state.older == [Link(Relation.MERGED_FROM, older.id, BEGAN)]
        assert older.state.younger == [Link(Relation.MERGED_FROM, younger.id, BEGAN)]

    def test_a_unit_does_not_come_from_itself_or_its_own(self) -> None:
        older = given(Unit, registered(code="L-0"), id=OLDER).thing
        given(Unit, registered()).when(
            lambda u: u.came_from(older, Relation.SPLIT_FROM, {older.id, u.id}, on=BEGAN, by=DESK, at=NOON)
        ).then_refused(LineageCycle)

    def test_two_units_are_linked_once(self) -> None:
        older = given(Unit, registered(code="L-0"), id=OLDER).thing
        linked = fact(events.CameFrom, link=Link(Relation.CONTINUES, OLDER, BEGAN))
        given(Unit, registered(), linked).when(
            lambda u: u.came_from(older, Relation.CONTINUES, {older.id}, on=BEGAN, by=DESK, at=NOON)
        ).then_refused(AlreadyLinked)

    def test_a_website_is_checked_for_nine_things(self) -> None:
        assert [item.value for item in WebsiteItem] == [
            "approved_description",
            "referral_and_pathway",
            "quality_tools",
            "contact",
            "annual_report_link",
            "competence_plan",
            "outcome_targets",
            "ern_membership",
            "other",
        ]

    def test_the_website_keeps_what_was_found_last(self) -> None:
        thing = given(Unit, registered()).thing
        for status in (WebsiteStatus.MISSING, WebsiteStatus.OK):
            thing.check_website({WebsiteItem.CONTACT: status}, on=TODAY, today=TODAY, by=DESK, at=NOON)
        found = thing.state.website[WebsiteItem.CONTACT]
        assert (found.status, found.on, found.by) == (WebsiteStatus.OK, TODAY, DESK.subject)


@pytest.mark.parametrize(
    ("written", "normal"), [("D 33,3", "D33.3"), ("d33.3", "D33.3"), ("G35", "G35"), ("D333", "D33.3")]
)
def test_diagnoses_are_written_in_one_way(written: str, normal: str) -> None:
    assert icd10([written]) == (normal,)


@pytest.mark.parametrize("written", ["33.3", "D3", "D33.333", "hodepine"])
def test_what_is_no_diagnosis_is_refused_with_its_place(written: str) -> None:
    with pytest.raises(UnknownCodeForm) as refused:
        icd10(["G35", written])
    assert refused.value.facts["errors"][0]["pointer"] == "/icd10/1"


def test_what_is_no_procedure_is_refused_with_its_place() -> None:
    with pytest.raises(UnknownCodeForm) as refused:
        procedures(["05"])
    assert refused.value.facts["errors"][0]["pointer"] == "/procedures/0"
