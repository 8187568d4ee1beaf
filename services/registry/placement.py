"""The seven kinds of units, and at how many trusts of which regions each may be placed."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

import msgspec

from shared.domain import Refused


class Region(StrEnum):
    """The four regional health authorities (RHF)."""

    NORD = "nord"
    MIDT = "midt"
    VEST = "vest"
    SOR_OST = "sor_ost"


class Kind(StrEnum):
    """What a unit is."""

    NATIONAL_TREATMENT_SERVICE = "national_treatment_service"
    MULTIREGIONAL_TREATMENT_SERVICE = "multiregional_treatment_service"
    NATIONAL_COMPETENCE_SERVICE = "national_competence_service"
    NATIONAL_CENTRE = "national_centre"
    QUALITY_COMPETENCE_NETWORK = "quality_competence_network"
    REGIONAL_COMPETENCE_CENTRE = "regional_competence_centre"
    REGIONAL_COMPETENCE_SERVICE = "regional_competence_service"


class Place(msgspec.Struct, frozen=True):
    """A trust a unit is placed at, and that trust's region."""

    trust: str
    region: str


TRUSTS = {kind: 2 if kind is Kind.MULTIREGIONAL_TREATMENT_SERVICE else 1 for kind in Kind}
"""At how many trusts, each of another region, a kind is placed."""
ONLY_REGION = {
    Kind.REGIONAL_COMPETENCE_CENTRE: Region.VEST,
    Kind.REGIONAL_COMPETENCE_SERVICE: Region.SOR_OST,
}
"""Kinds that only one region has."""


class WronglyPlaced(Refused):
    """A unit of this kind is not placed at these trusts."""

    code = "wrongly_placed"


def must_be_rightly_placed(kind: Kind, places: Sequence[Place]) -> None:
    """Whether a unit of a kind may be placed so."""
    wanted = TRUSTS[kind]
    if len({place.trust for place in places}) != wanted or len(places) != wanted:
        raise WronglyPlaced(f"a {kind} is placed at exactly {wanted} of the trusts", trusts=wanted)
    if len({place.region for place in places}) != wanted:
        raise WronglyPlaced(f"a {kind} is placed in {wanted} different regions", regions=wanted)
    only = ONLY_REGION.get(kind)
    if only and places[0].region != only:
        raise WronglyPlaced(f"a {kind} is placed in region {only}", region=only)
