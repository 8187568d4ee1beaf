"""Everybody concerned was told once, as the mail server saw it; twice only where nobody could know."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import select

from services.notify.message import Message, Status
from services.notify.message.events import OutcomeLost
from services.notify.views.tables import MESSAGES
from shared.contracts import reporting, review
from shared.eventstore import EventStore
from shared.inbox import heard_by
from tests.chaos.scene import Report, Scene
from tests.servers.smtp import MailServer

PAGE = 1000


def what_is_wrong(notify: EventStore, post: MailServer, scene: Scene) -> list[str]:
    """Messages that came too often, not at all, or from nowhere."""
    rows = notify.rows(select(MESSAGES))
    taken, lost = _taken(post), _lost(notify)
    wrong = [what for row in rows for what in _misdelivered(row, taken[row["message_id"]], lost[row["message_id"]])]
    strange = set(taken) - {row["message_id"] for row in rows}
    wrong += [f"mail {name} came, but is not in the log" for name in sorted(strange)]
    names = Counter((row["fact"], row["rule"], row["receiver"]) for row in rows)
    wrong += [f"{name} has {times} messages" for name, times in names.items() if times > 1]
    wrong += [f"{name} has no message" for name in sorted(_owed(notify, scene) - set(names))]
    return wrong


def _taken(post: MailServer) -> Counter[str]:
    """How often the mail server took each message: whatever it said, or did not say, but for a refusal."""
    names = (str(mail["Message-ID"]).strip("<").partition(".")[0] for mail in post.mails)
    return Counter(name for name, said in zip(names, post.said, strict=True) if not said.startswith(("4", "5")))


def _lost(notify: EventStore) -> Counter[str]:
    """How many attempts of each message ended without anybody knowing how."""
    lost: Counter[str] = Counter()
    after = 0
    while page := notify.log(after, PAGE, [OutcomeLost.TOPIC]):
        lost.update(str(recorded.originator_id) for _, recorded in page)
        after = page[-1][0]
    return lost


def _misdelivered(row: Mapping[str, Any], taken: int, lost: int) -> Iterator[str]:
    """A message that was sent came once, and at most once more for each attempt without a known outcome."""
    least, most = (1, 1 + lost) if row["status"] == Status.SENT else (0, lost)
    if not least <= taken <= most:
        yield f"message {row['message_id']} ({row['rule']}) is {row['status']}, came {taken} times, lost {lost} times"
    if row["message_id"] != str(Message.identify(row["fact"], row["rule"], UUID(row["receiver"]))):
        yield f"message {row['message_id']} is not named after its fact, rule and receiver"


def _owed(notify: EventStore, scene: Scene) -> set[tuple[str, str, str]]:
    """Who must have been told what, as far as it follows from the reports alone: fact, rule and receiver."""
    reports = {UUID(report.id): report for report in scene.reports}
    owed: set[tuple[str, str, str]] = set()
    for heard in heard_by(notify):
        said = heard.event.contract()
        if isinstance(said, reporting.ReportSubmittedV1) and said.report_id in reports:
            owed.add((heard.event.id, "submitted", reports[said.report_id].lead))
        if isinstance(said, review.ReportReturnedV1) and said.report_id in reports:
            owed |= {(heard.event.id, "returned", who) for who in _parties(reports[said.report_id])}
    return owed


def _parties(report: Report) -> tuple[str, ...]:
    return report.lead, report.coordinator, report.leader
