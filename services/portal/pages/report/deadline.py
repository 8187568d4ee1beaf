"""How long there is left to write, said in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.portal.languages import N_, Tongue
from shared.clock import OSLO

SOON = 14
"""Days: from here on the deadline is shown as something to mind."""


@dataclass(frozen=True)
class Deadline:
    """What the banner says; ``color`` is info, warning or danger."""

    color: str
    title: str
    text: str

    @classmethod
    def of(cls, dates: Mapping[str, Any], now: datetime, says: Tongue) -> Deadline:
        """Of the dates reporting tells, as they stand at this moment."""
        due = datetime.fromisoformat(dates["due"])
        extended = N_("Utsatt frist %(when)s") if dates.get("extended_until") else N_("Frist %(when)s")
        title = says.text(extended, when=says.moment(due))
        if now >= due:
            return cls("danger", title, _past(dates, now, says))
        days = (due.astimezone(OSLO).date() - now.astimezone(OSLO).date()).days
        return cls("info" if days > SOON else "warning", title, _left(days, due, says))


def _left(days: int, due: datetime, says: Tongue) -> str:
    if days == 0:
        return says.text(N_("Fristen er i dag kl. %(time)s."), time=says.time(due))
    if days == 1:
        return says.text(N_("Fristen er i morgen kl. %(time)s."), time=says.time(due))
    return says.ngettext("%(num)s dag igjen.", "%(num)s dager igjen.", days)


def _past(dates: Mapping[str, Any], now: datetime, says: Tongue) -> str:
    grace = dates.get("grace_until")
    if grace and now < datetime.fromisoformat(grace):
        return says.text(N_("Fristen er ute. Rapporten kan leveres i margin til %(when)s."), when=says.moment(grace))
    return says.text(N_("Fristen er ute. Rapporten kan fortsatt leveres, og blir merket som levert for sent."))
