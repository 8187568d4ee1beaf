"""Whom a fact concerns: what a contract is about, and who holds the roles its rules name on the day it happened."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Any
from uuid import UUID

from services.notify.application.intending import Intention
from services.notify.message import About
from services.notify.occasion import Occasion
from services.notify.rules import REVIEWERS, RULES, Appointee, Assessor, Named, Receiver, rules_on
from services.notify.views import queries
from shared import registry_facts
from shared.access import Assignment, Right, Target
from shared.clock import OSLO
from shared.contracts import CloudEvent, Contract, registry, reporting, review
from shared.read_rows import Rows, split


def concerned(rows: Rows, event: CloudEvent, said: Contract) -> Iterator[Intention]:
    """Everybody the table says is to be told of a contract."""
    on = event.time.astimezone(OSLO).date()
    if isinstance(said, registry.RoleGrantedV1):
        yield from _newcomer(rows, event, said, on)
        return
    rules = [rule for rule in rules_on(type(said)) if rule.when(said)]
    if not rules:
        return
    targets, about = _targets(rows, said), _about(rows, said)
    for rule in rules:
        for person_id in _people(rows, rule.to, said, targets, on):
            yield Intention(event.id, rule.name, rule.occasion, person_id, about, event.time)


def _newcomer(rows: Rows, event: CloudEvent, said: registry.RoleGrantedV1, on: date) -> Iterator[Intention]:
    """Who gets a role while a report is being written gets its form, as if the role had been held at the opening."""
    if said.unit_id is None or not (said.since <= on and (said.until is None or on <= said.until)):
        return
    for report in queries.written_reports(rows, unit_id=said.unit_id):
        report_id = UUID(report["report_id"])
        opening = queries.openings(rows, report_id).get(report["report_id"])
        for rule in (rule for rule in RULES if rule.occasion is Occasion.FORM_SENT):
            is_one = any(isinstance(to, Right) and to.role == said.role for to in rule.to)
            if opening and is_one and (report["has_group"] or rule.name == "form_sent"):
                about = about_report(rows, report)
                yield Intention(opening.fact, rule.name, rule.occasion, said.person_id, about, event.time)


def about_report(rows: Rows, report: dict[str, Any]) -> About:
    """A report, with the deadline that holds for it."""
    deadline = report["extended_until"] or queries.deadlines(rows).get(report["year"])
    return About(
        unit_id=UUID(report["unit_id"]),
        report_id=UUID(report["report_id"]),
        year=report["year"],
        deadline=datetime.fromisoformat(deadline) if deadline else None,
    )


def _about(rows: Rows, said: Any) -> About:
    if isinstance(said, reporting.CycleRescheduledV1):
        return About(year=said.year, deadline=said.deadline)
    if isinstance(said, review.DossierSentV1):
        return About(year=said.year)
    report_id: UUID | None = getattr(said, "report_id", None)
    report = queries.report(rows, report_id) if report_id else None
    if report is None:
        return About(unit_id=getattr(said, "unit_id", None), report_id=report_id, year=getattr(said, "year", None))
    about = about_report(rows, report)
    waits_until = getattr(said, "waits_until", None)
    if waits_until is None:
        return about
    return About(unit_id=about.unit_id, report_id=about.report_id, year=about.year, deadline=waits_until)


def _targets(rows: Rows, said: Any) -> list[Target]:
    """What rights are asked for: usually one unit, for the whole cycle or a dossier each of its reports."""
    if isinstance(said, reporting.CycleRescheduledV1):
        units = [UUID(report["unit_id"]) for report in queries.written_reports(rows, year=said.year)]
    elif isinstance(said, review.DossierSentV1):
        found = [queries.report(rows, report_id) for report_id in said.reports]
        units = [UUID(report["unit_id"]) for report in found if report]
    else:
        units = [unit_id for unit_id in (_unit_id(rows, said),) if unit_id]
    region = getattr(said, "desk_region", None)
    return [target_of(rows, unit_id, region) for unit_id in units]


def _unit_id(rows: Rows, said: Any) -> UUID | None:
    unit_id: UUID | None = getattr(said, "unit_id", None)
    if unit_id is None and getattr(said, "report_id", None):
        report = queries.report(rows, said.report_id)
        unit_id = UUID(report["unit_id"]) if report else None
    return unit_id


def target_of(rows: Rows, unit_id: UUID, region: str | None = None) -> Target:
    """A unit with its regions (or the one that is named) and its trusts."""
    known = registry_facts.unit(rows, unit_id)
    regions, trusts = (split(known["regions"]), split(known["trusts"])) if known else ((), ())
    return Target(unit_id, (region,) if region else regions, trusts)


def holding(rows: Rows, right: Right, targets: Iterable[Target], on: date) -> list[Assignment]:
    """The assignments of a role that relate to one of the targets on a date."""
    held = registry_facts.holders(rows, right.role, on)
    return [one for one in held if any(one.relates(right.scope, target) for target in targets)]


def _people(rows: Rows, to: Iterable[Receiver], said: Any, targets: list[Target], on: date) -> list[UUID]:
    """Each person once, in the order of the table."""
    found: dict[UUID, None] = {}
    for receiver in to:
        found |= dict.fromkeys(_whoever(rows, receiver, said, targets, on))
    return list(found)


def _whoever(rows: Rows, receiver: Receiver, said: Any, targets: list[Target], on: date) -> list[UUID]:
    match receiver:
        case Right():
            return [held.person_id for held in holding(rows, receiver, targets, on)]
        case Named():
            return _named(getattr(said, receiver.field, None))
        case Appointee():
            return _named(queries.appointee(rows, said.appointment_id))
        case Assessor():
            assessor = queries.assessor(rows, said.review_id, said.region)
            others = holding(rows, REVIEWERS, [Target(regions=(said.region,))], on)
            return _named(assessor) or [held.person_id for held in others]


def _named(value: UUID | Iterable[UUID] | None) -> list[UUID]:
    if value is None:
        return []
    return [value] if isinstance(value, UUID) else list(value)
