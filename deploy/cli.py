"""The command line of the suite: `aarring up`, `aarring token --as …`, and what the other groups add."""

from __future__ import annotations

import sys

import typer

from deploy.commands import bundle, epoch, parked, status, suite, token
from deploy.places import Unable
from deploy.serve import take_settings

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
app.add_typer(status.app)
app.add_typer(bundle.app, name="bundle")
app.add_typer(parked.app, name="parked")
app.add_typer(epoch.app, name="epoch")
app.add_typer(epoch.lost_app)


def _with_all() -> typer.Typer:
    """Also the commands that open a service's store and for that import the whole of it, which takes a while."""
    from deploy.commands import backup, rebuild

    app.add_typer(rebuild.app)
    app.add_typer(backup.app)
    return app


def _is_here(word: str) -> bool:
    """Whether a word names one of the commands that were added already."""
    return word in typer.main.get_group(app).commands


def main() -> None:
    take_settings()
    quick = len(sys.argv) > 1 and _is_here(sys.argv[1])
    try:
        (app if quick else _with_all())()
    except Unable as reason:
        sys.exit(f"aarring: {reason}")


if __name__ == "__main__":
    main()
