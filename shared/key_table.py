"""The table of the keys that texts are sealed with: each wrapped, and the mark it leaves when it is gone."""

from __future__ import annotations

from sqlalchemy import Column, Integer, LargeBinary, MetaData, Table, Text, bindparam, select

METADATA = MetaData()
KEYS = Table(
    "keys",
    METADATA,
    Column("subject", Text, primary_key=True),
    Column("generation", Integer, primary_key=True),
    Column("wrapped", LargeBinary),  # NULL: destroyed; empty: lost
)
NEWEST = (
    select(KEYS.c.generation, KEYS.c.wrapped)
    .where(KEYS.c.subject == bindparam("subject"))
    .order_by(KEYS.c.generation.desc())
    .limit(1)
)
"""The last generation of a subject's keys."""
