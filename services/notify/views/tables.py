"""The tables notify reads from: of its own messages, and of what it heard from registry, reporting and review."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, MetaData, Table, Text

OWN = MetaData()
"""Rows that follow from our own events; true the moment an event is recorded."""

HEARD = MetaData()
"""Rows that follow from what others said, beside those that every hearer of the registry keeps."""

MIRROR = MetaData()
"""Copies of contact cards from the ``persons`` bucket; never part of history."""

MESSAGES = Table(
    "messages",
    OWN,
    Column("message_id", Text, primary_key=True),
    Column("fact", Text, nullable=False),
    Column("rule", Text, nullable=False),
    Column("occasion", Text, nullable=False),
    Column("receiver", Text, nullable=False),
    Column("duty", BigInteger, nullable=False),
    Column("unit_id", Text),
    Column("report_id", Text),
    Column("year", BigInteger),
    Column("status", Text, nullable=False),
    Column("reason", Text),
    Column("attempts", BigInteger, nullable=False),
    Column("due_at", Text),
    Column("edition", BigInteger, nullable=False),
    Column("asked_again", BigInteger, nullable=False),
    Column("intended_at", Text, nullable=False),
    Column("settled_at", Text),
    Column("gathered_into", Text),
    Column("version", BigInteger, nullable=False),
)
Index("messages_due", MESSAGES.c.due_at)
Index("messages_by_receiver", MESSAGES.c.receiver)
Index("messages_by_unit", MESSAGES.c.unit_id)
Index("messages_by_intention", MESSAGES.c.intended_at, MESSAGES.c.message_id)

PREFERENCES = Table(
    "preferences",
    OWN,
    Column("person_id", Text, primary_key=True),
    Column("language", Text, nullable=False),
    Column("digest", BigInteger, nullable=False),
    Column("muted", Text, nullable=False),
    Column("version", BigInteger, nullable=False),
)

APPOINTMENTS = Table(
    "appointments",
    HEARD,
    Column("appointment_id", Text, primary_key=True),
    Column("unit_id", Text, nullable=False),
    Column("person_id", Text, nullable=False),
)

REPORTS = Table(
    "reports",
    HEARD,
    Column("report_id", Text, primary_key=True),
    Column("unit_id", Text),
    Column("year", BigInteger),
    Column("has_group", BigInteger),
    Column("state", Text),
    Column("unit_done", BigInteger),
    Column("group_done", BigInteger),
    Column("submitted", BigInteger),
    Column("returned", BigInteger),
    Column("extended_until", Text),
)
Index("reports_by_unit", REPORTS.c.unit_id)
"""``submitted`` and ``returned`` hold the newest number of each, for they are told by two services in no order."""

CYCLES = Table(
    "cycles",
    HEARD,
    Column("year", BigInteger, primary_key=True),
    Column("deadline", Text, nullable=False),
)

REVIEWS = Table(
    "reviews",
    HEARD,
    Column("review_id", Text, primary_key=True),
    Column("region", Text, primary_key=True),
    Column("assessor", Text, nullable=False),
)
"""Who assesses a report for a region."""

CARDS = Table(
    "cards",
    MIRROR,
    Column("person_id", Text, primary_key=True),
    Column("name", Text),
    Column("email", Text),
)
