"""The command line of the suite: `aarring up`, `aarring token --as …`, and what the other groups add."""

from __future__ import annotations

import sys

import typer

from deploy.commands import backup, bundle, epoch, parked, rebuild, status, suite, token
from deploy.places import Unable

app = typer.Typer(
    name="aarring",
    help="Run and look after an Aarring suite.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

# One file per group. A group of its own word is added by app.add_typer(group.app, name="word").
app.add_typer(suite.app)
app.add_typer(token.app)
app.add_typer(rebuild.app)
app.add_typer(backup.app)
app.add_typer(status.app)
app.add_typer(bundle.app, name="bundle")
app.add_typer(parked.app, name="parked")
app.add_typer(epoch.app, name="epoch")
app.add_typer(epoch.lost_app)


def main() -> None:
    try:
        app()
    except Unable as reason:
        sys.exit(f"aarring: {reason}")


if __name__ == "__main__":
    main()
