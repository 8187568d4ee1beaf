"""The activity entries of a report as people write them: their form, and what is judged of their content.

Their form is checked before they are sealed; the report itself knows only the sealed text and the judgement.
"""

from __future__ import annotations

from services.reporting.entries.codes import CODES
from services.reporting.entries.fields import Entry, Region
from services.reporting.entries.judging import FAULTS, Judgement, judge
from services.reporting.entries.kinds import ENTRY_TYPES, from_text, parse, to_text
from services.reporting.entries.places import field_of
from services.reporting.entries.research import Article, Doctorate, Project, ProjectStatus
from services.reporting.entries.spreading import Dissemination, DisseminationKind, Level, Teaching, TeachingKind
from services.reporting.entries.treatment import (
    ByRegion,
    ClinicalActivity,
    Declared,
    QualityTool,
    QualityToolKind,
    Site,
)

__all__ = [
    "CODES",
    "ENTRY_TYPES",
    "FAULTS",
    "Article",
    "ByRegion",
    "ClinicalActivity",
    "Declared",
    "Dissemination",
    "DisseminationKind",
    "Doctorate",
    "Entry",
    "Judgement",
    "Level",
    "Project",
    "ProjectStatus",
    "QualityTool",
    "QualityToolKind",
    "Region",
    "Site",
    "Teaching",
    "TeachingKind",
    "field_of",
    "from_text",
    "judge",
    "parse",
    "to_text",
]
