"""Tokens for trying the API by hand."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from deploy.issuer import LONGEST_LIFE, mint
from deploy.places import DEMO, EXAMPLE_PEOPLE, SERVICES

PEOPLE = DEMO / "people.json"

app = typer.Typer()


@app.command()
def token(
    who: Annotated[
        str,
        typer.Option("--as", help="A person id or short name, operator, login:…, service:…, system:…"),
    ],
    audience: Annotated[str, typer.Option("--for", help=f"The service: {', '.join(SERVICES)}.")],
    seconds: Annotated[int, typer.Option(help="How long it is good for.")] = LONGEST_LIFE,
) -> None:
    """Print a token that lets somebody speak to one service (never in production)."""
    print(mint(_subject(who), audience, seconds))


def _subject(who: str) -> str:
    """The demo and the examples leave their invented people's ids behind under short names."""
    people: dict[str, str] = json.loads(PEOPLE.read_text()) if PEOPLE.exists() else {}
    shown = json.loads(EXAMPLE_PEOPLE.read_text()) if EXAMPLE_PEOPLE.exists() else []
    people |= {person["alias"]: person["person_id"] for person in shown if person["person_id"]}
    return people.get(who, who)
