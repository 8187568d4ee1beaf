"""What a unit reports of spreading competence: its teaching and its dissemination."""

from __future__ import annotations

from enum import StrEnum

from services.reporting.entries.fields import Blankable, Count, Day, Days, Entry, Hours, Link, Name, Regions, Title


class TeachingKind(StrEnum):
    """The form the teaching had."""

    COURSE = "course"
    SEMINAR = "seminar"
    OBSERVERSHIP = "observership"
    E_LEARNING = "e_learning"
    BASIC = "basic"
    POST_GRADUATE = "post_graduate"
    SUPERVISION = "supervision"


class Teaching(Entry):
    """Teaching given by the unit; what was held several times may be one entry with several ``dates``."""

    title: Title = None
    kind: Blankable[TeachingKind] = None
    target_group: Name = None
    regions_reached: Regions = ()
    dates: Days = ()
    hours: Hours | None = None
    participants: Count | None = None
    digital: bool | None = None
    link: Link = None


class DisseminationKind(StrEnum):
    """The form in which knowledge was made known."""

    LECTURE = "lecture"
    POSTER = "poster"
    GUIDELINE = "guideline"
    REPORT = "report"
    BOOK = "book"
    MEDIA = "media"
    PODCAST = "podcast"
    PATIENT_MATERIAL = "patient_material"
    WEBSITE = "website"


class Level(StrEnum):
    """How far it was meant to reach."""

    LOCAL = "local"
    REGIONAL = "regional"
    NATIONAL = "national"
    INTERNATIONAL = "international"


class Dissemination(Entry):
    """Knowledge made known to professionals, patients and others; ``held_on`` is when it was given or came out."""

    title: Title = None
    kind: Blankable[DisseminationKind] = None
    arena: Name = None
    held_on: Blankable[Day] = None
    level: Blankable[Level] = None
    target_group: Name = None
    regions: Regions = ()
    link: Link = None
