"""What others have done in a person's reports since the last visit, one sentence for what belongs together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.portal.languages import N_, Tongue
from services.portal.pages.report_words import ROLES

Json = Mapping[str, Any]
MOST = 12
WRITING = frozenset(
    {
        "answered",
        "entered_on_behalf",
        "answer_confirmed",
        "nothing_declared",
        "entry_added",
        "entry_changed",
        "entry_moved",
        "entry_removed",
        "entry_restored",
    }
)
"""Many of these are one piece of news."""
_SAID: Mapping[str, str] = {
    "part_finished": N_("meldte sin del ferdig"),
    "part_unfinished": N_("tok tilbake at delen er ferdig"),
    "submitted": N_("sendte inn rapporten"),
    "returned": N_("returnerte rapporten for retting"),
    "reopened": N_("åpnet rapporten på nytt"),
    "extended": N_("ga utsatt frist"),
    "exempted": N_("fritok enheten fra å rapportere"),
    "withdrawn": N_("trakk rapporten"),
    "addendum_signed": N_("ettersendte et svar"),
    "notice_given": N_("varslet om at rapporten sendes inn"),
    "consent_given": N_("samtykket til at rapporten sendes inn uten alle svarene"),
    "description_updated": N_("registrerte en ny godkjent beskrivelse"),
    "group_answers_outdated": N_("endret noe som gruppen har svart ut fra"),
    "redacted": N_("fjernet en tekst for godt"),
}


@dataclass(frozen=True)
class News:
    """Who did what in which report, and when they last did."""

    who: str
    what: str
    unit: str
    address: str
    at: datetime


def news(items: Iterable[Json], says: Tongue) -> list[News]:
    """The newest first; what this page has no words for is left to the report's own history."""
    told = [each for item in items for each in _of_report(item, says)]
    return sorted(told, key=lambda each: each.at, reverse=True)[:MOST]


def _of_report(item: Json, says: Tongue) -> Iterable[News]:
    written: dict[str, list[Json]] = {}
    for each in item.get("news", []):
        if each["kind"] in WRITING:
            written.setdefault(_who(each["by"], says), []).append(each)
        elif each["kind"] in _SAID:
            yield _news(item, each, _who(each["by"], says), says.text(_SAID[each["kind"]]))
    for who, changes in written.items():
        places = {change.get("question_id") or change.get("entry_id") for change in changes}
        what = says.ngettext("skrev på %(num)s sted", "skrev på %(num)s steder", len(places))
        yield _news(item, max(changes, key=lambda change: str(change["at"])), who, what)


def _news(item: Json, each: Json, who: str, what: str) -> News:
    unit, address = item["unit"]["name"], f"/reports/{item['report_id']}/historikk"
    return News(who, what, unit, address, datetime.fromisoformat(each["at"]))


def _who(by: Json, says: Tongue) -> str:
    """A name as others know it, or the role where the name is not to be had."""
    role = says.text(ROLES[by["role"]]) if by.get("role") in ROLES else says.text(N_("noen"))
    return str(by.get("name") or role)
