"""A dossier is put together by one region, confirmed by another, and presented: in this order and no other."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from services.review.dossier import Dossier
from services.review.dossier.events import Begun, Confirmed, Explained, Prepared, Presented, RegionalUnitsChosen
from services.review.dossier.rules import (
    AlreadyConfirmed,
    MeetingInTheFuture,
    MovedSincePrepared,
    NotConfirmed,
    NotPrepared,
    OwnDossier,
    UnitNotInDossier,
    UnitsUnexplained,
)
from services.review.dossier.state import Meeting
from services.review.joint_state import JointState
from services.review.review.rules import AlreadyPresented, NotYourRegion, RegionNotResponsible
from shared.domain import ChangedMeanwhile, StaleVersion
from tests.facts import NOON, YEAR, fact, made_up, sealed
from tests.spec import given, when_begun
from tests.unit.review.dossier_facts import (
    AGREED,
    EXPLAINED,
    LINES,
    MADE,
    MEETING,
    MET,
    NORD,
    REVIEWED,
    SECRETARY,
    TODAY,
    UNEXPLAINED,
    VEST,
    begun,
    changed,
    confirmed,
    explained,
    line,
    prepared,
    presented,
)

pytestmark = pytest.mark.unit

WHY = sealed("Tjenesten startet i høst.")
ASKED: dict[str, Any] = {"by": SECRETARY, "at": NOON, "today": TODAY}


def confirming(region: str = "nord", *, by: Any = NORD, seen: int = len(MADE), lines: Any = LINES) -> Any:
    return lambda dossier: dossier.confirm(region, lines, seen=seen, by=by, at=NOON)


def presenting(meeting: Meeting = MEETING, remarks: Any = None, lines: Any = LINES) -> Any:
    said = {REVIEWED.unit_id: sealed("Godt arbeid.")} if remarks is None else remarks
    return lambda dossier: dossier.present(meeting, said, sealed("Saken sendes."), lines, **ASKED)


def test_a_year_has_one_dossier_begun_by_a_region() -> None:
    assert Dossier.identify(YEAR) == Dossier.identify(YEAR) != Dossier.identify(YEAR + 1)
    when_begun(lambda: Dossier.begin_for(YEAR, "vest", by=VEST, at=NOON)).then(
        fact(Begun, by=VEST, year=YEAR, region="vest")
    )


def test_a_unit_without_a_reviewed_report_is_explained() -> None:
    explain = given(Dossier, begun).when(lambda d: d.explain(UNEXPLAINED, "vest", WHY, base=0, by=VEST, at=NOON))
    explain.then(fact(Explained, by=VEST, unit_id=UNEXPLAINED.unit_id, version=1, text=WHY))


def test_an_explanation_is_written_on_the_version_last_seen() -> None:
    given(Dossier, begun, explained).when(
        lambda d: d.explain(UNEXPLAINED, "vest", WHY, base=0, by=VEST, at=NOON)
    ).then_refused(ChangedMeanwhile, base_version=0, current_version=1)


def test_a_region_explains_its_own_units_only() -> None:
    given(Dossier, begun).when(lambda d: d.explain(UNEXPLAINED, "nord", WHY, base=0, by=NORD, at=NOON)).then_refused(
        RegionNotResponsible, region="nord"
    )


def test_nobody_speaks_for_another_region() -> None:
    refused = [
        lambda d: d.explain(UNEXPLAINED, "vest", WHY, base=0, by=NORD, at=NOON),
        lambda d: d.prepare("vest", LINES, by=NORD, at=NOON),
        lambda d: d.choose_regional_units("vest", True, by=NORD, at=NOON),
    ]
    for ask in refused:
        given(Dossier, begun).when(ask).then_refused(NotYourRegion, region="vest")


def test_a_region_chooses_whether_its_own_units_are_part_of_it_and_may_choose_again() -> None:
    chosen = fact(RegionalUnitsChosen, by=VEST, region="vest", included=True)
    given(Dossier, begun).when(lambda d: d.choose_regional_units("vest", True, by=VEST, at=NOON)).then(chosen)
    given(Dossier, begun, chosen).when(lambda d: d.choose_regional_units("vest", True, by=VEST, at=NOON)).then()
    undone = fact(RegionalUnitsChosen, by=VEST, region="vest", included=False)
    given(Dossier, begun, chosen).when(lambda d: d.choose_regional_units("vest", False, by=VEST, at=NOON)).then(
        undone
    )
    assert given(Dossier, begun, chosen, undone).thing.state.chosen == []


def test_it_is_prepared_when_every_unit_is_reviewed_exempted_or_explained() -> None:
    prepare = given(Dossier, begun, explained).when(lambda d: d.prepare("vest", LINES, by=VEST, at=NOON))
    prepare.then(fact(Prepared, by=VEST, year=YEAR, region="vest", lines=LINES))


def test_every_unexplained_unit_is_listed_at_once() -> None:
    missing = line("d", None)
    outcome = given(Dossier, begun).when(
        lambda d: d.prepare("vest", (*LINES[:2], UNEXPLAINED, missing), by=VEST, at=NOON)
    )
    outcome.then_refused(
        UnitsUnexplained,
        errors=[
            {"code": "unit_unexplained", "pointer": "/units/L-C", "detail": "Tjenesten c: opened"},
            {"code": "unit_unexplained", "pointer": "/units/L-D", "detail": "Tjenesten d: no report"},
        ],
    )


@pytest.mark.parametrize("state", [JointState.SUBMITTED, JointState.UNDER_REVIEW, JointState.RETURNED])
def test_a_report_that_is_not_reviewed_yet_is_not_complete(state: JointState) -> None:
    given(Dossier, begun).when(
        lambda d: d.prepare("vest", (changed(REVIEWED, state=state),), by=VEST, at=NOON)
    ).then_refused(UnitsUnexplained)


def test_another_region_confirms_the_version_seen() -> None:
    given(Dossier, *MADE).when(confirming()).then(fact(Confirmed, by=NORD, year=YEAR, region="nord"))
    given(Dossier, *MADE).when(confirming(seen=2)).then_refused(StaleVersion, seen=2, current=3)


def test_nobody_confirms_the_own_dossier() -> None:
    given(Dossier, *MADE).when(confirming("vest", by=VEST)).then_refused(OwnDossier, region="vest")


def test_only_what_was_prepared_is_confirmed_and_once() -> None:
    given(Dossier, begun).when(confirming(seen=1)).then_refused(NotPrepared)
    given(Dossier, *AGREED).when(confirming(seen=len(AGREED))).then_refused(AlreadyConfirmed)


@pytest.mark.parametrize(
    "now",
    [
        {"number": 2, "sha256": "2" * 64},
        {"sha256": "2" * 64},
        {"state": JointState.RETURNED},
        {"explanation": 1},
    ],
)
def test_what_moved_since_it_was_prepared_is_told_unit_by_unit(now: dict[str, Any]) -> None:
    before = {"state": JointState.REVIEWED, "number": 1, "sha256": "1" * 64, "explanation": 0}
    moved = [{"unit_code": "L-A", "was": before, "now": {**before, **now}}]
    lines = (changed(REVIEWED, **now), *LINES[1:])
    given(Dossier, *MADE).when(confirming(lines=lines)).then_refused(MovedSincePrepared, moved=moved)
    given(Dossier, *AGREED).when(presenting(lines=lines)).then_refused(MovedSincePrepared, moved=moved)


def test_a_unit_that_came_or_went_has_moved_and_a_new_name_has_not() -> None:
    outcome = given(Dossier, *MADE).when(confirming(lines=(*LINES[:2], line("d"))))
    assert outcome.refusal is not None
    assert [(m["unit_code"], m["was"] is None, m["now"] is None) for m in outcome.refusal.facts["moved"]] == [
        ("L-C", False, True),
        ("L-D", True, False),
    ]
    renamed = (changed(REVIEWED, unit_name="Et nytt navn"), *LINES[1:])
    given(Dossier, *MADE).when(confirming(lines=renamed)).then(confirmed)


def test_preparing_again_clears_the_confirmation() -> None:
    again = given(Dossier, *AGREED, prepared)
    assert (again.thing.state.status, again.thing.state.confirmed) == ("prepared", None)
    again.when(presenting()).then_refused(NotConfirmed)


def test_the_meeting_has_what_was_confirmed_before_it() -> None:
    given(Dossier, *AGREED).when(presenting()).then(presented)
    given(Dossier, *MADE).when(presenting()).then_refused(NotConfirmed)


def test_only_reviewed_reports_are_presented() -> None:
    [event] = given(Dossier, *AGREED).when(presenting(remarks={})).events
    assert isinstance(event, Presented)
    assert event.reports == (REVIEWED.report_id,)


def test_a_meeting_is_recorded_when_it_has_been_held() -> None:
    tomorrow = Meeting(on=date(2026, 1, 21), name=MEETING.name, case_reference=MEETING.case_reference)
    given(Dossier, *AGREED).when(presenting(tomorrow)).then_refused(MeetingInTheFuture, on=tomorrow.on)


def test_a_remark_is_of_a_unit_in_the_dossier() -> None:
    stranger = made_up("stranger")
    fault = {"code": "unit_not_in_dossier", "pointer": f"/remarks/{stranger}", "detail": "not in the dossier"}
    given(Dossier, *AGREED).when(presenting(remarks={stranger: sealed("?")})).then_refused(
        UnitNotInDossier, errors=[fault]
    )


def test_nothing_is_put_together_after_the_meeting() -> None:
    refused = [
        presenting(),
        confirming(seen=len(MET)),
        lambda d: d.prepare("vest", LINES, by=VEST, at=NOON),
        lambda d: d.explain(EXPLAINED, "vest", WHY, base=1, by=VEST, at=NOON),
        lambda d: d.choose_regional_units("vest", True, by=VEST, at=NOON),
    ]
    for ask in refused:
        given(Dossier, *MET).when(ask).then_refused(AlreadyPresented)
