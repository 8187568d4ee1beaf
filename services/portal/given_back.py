"""What stood in a form that was not taken: shown, to be kept, and sent once more where that may help."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from fastapi import Request

from services.portal.security import FIELD, form_of
from shared.problems import RequestProblem

Fields = Sequence[tuple[str, str]]
Labels = Mapping[tuple[str, str], str]
"""What each choice is called, by its field and its word."""
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
    """The fields of a form: what was ``typed`` or chosen, and what the page had ``carried`` along with it."""

    typed: Fields = ()
    carried: Fields = ()
    labels: Labels = field(default_factory=dict)

    def label(self, name: str, value: str) -> str:
        """What a choice is called where one chooses it; nothing for what was typed.

        The words of our own lists alone: a form that brought its labels could have us say anything.  What is ticked
        in an answer stays as sent, since its words are the report template's, and reporting may be what is away.
        """
        return self.labels.get((name, value), "")


async def given_back(request: Request, labels: Labels) -> GivenBack:
    """What was sent, without the token; of a file there is nothing to show."""
    typed: list[tuple[str, str]] = []
    carried: list[tuple[str, str]] = []
    try:
        sent = (await form_of(request)).multi_items()
    except RequestProblem:
        return GivenBack()  # too large to be read, whatever else was wrong with it
    for name, value in sent:
        if isinstance(value, str) and name != FIELD:
            (typed if name not in UNTYPED and value.strip() else carried).append((name, value))
    return GivenBack(typed, carried, labels)
