"""The rules every command on a report shares, and the refusals they give."""

from __future__ import annotations

from uuid import UUID

from services.reporting.question import AnswerType, Party
from services.reporting.report.events import Begun, GroupAnswersOutdated
from services.reporting.report.state import WRITABLE, Entry, ReportState, Slot, Status
from shared.domain import Aggregate, ChangedMeanwhile, Event, NotFound, Refused, Sealed


class ReportIsLocked(Refused):
    """The report is not being written now."""

    code = "report_is_locked"


class ReportIsPresented(Refused):
    """What the medical directors' meeting had before it is not written again, only supplemented."""

    code = "report_is_presented"


class QuestionNotInTemplate(NotFound):
    """The report's template does not ask this."""

    code = "question_not_in_template"
    place = "question_id"


class EntryNotFound(NotFound):
    """No list of the report has this line."""

    code = "entry_not_found"


class WrongAnswerType(Refused):
    """A list is not answered by a text, nor a text question by lines or choices it does not have."""

    code = "wrong_answer_type"


class SealedWithDestroyedKey(Refused):
    """The text was sealed while a redaction destroyed the key: it must be sealed anew."""

    code = "sealed_with_destroyed_key"


class Rules(Aggregate[ReportState]):
    """What must hold before anything is recorded."""

    def slot(self, question_id: str) -> Slot:
        """What the template asks under an id; refused when it asks no such thing."""
        slot = self.state.slots.get(question_id)
        if slot is None:
            raise QuestionNotInTemplate(
                f"the template {self.state.template_key} does not ask {question_id}", question_id=question_id
            )
        return slot

    def line(self, entry_id: UUID) -> Entry:
        """A line by its id, removed or not; refused when there is none."""
        entry = self.state.entry(entry_id)
        if entry is None:
            raise EntryNotFound(f"report {self.id} has no line {entry_id}")
        return entry

    def must_be_open(self) -> None:
        """Refuse unless the parties may write."""
        if self.state.status not in WRITABLE:
            raise ReportIsLocked(
                f"report {self.state.unit_code} {self.state.year} is {self.state.status}", status=self.state.status
            )

    def _must_not_be_presented(self) -> None:
        if self.state.presented_at:
            raise ReportIsPresented(
                "the report was presented: what comes now is a supplement", presented_at=self.state.presented_at
            )

    def _must_be_of_type(self, slot: Slot, *types: AnswerType) -> None:
        if slot.type not in types:
            raise WrongAnswerType(f"{slot.id} is answered by {slot.type}", question_id=slot.id, type=slot.type)

    @staticmethod
    def _must_be_latest(place: str, base: int, current: int) -> None:
        if base != current:
            raise ChangedMeanwhile(
                f"{place} was changed by somebody else", place=place, base_version=base, current_version=current
            )

    def _must_be_readable(self, *texts: Sealed | None) -> None:
        for text in texts:
            destroyed = self.state.shredded.get(text.subject, 0) if text else 0
            if text and text.generation <= destroyed:
                raise SealedWithDestroyedKey("seal the text again", destroyed_up_to=destroyed)

    def _trigger_change(self, slot: Slot, event: Event) -> None:
        """A change of content; the group's answers that rested on what the unit wrote are then outdated."""
        is_first = self.state.status is Status.OPENED
        self.trigger(event)
        if is_first:
            self.trigger(Begun(at=event.at, by=event.by, unit_id=self.state.unit_id, year=self.state.year))
        if slot.part is not Party.UNIT:
            return
        answered = {
            q for q, a in self.state.answers.items() if self.state.slots[q].part is Party.GROUP and a.is_given
        }
        if newly := answered - self.state.outdated:
            self.trigger(GroupAnswersOutdated(at=event.at, by=event.by, questions=tuple(sorted(newly))))
