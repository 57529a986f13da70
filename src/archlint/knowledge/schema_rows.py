"""The rows about schemas: classes that copy attributes of the rows of a database."""

from __future__ import annotations

from archlint.knowledge.rows import Type


class RowSchema(Type, frozen=True, kw_only=True):
    """A class whose subclasses read each of their fields from a row: `reads` are the class methods that take one."""

    reads: tuple[str, ...] = ()
