"""Facts the tests of dossiers start from: three units of a year, two regions, the meeting's secretary."""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec

from services.review.dossier import Channel, Line
from services.review.dossier.events import (
    Begun,
    Confirmed,
    Explained,
    Prepared,
    Presented,
    Receipted,
    Sent,
    SupplementSent,
)
from services.review.dossier.state import Bundle, Meeting, Remark
from services.review.joint_state import JointState
from tests.facts import YEAR, fact, made_up, person, sealed

VEST = person("desk vest", "service_desk", "vest")
NORD = person("desk nord", "service_desk", "nord")
SECRETARY = person("secretary", "directors_secretary", "")
TODAY = date(2026, 1, 20)
MEETING = Meeting(on=date(2026, 1, 19), name="Fagdirektørmøtet 1/2026", case_reference="26/17")
BUNDLE = Bundle(sha256="b" * 64, size=1000, manifest_sha256="m" * 64, key_id="k" * 32, files=7)


def line(name: str, state: JointState | None = JointState.REVIEWED, **more: Any) -> Line:
    """A unit of Helse Vest with its report, handed in once unless said otherwise."""
    report: dict[str, Any] = {
        "report_id": made_up(f"report {name}"),
        "submission_id": made_up(f"submission {name}"),
        "number": 1,
        "sha256": "1" * 64,
        "timing": "in_time",
    }
    return Line(
        unit_id=made_up(name),
        unit_code=f"L-{name.upper()}",
        unit_name=f"Tjenesten {name}",
        kind="national_treatment_service",
        regions=("vest",),
        state=state,
        **((report if state else {}) | more),
    )


def changed(before: Line, **fields: Any) -> Line:
    """The same unit, but for what is said."""
    return msgspec.structs.replace(before, **fields)


REVIEWED, EXEMPTED = line("a"), line("b", JointState.EXEMPTED)
UNEXPLAINED = line("c", JointState.OPENED, number=None, sha256=None, submission_id=None)
EXPLAINED = changed(UNEXPLAINED, explanation=1)
LINES = (REVIEWED, EXEMPTED, EXPLAINED)

begun = fact(Begun, by=VEST, year=YEAR, region="vest")
explained = fact(Explained, by=VEST, unit_id=UNEXPLAINED.unit_id, version=1, text=sealed("Tjenesten startet i høst."))
prepared = fact(Prepared, by=VEST, year=YEAR, region="vest", lines=LINES)
confirmed = fact(Confirmed, by=NORD, year=YEAR, region="nord")
presented = fact(
    Presented,
    by=SECRETARY,
    year=YEAR,
    meeting=MEETING,
    remarks=(Remark(unit_id=REVIEWED.unit_id, text=sealed("Godt arbeid.")),),
    decision=sealed("Saken sendes."),
    reports=(REVIEWED.report_id,),
)
sent = fact(Sent, by=SECRETARY, year=YEAR, bundle=BUNDLE, reports=(REVIEWED.report_id,))
received = fact(Receipted, by=SECRETARY, on=TODAY, reference="HOD 26/9", channel=Channel.ELECTRONIC)
supplemented = fact(
    SupplementSent,
    by=SECRETARY,
    year=YEAR,
    number=1,
    units=(REVIEWED.unit_id,),
    reason=sealed("En tekst er fjernet."),
    bundle=BUNDLE,
)

MADE = (begun, explained, prepared)
AGREED = (*MADE, confirmed)
MET = (*AGREED, presented)
GONE = (*MET, sent)
