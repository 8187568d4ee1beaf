"""Facts that tests start from: one unit, its people, a report with a slot of every kind, and what was written."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any, TypeVar
from uuid import UUID, uuid5

from services.reporting.cycle import Dates
from services.reporting.question import AnsweredBy, AnswerType, Limits, Party
from services.reporting.report.ending import Submitted
from services.reporting.report.events import Answered, Begun, EnteredOnBehalf, NothingDeclared, Opened, PartFinished
from services.reporting.report.lines import EntryAdded
from services.reporting.report.report import Report
from services.reporting.report.state import Description, FrozenRole, OnBehalf, Slot, Timing
from shared.domain import NAMESPACE, Acting, Event, Sealed

E = TypeVar("E", bound=Event)

NOON = datetime(2026, 1, 20, 12, 0, tzinfo=UTC)
DATES = Dates(
    recommended_on=date(2026, 2, 10),
    deadline=datetime(2026, 2, 16, 15, 0, tzinfo=UTC),
    grace_until=datetime(2026, 2, 23, 15, 0, tzinfo=UTC),
)


def made_up(name: str) -> UUID:
    """The same id for the same name in every run."""
    return uuid5(NAMESPACE, f"test/{name}")


def person(name: str, role: str, on_behalf_of: str) -> Acting:
    """Somebody invented, acting in a role."""
    return Acting(
        subject=str(made_up(name)),
        role=role,
        assignment_id=made_up(f"{name}/{role}"),
        on_behalf_of=on_behalf_of,
    )


UNIT = made_up("unit")
YEAR = 2025
REPORT = Report.identify(UNIT, YEAR)

LEAD = person("lead", "professional_lead", str(UNIT))
COORDINATOR = person("coordinator", "coordinator", str(UNIT))
GROUP_LEADER = person("group leader", "group_leader", str(UNIT))
MEMBER_NORD = person("member nord", "group_member", str(UNIT))
DESK = person("desk", "service_desk", "vest")
OTHER_DESK = person("other desk", "service_desk", "vest")


def fact(kind: type[E], /, *, by: Acting = LEAD, at: datetime = NOON, **fields: Any) -> E:
    """An event that happened, by the lead at noon unless said otherwise."""
    return kind(at=at, by=by, **fields)


def sealed(text: str, subject: str = "report:made-up", generation: int = 1) -> Sealed:
    """A text as a vault would have sealed it, without one."""
    return Sealed(subject, generation, b"sealed:" + text.encode(), len(text))


def slot(id: str, part: Party, answered_by: AnsweredBy, answer_type: AnswerType, **more: Any) -> Slot:
    """What the rules need of a question, required unless said otherwise."""
    rest: dict[str, Any] = {
        "required": True,
        "seat": None,
        "entry_type": None,
        "limits": Limits(),
        "choices": (),
    }
    return Slot(id=id, part=part, answered_by=answered_by, type=answer_type, **(rest | more))


SLOTS = (
    slot("articles", Party.UNIT, AnsweredBy.UNIT, AnswerType.ENTRIES, entry_type="article", limits=Limits(entries=2)),
    slot("results", Party.UNIT, AnsweredBy.UNIT, AnswerType.TEXT, limits=Limits(characters=20)),
    slot("quality", Party.UNIT, AnsweredBy.UNIT, AnswerType.TEXT_AND_CHOICES, choices=("registry", "procedure")),
    slot("feedback", Party.UNIT, AnsweredBy.UNIT, AnswerType.TEXT, required=False),
    slot("overall", Party.GROUP, AnsweredBy.GROUP_LEADER, AnswerType.TEXT, limits=Limits(characters=20)),
    slot("user", Party.GROUP, AnsweredBy.USER_REPRESENTATIVE, AnswerType.TEXT, seat="user"),
    slot("nord", Party.GROUP, AnsweredBy.GROUP_MEMBER, AnswerType.TEXT, seat="region_nord"),
)

opened = fact(
    Opened,
    by=DESK,
    unit_id=UNIT,
    unit_code="L-TEST1",
    unit_name="Nasjonal behandlingstjeneste for prøvesyke",
    kind="national_treatment_service",
    regions=("vest",),
    trusts=("HF-VEST",),
    year=YEAR,
    template_key="national_treatment_service_ongoing",
    template_version=1,
    slots=SLOTS,
    description=Description(1, "Behandling av prøvesyke."),
)


def answered(
    question_id: str,
    text: str | None = "an answer",
    version: int = 1,
    *,
    by: Acting = LEAD,
    choices: tuple[str, ...] = (),
    at: datetime = NOON,
) -> Answered:
    """A question was answered; no text when ``text`` is None."""
    return fact(
        Answered,
        by=by,
        at=at,
        question_id=question_id,
        version=version,
        text=None if text is None else sealed(text),
        choices=choices,
    )


def begun(by: Acting = LEAD) -> Begun:
    """Somebody has begun to write."""
    return fact(Begun, by=by, unit_id=UNIT, year=YEAR)


ENTERED = OnBehalf(holder=made_up("member nord"), answered_on=date(2026, 1, 18))


def entered_for_nord(version: int = 1) -> EnteredOnBehalf:
    """The group's leader entered what the member for Helse Nord answered."""
    return fact(
        EnteredOnBehalf,
        by=GROUP_LEADER,
        question_id="nord",
        version=version,
        text=sealed("an answer"),
        choices=(),
        on_behalf=ENTERED,
    )


def finished(part: Party, *, by: Acting = LEAD) -> PartFinished:
    """A party said its part is done."""
    return fact(PartFinished, by=by, unit_id=UNIT, year=YEAR, part=part)


def line(name: str, fields: str = "a line", **more: Any) -> EntryAdded:
    """A line was added to the list of articles."""
    rest: dict[str, Any] = {
        "question_id": "articles",
        "fields": sealed(fields),
        "faults": (),
        "warnings": (),
        "source": "manual",
        "external_id": None,
    }
    return fact(EntryAdded, entry_id=made_up(name), **(rest | more))


no_articles = fact(NothingDeclared, question_id="articles", version=1, declared=True)

UNIT_PART = (no_articles, answered("results"), answered("quality", choices=("registry",)))
GROUP_PART = (
    answered("overall", by=GROUP_LEADER),
    answered("user", by=person("user", "user_representative", str(UNIT))),
    answered("nord", by=MEMBER_NORD),
)
COMPLETE = (opened, *UNIT_PART, *GROUP_PART)
"""A report with every required question answered, the group's after the unit's."""
COMPLETE_CONTENT = len(UNIT_PART) + len(GROUP_PART)
"""Its content version."""

ROLES = (
    FrozenRole(
        assignment_id=made_up("lead/professional_lead"),
        person_id=made_up("lead"),
        role="professional_lead",
        seat=None,
        name=sealed("Kari Prøve", subject="person:lead"),
        public=True,
        copy=False,
    ),
)


def submitted(content_version: int = COMPLETE_CONTENT, number: int = 1, **more: Any) -> Submitted:
    """The lead handed in a version."""
    rest: dict[str, Any] = {
        "unit_id": UNIT,
        "year": YEAR,
        "regions": ("vest",),
        "report_version": 1,
        "sha256": "0" * 64,
        "timing": Timing.IN_TIME,
        "roles": ROLES,
        "excused": (),
        "excuse": None,
    }
    return fact(Submitted, number=number, content_version=content_version, **(rest | more))
