"""What the demo expects and what it saw: every expectation is checked, none is taken for granted."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Expectation:
    """One thing that must be so; ``seen`` is what was observed."""

    what: str
    held: bool
    seen: str


class Ledger:
    """All expectations, in the order they were checked."""

    def __init__(self) -> None:
        self.expectations: list[Expectation] = []

    def expect(self, what: str, held: bool, seen: object = "") -> None:
        """Note whether something holds; the story goes on either way."""
        self.expectations.append(Expectation(what, held, str(seen)))

    def equal(self, what: str, seen: object, wanted: object, told: object = None) -> None:
        """Note whether what was seen is what was wanted; ``told`` says it shorter, when it is."""
        held = seen == wanted
        shorter = seen if told is None else told
        self.expect(what, held, shorter if held else f"{seen}, not {wanted}")

    @property
    def failed(self) -> list[Expectation]:
        return [expectation for expectation in self.expectations if not expectation.held]
