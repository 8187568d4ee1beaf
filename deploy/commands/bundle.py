"""Bundles that were sent, checked from the file alone, without any server."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from deploy.places import Unable
from services.review.bundle import verify as verified

app = typer.Typer(help="Files that were sent to the ministry.", no_args_is_help=True)


@app.callback()
def bundles() -> None:
    """A word of its own, though it has one command."""


@app.command()
def verify(
    file: Annotated[Path, typer.Argument(help="The bundle, as it was received.")],
    key: Annotated[str | None, typer.Option(help="The id of the key it must be signed with.")] = None,
) -> None:
    """Check that nothing in a bundle was changed, left out or added since it was signed."""
    found = verified(file, key)
    if not found.holds:
        raise Unable("\n".join([f"{file.name} is not what was sent:", *(f"  {fault}" for fault in found.faults)]))
    manifest = found.manifest
    print(f"{file.name}: {manifest['kind']} of {manifest['year']}, {len(manifest['files'])} files, all as signed")
    print(f"made at {manifest['made_at']}, signed by key {found.key_id}")
    if key is None:
        print("Whose key that is, the file cannot say: compare it with the one published, or name it with --key.")
