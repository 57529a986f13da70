"""The models of a project's ORMs and their tables, as one catalogue."""

from archlint.project.schema.names import Names
from archlint.project.schema.orms import Orms
from archlint.project.schema.schema import Schema

__all__ = ["Names", "Orms", "Schema"]
