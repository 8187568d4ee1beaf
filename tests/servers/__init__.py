"""The servers that tests stand on: real ones, started here or as containers, the same to whoever uses them."""

from __future__ import annotations

from tests.servers.nats import NatsServer
from tests.servers.postgres import PostgresServer

__all__ = ["NatsServer", "PostgresServer"]
