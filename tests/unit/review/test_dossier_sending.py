"""A dossier goes to the ministry after the meeting, once; afterwards come a receipt and numbered supplements."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest

from services.review.dossier import Channel, Dossier
from services.review.dossier.events import ChangedAfterSending, Sent
from services.review.dossier.rules import AlreadyReceipted, AlreadySent, NotSent, ReceiptOutOfOrder, UnitNotInDossier
from services.review.publish import PUBLISHED_EVENTS
from services.review.review.review import NotPresented
from shared.access import system
from shared.contracts import review
from shared.domain import ChangedMeanwhile, Recorded
from tests.facts import NOON, YEAR, fact, made_up, sealed
from tests.spec import given
from tests.unit.review.dossier_facts import (
    AGREED,
    BUNDLE,
    GONE,
    MET,
    REVIEWED,
    SECRETARY,
    TODAY,
    received,
    sent,
    supplemented,
)

pytestmark = pytest.mark.unit

HEARD: dict[str, Any] = {"by": system("review"), "at": NOON}
REPORT = REVIEWED.report_id or UUID(int=0)
redacted = fact(ChangedAfterSending, by=system("review"), report_id=REPORT, place="group.overall", why="redaction")


def sending(dossier: Dossier) -> None:
    dossier.send(BUNDLE, by=SECRETARY, at=NOON)


def receiving(on: date = TODAY) -> Any:
    return lambda d: d.receive(on, "HOD 26/9", Channel.ELECTRONIC, today=TODAY, by=SECRETARY, at=NOON)


def supplementing(number: int = 1, unit: UUID = REVIEWED.unit_id) -> Any:
    reason = sealed("En tekst er fjernet.")
    return lambda d: d.supplement(number, [unit], reason, BUNDLE, by=SECRETARY, at=NOON)


def test_it_is_sent_after_the_meeting_and_not_before() -> None:
    given(Dossier, *MET).when(sending).then(sent)
    given(Dossier, *AGREED).when(sending).then_refused(NotPresented)


def test_it_is_sent_once() -> None:
    given(Dossier, *GONE).when(sending).then_refused(AlreadySent, sent_at=NOON)


def test_the_ministry_receives_it_once_after_it_was_sent() -> None:
    given(Dossier, *GONE).when(receiving()).then(received)
    given(Dossier, *MET).when(receiving()).then_refused(NotSent)
    given(Dossier, *GONE, received).when(receiving()).then_refused(AlreadyReceipted, reference="HOD 26/9")


@pytest.mark.parametrize("on", [date(2026, 1, 19), date(2026, 1, 21)])
def test_a_receipt_is_neither_of_before_the_sending_nor_of_tomorrow(on: date) -> None:
    given(Dossier, *GONE).when(receiving(on)).then_refused(ReceiptOutOfOrder, on=on)


def test_a_dossier_sent_late_in_the_evening_is_sent_on_the_day_it_is_in_oslo() -> None:
    late = datetime(2026, 1, 19, 23, 30, tzinfo=UTC)
    sent_late = fact(Sent, by=SECRETARY, at=late, year=YEAR, bundle=BUNDLE, reports=(REPORT,))
    given(Dossier, *MET, sent_late).when(receiving(date(2026, 1, 19))).then_refused(ReceiptOutOfOrder)
    given(Dossier, *MET, sent_late).when(receiving(TODAY)).then(received)


def test_supplements_follow_what_was_sent_and_count_from_one() -> None:
    given(Dossier, *GONE).when(supplementing()).then(supplemented)
    given(Dossier, *MET).when(supplementing()).then_refused(NotSent)
    given(Dossier, *GONE, supplemented).when(supplementing()).then_refused(ChangedMeanwhile, number=2)
    given(Dossier, *GONE).when(supplementing(unit=made_up("stranger"))).then_refused(UnitNotInDossier)


def test_a_change_of_what_was_sent_is_due_until_a_supplement_tells_of_it() -> None:
    def noting(dossier: Dossier) -> None:
        dossier.note_change(REPORT, "group.overall", "redaction", **HEARD)

    given(Dossier, *GONE).when(noting).then(redacted)
    given(Dossier, *GONE, redacted).when(noting).then()
    assert [change.place for change in given(Dossier, *GONE, redacted).thing.state.due] == ["group.overall"]
    assert given(Dossier, *GONE, redacted, supplemented).thing.state.due == []


def test_a_change_before_the_sending_or_of_another_report_is_not_told() -> None:
    given(Dossier, *MET).when(lambda d: d.note_change(REPORT, "group.overall", "redaction", **HEARD)).then()
    other = made_up("another report")
    given(Dossier, *GONE).when(lambda d: d.note_change(other, "group.overall", "redaction", **HEARD)).then()


def test_the_others_hear_of_each_step_and_of_no_text() -> None:
    id = Dossier.identify(YEAR)
    steps = [*GONE, received, redacted, supplemented]
    told = [
        PUBLISHED_EVENTS[type(e)](Recorded(id, n, e)) for n, e in enumerate(steps, 1) if type(e) in PUBLISHED_EVENTS
    ]
    assert told == [
        review.DossierPreparedV1(year=YEAR, region="vest"),
        review.DossierConfirmedV1(year=YEAR, region="nord"),
        review.DossierPresentedV1(year=YEAR, on=date(2026, 1, 19), reports=[REPORT]),
        review.DossierSentV1(year=YEAR, sha256="b" * 64, reports=[REPORT]),
        review.SupplementSentV1(year=YEAR, number=1, sha256="b" * 64),
    ]
