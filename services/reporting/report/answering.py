"""Answering the questions of a report, each saved by itself with a version of its own."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from services.reporting.question import AnswerType, Party
from services.reporting.report.events import (
    AnswerConfirmed,
    Answered,
    DescriptionUpdated,
    EnteredOnBehalf,
    NothingDeclared,
    PartFinished,
    PartUnfinished,
    PersonShown,
)
from services.reporting.report.rules import Rules, WrongAnswerType
from services.reporting.report.state import Answer, Description, OnBehalf, Shown, Slot
from shared.domain import Acting, Refused, Sealed


class AnswerIsConfirmed(Refused):
    """The holder stands by the answer: from then on only the holder changes it."""

    code = "answer_is_confirmed"


class AnswerIsTheHolders(Refused):
    """The holder wrote this answer: nobody enters another on the holder's behalf."""

    code = "answer_is_the_holders"


class NotEnteredOnBehalf(Refused):
    """Only what somebody else entered can be confirmed."""

    code = "not_entered_on_behalf"


class ChoiceUnknown(Refused):
    """The question does not offer this choice."""

    code = "choice_unknown"


class ListIsNotEmpty(Refused):
    """That there is nothing to report cannot be said of a list that has lines."""

    code = "list_is_not_empty"


class NotAGroupQuestion(Refused):
    """Only a group member's answer is entered by the group's leader."""

    code = "not_a_group_question"


class PartHasNoQuestions(Refused):
    """The template asks nothing of this party."""

    code = "part_has_no_questions"


class Answering(Rules):
    """What the parties may ask of a report while they write."""

    def answer(
        self,
        question_id: str,
        text: Sealed | None,
        *,
        base: int,
        by: Acting,
        at: datetime,
        choices: tuple[str, ...] = (),
    ) -> None:
        """The answer of whoever it belongs to; ``base`` is the version last seen, 0 for none."""
        slot = self._text_slot(question_id, choices)
        self._must_be_latest(question_id, base, self._version(question_id))
        self._must_be_readable(text)
        self._trigger_change(
            slot,
            Answered(at=at, by=by, question_id=question_id, version=base + 1, text=text, choices=choices),
        )

    def enter_on_behalf(
        self,
        question_id: str,
        text: Sealed,
        *,
        base: int,
        holder: UUID | None,
        answered_on: date,
        by: Acting,
        at: datetime,
    ) -> None:
        """The leader enters what a member answered on a date; refused once the holder wrote or confirmed it."""
        slot = self._text_slot(question_id, ())
        self._must_be_latest(question_id, base, self._version(question_id))
        self._must_be_readable(text)
        self._must_not_be_the_holders(self.state.answers.get(question_id))
        behalf = OnBehalf(holder=holder, answered_on=answered_on)
        self._trigger_change(
            slot,
            EnteredOnBehalf(
                at=at, by=by, question_id=question_id, version=base + 1, text=text, choices=(), on_behalf=behalf
            ),
        )

    def confirm(self, question_id: str, *, base: int, by: Acting, at: datetime) -> None:
        """The holder stands by what the leader entered."""
        self.slot(question_id)
        self.must_be_open()
        self._must_be_latest(question_id, base, self._version(question_id))
        answer = self.state.answers.get(question_id)
        if answer is None or answer.on_behalf is None:
            raise NotEnteredOnBehalf(f"{question_id} was not entered on anybody's behalf")
        if answer.on_behalf.confirmed_at is None:
            self.trigger(AnswerConfirmed(at=at, by=by, question_id=question_id))

    def declare_nothing(self, question_id: str, *, declared: bool, base: int, by: Acting, at: datetime) -> None:
        """Say of an activity list that there is nothing to report, or take it back."""
        slot = self.slot(question_id)
        self.must_be_open()
        self._must_be_of_type(slot, AnswerType.ENTRIES)
        self._must_be_latest(question_id, base, self._version(question_id))
        if declared and (lines := self.state.live_entries(question_id)):
            raise ListIsNotEmpty(f"{question_id} has {len(lines)} lines", question_id=question_id)
        self._trigger_change(
            slot, NothingDeclared(at=at, by=by, question_id=question_id, version=base + 1, declared=declared)
        )

    def finish(self, part: Party, *, finished: bool, by: Acting, at: datetime) -> None:
        """Say that a part is done, or take it back; said again it changes nothing, unless it was handed in since."""
        self.must_be_open()
        self._must_have_part(part)
        if finished and not self.state.is_done(part):
            event = PartFinished(at=at, by=by, unit_id=self.state.unit_id, year=self.state.year, part=part)
            self.trigger(event)
        elif not finished and part in self.state.finished:
            self.trigger(PartUnfinished(at=at, by=by, part=part))

    def show_person(self, assignment_id: UUID, shown: Shown, *, by: Acting, at: datetime) -> None:
        """Whether a person is named in public and gets a copy; saying the same again changes nothing."""
        self.must_be_open()
        if self.state.shown.get(str(assignment_id)) != shown:
            self.trigger(PersonShown(at=at, by=by, assignment_id=assignment_id, public=shown.public, copy=shown.copy))

    def update_description(self, description: Description, *, by: Acting, at: datetime) -> None:
        """The approved description changed; a submitted report keeps the one it was submitted with."""
        self.must_be_open()
        if self.state.description != description:
            self.trigger(DescriptionUpdated(at=at, by=by, description=description))

    # The rules.

    def group_slot(self, question_id: str) -> Slot:
        """A question that a member of the group answers; refused when it is the leader's own or the unit's."""
        slot = self.slot(question_id)
        if slot.seat is None:
            raise NotAGroupQuestion(f"{question_id} is answered by {slot.answered_by}", question_id=question_id)
        return slot

    def must_have_group_part(self) -> None:
        """Refuse unless the report is being written and asks the reference group anything."""
        self.must_be_open()
        self._must_have_part(Party.GROUP)

    def _must_have_part(self, part: Party) -> None:
        if not any(slot.part is part for slot in self.state.slots.values()):
            raise PartHasNoQuestions(f"the template asks nothing of the {part}")

    def _text_slot(self, question_id: str, choices: tuple[str, ...]) -> Slot:
        slot = self.slot(question_id)
        self.must_be_open()
        self._must_be_of_type(slot, AnswerType.TEXT, AnswerType.TEXT_AND_CHOICES)
        if choices and slot.type is AnswerType.TEXT:
            raise WrongAnswerType(f"{slot.id} offers no choices", question_id=slot.id, type=slot.type)
        if unknown := sorted(set(choices) - set(slot.choices)):
            raise ChoiceUnknown(f"{question_id} does not offer {', '.join(unknown)}", choices=unknown)
        return slot

    def _version(self, question_id: str) -> int:
        answer = self.state.answers.get(question_id)
        return answer.version if answer else 0

    @staticmethod
    def _must_not_be_the_holders(answer: Answer | None) -> None:
        if answer is None or not answer.is_given:
            return
        if answer.on_behalf is None:
            raise AnswerIsTheHolders("the holder wrote this answer")
        if answer.on_behalf.confirmed_at:
            raise AnswerIsConfirmed("the holder confirmed this answer", confirmed_at=answer.on_behalf.confirmed_at)
