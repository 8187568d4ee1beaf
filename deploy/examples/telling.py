"""What ``make up`` says at its end: where to begin, and whom to log in as to see what."""

from __future__ import annotations

from collections.abc import Iterator

from deploy.examples.filling import Filled
from deploy.examples.people import examples

LANGUAGE = "en"
"""The command line speaks English, as the rest of it does."""


def telling(filled: Filled, portal: str, emptied_by: str = "make reset") -> Iterator[str]:
    """The lines, for a newcomer who has a browser open."""
    if filled is Filled.OTHERWISE:
        yield f"It holds other data than the examples, so nobody is prepared to log in as; {emptied_by} empties it."
        return
    said = "was filled with examples" if filled is Filled.NOW else "holds the examples from before"
    yield f"It {said}. Open {portal} and log in as one of these invented people:"
    people = examples()
    width = max(len(person.name) for person in people if person.first)
    for person in people:
        if person.first:
            yield f"  {person.name:<{width}}  {person.description[LANGUAGE]}"
    others = sum(1 for person in people if not person.first)
    yield f"{others} more stand on the page itself. {emptied_by} empties everything."
