"""Copying one service's store while it runs, and putting a copy back while it does not."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from deploy.archive import Manifest, PartName
from deploy.backup import PutBack, back_up
from deploy.backup import restore as put_back
from deploy.commands.rebuild import READ_MODELS
from deploy.environment import Addresses, suite_environment
from deploy.health import answers
from deploy.lost_keys import give_up as lose_keys
from deploy.operator import address
from deploy.places import SERVICES, Unable
from deploy.stores import Place, settings_of

app = typer.Typer()

Service = Annotated[str, typer.Argument(help=f"The service: {', '.join(SERVICES)}.")]
ALL: tuple[PartName, ...] = ("log", "keys", "files")


def place_of(service: str) -> Place:
    """Where a service keeps what it knows: as the environment says, else as a local suite has it."""
    setting = settings_of(service, lambda: suite_environment(Addresses.chosen()))
    return Place.named(service, setting, READ_MODELS[service])


@app.command()
def backup(
    service: Service,
    file: Annotated[Path, typer.Argument(help="The file to write; it must not be there yet.")],
    keys_only: Annotated[bool, typer.Option(help="The vault's keys alone, for their own, shorter cycle.")] = False,
    log_only: Annotated[bool, typer.Option(help="Everything but the keys: of itself it reads no text.")] = False,
) -> None:
    """Copy a service's event log and keys into one file, while it runs or not."""
    if keys_only and log_only:
        raise Unable("--keys-only and --log-only leave nothing to copy")
    parts = ("keys",) if keys_only else ("log", "files") if log_only else ALL
    _tell(file, back_up(place_of(service), file, parts))


@app.command()
def restore(
    service: Service,
    file: Annotated[Path, typer.Argument(help="A backup of this service.")],
) -> None:
    """Put back what a backup holds; the service must be stopped, and what is replaced is kept beside it."""
    place = place_of(service)
    if answers(address(service)):
        raise Unable(f"{service} is running; stop it first: aarring stop {service}")
    done = put_back(place, file)
    for one in done:
        print(_put_back(one))
        if one.lost:
            print(f"The texts of {one.lost} subjects were sealed with keys that this vault lacks: they say so now.")
    print(
        f"Next: aarring start {service}; its keys named in redactions and erasures are destroyed again at the start."
    )
    if any(one.part.name == "log" for one in done):
        print("If others had heard later events of it, aarring status shows a stopped outbox. Then open a new epoch:")
        print(f"  aarring epoch propose {service}")


@app.command()
def new_keys(
    service: Service,
    give_up: Annotated[bool, typer.Option(help="Yes: what the lost keys sealed is never read again.")] = False,
) -> None:
    """Begin with an empty vault after the keys of a service were lost and there is no backup of them."""
    place = place_of(service)
    if not give_up:
        raise Unable(
            "all texts and personal data sealed until now would stay unreadable; say --give-up if that is so"
        )
    if answers(address(service)):
        raise Unable(f"{service} is running; stop it first: aarring stop {service}")
    lost = lose_keys(place)
    print(f"{service} has an empty vault; the texts of {lost} subjects say that they cannot be read any more.")


def _tell(file: Path, manifest: Manifest) -> None:
    print(f"{file}: {manifest.service}, made {manifest.made_at:%Y-%m-%d %H:%M:%S} UTC")
    for part in manifest.parts:
        # The library keeps a mark of its own among what is tracked.
        known = sorted((name, position) for name, position in part.tracked.items() if not name.startswith("__"))
        heard = "".join(f", {name} heard up to {position}" for name, position in known)
        upto = f", up to position {part.head}{heard}" if part.name == "log" else ""
        print(f"  {part.name:<5} {sum(one.size for one in part.files):>12} bytes in {len(part.files)} files{upto}")


def _put_back(one: PutBack) -> str:
    what = f"log up to position {one.part.head}" if one.part.name == "log" else one.part.name
    kept = f"; what was there is kept as {one.kept}" if one.kept else ""
    return f"put back: {what}, as of {one.part.at:%Y-%m-%d %H:%M:%S} UTC{kept}"
