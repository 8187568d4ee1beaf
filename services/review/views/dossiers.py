"""The units that owe a year with their reports as they stand, and the dossiers that were made of them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import select

from services.review.dossier import Line
from services.review.joint_state import JointState
from services.review.views import tables as t
from services.review.views.joint import JOINT_STATE
from shared.read_rows import Rows, split
from shared.registry_facts import UNITS, owing

REGIONAL_KINDS = frozenset({"regional_competence_centre", "regional_competence_service"})
"""Kinds that come before the meeting by their region's choice; all others come by rule."""


def lines(rows: Rows, year: int, chosen: Collection[str], explained: Mapping[UUID, int]) -> list[Line]:
    """A line for every unit whose report the cycle opened, and for every other unit that owes the year, by code.

    ``chosen`` are the regions whose own centres or services belong to it, ``explained`` the versions of explanations.
    """
    reports = _reports(rows, year)
    reported = {row["unit_id"] for row in reports}
    others = [row for row in owing(rows, year) if row["unit_id"] not in reported]
    found = [_line(row, explained) for row in (*reports, *others) if _belongs(row, chosen)]
    return sorted(found, key=lambda line: (line.unit_code, line.unit_id))


def _reports(rows: Rows, year: int) -> list[dict[str, Any]]:
    reports, reviews, units = t.REPORTS.c, t.REVIEWS.c, UNITS.c
    joined = t.REPORTS.outerjoin(t.REVIEWS, reviews.report_id == reports.report_id).outerjoin(
        UNITS, units.unit_id == reports.unit_id
    )
    query = select(
        reports.report_id,
        reports.unit_id,
        reports.regions,
        reports.timing,
        JOINT_STATE.label("state"),
        reviews.submission_id,
        reviews.number,
        reviews.sha256,
        units.code,
        units.name_nb,
        units.kind,
    )
    return rows(query.select_from(joined).where(reports.year == year, reports.state.is_not(None)))


def _belongs(row: Mapping[str, Any], chosen: Collection[str]) -> bool:
    return row["kind"] not in REGIONAL_KINDS or any(region in chosen for region in split(row["regions"]))


def _line(row: Mapping[str, Any], explained: Mapping[UUID, int]) -> Line:
    unit_id = UUID(row["unit_id"])
    report_id, submission_id, state = row.get("report_id"), row.get("submission_id"), row.get("state")
    return Line(
        unit_id=unit_id,
        unit_code=row["code"] or str(unit_id),
        unit_name=row["name_nb"] or "",
        kind=row["kind"] or "",
        regions=split(row["regions"]),
        report_id=UUID(report_id) if report_id else None,
        state=JointState(state) if state else None,
        submission_id=UUID(submission_id) if submission_id else None,
        number=row.get("number"),
        sha256=row.get("sha256"),
        timing=row.get("timing"),
        explanation=explained.get(unit_id, 0),
    )


def is_opened(rows: Rows, year: int) -> bool:
    """Whether the cycle of a year was opened."""
    found = rows(select(t.CYCLES.c.reports).where(t.CYCLES.c.year == year))
    return bool(found) and found[0]["reports"] is not None


def dossiers(rows: Rows, *, sent_only: bool) -> list[dict[str, Any]]:
    """All dossiers, or those the ministry has, newest first."""
    query = select(t.DOSSIERS).order_by(t.DOSSIERS.c.year.desc())
    return rows(query.where(t.DOSSIERS.c.sent_at.is_not(None)) if sent_only else query)


def follow_up_ids(rows: Rows, year: int) -> list[UUID]:
    """The follow-up points raised in a year, or before it and still open in it."""
    points = t.FOLLOW_UPS.c
    query = select(points.follow_up_id).where(points.year <= year, points.current_year >= year)
    return [UUID(row["follow_up_id"]) for row in rows(query.order_by(points.follow_up_id))]


def heard_of(rows: Rows, reports: Collection[UUID]) -> frozenset[tuple[object, ...]]:
    """What was heard that changes how some handed in reports read: what stands, late answers, removed texts."""
    ids = [str(report) for report in reports]
    reviews, removed = t.REVIEWS.c, t.REMOVED_TEXTS.c
    standing = rows(
        select(reviews.report_id, reviews.submission_id, reviews.addenda).where(reviews.report_id.in_(ids))
    )
    gone = rows(select(t.REMOVED_TEXTS).where(removed.report_id.in_(ids)))
    return frozenset(tuple(row.values()) for row in (*standing, *gone))
