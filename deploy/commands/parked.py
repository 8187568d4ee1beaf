"""What the services could not take in and keep waiting: seen in one table, and released when the reason is mended."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table
from typer.core import TyperGroup

from deploy.environment import ASKS
from deploy.operator import Client, client
from deploy.places import Unable

HEARING = tuple(ASKS)
"""The services that hear others, and so may have something parked."""


class _ListsByDefault(TyperGroup):
    """`parked` alone, or followed by a service, lists."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        known = {*self.commands, "--help"}
        return super().parse_args(ctx, args if args and args[0] in known else ["list", *args])


app = typer.Typer(cls=_ListsByDefault, help="Contracts that could not be taken in, and their release.")
Service = Annotated[str, typer.Argument(help=f"The service that heard it: {', '.join(HEARING)}.")]
AnyService = Annotated[str | None, typer.Argument(help=f"One of {', '.join(HEARING)}; all when none is named.")]
Speaker = Annotated[str | None, typer.Option(help="Only what this service said.")]
Subject = Annotated[str | None, typer.Option(help="Only what is about this thing.")]
AsJson = Annotated[bool, typer.Option("--json", help="For programs: a list, each contract on its own.")]


@app.command("list")
def parked(
    service: AnyService = None, speaker: Speaker = None, subject: Subject = None, as_json: AsJson = False
) -> None:
    """Show what waits, longest first; what only waits behind another is counted."""
    found = _listed("/parked", service, speaker, subject)
    if as_json:
        print(json.dumps(found, indent=2))
    elif not found:
        print("Nothing is parked.")
    else:
        table = Table("service", "said by", "position", "about", "contract", "since", "error", "behind it")
        for row in (row for row in found if row["waits_for"] is None):
            said = row["speaker"], str(row["position"]), row["subject"], row["type"]
            table.add_row(row["service"], *said, row["since"], row["error"], str(row["behind"]))
        _print(table)
        print("When the reason is mended: aarring parked release SERVICE SPEAKER SUBJECT, or SPEAKER --all")


@app.command()
def release(
    service: Service,
    speaker: Annotated[str, typer.Argument(help="The service that said it.")],
    subject: Annotated[str | None, typer.Argument(help="The thing it is about, as the list names it.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="All that the speaker said.")] = False,
) -> None:
    """Have parked contracts taken in again, in order."""
    if (subject is None) is not everything:
        raise Unable("name the thing whose contracts are to be released, or say --all")
    wanted = {"speaker": speaker} | ({"subject": subject} if subject else {})
    with _client(service) as asked:
        done = asked.post("/parked/releases", json=wanted).json()
    print(f"{service}: {done['handled']} taken in")
    if done["broken"]:
        again = (f"  {each['subject']} at {speaker}:{each['position']}: {each['error']}" for each in done["broken"])
        raise Unable("\n".join(["these broke again and stay parked, with what follows them:", *again]))


@app.command()
def releases(
    service: AnyService = None, speaker: Speaker = None, subject: Subject = None, as_json: AsJson = False
) -> None:
    """Show who released what, when, and what came of it."""
    found = _listed("/parked/releases", service, speaker, subject)
    if as_json:
        print(json.dumps(found, indent=2))
    elif not found:
        print("Nothing was released.")
    else:
        table = Table("service", "said by", "position", "about", "parked", "released", "by", "result", "error")
        for row in found:
            table.add_row(*(str(value) for value in row.values()))
        _print(table)


def _listed(path: str, service: str | None, speaker: str | None, subject: str | None) -> list[dict[str, Any]]:
    """A list of one service, or of all that hear, each row with the service's name."""
    chosen, wanted = (service,) if service else HEARING, {"speaker": speaker, "subject": subject}
    return [{"service": name, **row} for name in chosen for row in _rows(name, path, wanted)]


def _client(service: str) -> Client:
    if service not in HEARING:
        raise Unable(f"'{service}' hears nobody; those that do are {', '.join(HEARING)}")
    return client(service)


def _rows(service: str, path: str, wanted: Mapping[str, str | None]) -> Iterator[dict[str, Any]]:
    """All pages of a list."""
    asked = {name: value for name, value in wanted.items() if value} | {"limit": "200"}
    with _client(service) as there:
        while True:
            page = there.get(path, params=asked).json()
            yield from page["items"]
            if not page["next"]:
                return
            asked["cursor"] = page["next"]


def _print(table: Table) -> None:
    """In full even where it is not read on a screen, for ids are there to be copied."""
    console = Console()
    Console(width=None if console.is_terminal else 300).print(table)
