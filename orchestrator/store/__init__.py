"""Where everything durable lives: the tables, their migrations, and the unit of work."""

from orchestrator.store.database import Database
from orchestrator.store.unit import Unit

__all__ = ["Database", "Unit"]
