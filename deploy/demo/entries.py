"""The lines of the activity lists: invented, but such as a unit would write, and one unit's published figures."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from deploy.demo.registering import DATA
from deploy.demo.story import WITH_FIGURES, Unit

Fields = dict[str, Any]

MEASURES = {
    "referrals": ("Henvisninger", "Antall henvisninger mottatt i året."),
    "new_patients": ("Nye pasienter", "Antall pasienter som ble vurdert for første gang i året."),
    "multidisciplinary_meetings": ("Tverrfaglige møter", "Antall møter der flere fag vurderte pasienter sammen."),
    "operations": ("Operasjoner", "Antall åpne operasjoner i året."),
    "gamma_knife": ("Gammaknivbehandlinger", "Antall behandlinger med gammakniv i året."),
}


def lines(unit: Unit, kind: str, year: int) -> list[Fields]:
    """The lines a unit has for a kind of activity; none at all is an answer too."""
    if kind == "clinical_activity":
        return list(_published() if unit.code == WITH_FIGURES else _clinical(unit))
    if kind == "project" and unit.kind == "regional_competence_service":
        return []
    return [_LINES[kind](unit, year)]


def _published() -> Iterator[Fields]:
    """The figures of one unit, each declared the way it was published."""
    published = json.loads((DATA / "published-figures.json").read_text())
    comment = f"Tallene er tjenestens publiserte tall for {published['year']}."
    yield {
        "measure_id": "patients_treated",
        "name": "Behandlede pasienter",
        "definition": "Pasienter behandlet i året, etter region der pasienten bor.",
        "declared": "by_region",
        "by_region": published["patients_by_region"],
        "comment": f"{comment} Noen pasienter er talt i to grupper.",
    }
    for measure, count in published["measures"].items():
        name, definition = MEASURES[measure]
        told = {"declared": "total_only", "total": count, "comment": comment}
        yield {"measure_id": measure, "name": name, "definition": definition, **told}


def _clinical(unit: Unit) -> Iterator[Fields]:
    seed = sum(map(ord, unit.code))
    counts = {"nord": 10 + seed % 7, "midt": 14 + seed % 5, "vest": 21 + seed % 11, "sor_ost": 40 + seed % 13}
    total = sum(counts.values())
    fields: Fields = {
        "measure_id": "patients_treated",
        "name": "Behandlede pasienter",
        "definition": "Pasienter behandlet i året, etter region der pasienten bor.",
        "declared": "by_region",
        "by_region": counts,
    }
    if len(unit.trusts) > 1:
        first = total // 2
        shares = zip(unit.trusts, (first, total - first), strict=True)
        yield fields | {"by_site": [{"trust": trust, "total": share} for trust, share in shares]}
        return
    yield fields
    yield {
        "measure_id": "assessments",
        "name": "Vurderinger",
        "definition": "Pasienter vurdert i året, etter region der pasienten bor.",
        "declared": "by_region",
        "by_region": counts,
        "total": total - 5,
        "total_reason": "Fem pasienter flyttet i løpet av året og er talt i to regioner.",
    }


def _article(unit: Unit, year: int) -> Fields:
    return {
        "title": f"En oppdiktet studie fra {unit.name}",
        "authors": "Eksempelsen A, Prøvestad B",
        "journal": "Tidsskrift for tenkte studier",
        "year": year,
        "doi": "https://doi.org/10.5555/Eksempel.1",
        "relevance": "Studien gjelder tjenestens egne pasienter og har ført til endret oppfølging.",
        "collaborating_regions": ["nord", "sor_ost"],
    }


def _project(unit: Unit, year: int) -> Fields:
    return {
        "title": "Langtidsresultater etter behandling",
        "leader": "Cecilie Tenkvik",
        "starts_on": f"{year - 1}-09-01",
        "ends_on": f"{year + 2}-08-31",
        "status": "ongoing",
        "partner_regions": ["midt", "vest"],
        "ethics_reference": "REK-eksempel 1",
    }


def _teaching(unit: Unit, year: int) -> Fields:
    return {
        "title": "Nasjonalt kurs for henvisende leger",
        "kind": "course",
        "target_group": "Leger og sykepleiere",
        "regions_reached": ["nord", "midt", "vest", "sor_ost"],
        "dates": [f"{year}-04-16", f"{year}-10-08"],
        "hours": 6.0,
        "participants": 48,
        "digital": True,
    }


def _dissemination(unit: Unit, year: int) -> Fields:
    return {
        "title": f"Slik arbeider {unit.name}",
        "kind": "lecture",
        "arena": "Et tenkt fagmøte",
        "held_on": f"{year}-05-21",
        "level": "national",
        "target_group": "Helsepersonell",
        "regions": ["nord", "midt", "vest", "sor_ost"],
    }


def _quality_tool(unit: Unit, year: int) -> Fields:
    return {
        "name": "Kvalitetsregister under oppbygging",
        "kind": "local_registry",
        "coverage_percent": 62.5,
        "used_for": "Følge behandlingsresultater i alle regioner.",
    }


_LINES = {
    "article": _article,
    "project": _project,
    "teaching": _teaching,
    "dissemination": _dissemination,
    "quality_tool": _quality_tool,
}
