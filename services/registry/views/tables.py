"""The rows the registry reads by: written with the events they follow from, and free of personal data."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, MetaData, Table, Text

METADATA = MetaData()

TRUSTS = Table(
    "trusts",
    METADATA,
    Column("code", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("region", Text, nullable=False),
)
UNITS = Table(
    "units",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("code", Text, nullable=False, unique=True),
    Column("kind", Text, nullable=False),
    Column("name_nb", Text, nullable=False),
    Column("name_en", Text),
    Column("regions", Text, nullable=False),  # each between commas: ",vest,sor_ost,"
    Column("trusts", Text, nullable=False),
    Column("active_from", Text, nullable=False),
    Column("ended_on", Text),
    Column("version", Integer, nullable=False),
)
PERSONS = Table(
    "persons",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("status", Text, nullable=False),
    Column("trust", Text),
    Column("invitation", Text),
    Column("version", Integer, nullable=False),
)
LOGINS = Table(
    "logins",
    METADATA,
    Column("login_hash", Text, primary_key=True),
    Column("person_id", Text),
)
LINKS = Table(
    "login_links",
    METADATA,
    Column("person_id", Text, primary_key=True),
    Column("login_hash", Text, primary_key=True),
)
"""Which logins a person has, or once had."""
ROLES = Table(
    "role_assignments",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("person_id", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("since", Text, nullable=False),
    Column("until", Text),
    Column("unit_id", Text),
    Column("region", Text),
    Column("trust", Text),
    Column("seat", Text),
    Column("acting", Integer, nullable=False),
    Column("warnings", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Index("role_assignments_by_person", "person_id"),
    Index("role_assignments_by_unit", "unit_id"),
)
APPOINTMENTS = Table(
    "appointments",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("unit_id", Text, nullable=False),
    Column("seat", Text, nullable=False),
    Column("person_id", Text, nullable=False),
    Column("step", Text, nullable=False),
    Column("desk_region", Text, nullable=False),
    Column("seat_region", Text),
)


def listed(values: list[str]) -> str:
    """Several values in one column, so that one of them can be looked for."""
    return f",{','.join(values)},"


def unlisted(column: str) -> list[str]:
    return [value for value in column.split(",") if value]
