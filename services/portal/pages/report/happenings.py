"""One change in a report as a piece of the page that is open, in its reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from services.portal.languages import N_
from services.portal.pages.report.words import ROLES
from services.portal.visit import Visit

_OF_TEXTS = {
    "answered": N_("%(who)s endret denne teksten kl. %(time)s."),
    "entered_on_behalf": N_("%(who)s førte inn dette svaret kl. %(time)s."),
    "answer_confirmed": N_("%(who)s bekreftet dette svaret kl. %(time)s."),
}
_OF_LISTS = frozenset({"entry_added", "entry_changed", "entry_moved", "entry_removed", "entry_restored"})
_OF_LISTS_TOO = _OF_LISTS | {"nothing_declared"}
_OF_THE_REPORT = {
    "part_finished": N_("%(who)s meldte delen ferdig kl. %(time)s."),
    "part_unfinished": N_("%(who)s åpnet delen igjen kl. %(time)s."),
    "submitted": N_("%(who)s sendte inn rapporten kl. %(time)s. Den er ikke lenger åpen for skriving."),
    "returned": N_("Rapporten er returnert for retting."),
    "reopened": N_("Rapporten er gjenåpnet."),
    "exempted": N_("Enheten er fritatt for å levere rapporten."),
    "withdrawn": N_("Rapporten er trukket."),
    "extended": N_("Fristen er utsatt."),
    "description_updated": N_("Den godkjente beskrivelsen er endret."),
    "redacted": N_("En tekst i rapporten er fjernet for godt."),
    "reload": N_("Mye er endret siden siden ble åpnet."),
}
_LIST_CHANGED = N_("%(who)s endret en av listene kl. %(time)s.")


@dataclass(frozen=True)
class Happenings:
    """Draws what is told, for one page of one reader."""

    visit: Visit
    report_id: str
    here: str

    def fragment(self, told: Mapping[str, Any]) -> str:
        """The pieces to put in; empty when this page has nothing of it."""
        kind = told.get("kind", "")
        if kind == "presence":
            return self._drawn("presence", people=[self._present(person) for person in told["people"]])
        if kind in _OF_TEXTS:
            if self.here != "evaluering":
                return ""
            return self._drawn("notice", told=told, text=self._said(_OF_TEXTS[kind], told))
        if kind in _OF_LISTS_TOO:
            if self.here != "aktivitet":
                return ""
            return self._drawn("list", told=told, text=self._said(_LIST_CHANGED, told))
        if kind in _OF_THE_REPORT and not (told.get("by") or {}).get("you"):
            return self._drawn("happened", text=self._said(_OF_THE_REPORT[kind], told))
        return ""

    def _said(self, words: str, told: Mapping[str, Any]) -> str:
        by = told.get("by") or {}
        known = by.get("name") or self.visit.text(ROLES.get(by.get("role", ""), N_("noen")))
        who = self.visit.text(N_("Du")) if by.get("you") else known
        time = self.visit.tongue.time(told["at"]) if told.get("at") else ""
        said = str(self.visit.text(words, who=who, time=time))
        return said[:1].upper() + said[1:]

    def _present(self, person: Mapping[str, Any]) -> dict[str, Any]:
        name = person["name"] or self.visit.text(ROLES.get(person["role"], N_("noen")))
        parts = name.split()
        initials = (parts[0][:1] + parts[-1][:1] if len(parts) > 1 else name[:2]).upper()
        return {**person, "name": name, "initials": initials}

    def _drawn(self, what: str, **context: Any) -> str:
        answer = self.visit.fragment(f"report/_live_{what}.html", report_id=self.report_id, **context)
        return bytes(answer.body).decode()
