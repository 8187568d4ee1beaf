"""Read models of the registry: the rows that follow from its things, and what can be asked of them."""

from services.registry.views import lookups, queries
from services.registry.views.rows import rows
from services.registry.views.tables import METADATA

__all__ = ["METADATA", "lookups", "queries", "rows"]
