"""Facts that tests of messages start from: one duty and one that is none, intended for the lead."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from services.notify.message import About, Attempted, Intended
from services.notify.occasion import Occasion, is_duty
from shared.access import system
from tests.facts import NOON, REPORT, UNIT, YEAR, fact, made_up, sealed

SYSTEM = system("notify")
LEAD = made_up("lead")
ADDRESS = sealed("lead@example.org", "person:lead")
REPLY = sealed("no such user", "person:lead")
LATER = NOON + timedelta(hours=1)


def intended(occasion: Occasion = Occasion.FORM_SENT, **more: Any) -> Intended:
    """The lead is to be told."""
    rest: dict[str, Any] = {
        "fact": "reporting:3",
        "rule": occasion.value,
        "occasion": occasion,
        "receiver": LEAD,
        "duty": is_duty(occasion),
        "about": About(unit_id=UNIT, report_id=REPORT, year=YEAR),
    }
    return fact(Intended, by=SYSTEM, **(rest | more))


duty = intended()
other = intended(Occasion.REMINDER)


def attempted(number: int = 1) -> Attempted:
    """Sending began."""
    return fact(Attempted, by=SYSTEM, number=number, address=ADDRESS, language="nb")
