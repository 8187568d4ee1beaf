"""Whoever waits for a long piece of work sees how far it is, on a terminal as in a log."""

from __future__ import annotations

from io import StringIO

import pytest
from rich.console import Console

from deploy.progress import EVERY, PlainLines, progress

pytestmark = pytest.mark.unit


def test_a_line_says_how_far_it_is_how_fast_and_how_long_it_still_takes() -> None:
    now, lines = [0.0], list[str]()
    told = PlainLines("Rebuilding", 1_000_000, lines.append, clock=lambda: now[0])
    for second in range(11):
        now[0] = float(second)
        told(second * 50_000)
    assert lines == [
        "Rebuilding: 250,000 of 1,000,000 events, 50,000 events/s, 15 s left",
        "Rebuilding: 500,000 of 1,000,000 events, 50,000 events/s, 10 s left",
    ]


def test_nothing_done_yet_says_nothing_and_more_than_all_has_nothing_left() -> None:
    now, lines = [0.0], list[str]()
    told = PlainLines("Rebuilding", 10, lines.append, clock=lambda: now[0])
    now[0] = EVERY
    told(0)
    told(20)
    assert lines == ["Rebuilding: 20 of 10 events, 4 events/s, 0 s left"]


def test_a_terminal_shows_a_bar_and_a_file_does_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    shown = {}
    for is_terminal in (True, False):
        console = Console(file=StringIO(), force_terminal=is_terminal, width=120)
        with progress("Rebuilding", 100, console) as told:
            told(50)
            told(100)
        shown[is_terminal] = console.file.getvalue()  # type: ignore[attr-defined]  # it is what it was given
    assert "Rebuilding" in shown[True]
    assert "100%" in shown[True]
    assert shown[False] == ""


def test_a_terminal_that_cannot_draw_a_bar_is_told_in_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "dumb")
    with progress("Rebuilding", 100, Console(file=StringIO(), force_terminal=True)) as told:
        assert isinstance(told, PlainLines)
