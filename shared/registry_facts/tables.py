"""The tables every hearer of the registry reads from: which units there are, and who holds which role."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, MetaData, Table, Text

REGISTER = MetaData()
"""Rows that follow from what the registry said; in the database of each service that hears it."""

UNITS = Table(
    "units",
    REGISTER,
    Column("unit_id", Text, primary_key=True),
    Column("code", Text),
    Column("kind", Text),
    Column("name_nb", Text),
    Column("name_en", Text),
    Column("regions", Text),
    Column("trusts", Text),
    Column("active_from", Text),
    Column("ended_on", Text),
)

PHASES = Table(
    "phases",
    REGISTER,
    Column("unit_id", Text, primary_key=True),
    Column("year", BigInteger, primary_key=True),
    Column("phase", Text, nullable=False),
)

ASSIGNMENTS = Table(
    "assignments",
    REGISTER,
    Column("assignment_id", Text, primary_key=True),
    Column("person_id", Text),
    Column("role", Text),
    Column("since", Text),
    Column("until", Text),
    Column("unit_id", Text),
    Column("region", Text),
    Column("trust", Text),
    Column("seat", Text),
    Column("acting", BigInteger),
)
Index("assignments_by_person", ASSIGNMENTS.c.person_id)
Index("assignments_by_unit", ASSIGNMENTS.c.unit_id)
Index("assignments_by_role", ASSIGNMENTS.c.role)

PERSONS = Table(
    "persons",
    REGISTER,
    Column("person_id", Text, primary_key=True),
    Column("erased", BigInteger),
)
