"""The reports of the examples, each in another state: untouched, half written, done, submitted."""

from __future__ import annotations

from datetime import datetime, timedelta

from deploy.demo import writing
from deploy.demo.client import together
from deploy.demo.screen import Chapter
from deploy.demo.story import Story
from shared.clock import OSLO

HALF_WRITTEN, UNIT_PART_DONE, READY = "EKS-NBT-1", "EKS-FBT-1", "EKS-NKT-1"
SUBMITTED = ("EKS-NSE-1", "EKS-RKT-1", "EKS-NET-1")
DAYS_TO_RECOMMENDED, DAYS_TO_DEADLINE, DAYS_OF_GRACE = 5, 12, 1
REPORTED_FROM = 7
"""From this month on, the year that is reported on is the current one; before, it is the one before."""
ANSWERED_BY_THE_UNIT = ("evaluation.equal_access", "evaluation.patient_pathway", "activity.articles")
ANSWERED_BY_THE_GROUP = ("group.region_midt", "group.region_vest")
"""What is written in the half-written report."""


def year_reported(now: datetime) -> int:
    """The report year whose reporting is nearest."""
    local = now.astimezone(OSLO)
    return local.year if local.month >= REPORTED_FROM else local.year - 1


async def open_cycle(story: Story) -> None:
    with story.screen.chapter("The cycle is opened, with a deadline soon") as chapter:
        chapter.expect(2)
        today = story.began.astimezone(OSLO).replace(hour=16, minute=0, second=0, microsecond=0)
        deadline = today + timedelta(days=DAYS_TO_DEADLINE)
        dates = {
            "recommended_on": (today + timedelta(days=DAYS_TO_RECOMMENDED)).date().isoformat(),
            "deadline": deadline.isoformat(),
            "grace_until": (deadline + timedelta(days=DAYS_OF_GRACE)).isoformat(),
        }
        desk = story.reporting("joint-desk")
        await desk.put(f"/cycles/{story.year}", dates)
        chapter.step()
        await desk.post(f"/cycles/{story.year}/openings")
        rows = await desk.listed("/reports", year=str(story.year))
        story.reports = {row["unit_code"]: row["report_id"] for row in rows}
        chapter.step()


async def write(story: Story) -> None:
    with story.screen.chapter("Reports are written, some are submitted") as chapter:
        done = [READY, *SUBMITTED]
        await together(
            (
                _write_half(story, chapter),
                *(writing.unit_part(story, story.units[code], chapter) for code in (UNIT_PART_DONE, *done)),
            )
        )
        await together(writing.group_part(story, story.units[code], chapter) for code in done)
        await _first_of_the_group(story, chapter)
        chapter.expect(len(SUBMITTED))
        for code in SUBMITTED:
            await story.hand_in(code)
            chapter.step()


async def _write_half(story: Story, chapter: Chapter) -> None:
    """Lead, coordinator and two members have begun."""
    unit = story.units[HALF_WRITTEN]
    questions = {question["id"]: question for question in await story.questions(unit)}
    chapter.expect(len(ANSWERED_BY_THE_UNIT) + len(ANSWERED_BY_THE_GROUP))
    writers = (story.lead(unit.code), story.second(unit.code), story.second(unit.code))
    for id, writer in zip(ANSWERED_BY_THE_UNIT, writers, strict=True):
        await writing.unit_answer(story, unit, questions[id], writer, chapter)
    for id in ANSWERED_BY_THE_GROUP:
        await writing.member_answer(story, unit, questions[id], chapter)


async def _first_of_the_group(story: Story, chapter: Chapter) -> None:
    """Where the unit is done one member has answered; all others are asked to."""
    unit = story.units[UNIT_PART_DONE]
    chapter.expect(1)
    question = next(each for each in await story.questions(unit) if each["id"] == "group.region_sor_ost")
    await writing.member_answer(story, unit, question, chapter)
