"""What every hearer of the registry knows from it: the tables, how they follow from contracts, and the questions."""

from shared.registry_facts.folding import KEPT
from shared.registry_facts.queries import (
    assignments_of,
    assignments_on,
    erased_keys,
    held_by,
    holders,
    is_erased,
    is_registered,
    owing,
    person_of,
    phase,
    unit,
)
from shared.registry_facts.tables import ASSIGNMENTS, PERSONS, PHASES, REGISTER, UNITS

__all__ = [
    "ASSIGNMENTS",
    "KEPT",
    "PERSONS",
    "PHASES",
    "REGISTER",
    "UNITS",
    "assignments_of",
    "assignments_on",
    "erased_keys",
    "held_by",
    "holders",
    "is_erased",
    "is_registered",
    "owing",
    "person_of",
    "phase",
    "unit",
]
