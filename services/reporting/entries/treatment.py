"""What a unit reports of its treatment: clinical activity in figures, and the tools that measure quality."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field, StringConstraints

from services.reporting.entries.fields import (
    Blankable,
    Count,
    Entry,
    Link,
    Percent,
    RequiredName,
    Text,
    Title,
)

MOST_SITES = 10

MeasureId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_.-]{0,63}$")]


class ByRegion(Entry):
    """Counts by the region where the patient lives.  A region not given is unknown, which is not 0."""

    nord: Count | None = None
    midt: Count | None = None
    vest: Count | None = None
    sor_ost: Count | None = None
    abroad: Count | None = None
    unknown: Count | None = None

    @property
    def given(self) -> tuple[int, ...]:
        """The counts that were given, 0 among them."""
        return tuple(count for count in (*self.home, self.abroad, self.unknown) if count is not None)

    @property
    def home(self) -> tuple[int | None, ...]:
        """The counts of the four regions."""
        return (self.nord, self.midt, self.vest, self.sor_ost)


class Figures(Entry):
    """Figures by region, a total, or both: they may differ, since patients can be counted twice."""

    by_region: ByRegion | None = None
    total: Count | None = None

    @property
    def regional(self) -> tuple[int, ...]:
        """The counts given by region."""
        return self.by_region.given if self.by_region else ()

    @property
    def counted(self) -> int | None:
        """The total as given, else the sum of the regions; None when there is neither."""
        if self.total is not None:
            return self.total
        return sum(self.regional) if self.regional else None


class Site(Figures):
    """The figures of one of the trusts where a multiregional service treats."""

    trust: RequiredName


class Declared(StrEnum):
    """How a measure's figures are declared."""

    BY_REGION = "by_region"
    TOTAL_ONLY = "total_only"


class ClinicalActivity(Figures):
    """One measure of one year.  ``measure_id`` and ``definition`` stay from year to year, so that years compare."""

    measure_id: MeasureId
    name: Title = None
    definition: Text = None
    declared: Declared = Declared.BY_REGION
    total_reason: Text = None
    by_site: Annotated[tuple[Site, ...], Field(max_length=MOST_SITES)] = ()
    comment: Text = None

    @property
    def counted(self) -> int | None:
        """The unit's own total, else what its sites come to together."""
        own = super().counted
        at_sites = [site.counted for site in self.by_site if site.counted is not None]
        return sum(at_sites) if own is None and at_sites else own


class QualityToolKind(StrEnum):
    """What quality is measured or kept by."""

    NATIONAL_QUALITY_REGISTRY = "national_quality_registry"
    LOCAL_REGISTRY = "local_registry"
    GUIDELINE = "guideline"
    PROCEDURE = "procedure"
    BIOBANK = "biobank"
    PROM_PREM = "prom_prem"
    INTERNATIONAL_REGISTRY = "international_registry"
    OTHER = "other"


class QualityTool(Entry):
    """A quality tool in use; ``coverage_percent`` is the share of the patients it covers."""

    name: Title = None
    kind: Blankable[QualityToolKind] = None
    link: Link = None
    coverage_percent: Percent | None = None
    used_for: Text = None
