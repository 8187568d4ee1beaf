"""What stands between somebody and the button: whether this report can be handed in now, and by whom."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from services.portal.languages import N_

Json = Mapping[str, Any]


TIMINGS: Mapping[str, str] = {
    "in_time": N_("Levert innen fristen."),
    "in_time_by_extension": N_("Levert innen den utsatte fristen."),
    "in_grace": N_("Levert etter fristen, i margin."),
    "late": N_("Levert for sent."),
}
"""How a submission stands to its deadline."""
TIMINGS_NOW: Mapping[str, str] = {
    "in_time": N_("Sendes rapporten inn nå, er den levert innen fristen."),
    "in_time_by_extension": N_("Sendes rapporten inn nå, er den levert innen den utsatte fristen."),
    "in_grace": N_("Sendes rapporten inn nå, er den levert etter fristen, i margin."),
    "late": N_("Sendes rapporten inn nå, er den levert for sent."),
}


class Step(StrEnum):
    """What there is to do now, the first that holds."""

    HANDED_IN = "handed_in"
    ENDED = "ended"
    MEND = "mend"
    WAIT_FOR_GROUP = "wait_for_group"
    OTHERS = "others"
    SIGN = "sign"


@dataclass(frozen=True)
class Missing:
    """An answer the group has not given, and those it is waited for from; nobody when the seat is vacant."""

    question: Json
    holders: Sequence[Json]


@dataclass(frozen=True)
class Standing:
    """How a report stands to its submission, for one reader."""

    step: Step
    may_submit: bool
    needs_excuse: bool
    may_give_notice: bool
    may_consent: bool
    leads: Sequence[Json]
    missing: Sequence[Missing]
    last: Json | None

    @classmethod
    def of(cls, form: Json, checks: Json) -> Standing:
        """Read from what reporting says of the report and of what is allowed."""
        allowed, signing = set(checks["allowed_operations"]), checks["signing"]
        group = signing["group"]
        asked = group["notice_waits_until"] or group["consented_at"]
        questions = {question["id"]: question for question in form["questions"]}
        return cls(
            step=_step(checks, "submit" in allowed, group["needs"]),
            may_submit="submit" in allowed,
            needs_excuse=group["needs"] == "excuse",
            may_give_notice="give_notice" in allowed and not asked,
            may_consent="consent" in allowed and not group["consented_at"],
            leads=[person for person in form["persons"] if person["role"] == "professional_lead"],
            missing=[Missing(questions[q], questions[q]["holders"]) for q in group["open_questions"]],
            last=form["submissions"][-1] if form["submissions"] else None,
        )


def _step(checks: Json, may_submit: bool, group_needs: str | None) -> Step:
    if checks["status"] == "submitted":
        return Step.HANDED_IN
    if checks["status"] in ("exempted", "withdrawn"):
        return Step.ENDED
    if not checks["can_be_submitted"]:
        return Step.MEND
    if group_needs == "consent_or_notice":
        return Step.WAIT_FOR_GROUP
    return Step.SIGN if may_submit else Step.OTHERS
