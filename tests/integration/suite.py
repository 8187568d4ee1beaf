"""Both services as one suite in this process, talking over a real NATS; called as any client calls them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from fastapi import FastAPI
from schemathesis.python import asgi

from services.registry.app import build as build_registry
from services.reporting.app import build as build_reporting
from tests.eventually import eventually
from tests.integration.registry import TRUSTS
from tests.integration.registry import settings as registry_settings
from tests.integration.reporting import settings as reporting_settings
from tests.servers import NatsServer
from tests.stores import Databases
from tests.tokens import Tokens

YEAR = 2030
DATES = {"recommended_on": f"{YEAR + 1}-02-10", "deadline": f"{YEAR + 1}-02-16T16:00:00"}
FIRST = {"name": "Olav Eksempel", "email": "olav@desk.example"}
Known = Mapping[str, Sequence[Any]]


@dataclass(frozen=True)
class Served:
    """One service, who calls it, and what is known in it by the names of its path parameters."""

    app: FastAPI
    client: Any
    callers: Sequence[str]
    bearer: Callable[[str], dict[str, str]]
    known: Known


class Suite:
    """The two services with a unit, its lead, its group's leader, and one open report."""

    def __init__(self, registry: Any, reporting: Any, tokens: Tokens) -> None:
        self._registry, self._reporting, self._tokens = registry, reporting, tokens
        first = self._say(registry, "registry", "operator", "/bootstrap", FIRST)
        self.desk = first["person_id"]
        for code, region in TRUSTS.items():
            self._tell("/trusts", {"code": code, "name": f"Helseforetak {region}", "region": region})
        self.unit_id = self._tell("/units", _unit("L-1"))["unit_id"]
        self.ending_unit = self._tell("/units", _unit("L-2"))["unit_id"]
        self.persons = [self._tell("/persons", {"name": f"Kari {n}"})["person_id"] for n in range(4)]
        self.lead, self.leader, self.member, self.stranger = self.persons
        self.roles = [
            self._grant(self.lead, "professional_lead", unit_id=self.unit_id),
            self._grant(self.leader, "group_leader", unit_id=self.unit_id, region="nord", imported=True),
            self._grant(self.stranger, "auditor"),
        ]
        self.report_id = self._open_report()
        self.entry_id = str(uuid4())
        line = {"question_id": "activity.teaching", "fields": {"title": "Kurs i prøvesyke"}}
        self._write("PUT", self.lead, f"/reports/{self.report_id}/entries/{self.entry_id}", line)

    def registry(self, app: FastAPI) -> Served:
        proposal = {
            "seat": "user",
            "person_id": self.member,
            "conditions": {"asked": True, "informed": True, "willing": True, "nominated_by": "Brukerne"},
        }
        group = f"/units/{self.unit_id}/group"
        proposed = self._tell(f"{group}/proposals", proposal, by=self.lead)["appointment_id"]
        asked = self._tell(f"{group}/help-requests", {"seat": "unit"}, by=self.lead)["request_id"]
        known: dict[str, Sequence[Any]] = {
            "unit_id": [self.unit_id, self.ending_unit],
            "person_id": [self.member, self.stranger],
            "assignment_id": self.roles[2:],
            "appointment_id": [proposed],
            "request_id": [asked],
            "trust": list(TRUSTS),
            "trusts": [[trust] for trust in TRUSTS],
            **_days("since", "on", "active_from", "valid_from", "approved_on", "cleared_on"),
            **{key: ["2031-12-31", None] for key in ("until", "term_ends")},
        }
        return self._served("registry", app, self._registry, known)

    def reporting(self, app: FastAPI) -> Served:
        known: dict[str, Sequence[Any]] = {
            "report_id": [self.report_id],
            "entry_id": [self.entry_id],
            "question_id": ["activity.teaching", "evaluation.equal_access", "group.overall", "group.region_nord"],
            "assignment_id": self.roles,
            "year": [YEAR],
            "unit_id": [self.unit_id],
            "base_version": [0, 1, 2],
            "content_version": [0, 1, 2],
            "fields": [{"title": "Kurs i prøvesyke"}, {}],
            "place": ["evaluation.equal_access", self.entry_id],
            "recommended_on": [DATES["recommended_on"]],
            "until": ["2032-01-31T12:00:00"],
            **{key: [DATES["deadline"]] for key in ("deadline", "grace_until")},
            **_days("answered_on"),
        }
        return self._served("reporting", app, self._reporting, known)

    def _served(self, name: str, app: FastAPI, client: Any, known: Known) -> Served:
        callers = [
            self.desk,
            self.desk,
            self.desk,
            self.lead,
            self.lead,
            self.leader,
            self.stranger,
            "service:registry",
        ]
        return Served(app, client, callers, lambda subject: self._tokens.bearer(subject, name), known)

    def _open_report(self) -> str:
        eventually(lambda: self._read("/cycles").status_code == 200)
        self._write("PUT", self.desk, f"/cycles/{YEAR}", DATES)
        eventually(lambda: self._is_led(self._read(f"/cycles/{YEAR}/dry-run").json()))
        self._write("POST", self.desk, f"/cycles/{YEAR}/openings", None)
        found = self._read(f"/reports?unit_id={self.unit_id}").json()["items"]
        return str(found[0]["report_id"])

    def _is_led(self, prospects: list[dict[str, Any]]) -> bool:
        return any(row["unit_id"] == self.unit_id and row["lead"] and row["group_leader"] for row in prospects)

    def _read(self, path: str) -> Any:
        return self._reporting.get(path, headers=self._tokens.bearer(self.desk, "reporting"))

    def _grant(self, person: str, role: str, **where: Any) -> str:
        body = {"person_id": person, "role": role, "since": "2020-01-01", **where}
        return str(self._tell("/roles", body)["assignment_id"])

    def _tell(self, path: str, body: Any, by: str | None = None) -> dict[str, Any]:
        return self._say(self._registry, "registry", by or self.desk, path, body)

    def _write(self, method: str, by: str, path: str, body: Any) -> None:
        self._say(self._reporting, "reporting", by, path, body, method)

    def _say(self, client: Any, audience: str, by: str, path: str, body: Any, method: str = "POST") -> dict[str, Any]:
        headers = {"Idempotency-Key": str(uuid4()), **self._tokens.bearer(by, audience)}
        answer = client.request(method, path, json=body, headers=headers)
        assert answer.status_code in (200, 201), answer.text
        found: dict[str, Any] = answer.json()
        return found


def _days(*names: str) -> dict[str, Sequence[str]]:
    """Days that make sense; a document cannot say which do."""
    return {key: ["2025-01-01", "2026-01-02"] for key in names}


def _unit(code: str) -> dict[str, Any]:
    return {
        "code": code,
        "kind": "national_treatment_service",
        "name_nb": f"Eksempel {code}",
        "trusts": ["ht-vest"],
        "active_from": "2020-01-01",
    }


def _client(app: Any) -> Any:
    return asgi.get_client(app)


@contextmanager
def suite(databases: Databases, tokens: Tokens, nats: NatsServer) -> Iterator[dict[str, Served]]:
    """Both services, running until the end, with what was made in them."""
    registry_app = build_registry(registry_settings(databases, tokens, nats.url))
    reporting_app = build_reporting(reporting_settings(databases, tokens, nats.url))
    try:
        with _client(registry_app) as registry, _client(reporting_app) as reporting:
            made = Suite(registry, reporting, tokens)
            yield {"registry": made.registry(registry_app), "reporting": made.reporting(reporting_app)}
    finally:
        asgi.shutdown_lifespans()
