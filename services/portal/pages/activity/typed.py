"""From what was typed into the form of an entry to the fields that are kept, and back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from services.portal.languages import N_, Tongue
from services.portal.pages.activity.choices import Choice
from services.portal.pages.activity.fields import Field, Hidden, Mistyped
from services.portal.pages.activity.kind import Kind

Typed = dict[str, list[str]]
"""What stands in each field, by its name."""


class Sent(Protocol):
    """A form as it was sent."""

    def getlist(self, key: Any) -> Sequence[Any]: ...


@dataclass
class Filled:
    """A form as it was filled in: as typed, as the fields to be kept, and what could not be taken, by field."""

    typed: Typed
    fields: dict[str, Any] = field(default_factory=dict)
    faults: dict[str, str] = field(default_factory=dict)


_REFUSALS: Mapping[str, str] = {
    "doi_malformed": N_("Skriv DOI slik: 10.1000/182."),
    "pmid_malformed": N_("Skriv PMID med bare sifre, høyst ni."),
    "link_malformed": N_("Skriv hele lenken, slik: https://www.eksempel.no"),
    "string_too_long": N_("Teksten er for lang."),
    "date_malformed": N_("Skriv datoen slik: 31.12.2025."),
}
"""What the refusals mean that are the API's alone to give."""
NOT_TAKEN = N_("Dette ble ikke godtatt. Kontroller hva som står her.")
EMPTY = N_("Fyll ut minst dette feltet før du lagrer.")
NO_TRUST = N_("Skriv navnet på helseforetaket tallene gjelder.")


def read(kind: Kind, sent: Sent, tongue: Tongue) -> Filled:
    """The form of one entry, each field for itself, so that every fault is told at once."""
    filled = Filled({each.name: [str(text) for text in sent.getlist(each.name)] for each in kind.fields})
    values: dict[str, Any] = {}
    for each in kind.fields:
        try:
            value = each.read(filled.typed[each.name])
        except Mistyped as fault:
            filled.faults[each.name] = fault.said(tongue)
        else:
            values.update({each.name: value} if value not in (None, []) else {})
    for name in _without_trust(kind, values):
        filled.faults.setdefault(name, tongue.text(NO_TRUST))
    if not filled.faults and not any(name in values for name in _written(kind)):
        filled.faults[kind.heading] = tongue.text(EMPTY)
    filled.fields = _nested(values)
    return filled


def typed(kind: Kind, fields: Mapping[str, Any]) -> Typed:
    """The fields of an entry as one would have typed them."""
    return {each.name: each.typed(value_at(fields, each.name)) for each in kind.fields}


def refused(kind: Kind, errors: Iterable[Mapping[str, Any]], tongue: Tongue) -> dict[str, str]:
    """What the API could not take, by field; what it says of no field stands at the entry's heading."""
    names = [each.name for each in kind.fields]
    told: dict[str, str] = {}
    for error in errors:
        place = str(error.get("pointer", "")).removeprefix("/fields/").replace("/", ".")
        name = next((n for n in names if place == n or place.startswith(f"{n}.")), kind.heading)
        told.setdefault(name, tongue.text(_REFUSALS.get(str(error.get("code")), NOT_TAKEN)))
    return told


def value_at(fields: Mapping[str, Any], name: str) -> Any:
    """The value of a field whose name has dots between the levels."""
    if "." not in name:
        return fields.get(name)
    value: Any = fields
    for part in name.split("."):
        if isinstance(value, Mapping):
            value = value.get(part)
        elif isinstance(value, Sequence) and part.isdigit() and int(part) < len(value):
            value = value[int(part)]
        else:
            return None
    return value


def sites_in(fields: Mapping[str, Any] | None) -> int:
    """How many places of treatment an entry has figures of."""
    return len((fields or {}).get("by_site") or ())


def differing(kind: Kind, mine: Mapping[str, Any], theirs: Mapping[str, Any]) -> list[Field]:
    """The fields in which two wrote differently, however they wrote it."""
    return [each for each in kind.fields if _given(mine, each.name) != _given(theirs, each.name)]


def _given(fields: Mapping[str, Any], name: str) -> Any:
    value = value_at(fields, name)
    return None if value == [] else value


def _written(kind: Kind) -> list[str]:
    """The fields somebody fills in, apart from what is there from the beginning."""
    return [e.name for e in kind.fields if not isinstance(e, Hidden) and not (isinstance(e, Choice) and e.given)]


def _without_trust(kind: Kind, values: Mapping[str, Any]) -> list[str]:
    """The places of treatment that have figures and no name."""
    trusts = [each.name for each in kind.fields if each.name.startswith("by_site.") and each.name.endswith(".trust")]
    return [
        trust
        for trust in trusts
        if trust not in values and any(name.startswith(trust.removesuffix("trust")) for name in values)
    ]


def _nested(values: Mapping[str, Any]) -> dict[str, Any]:
    """Names with dots as levels; numbered levels as a list, without the numbers nothing was given for."""
    nested: dict[str, Any] = {}
    for name, value in values.items():
        *levels, last = name.split(".")
        place = nested
        for level in levels:
            place = place.setdefault(level, {})
        place[last] = value
    if "by_site" in nested:
        nested["by_site"] = [nested["by_site"][number] for number in sorted(nested["by_site"])]
    return nested
