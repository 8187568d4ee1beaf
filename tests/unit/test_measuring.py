"""What was measured stands in the summary as it was measured: on a disk, and in this run."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bench import ground, results
from bench.findings import Findings
from bench.plan import chosen

pytestmark = pytest.mark.unit


@pytest.fixture
def summary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(results, "FOLDER", tmp_path)
    monkeypatch.setattr(results, "SUMMARY", tmp_path / "summary.json")
    return tmp_path / "summary.json"


def found(**figures: float) -> Findings:
    findings = Findings()
    for name, value in figures.items():
        findings.add(name, value, name, "")
    return findings


def test_a_figure_that_a_part_no_longer_finds_leaves_the_summary_and_those_of_other_parts_stay(summary: Path) -> None:
    results.write("replay", chosen(), {}, found(replay_events_per_s=60_000, replay_vs_raw_decode=0.6))
    results.write("relay", chosen(), {}, found(relay_vs_raw=0.7))
    results.write("replay", chosen(), {}, found(replay_vs_raw_decode=0.5))
    assert json.loads(summary.read_text()) == {"replay_vs_raw_decode": 0.5, "relay_vs_raw": 0.7}


def test_a_part_that_broke_leaves_nothing_of_an_earlier_run(summary: Path) -> None:
    results.write("relay", chosen(), {}, found(relay_vs_raw=0.7))
    broken = Findings()
    broken.fail("relay_broke", "the part relay", "RuntimeError")
    results.write("relay", chosen(), {}, broken)
    assert json.loads(summary.read_text()) == {}


@pytest.mark.parametrize("kind", ["tmpfs", "ramfs"])
def test_nothing_is_measured_in_memory(tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ground, "file_system", lambda _: kind)
    with pytest.raises(SystemExit, match="in memory"):
        ground.must_be_on_disk(tmp_path)
    monkeypatch.setattr(ground, "file_system", lambda _: "ext4")
    ground.must_be_on_disk(tmp_path)


def test_the_disk_that_counts_is_the_one_the_database_got(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Elsewhere:
        """A database whose user could not enter the folder that was meant for it."""

        folder = tmp_path / "elsewhere"

        def __enter__(self) -> Elsewhere:
            return self

        def __exit__(self, *_: object) -> None: ...

    monkeypatch.setattr(ground, "PostgresServer", Elsewhere)
    monkeypatch.setattr(ground, "file_system", lambda folder: "tmpfs" if folder == Elsewhere.folder else "ext4")
    with pytest.raises(SystemExit, match="elsewhere is in memory"), ground.ground():
        raise AssertionError("it began to measure")
