"""One complete entry of each kind, as it was sent, about units and people that do not exist."""

from __future__ import annotations

from typing import Any

REPORT_YEAR = 2025

ARTICLE: dict[str, Any] = {
    "title": "Hearing after watchful waiting",
    "authors": "Nordmann K, Eira Á, Solberg M",
    "journal": "Journal of Invented Surgery",
    "year": 2025,
    "doi": "10.1000/jis.2025.17",
    "pmid": "39000001",
    "link": "https://example.org/articles/17",
    "relevance": "It is about the patients the service is there for.",
    "collaborating_regions": ["nord", "vest"],
}
DOCTORATE: dict[str, Any] = {
    "candidate": "Kari Nordmann",
    "title": "Balance and its loss",
    "institution": "The Invented University",
    "disputation_on": "2025-05-16",
    "main_supervisor": "Máret Eira",
    "link": "https://example.org/theses/3",
}
PROJECT: dict[str, Any] = {
    "title": "Shared follow-up",
    "leader": "Mari Solberg",
    "starts_on": "2024-01-01",
    "ends_on": "2027-12-31",
    "status": "ongoing",
    "funders": ["The Invented Council"],
    "partner_regions": ["midt", "sor_ost"],
    "ethics_reference": "REK 000017",
    "result": "Fewer journeys for the same hearing.",
}
TEACHING: dict[str, Any] = {
    "title": "Vestibular course",
    "kind": "course",
    "target_group": "Audiologists",
    "regions_reached": ["nord", "midt", "vest", "sor_ost"],
    "dates": ["2025-03-03", "2025-10-06"],
    "hours": 7.5,
    "participants": 42,
    "digital": False,
    "link": "https://example.org/courses/1",
}
DISSEMINATION: dict[str, Any] = {
    "title": "Living with dizziness",
    "kind": "patient_material",
    "arena": "The patients' day",
    "held_on": "2025-09-12",
    "level": "national",
    "target_group": "Patients and families",
    "regions": ["vest"],
    "link": "https://example.org/dizzy",
}
CLINICAL_ACTIVITY: dict[str, Any] = {
    "measure_id": "new_patients",
    "name": "New patients",
    "definition": "Persons seen for the first time in the year.",
    "declared": "by_region",
    "by_region": {"nord": 9, "midt": 10, "vest": 27, "sor_ost": 65, "abroad": 0, "unknown": 7},
    "total": 117,
    "total_reason": "One patient moved in the course of the year.",
    "by_site": [
        {"trust": "Trust One", "by_region": {"nord": 9, "midt": 10, "vest": 20}, "total": 39},
        {"trust": "Trust Two", "total": 78},
    ],
    "comment": "Referrals rose in the autumn.",
}
QUALITY_TOOL: dict[str, Any] = {
    "name": "The Invented Registry",
    "kind": "national_quality_registry",
    "link": "https://example.org/registry",
    "coverage_percent": 87.5,
    "used_for": "Comparing results between hospitals.",
}

SAMPLES: dict[str, dict[str, Any]] = {
    "article": ARTICLE,
    "doctorate": DOCTORATE,
    "project": PROJECT,
    "teaching": TEACHING,
    "dissemination": DISSEMINATION,
    "clinical_activity": CLINICAL_ACTIVITY,
    "quality_tool": QUALITY_TOOL,
}
