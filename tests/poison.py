"""A row that a service's database will not take: what any fault of its own code does to what it hears."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import create_engine, make_url, text

REFUSE = "BEGIN SELECT RAISE(ABORT, 'poisoned'); END"
SQLITE = (
    f"CREATE TRIGGER poisoned BEFORE INSERT ON {{table}} WHEN NEW.{{column}} = '{{value}}' {REFUSE}",
    "DROP TRIGGER poisoned",
)
POSTGRES = (
    "ALTER TABLE {table} ADD CONSTRAINT poisoned CHECK ({column} <> '{value}') NOT VALID",
    "ALTER TABLE {table} DROP CONSTRAINT poisoned",
)


@contextmanager
def poisoned(url: str, table: str, column: str, value: str) -> Iterator[None]:
    """While the block runs, the database refuses rows of ``table`` with this value."""
    on_sqlite = make_url(url).get_backend_name() == "sqlite"
    begin, end = (
        each.format(table=table, column=column, value=value) for each in (SQLITE if on_sqlite else POSTGRES)
    )
    engine = create_engine(url if on_sqlite else make_url(url).set(drivername="postgresql+psycopg"))
    try:
        with engine.begin() as connection:
            connection.execute(text(begin))
        yield
        with engine.begin() as connection:
            connection.execute(text(end))
    finally:
        engine.dispose()
