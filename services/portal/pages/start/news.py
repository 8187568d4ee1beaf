"""What others have done in a person's reports since the last visit, one sentence for what belongs together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.portal.languages import N_, Tongue
from services.portal.pages.report.words import ROLES
from shared.clock import OSLO

Json = Mapping[str, Any]
MOST, MOST_REPORTS = 3, 4
"""A start page tells the newest; the report's own history tells everything."""
REGIONS_DO = frozenset({"returned"})
"""Comes to reporting from the regions, by no person it knows."""
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
    "opened": N_("åpnet rapporten"),
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
    """Who did what, and when they last did."""

    who: str
    what: str
    at: datetime
    when: str


@dataclass(frozen=True)
class ReportNews:
    """What is new in one report, the newest first."""

    unit: str
    address: str
    news: Sequence[News]


def news(items: Iterable[Json], since: datetime, now: datetime, says: Tongue) -> list[ReportNews]:
    """What happened after ``since``, by report, the newest first; the rest is in the report's history."""
    told = []
    for item in items:
        found = sorted(_of_report(item, since, now, says), key=lambda each: each.at, reverse=True)[:MOST]
        if found:
            told.append(ReportNews(item["unit"]["name"], f"/reports/{item['report_id']}/historikk", found))
    return sorted(told, key=lambda report: report.news[0].at, reverse=True)[:MOST_REPORTS]


def _of_report(item: Json, since: datetime, now: datetime, says: Tongue) -> Iterator[News]:
    written: dict[str, list[Json]] = {}
    for each in item.get("news", []):
        who, at, kind = _who(each, says), datetime.fromisoformat(each["at"]), each["kind"]
        if at <= since:
            continue
        if kind in WRITING:
            written.setdefault(str(each["by"]["person_id"]), []).append(each)
        elif kind in _SAID:
            yield News(who, says.text(_SAID[kind]), at, _when(at, now, says))
    for changes in written.values():
        places = {change.get("question_id") or change.get("entry_id") for change in changes}
        what = says.ngettext("skrev på %(num)s sted", "skrev på %(num)s steder", len(places))
        at = max(datetime.fromisoformat(change["at"]) for change in changes)
        yield News(_who(changes[-1], says), what, at, _when(at, now, says))


def _when(at: datetime, now: datetime, says: Tongue) -> str:
    """The time of today, the day of all else."""
    if at.astimezone(OSLO).date() == now.astimezone(OSLO).date():
        return says.text(N_("i dag kl. %(time)s"), time=says.time(at))
    return says.date(at, "d. MMMM")


def _who(each: Json, says: Tongue) -> str:
    """A name as others know it, or the role where the name is not to be had."""
    by = each["by"]
    if each["kind"] in REGIONS_DO:
        return says.text(N_("Regionen"))
    role = ROLES.get(by.get("role") or "", N_("noen"))
    return str(by.get("name") or says.text(role))
