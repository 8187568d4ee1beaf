"""What stands in every peer before it is measured: the same reports with as many saved answers."""

from __future__ import annotations

import asyncio
import importlib
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from bench.load import TEXT

QUESTIONS = ("evaluation.equal_access", "evaluation.patient_pathway", "evaluation.treatment_quality")


@dataclass(frozen=True)
class Filled:
    """The reports with who writes them, and how often each question was answered."""

    reports: dict[UUID, str]
    saves: int
    text: str = TEXT

    def versions(self) -> Iterator[tuple[UUID, str, int, str]]:
        """Report, question, version and writer of everything that was saved."""
        for report, who in self.reports.items():
            for question in QUESTIONS:
                for version in range(1, self.saves + 1):
                    yield report, question, version, who


def main() -> None:
    """Fill the peer that is named, with what the standard input says."""
    told = json.load(sys.stdin)
    filled = Filled({UUID(report): who for report, who in told["reports"].items()}, told["saves"])
    asyncio.run(importlib.import_module(sys.argv[1]).fill(filled))


if __name__ == "__main__":
    main()
