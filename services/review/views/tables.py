"""The tables review reads from: of its own facts, and of what it heard from the registry and from reporting."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, MetaData, Table, Text

OWN = MetaData()
"""Rows that follow from our own events; true the moment an event is recorded."""

HEARD = MetaData()
"""Rows that follow from what others said, beside those that every hearer of the registry keeps."""

REVIEWS = Table(
    "reviews",
    OWN,
    Column("review_id", Text, primary_key=True),
    Column("report_id", Text, nullable=False),
    Column("unit_id", Text, nullable=False),
    Column("year", BigInteger, nullable=False),
    Column("regions", Text, nullable=False),
    Column("step", Text, nullable=False),
    Column("number", BigInteger, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("submission_id", Text, nullable=False),
    Column("signed_by", Text, nullable=False),
    Column("open_queries", BigInteger, nullable=False),
    Column("returns", BigInteger, nullable=False),
    Column("addenda", BigInteger, nullable=False),
    Column("completed_at", Text),
    Column("version", BigInteger, nullable=False),
)
Index("reviews_by_report", REVIEWS.c.report_id)

PARTS = Table(
    "review_parts",
    OWN,
    Column("review_id", Text, primary_key=True),
    Column("region", Text, primary_key=True),
    Column("assessor", Text),
    Column("assessed", BigInteger, nullable=False),
    Column("signed_number", BigInteger),
    Column("feedback_sent_at", Text),
    Column("feedback_read_at", Text),
)

FOLLOW_UPS = Table(
    "follow_ups",
    OWN,
    Column("follow_up_id", Text, primary_key=True),
    Column("unit_id", Text, nullable=False),
    Column("year", BigInteger, nullable=False),
    Column("current_year", BigInteger, nullable=False),
    Column("region", Text, nullable=False),
    Column("category", Text, nullable=False),
    Column("level", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("owner", Text),
    Column("due", Text),
    Column("version", BigInteger, nullable=False),
)
Index("follow_ups_by_unit", FOLLOW_UPS.c.unit_id)

SUMMARIES = Table(
    "summaries",
    OWN,
    Column("year", BigInteger, primary_key=True),
    Column("region", Text, primary_key=True),
    Column("text_version", BigInteger, nullable=False),
    Column("written_at", Text, nullable=False),
)

DOSSIERS = Table(
    "dossiers",
    OWN,
    Column("year", BigInteger, primary_key=True),
    Column("status", Text, nullable=False),
    Column("units", BigInteger, nullable=False),
    Column("prepared_by", Text),
    Column("confirmed_by", Text),
    Column("meeting_on", Text),
    Column("sent_at", Text),
    Column("sha256", Text),
    Column("received_on", Text),
    Column("changes_due", BigInteger, nullable=False),
    Column("supplements", BigInteger, nullable=False),
    Column("version", BigInteger, nullable=False),
)

REPORTS = Table(
    "reports",
    HEARD,
    Column("report_id", Text, primary_key=True),
    Column("unit_id", Text),
    Column("year", BigInteger),
    Column("template", Text),
    Column("regions", Text),
    Column("state", Text),
    Column("begun", BigInteger),
    Column("number", BigInteger),
    Column("timing", Text),
    Column("extended_until", Text),
)
"""Reports as reporting told of them; ``begun`` once it said something that nobody says of an untouched report."""
Index("reports_by_year", REPORTS.c.year)

REMOVED_TEXTS = Table(
    "removed_texts",
    HEARD,
    Column("report_id", Text, primary_key=True),
    Column("place", Text, primary_key=True),
    Column("first_version", BigInteger, primary_key=True),
    Column("last_version", BigInteger, nullable=False),
)
"""Texts that reporting removed from all history; review keeps no copy of any text of a report."""

CYCLES = Table(
    "cycles",
    HEARD,
    Column("year", BigInteger, primary_key=True),
    Column("recommended_on", Text),
    Column("deadline", Text),
    Column("grace_until", Text),
    Column("reports", BigInteger),
)
