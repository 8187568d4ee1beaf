"""What was measured, round by round, and the ratios that follow from it."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from statistics import median
from typing import Any


@dataclass
class Series:
    """One figure with its value in each round; ``failed`` says why there is none."""

    title: str
    unit: str = ""
    note: str = ""
    values: list[float] = field(default_factory=list)
    failed: str = ""

    @property
    def middle(self) -> float | None:
        """The median of the rounds; None when it could not be measured."""
        return median(self.values) if self.values and not self.failed else None

    def told(self) -> dict[str, Any]:
        spread = {"low": min(self.values), "high": max(self.values)} if self.values else {}
        return {**asdict(self), "median": self.middle, **spread}


@dataclass
class Findings:
    """All figures, by a name of their own, in the order they were first measured."""

    series: dict[str, Series] = field(default_factory=dict)

    def add(self, name: str, value: float, title: str, unit: str, note: str = "") -> None:
        """One more round of a figure."""
        self.series.setdefault(name, Series(title, unit, note)).values.append(value)

    def fail(self, name: str, title: str, why: str) -> None:
        """A figure that cannot be had, with the reason; it is shown, not left out."""
        self.series.setdefault(name, Series(title)).failed = why.strip() or "no reason given"

    def ratio(self, name: str, over: str, under: str, title: str, note: str = "") -> None:
        """A figure over another of the same round, where both were measured in turn."""
        found = Series(title, "×", note)
        for which in (over, under):
            part = self.series.get(which)
            if part is None or not part.values or part.failed:
                found.failed = f"{which} was not measured" + (f": {part.failed}" if part and part.failed else "")
        if not found.failed:
            above, below = self.series[over].values, self.series[under].values
            found.values = [a / b for a, b in zip(above, below, strict=True) if b]
        self.series[name] = found

    def best(self, *names: str) -> str:
        """The one of several figures with the highest median; the first when none was measured."""
        known = {name: self.series[name].middle or 0.0 for name in names if name in self.series}
        return max(known, key=known.__getitem__, default=names[0])
