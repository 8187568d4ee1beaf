"""Starting, stopping and watching the suite on this machine."""

from __future__ import annotations

import os
from typing import Annotated

import typer

from deploy import local
from deploy.environment import Addresses
from deploy.health import ailing
from deploy.places import EXAMPLE_PEOPLE, LOGS, ROOT, SERVICES, SITES, Unable, shown

app = typer.Typer()

Service = Annotated[str, typer.Argument(help=f"The service: {', '.join((*SERVICES, *SITES))}.")]


@app.command()
def up(
    examples: Annotated[
        bool, typer.Option("--examples/--empty", help="Whether to fill an empty suite (in development alone).")
    ] = True,
) -> None:
    """Start the suite, fill it with examples if it is empty, and print its addresses and whom to log in as."""
    started = local.up()
    addresses = Addresses.chosen()
    is_filled = examples and os.environ.get("AARRING_ENVIRONMENT") == "development"
    told = _fill(addresses) if is_filled else []
    print("The suite is up." if started else "The suite is already running.")
    _print_addresses(addresses)
    _print_ailing(ailing({name: addresses.service(name) for name in (*SERVICES, *SITES)}))
    for line in told:
        print(line)


@app.command()
def down() -> None:
    """Stop the suite."""
    print("The suite is stopped." if local.down() else "The suite was not running.")


@app.command()
def reset() -> None:
    """Stop the suite and delete its data, keys and secrets."""
    local.reset()
    print("The suite is stopped and its data deleted.")


@app.command()
def stop(service: Service) -> None:
    """Stop one service of the running suite and keep it stopped until `start`, or the next `up`."""
    print(f"{service} is stopped." if local.stop(service) else f"{service} was stopped already.")


@app.command()
def start(service: Service) -> None:
    """Start a service that was stopped, and return when it is ready."""
    found = local.start(service)
    print(f"{service} is up.")
    _print_ailing(found)


@app.command()
def logs(
    lines: Annotated[int, typer.Option(help="How many earlier lines to show of each log.")] = 20,
) -> None:
    """Follow what the programs of the suite write."""
    written = sorted(shown(log) for log in LOGS.glob("*.log"))
    if not written:
        raise Unable("there are no logs yet; make up starts the suite")
    os.chdir(ROOT)
    os.execvp("tail", ["tail", "-n", str(lines), "-F", *written])  # noqa: S606  # becomes tail; no shell


def _fill(addresses: Addresses) -> list[str]:
    """Fill an empty suite; what to tell of it."""
    # Every other command does without what this needs.
    from deploy.examples.filling import fill
    from deploy.examples.telling import telling

    return list(telling(fill(), addresses.service("portal")))


def _print_addresses(addresses: Addresses) -> None:
    print(f"Open {addresses.service('portal')} in a browser: it says whom to log in as.  What runs behind it:")
    for name in SERVICES:
        address = addresses.service(name)
        print(f"  {name:<10} {address:<24} documentation {address}/docs   log {shown(LOGS)}/{name}.log")
    for name in SITES:
        print(f"  {name:<10} {addresses.service(name):<24} log {shown(LOGS)}/{name}.log")
    print(f"  {'nats':<10} {addresses.nats:<24} log {shown(LOGS)}/nats.log")
    print(f"  {'mail':<10} {addresses.service('notify')}/dev/mail shows what was sent, to nobody")
    print("A token to try the API with, good for five minutes:")
    whom = "lead-EKS-NBT-1 --for reporting" if EXAMPLE_PEOPLE.exists() else "operator --for registry"
    print(f"  ./run token --as {whom}")


def _print_ailing(parts: list[str]) -> None:
    for part in parts:
        print(f"  not well: {part}")
    if parts:
        print("  aarring status tells more; what each means stands in deploy/runbook.md")
