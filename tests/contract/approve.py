"""Accepts a change of the published language: writes each contract's schema, adds a sample where one is new.

A schema is replaced, so that the difference is what a reviewer reads.  A sample is added when a message of a new
shape is sent, and never changed nor deleted: what was once sent must be readable for ever.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from deploy.docs.language import wire_schema
from shared.contracts import PUBLISHED
from tests.contract.examples import sent

APPROVED = Path(__file__).parent / "approved"


def schema_file(name: str) -> Path:
    """Where the approved schema of a contract stands."""
    return APPROVED / f"{name}.schema.json"


def samples(name: str = "*") -> list[Path]:
    """The approved samples of a contract, or of all, oldest first."""
    return sorted(APPROVED.glob(f"{name}.[0-9]*.sample.json"), key=lambda file: (_contract(file), _n(file)))


def as_sent() -> Iterator[tuple[str, dict[str, Any]]]:
    """What the outbox sends of every example today, as JSON, with the contract's name."""
    for event in sent():
        yield event.type, json.loads(event.model_dump_json(exclude_none=True))


def shape(message: Any) -> Any:
    """What a message is made of, whatever it says: its fields, and of what kind the value of each is."""
    if isinstance(message, dict):
        return {name: shape(value) for name, value in message.items()}
    if isinstance(message, list):
        return [shape(message[0])] if message else []
    return type(message).__name__


def approve() -> list[str]:
    """Bring the approved files up to what the code says; the names of those that changed."""
    wanted = {schema_file(name): pretty(wire_schema(contract)) for name, contract in PUBLISHED.items()}
    wanted |= dict(_new_samples())
    changed = [file for file, text in wanted.items() if not file.exists() or file.read_text() != text]
    for file in changed:
        file.write_text(wanted[file])
    return sorted(file.name for file in changed)


def pretty(value: Any) -> str:
    """JSON as it is committed: one value on a line, so that differences are small."""
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


def _new_samples() -> Iterator[tuple[Path, str]]:
    known = {name: [json.loads(file.read_text()) for file in samples(name)] for name in PUBLISHED}
    for name, message in as_sent():
        if shape(message) not in map(shape, known[name]):
            known[name].append(message)
            yield APPROVED / f"{name}.{len(known[name])}.sample.json", pretty(message)


def _contract(file: Path) -> str:
    return file.name.rsplit(".", 3)[0]


def _n(file: Path) -> int:
    return int(file.name.rsplit(".", 3)[1])


if __name__ == "__main__":
    APPROVED.mkdir(exist_ok=True)
    for name in approve() or ["nothing has changed"]:
        print(name)  # noqa: T201  a command prints
