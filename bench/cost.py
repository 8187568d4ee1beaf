"""What the programs of a suite cost the processor: other programs change it little, unlike the time."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")


def processor_seconds(processes: Mapping[str, int]) -> dict[str, float]:
    """The seconds each process has had on a processor since it began, in all its threads and in the kernel."""
    return {name: _of(process) for name, process in processes.items()}


def _of(process: int) -> float:
    # The name of the program stands in parentheses, and may hold blanks; what is counted comes after it.
    told = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(told[11]) + int(told[12])) / _TICKS
