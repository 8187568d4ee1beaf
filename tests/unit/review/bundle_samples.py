"""An invented dossier with one report, as it comes to be packed."""

from __future__ import annotations

from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from services.review.bundle import BundleKey, Contents, Report

KEY = BundleKey(Ed25519PrivateKey.from_private_bytes(b"k" * 32))
ABOUT: dict[str, Any] = {
    "kind": "dossier",
    "year": 2025,
    "number": None,
    "made_at": "2026-04-21T09:00:00+00:00",
    "made_by": {"subject": "somebody", "role": "directors_secretary"},
}
MARKUP = "<script>alert('?')</script> & ærlig talt"


def answer(text: str | None, **more: Any) -> dict[str, Any]:
    """An answer as reporting shows it."""
    rest = {"version": 1, "choices": [], "nothing_to_report": False, "based_on_older_version": False}
    return {**rest, "text": text, "at": "2026-02-01T10:00:00Z", "by": {"subject": "x"}, "on_behalf_of": None, **more}


def entry(fields: dict[str, Any] | None, **more: Any) -> dict[str, Any]:
    """A line of a list as reporting shows it."""
    rest = {"entry_id": "e-1", "type": "clinical_activity", "version": 1, "at": "2026-02-01T10:00:00Z"}
    return {**rest, "removed_from_list": False, "source": "manual", "by": {"subject": "x"}, "fields": fields, **more}


def question(id: str, label: str, part: str = "unit", **more: Any) -> dict[str, Any]:
    """A question of a template."""
    return {"id": id, "part": part, "label": {"nb": label, "nn": label, "en": label}, "choices": [], **more}


FIGURES = {
    "measure_id": "operasjoner",
    "name": "Operasjoner",
    "declared": "by_region",
    "by_region": {"nord": 3, "midt": None, "vest": 7, "sor_ost": 0, "abroad": None, "unknown": None},
    "total": None,
    "by_site": [{"trust": "HT Vest", "total": 4}, {"trust": "HT Øst", "total": 6}],
    "comment": "",
}
COURSE = {"hours": "6.0", "dates": ["2025-04-16", "2025-10-08"], "title": "Kurs i øvelser"}
REMOVED = {
    "redaction_id": "r-1",
    "at": "2026-03-01T10:00:00Z",
    "asked_by": "service_desk",
    "approved_by": "joint_desk",
    "reason": "Kunne kjennes igjen",
    "legal_basis": "personopplysningsloven",
}
TEMPLATE: dict[str, Any] = {
    "title": {"nb": "Årsrapport fra nasjonal behandlingstjeneste"},
    "questions": [
        question("activity.teaching", "Undervisning"),
        question("activity.clinical_activity", "Klinisk aktivitet"),
        question(
            "evaluation.treatment_quality",
            "Kvalitet",
            choices=[{"id": "registry", "label": {"nb": "Kvalitetsregister"}}],
        ),
        question("evaluation.equal_access", "Likeverdig tilgang"),
        question("evaluation.reporting_feedback", "Om selve rapporteringen"),
        question("group.overall", "Samlet vurdering", "group"),
        question("group.region_nord", "Helse Nord", "group"),
        question("group.region_vest", "Helse Vest", "group"),
    ],
}


REPORT: dict[str, Any] = {
    "unit": {"unit_id": "u", "code": "L-HB7", "name": "Nasjonal tjeneste for øvelser"},
    "kind": "national_treatment_service",
    "regions": ["vest"],
    "year": 2025,
    "template": {"key": "national_treatment_service_ongoing", "version": 1},
    "description": {"version": 1, "text_nb": "Behandling av øvelser."},
    "consented_at": None,
    "answers": {
        "evaluation.treatment_quality": answer("Måles.", choices=["registry"]),
        "evaluation.equal_access": answer(MARKUP),
        "evaluation.reporting_feedback": answer("Skjemaet er tungvint."),
        "group.overall": answer(None, removed=REMOVED),
        "group.region_vest": answer("Ja.", on_behalf_of={"holder": "p", "answered_on": "2026-02-03"}),
    },
    "entries": {
        "activity.teaching": [entry(COURSE, type="teaching")],
        "activity.clinical_activity": [
            entry(FIGURES),
            entry({"name": "Tatt ut"}, removed_from_list=True),
            entry(None, removed=REMOVED),
        ],
    },
}
LEAD: dict[str, Any] = {
    "assignment_id": "a",
    "person_id": "p",
    "role": "professional_lead",
    "seat": None,
    "name": "Kari Prøve",
    "public": True,
    "copy": False,
    "acting": True,
}
SUBMISSION: dict[str, Any] = {
    "submission_id": "s-1",
    "report_id": "r-1",
    "number": 1,
    "content_version": 12,
    "report_version": 14,
    "sha256": "1" * 64,
    "timing": "in_time",
    "submitted_at": "2026-02-14T10:00:00Z",
    "by": {"subject": "x"},
    "excused": ["group.region_nord"],
    "excuse": "Plassen er ledig",
    "canonical": "{}",
    "roles": [LEAD],
    "addenda": {"group.region_nord": answer("Et sent svar.")},
    "report": REPORT,
}
"""What reporting gives of a submission."""


def unit(code: str, state: str | None = "reviewed", **more: Any) -> dict[str, Any]:
    """A line of the dossier."""
    rest = {"kind": "national_treatment_service", "number": 1, "sha256": "1" * 64, "timing": "in_time"}
    said = {"explanation": None, "remark": None}
    return (
        {"unit_code": code, "unit_name": f"Tjenesten {code}", "regions": ["vest"], "state": state}
        | rest
        | said
        | more
    )


def contents() -> Contents:
    """A dossier of two units, one of them explained."""
    dossier = {
        "year": 2025,
        "prepared": {"region": "vest", "at": "2026-04-01T10:00:00+00:00"},
        "confirmed": {"region": "nord", "at": "2026-04-02T10:00:00+00:00"},
        "meeting": {"on": "2026-04-20", "name": "Fagdirektørmøtet 3/2026", "case_reference": "26/17"},
        "decision": {"text": "Saken sendes departementet.", "length": 27},
        "units": [
            unit("L-HB7", remark={"text": "Godt arbeid.", "length": 12}),
            unit("L-NY1", None, timing=None, explanation={"text": "Startet i høst.", "length": 15}),
        ],
        "supplement": None,
    }
    point = {
        "follow_up_id": "f-1",
        "unit_code": "L-HB7",
        "region": "vest",
        "category": "cannot_find_members",
        "level": "national",
        "status": "open",
        "due": "2026-09-01",
        "text": {"text": "Finn et medlem.", "length": 15},
    }
    summary = {"region": "vest", "text": {"text": "Et godt år.", "length": 11}}
    return Contents(dossier, [Report("L-HB7", SUBMISSION, TEMPLATE)], [point], [summary])
