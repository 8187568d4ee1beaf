"""Everything that can happen and everything that is told of it, as a document for people."""

from __future__ import annotations

from collections.abc import Iterator
from inspect import get_annotations

from deploy.docs.language import TOLD, Spoken, events_of, hearers_of, spoken
from deploy.docs.words import described
from shared.domain import Event

_HEAD = """\
# Events and contracts

Made from the code by `make docs`; a test compares them.

*Events* are what a service records in its own log, private and for ever. *Contracts* are what it tells of them: the
published language, with what a stranger needs and no personal data. The table that joins the two is
`services/<name>/publish.py`; how contracts travel stands in [asyncapi.yaml](asyncapi.yaml).

Every event also holds `at` (the instant the request reached the service), `by` (who did it, in which role, on whose
behalf), `command_id` and `trace` (which request caused it). `Sealed` is a text that only its key opens.
"""
_OF_EVERY_EVENT = frozenset(Event.__annotations__)


def events() -> str:
    """The document."""
    parts = [_HEAD, "## What is told\n", *_contracts()]
    for service in TOLD:
        parts += [f"## What happens in {service}\n", *_aggregates(service)]
    return "\n".join(parts).rstrip() + "\n"


def _contracts() -> Iterator[str]:
    for speaker in TOLD:
        yield f"### {speaker} says\n"
        yield "| contract | what it says | fields | acted on by |\n|---|---|---|---|"
        for each in spoken():
            if each.speaker == speaker:
                yield _contract(each)
        yield f"\n{_listeners(speaker)}\n"


def _contract(each: Spoken) -> str:
    fields = ", ".join(f"`{name}`" for name in each.contract.model_fields)
    return f"| `{each.name}` | {described(each.contract)} | {fields} | {', '.join(each.hearers) or '–'} |"


def _listeners(speaker: str) -> str:
    names = " and ".join(hearers_of(speaker))
    if not names:
        return "Nobody listens yet."
    return f"Listening: {names}, keeping all of it; the last column says who also does something when hearing it."


def _aggregates(service: str) -> Iterator[str]:
    for aggregate, kinds in events_of(service):
        yield f"### {aggregate}\n"
        yield "| topic | what happened | fields | told |\n|---|---|---|---|"
        for event in kinds:
            told = "yes" if event in TOLD[service] else ""
            yield f"| `{event.TOPIC}` | {described(event)} | {_fields(event)} | {told} |"
        yield ""


def _fields(event: type[Event]) -> str:
    annotations: dict[str, str] = {}
    for kind in reversed(event.__mro__):
        annotations |= get_annotations(kind)
    own = (name for name in event.__struct_fields__ if name not in _OF_EVERY_EVENT)
    return ", ".join(f"`{name}: {annotations[name]}`".replace("|", "\\|") for name in own)
