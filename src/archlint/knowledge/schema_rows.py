"""The rows about schemas and hooks: what reads the rows of a database without a loop in the project."""

from __future__ import annotations

from archlint.knowledge.rows import Type


class RowSchema(Type, frozen=True, kw_only=True):
    """A class whose subclasses read each of their fields from a row: `reads` are the class methods that take one."""

    reads: tuple[str, ...] = ()


class RowHook(Type, frozen=True, kw_only=True):
    """A class of which the framework calls methods once per row: those in `methods` and those with the `prefix`.

    `rows` is the method that gives the rows; with `is_given`, the class is given them when it is made, or by a view.
    A row comes in the `parameter`, else in the first one behind `self`.
    `fallbacks` are pairs of a method and one of the row itself, called where the class does not have the first.
    """

    rows: str = ""
    methods: tuple[str, ...] = ()
    prefix: str = ""
    parameter: str = ""
    fallbacks: tuple[tuple[str, str], ...] = ()
    is_given: bool = False
