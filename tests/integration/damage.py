"""What disks and power failures do to the store of a broker that is not running."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

SEVENTH_BIT = 0x40
HEADER = 22
"""Bytes before the subject of a record: length (4), sequence (8), time (8), length of the subject (2)."""


class BrokerStore:
    """The files of a broker's streams, as a stopped or killed nats-server leaves them in ``folder``."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "store"
        self._copy = folder / "copy"

    def keep_a_copy(self) -> None:
        """The store as it is now, as a disk would have it that had not written what came after."""
        shutil.copytree(self._folder, self._copy, ignore_dangling_symlinks=True)

    def put_back(self) -> None:
        """The whole store as it was when the copy was made."""
        shutil.rmtree(self._folder)
        shutil.copytree(self._copy, self._folder)

    def put_back_blocks(self) -> None:
        """Only the messages as they were; what the broker knows of streams and consumers stays newer."""
        for newer in self._folder.rglob("msgs"):
            shutil.rmtree(newer)
        for older in self._copy.rglob("msgs"):
            shutil.copytree(older, self._folder / older.relative_to(self._copy))

    def wipe(self) -> None:
        shutil.rmtree(self._folder)

    def flip_in_payload(self, stream: str, number: int) -> None:
        """One bit of what message ``number`` of the first block says."""
        block = self._block(stream)
        start, length = list(_records(block.read_bytes()))[number - 1]
        _flip(block, start + length - 24)

    def flip_in_length(self, stream: str, number: int) -> None:
        """One bit of how long the record of message ``number`` of the first block is."""
        block = self._block(stream)
        start, _ = list(_records(block.read_bytes()))[number - 1]
        _flip(block, start)

    def cut(self, stream: str, part: float) -> None:
        """Only the first ``part`` of the first block."""
        block = self._block(stream)
        whole = block.read_bytes()
        block.write_bytes(whole[: int(len(whole) * part)])

    def _block(self, stream: str) -> Path:
        (msgs,) = self._folder.rglob(f"streams/{stream}/msgs")
        return min(msgs.glob("*.blk"), key=lambda block: int(block.stem))


def _records(block: bytes) -> Iterator[tuple[int, int]]:
    """Where each record starts and how long it is; the highest bit of the length says that it has headers."""
    start = 0
    while start + HEADER < len(block):
        length = int.from_bytes(block[start : start + 4], "little") & 0x7FFFFFFF
        yield start, length
        start += length


def _flip(block: Path, offset: int) -> None:
    data = bytearray(block.read_bytes())
    data[offset] ^= SEVENTH_BIT
    block.write_bytes(bytes(data))
