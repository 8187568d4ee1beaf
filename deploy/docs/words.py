"""What the code says of itself, put into sentences of a document."""

from __future__ import annotations

import inspect


def markdown(text: str) -> str:
    """A docstring's text with its code words as Markdown has them."""
    return text.replace("``", "`")


def described(thing: object) -> str:
    """The whole docstring in one paragraph."""
    return markdown(" ".join((inspect.getdoc(thing) or "").split()))


def first_line(thing: object) -> str:
    """The docstring's first line."""
    return markdown((inspect.getdoc(thing) or "").partition("\n")[0])
