"""A dossier as one may see it: its units and how complete they are, what moved since, what was sent."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import msgspec

from services.review.application.dossier_operations import FETCHING, MINISTRY, READING, allowed
from services.review.application.dossier_sending import stem
from services.review.application.dossiers import must_be_opened, not_found, standing
from services.review.application.judging import who
from services.review.application.sealing import opened
from services.review.bundle.folder import BundleFolder, BundleLost
from services.review.dossier import Dossier, Line
from services.review.dossier.rules import moved
from services.review.dossier.state import Bundle, Dispatch, Presentation, Step, Supplement
from services.review.joint_state import JointState
from services.review.views import queries
from services.review.views.dossiers import dossiers
from shared.access import Assignment, NotAllowed, Right, Target, granting, system
from shared.clock import Clock
from shared.desk import Unavailable
from shared.domain import NotFound, Sealed
from shared.eventstore import EventStore
from shared.history import history
from shared.registry_facts import held_by
from shared.tokens import Caller
from shared.vault import Vault

REGIONS = ("nord", "midt", "vest", "sor_ost")


class DossierReading:
    """What may be asked about dossiers; runs in reader threads."""

    def __init__(self, store: EventStore, vault: Vault, folder: BundleFolder, clock: Clock) -> None:
        self._store, self._vault, self._folder, self._clock = store, vault, folder, clock

    def dossiers(self, caller: Caller) -> list[dict[str, Any]]:
        """All dossiers the caller may read, newest first."""
        held = self._held(caller, (*READING, *MINISTRY))
        return dossiers(self._store.rows, sent_only=not granting(held, READING, Target(), self._clock.today()))

    def dossier(self, caller: Caller, year: int) -> dict[str, Any]:
        """A year's dossier; before anybody began it, its units as they stand."""
        held = self._held(caller, (*READING, *MINISTRY))
        dossier, on = self._or_blank(year), self._clock.today()
        if dossier.state.sent is None and not granting(held, READING, Target(), on):
            raise not_found(year)
        now = standing(self._store.rows, dossier)
        state = dossier.state
        lines = state.lines if state.prepared else now
        return {
            "year": year,
            "status": state.status if dossier.version else None,
            "version": dossier.version,
            "completeness": self._completeness(year, now if not state.presented else lines),
            "lines": [self._line(dossier, line) for line in lines],
            "moved": moved(lines, now) if state.prepared and not state.presented else [],
            "regional_units_of": state.chosen,
            "prepared": state.prepared and _step(state.prepared),
            "confirmed": state.confirmed and _step(state.confirmed),
            "presented": state.presented and self._presented(state.presented),
            "sent": state.sent and _sent(state.sent),
            "receipt": state.receipt and msgspec.to_builtins(state.receipt),
            "changes_due": msgspec.to_builtins(state.due),
            "supplements": [self._supplement(each) for each in state.supplements],
            "allowed_operations": allowed(dossier, now, held, on),
        }

    def history(self, caller: Caller, year: int) -> list[dict[str, Any]]:
        """Every fact of a dossier, for those who take part in its making."""
        self._held(caller, READING)
        return history(self._store, Dossier.identify(year), lambda sealed: opened(self._vault, sealed))

    def bundle(self, caller: Caller, year: int, number: int | None) -> tuple[str, bytes]:
        """The file that was sent, or that of a supplement, with its name."""
        self._held(caller, FETCHING)
        dossier = self._store.load(Dossier, Dossier.identify(year))
        sent = self._bundle(dossier, number) if dossier else None
        if sent is None:
            raise NotFound(f"no such bundle of {year} was sent")
        try:
            return f"{stem(year, number)}.zip", self._folder.read(stem(year, number), sent.sha256)
        except BundleLost as fault:
            raise Unavailable("the bundle that was sent must be put back from its backup") from fault

    @staticmethod
    def _bundle(dossier: Dossier, number: int | None) -> Bundle | None:
        if number is None:
            return dossier.state.sent.bundle if dossier.state.sent else None
        return next((each.bundle for each in dossier.state.supplements if each.number == number), None)

    def _held(self, caller: Caller, rights: Sequence[Right]) -> list[Assignment]:
        held = held_by(self._store.rows, caller)
        if not granting(held, rights, Target(), self._clock.today()):
            raise NotAllowed("the dossier is for the regions, the directors' meeting and those who receive it")
        return held

    def _or_blank(self, year: int) -> Dossier:
        """The dossier, or one that nobody has begun and that is recorded nowhere."""
        dossier = self._store.load(Dossier, Dossier.identify(year))
        if dossier is not None:
            return dossier
        must_be_opened(self._store.rows, year)
        blank = Dossier.begin_for(year, "", by=system("review"), at=self._clock.now())
        blank.version = 0
        return blank

    def _completeness(self, year: int, lines: Sequence[Line]) -> dict[str, Any]:
        counted = Counter(_ending(line) for line in lines)
        summed_up = {row["region"] for row in queries.summaries(self._store.rows, year)}
        names = ("reviewed", JointState.EXEMPTED.value, JointState.WITHDRAWN.value, "explained", "unexplained")
        return {
            "units": len(lines),
            **{name: counted[name] for name in names},
            "without_summary": [region for region in REGIONS if region not in summed_up],
        }

    def _line(self, dossier: Dossier, line: Line) -> dict[str, Any]:
        explanation = dossier.state.explanations.get(str(line.unit_id))
        shown = msgspec.to_builtins(line)
        return {
            **shown,
            "is_complete": line.is_complete,
            "explanation": explanation
            and {
                "version": explanation.version,
                "text": self._text(explanation.text),
                "by": who(explanation.by),
                "at": explanation.at,
            },
        }

    def _presented(self, presented: Presentation) -> dict[str, Any]:
        return {
            "meeting": msgspec.to_builtins(presented.meeting),
            "remarks": {str(remark.unit_id): self._text(remark.text) for remark in presented.remarks},
            "decision": self._text(presented.decision),
            "reports": presented.reports,
            "by": who(presented.by),
            "at": presented.at,
        }

    def _supplement(self, supplement: Supplement) -> dict[str, Any]:
        return {
            "number": supplement.number,
            "units": supplement.units,
            "reason": self._text(supplement.reason),
            "bundle": msgspec.to_builtins(supplement.bundle),
            "by": who(supplement.by),
            "at": supplement.at,
        }

    def _text(self, sealed: Sealed) -> dict[str, Any]:
        return opened(self._vault, sealed)


def _ending(line: Line) -> str:
    """How a unit's year ended, as it is counted."""
    if line.state in (JointState.REVIEWED, JointState.EXEMPTED, JointState.WITHDRAWN):
        return line.state.value
    return "explained" if line.is_complete else "unexplained"


def _step(step: Step) -> dict[str, Any]:
    return {"region": step.region, "by": who(step.by), "at": step.at}


def _sent(sent: Dispatch) -> dict[str, Any]:
    return {**msgspec.to_builtins(sent.bundle), "by": who(sent.by), "at": sent.at}
