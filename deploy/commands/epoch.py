"""A store that was put back: what others know and it does not, and beginning a new epoch without that."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from deploy.environment import ASKS
from deploy.operator import Silent, client
from deploy.places import Unable

app = typer.Typer(help="Begin a new epoch of a service whose store was put back.", no_args_is_help=True)
lost_app = typer.Typer()
Service = Annotated[str, typer.Argument(help="The service whose store was put back.")]


@dataclass
class Hearers:
    """What those who hear a service say of it; ``silent`` lists whom nobody could ask."""

    agreed: int | None = None
    known: int = 1
    irrevocable: list[dict[str, Any]] = field(default_factory=list)
    silent: list[str] = field(default_factory=list)

    def question(self) -> dict[str, Any]:
        """What the service has to know of it when it proposes an epoch."""
        return {"known": self.known} | ({} if self.agreed is None else {"agreed": self.agreed})


@app.command()
def propose(service: Service) -> None:
    """Show what a new epoch would leave behind; nothing is changed."""
    hearers = _ask_hearers(service)
    with client(service) as api:
        found = api.get("/epochs/proposal", params=hearers.question()).json()
    table = Table(
        "contract", "type", "about", "at", title=f"{service}: epoch {found['number']} after {found['after']}"
    )
    for lost in found["lost"]:
        table.add_row(lost["id"], lost["type"], lost["subject"], lost["time"])
    Console().print(table)
    print(f"All agree up to {found['after']}; the stream holds {len(found['lost'])} contracts beyond it.")
    _tell_silent(hearers)
    print(f'To go on without them: aarring epoch open {service} --after {found["after"]} --reason "…"')


@app.command("open")
def open_(
    service: Service,
    after: Annotated[int, typer.Option(help="The position that was proposed.")],
    reason: Annotated[str, typer.Option(help="Why the store was put back.")],
    without: Annotated[bool, typer.Option("--without-silent", help="Also when a hearer cannot be asked.")] = False,
) -> None:
    """Begin a new epoch after the position that was proposed; what is lost is kept as evidence."""
    hearers = _ask_hearers(service)
    if hearers.silent and not without:
        raise Unable(
            f"{', '.join(hearers.silent)} cannot be asked; with --without-silent what only they know is left out"
        )
    body = {"after": after, "reason": reason, "heard": hearers.irrevocable, **hearers.question()}
    with client(service) as api:
        found = api.post("/epochs", json=body).json()
    print(f"{service} is in epoch {found['number']} after {found['after']}; {found['lost']} lost contracts are kept.")


@lost_app.command()
def lost(
    service: Service,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """List what others know of a service and it does not, and what they did because of it."""
    with client(service) as api:
        own = api.get("/lost/own").json()
    heard = {}
    for hearer in _hearers(service):
        with client(hearer) as api:
            heard[hearer] = api.get("/lost", params={"speaker": service}).json()
    if as_json:
        print(json.dumps({"own": own, "heard": heard}, indent=2))
        return
    Console().print(_lost(service, own, heard) if own or _told(heard) else f"Nothing of {service} was lost.")


def _told(heard: Mapping[str, Any]) -> bool:
    return any(found["lost"] or found["without_effect"] for found in heard.values())


def _lost(service: str, own: Sequence[Any], heard: Mapping[str, Any]) -> Table:
    table = Table("where", "contract", "type", "about", "what to know")
    for row in own:
        table.add_row(service, row["id"], row["type"], row["subject"], f"lost when epoch {row['epoch']} began")
    for hearer, found in heard.items():
        for each in found["lost"]:
            said = each["contract"]
            did = [f"{caused['topic']} {caused['thing']}" for caused in each["caused"]]
            note = [f"look at it: {each['note']}"] if each["note"] else []
            table.add_row(hearer, said["id"], said["type"], said["subject"], "\n".join([*note, *did]))
        for each in found["without_effect"]:
            said = each["contract"]
            table.add_row(hearer, said["id"], said["type"], said["subject"], f"said anew, in vain: {each['note']}")
    return table


def _hearers(service: str) -> list[str]:
    return [hearer for hearer, asked in ASKS.items() if service in asked]


def _ask_hearers(service: str) -> Hearers:
    """Up to where every hearer agrees, where that is less than what it heard, and what may never be taken back."""
    found = Hearers()
    kept: dict[str, dict[str, Any]] = {}
    for hearer in _hearers(service):
        try:
            with client(hearer) as api:
                said = api.get(f"/heard/{service}/agreement").json()
        except Silent:
            found.silent.append(hearer)
            continue
        found.known = max(found.known, said["epoch"])
        if said["agreed"] < said["heard"]:
            found.agreed = min(said["agreed"], said["agreed"] if found.agreed is None else found.agreed)
        kept |= {event["id"]: event for event in said["irrevocable"]}
    found.irrevocable = list(kept.values())
    return found


def _tell_silent(hearers: Hearers) -> None:
    for hearer in hearers.silent:
        print(f"{hearer} could not be asked: what only it knows is not counted.")
