"""What a unit reports of its research: scientific articles, doctorates and projects."""

from __future__ import annotations

from enum import StrEnum

from services.reporting.entries.fields import Blankable, Day, Entry, Link, Name, Names, Regions, Text, Title, Year
from services.reporting.entries.identifiers import Doi, Pmid


class Article(Entry):
    """A scientific article that bears directly on what the unit is there to do."""

    title: Title = None
    authors: Text = None
    journal: Name = None
    year: Year | None = None
    doi: Doi = None
    pmid: Pmid = None
    link: Link = None
    relevance: Text = None
    collaborating_regions: Regions = ()


class Doctorate(Entry):
    """A completed doctorate, counted in the year of its public defence."""

    candidate: Name = None
    title: Title = None
    institution: Name = None
    disputation_on: Blankable[Day] = None
    main_supervisor: Name = None
    link: Link = None


class ProjectStatus(StrEnum):
    """How far a research project has come."""

    PLANNED = "planned"
    ONGOING = "ongoing"
    COMPLETED = "completed"
    DISCONTINUED = "discontinued"


class Project(Entry):
    """A research project; ``ethics_reference`` is the number of its ethical approval (REK), ``result`` one line."""

    title: Title = None
    leader: Name = None
    starts_on: Blankable[Day] = None
    ends_on: Blankable[Day] = None
    status: Blankable[ProjectStatus] = None
    funders: Names = ()
    partner_regions: Regions = ()
    ethics_reference: Name = None
    result: Title = None
