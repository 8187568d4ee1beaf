"""What reporting does when it hears something: keeps the rows that follow, and lets open reports follow."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from services.reporting.report import Report
from services.reporting.report.state import Description
from services.reporting.views import queries, rows
from shared.access import system
from shared.clock import OSLO
from shared.contracts import CloudEvent, Contract, registry, review
from shared.desk import UnitOfWork

Reaction = Callable[[UnitOfWork, CloudEvent, Any], None]


def keep(unit: UnitOfWork, event: CloudEvent, said: Contract) -> None:
    """The rows that follow from a contract, whatever comes of it."""
    unit.change(*rows.heard(said))


def _description_approved(unit: UnitOfWork, event: CloudEvent, said: registry.UnitDescriptionApprovedV1) -> None:
    """Reports being written follow the description in force; what was submitted keeps its own.

    An old decision may be recorded late: what is heard last need not be what came into force last.
    """
    if said.valid_from > _date(event):
        return
    standing = queries.description(unit.rows, said.unit_id, _date(event))
    if standing and (standing["valid_from"], standing["version"]) > (said.valid_from.isoformat(), said.version):
        return
    for report_id in queries.written_reports(unit.rows, said.unit_id):
        report = unit.get(Report, UUID(report_id))
        described = Description(said.version, said.text_nb)
        report.update_description(described, by=system("reporting"), at=event.time)


def _returned(unit: UnitOfWork, event: CloudEvent, said: review.ReportReturnedV1) -> None:
    """The region wants the last submission mended; a return of an earlier one no longer applies."""
    report = unit.get(Report, said.report_id)
    report.take_back(said.number, said.region, by=system("reporting"), at=event.time)


def _presented(unit: UnitOfWork, event: CloudEvent, said: review.DossierPresentedV1) -> None:
    """What was presented is not opened again; one we do not know, after a copy was put back, keeps no other open."""
    for report in (unit.find(Report, report_id) for report_id in said.reports):
        if report is not None:
            report.present(by=system("reporting"), at=event.time)


def _date(event: CloudEvent) -> date:
    return event.time.astimezone(OSLO).date()


REACTIONS: Mapping[type[Contract], Reaction] = {
    registry.UnitDescriptionApprovedV1: _description_approved,
    review.ReportReturnedV1: _returned,
    review.DossierPresentedV1: _presented,
}
"""Everything reporting does by itself when it hears something, in one table."""


def react(unit: UnitOfWork, event: CloudEvent, said: Contract) -> None:
    """Do what the table says; most of what is heard only leaves its rows."""
    reaction = REACTIONS.get(type(said))
    if reaction:
        reaction(unit, event, said)


def _description_lost(unit: UnitOfWork, event: CloudEvent, said: registry.UnitDescriptionApprovedV1) -> None:
    """Reports being written go back to the description that was in force before, if there was one."""
    standing = queries.description(unit.rows, said.unit_id, _date(event))
    if standing is None:
        return
    described = Description(standing["version"], standing["text_nb"])
    for report_id in queries.written_reports(unit.rows, said.unit_id):
        unit.get(Report, UUID(report_id)).update_description(described, by=system("reporting"), at=event.time)


FORGOTTEN: Mapping[type[Contract], Reaction] = {registry.UnitDescriptionApprovedV1: _description_lost}
"""What reporting does about its own things when a speaker was put back and has lost something; all else stands."""


def forget(unit: UnitOfWork, event: CloudEvent, said: Contract) -> None:
    """Let reports follow what was lost."""
    reaction = FORGOTTEN.get(type(said))
    if reaction:
        reaction(unit, event, said)
