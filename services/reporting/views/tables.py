"""The tables reporting reads from: of its own facts, and of what it heard from the registry."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, MetaData, Table, Text

OWN = MetaData()
"""Rows that follow from our own events; true the moment an event is recorded."""

HEARD = MetaData()
"""Rows that follow from what others said, beside those that every hearer of the registry keeps."""

MIRROR = MetaData()
"""Copies of contact cards from the ``persons`` bucket; never part of history."""

REPORTS = Table(
    "reports",
    OWN,
    Column("report_id", Text, primary_key=True),
    Column("unit_id", Text, nullable=False),
    Column("unit_code", Text, nullable=False),
    Column("unit_name", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("regions", Text, nullable=False),
    Column("trusts", Text, nullable=False),
    Column("year", BigInteger, nullable=False),
    Column("template", Text, nullable=False),
    Column("template_version", BigInteger, nullable=False),
    Column("description_version", BigInteger),
    Column("status", Text, nullable=False),
    Column("version", BigInteger, nullable=False),
    Column("content_version", BigInteger, nullable=False),
    Column("unit_finished_at", Text),
    Column("group_finished_at", Text),
    Column("open_group_answers", BigInteger, nullable=False),
    Column("outdated_group_answers", BigInteger, nullable=False),
    Column("faults", BigInteger, nullable=False),
    Column("extended_until", Text),
    Column("submissions", BigInteger, nullable=False),
    Column("submitted_at", Text),
    Column("timing", Text),
)
Index("reports_by_year", REPORTS.c.year, REPORTS.c.unit_code)

SUBMISSIONS = Table(
    "submissions",
    OWN,
    Column("submission_id", Text, primary_key=True),
    Column("report_id", Text, nullable=False),
    Column("number", BigInteger, nullable=False),
    Column("content_version", BigInteger, nullable=False),
    Column("report_version", BigInteger, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("timing", Text, nullable=False),
    Column("submitted_at", Text, nullable=False),
)

SHREDDED = Table(
    "shredded",
    OWN,
    Column("subject", Text, primary_key=True),
    Column("generation", BigInteger, nullable=False),
)
"""Keys whose destruction was decided by a redaction: destroyed again after every restore."""

CYCLES = Table(
    "cycles",
    OWN,
    Column("year", BigInteger, primary_key=True),
    Column("recommended_on", Text, nullable=False),
    Column("deadline", Text, nullable=False),
    Column("grace_until", Text, nullable=False),
    Column("opens_at", Text),
    Column("opened_at", Text),
    Column("version", BigInteger, nullable=False),
)

TEMPLATES = Table(
    "templates",
    OWN,
    Column("key", Text, primary_key=True),
    Column("version", BigInteger, primary_key=True),
    Column("template_id", Text, nullable=False),
    Column("sha256", Text, nullable=False),
)

DESCRIPTIONS = Table(
    "descriptions",
    HEARD,
    Column("unit_id", Text, primary_key=True),
    Column("version", BigInteger, primary_key=True),
    Column("text_nb", Text, nullable=False),
    Column("valid_from", Text, nullable=False),
)

SEATS = Table(
    "seats",
    HEARD,
    Column("unit_id", Text, primary_key=True),
    Column("seat", Text, primary_key=True),
)

CARDS = Table(
    "cards",
    MIRROR,
    Column("person_id", Text, primary_key=True),
    Column("name", Text),
    Column("email", Text),
    Column("phone", Text),
)
