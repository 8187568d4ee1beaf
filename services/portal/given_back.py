"""What stood in a form that was not taken: shown, to be kept, and sent once more where that may help."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from fastapi import Request

from services.portal.security import FIELD, form_of
from shared.problems import RequestProblem

Fields = Sequence[tuple[str, str]]
Named = Callable[[str, str], str]
"""What a choice is called where one chooses it, by its field and its word; nothing for what was typed."""
UNTYPED = frozenset(
    {
        "aapen",
        "finished",
        "fjernet",
        "gets_copy",
        "ingenting",
        "key",
        "linje",
        "liste",
        "measure_id",
        "overtatt",
        "part",
        "plass",
        "public",
        "seen",
        "sett_tilbake",
        "ta_tilbake",
        "vei",
        "version",
    }
)
"""The fields that a page fills in itself, and those that only say yes: to show them would tell nobody anything."""


@dataclass(frozen=True)
class GivenBack:
    """The fields of a form: what was ``typed`` or chosen, with its label, and what the page had ``carried`` along."""

    typed: Sequence[tuple[str, str, str]] = ()
    carried: Fields = ()


async def given_back(request: Request, named: Named) -> GivenBack:
    """What was sent, without the token; of a file there is nothing to show."""
    typed: list[tuple[str, str, str]] = []
    carried: list[tuple[str, str]] = []
    try:
        sent = (await form_of(request)).multi_items()
    except RequestProblem:
        return GivenBack()  # too large to be read, whatever else was wrong with it
    for name, value in sent:
        if not isinstance(value, str) or name == FIELD:
            continue
        if name not in UNTYPED and value.strip():
            typed.append((name, value, named(name, value)))
        else:
            carried.append((name, value))
    return GivenBack(typed, carried)
