"""Everybody was told: what came to the mail server is held against the log, and against what no message may hold."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from deploy.demo import judgements, meeting, redaction, texts
from deploy.demo.client import together
from deploy.demo.resting import rest, waiting
from deploy.demo.screen import Chapter
from deploy.demo.story import RETURNED, Story

OCCASIONS = (
    "form_sent", "unit_part_done", "group_part_done", "unit_changed", "entered_on_behalf", "submitted",
    "submitted_copy", "submitted_late", "addendum", "extension", "reopened", "redaction", "returned", "query",
    "query_answered", "feedback", "reminder", "sent_to_ministry", "appointed", "proposal_received",
    "appointment_information",
)  # fmt: skip
"""What a year has in it."""
SHORTEST = 40
"""Shorter texts, such as a number, stand in messages by chance."""


async def play(story: Story) -> None:
    with story.screen.chapter("Everybody was told") as chapter:
        chapter.expect(4)
        await rest(story.suite)
        story.messages = await _messages(story)
        checks = await story.suite.health("notify")
        story.ledger.equal("no message waits to be sent", waiting(checks), {}, "none")
        mails = await _mails(story)
        _once(story, mails, chapter)
        await _by_occasion(story, mails, chapter)
        await _in_their_language(story, mails, chapter)
        await _nothing_told(story, mails, chapter)


async def _messages(story: Story) -> dict[str, dict[str, Any]]:
    """The log of this year's messages, by id."""
    log = await story.notify("joint-desk").listed("/messages")
    return {row["message_id"]: row for row in log if datetime.fromisoformat(row["intended_at"]) >= story.began}


async def _mails(story: Story) -> dict[str, dict[str, Any]]:
    """What came of them to the mail server, by Message-ID."""
    came = [(dict(each["headers"])["Message-ID"], each) for each in await story.suite.mail()]
    ours = [(name, each) for name, each in came if _id(name) in story.messages]
    twice = [name for name, count in Counter(name for name, _ in ours).items() if count > 1]
    story.ledger.equal("nothing came twice", twice, [], f"{len(ours)} different messages")
    return dict(ours)


def _id(message_id: str) -> str:
    return message_id.removeprefix("<").partition(".")[0]


def _once(story: Story, mails: dict[str, dict[str, Any]], chapter: Chapter) -> None:
    sent = {id for id, row in story.messages.items() if row["status"] == "sent"}
    story.ledger.equal("what came is what the log says was sent", {_id(name) for name in mails}, sent, len(sent))
    others = Counter(f"{row['status']} {row['reason']}" for row in story.messages.values() if row["status"] != "sent")
    allowed = {"not_sent done_meanwhile"}
    story.ledger.expect(
        "nothing else was not sent than what had been done meanwhile", set(others) <= allowed, dict(others)
    )
    chapter.step()


async def _by_occasion(story: Story, mails: dict[str, dict[str, Any]], chapter: Chapter) -> None:
    came = Counter(story.messages[_id(name)]["occasion"] for name in mails)
    missing = [occasion for occasion in OCCASIONS if not came[occasion]]
    if not story.first_time:
        missing = [occasion for occasion in missing if not occasion.startswith(("appoint", "proposal"))]
    told = ", ".join(f"{count} {occasion}" for occasion, count in came.most_common())
    story.ledger.equal("mail came on every occasion of the year", missing, [], told)
    states = await story.states()
    leads = sum(1 for row in story.messages.values() if row["rule"] == "sent_to_ministry")
    sent = sum(1 for state in states.values() if state == "sent_to_ministry")
    story.ledger.equal("the lead of each report sent is told so", leads, sent)
    returned = {row["receiver"] for row in story.messages.values() if row["occasion"] == "returned"}
    parties = {
        story.cast[alias]
        for alias in (f"lead-{RETURNED}", f"coordinator-{RETURNED}", f"leader-{RETURNED}")
        if alias in story.cast
    }
    story.ledger.equal("both parties are told of a return", returned, parties, len(returned))
    chapter.step()


async def _in_their_language(story: Story, mails: dict[str, dict[str, Any]], chapter: Chapter) -> None:
    wrong = []
    for name, mail in mails.items():
        receiver = story.messages[_id(name)]["receiver"]
        language = dict(mail["headers"])["Content-Language"]
        if language != story.languages.get(receiver, "nb"):
            wrong.append((name, language))
    spoken = Counter(dict(mail["headers"])["Content-Language"] for mail in mails.values())
    story.ledger.equal("each in the receiver's language", wrong, [], dict(spoken))
    chapter.step()


async def _nothing_told(story: Story, mails: dict[str, dict[str, Any]], chapter: Chapter) -> None:
    """No message holds what somebody wrote, nor who anybody is, but for the address it goes to."""
    needles = set(_written(story)) | await _written_in_reports(story)
    persons = await together(
        story.registry("joint-desk").get(f"/persons/{id}") for id in set(story.cast.ids.values())
    )
    cards = [person["card"] for person in persons]
    private = {card[field] for card in cards for field in ("name", "email", "phone")}
    told = [needle for mail in mails.values() for needle in _found(needles, mail)]
    story.ledger.equal(
        "no message holds a text of a report or a judgement", told, [], f"{len(needles)} texts looked for"
    )
    named = [needle for mail in mails.values() for needle in _found(private - {mail["to"]}, mail)]
    story.ledger.equal("nor anybody's name, address or number", named, [], f"{len(private)} looked for")
    chapter.step()


def _found(needles: Iterable[str], mail: dict[str, Any]) -> list[str]:
    headers = [value for name, value in mail["headers"] if name != "To"]
    whole = "\n".join((*headers, mail["text"], mail["html"]))
    return [needle for needle in needles if needle in whole]


def _written(story: Story) -> list[str]:
    """The texts of the story."""
    said = [*texts.UNIT_PART.values(), *texts.GROUP_PART.values(), *judgements.CRITERIA.values(), *judgements.NEEDLES]
    said += [redaction.SLIP, redaction.MENDED, meeting.LEADS, meeting.COORDINATORS]
    return [text.format(name=unit.name) for text in said for unit in story.units.values()]


async def _written_in_reports(story: Story) -> set[str]:
    """Every text that stands in a report now, however it came there."""
    reader = story.reporting("joint-desk")
    reports = await together(reader.get(story.at(code)) for code in story.reports)
    found: set[str] = set()
    for report in reports:
        found |= set(_strings(json.loads(json.dumps([report["answers"], report["entries"], report["addenda"]]))))
    return {text for text in found if len(text) >= SHORTEST and " " in text}


def _strings(value: Any) -> Iterable[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _strings(each)
