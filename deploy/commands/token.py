"""Tokens for trying the API by hand."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from deploy.issuer import LONGEST_LIFE, mint
from deploy.places import DEMO, SERVICES

PEOPLE = DEMO / "people.json"

app = typer.Typer()


@app.command()
def token(
    who: Annotated[
        str,
        typer.Option("--as", help="A person id, a name from the demo, operator, login:…, service:…, system:…"),
    ],
    audience: Annotated[str, typer.Option("--for", help=f"The service: {', '.join(SERVICES)}.")],
    seconds: Annotated[int, typer.Option(help="How long it is good for.")] = LONGEST_LIFE,
) -> None:
    """Print a token that lets somebody speak to one service (never in production)."""
    print(mint(_subject(who), audience, seconds))


def _subject(who: str) -> str:
    """The demo leaves its invented people's ids behind under short names."""
    people: dict[str, str] = json.loads(PEOPLE.read_text()) if PEOPLE.exists() else {}
    return people.get(who, who)
