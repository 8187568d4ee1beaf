"""Who is told of what, as a document for people: the table of rules, in words."""

from __future__ import annotations

from collections.abc import Iterator

from deploy.docs.words import first_line
from services.notify.occasion import Occasion, is_duty
from services.notify.rules import RULES, TIMED, Appointee, Named, Receiver, Rule
from services.notify.wording import WORDINGS
from shared.access import Right, Scope

_HEAD = """\
# Notifications

Made from `services/notify/rules.py` by `make docs`; a test compares them.

Everything goes by e-mail, in the receiver's language, with a link and no contents. A *duty* cannot be turned off and
waits for no digest. Whoever holds several of the roles named gets one message.
"""
_WHERE = {
    Scope.UNIT: "of the unit",
    Scope.REGION: "of the region",
    Scope.TRUST: "of the trust",
    Scope.ANYWHERE: "",
}


def notifications() -> str:
    """The document."""
    parts = [_HEAD, "## When something has happened\n", *_heard(), "", "## By the clock, and of our own\n", *_timed()]
    return "\n".join(parts).rstrip() + "\n"


def _heard() -> Iterator[str]:
    yield "| rule | contract | what happened | who is told | duty | subject (nb) |\n|---|---|---|---|---|---|"
    for rule in RULES:
        happened = first_line(rule.on) + (f" Only when {rule.only}." if rule.only else "")
        told = ", ".join(_who(receiver) for receiver in rule.to)
        duty, subject = _duty(rule), _subject(rule.occasion)
        yield f"| `{rule.name}` | `{rule.on.NAME}` | {happened} | {told} | {duty} | {subject} |"


def _timed() -> Iterator[str]:
    yield "| occasion | when | who is told | duty | subject (nb) |\n|---|---|---|---|---|"
    for timed in TIMED:
        duty = "yes" if is_duty(timed.occasion) else ""
        yield f"| `{timed.occasion}` | {timed.when} | {timed.who} | {duty} | {_subject(timed.occasion)} |"
    yield "\nWho gets a role while a report is being written gets its form then, as if the role had been held before."


def _who(receiver: Receiver) -> str:
    match receiver:
        case Right():
            return f"{receiver.role.replace('_', ' ')} {_WHERE[receiver.scope]}".rstrip()
        case Named():
            return f"whoever `{receiver.field}` names"
        case Appointee():
            return "the candidate"
        case _:
            return "whoever assesses for the region, else its reviewers"


def _duty(rule: Rule) -> str:
    return "yes" if is_duty(rule.occasion) else ""


def _subject(occasion: Occasion) -> str:
    return WORDINGS[occasion].subject
