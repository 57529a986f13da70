"""The rows about schemas and hooks: what reads the rows of a database without a loop in the project."""

from __future__ import annotations

import msgspec

from archlint.knowledge.rows import Type


class RowSchema(Type, frozen=True, kw_only=True):
    """A class whose subclasses read each of their fields from a row: `reads` are the class methods that take one."""

    reads: tuple[str, ...] = ()


class Fallback(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A method of a row that is called where a class does not have the `method`."""

    method: str
    of_row: str


class RowHook(Type, frozen=True, kw_only=True):
    """A class of which the framework calls methods once per row: those in `methods` and those with the `prefix`.

    `rows` is the method that gives the rows; with `is_given`, the class is given them when it is made, or by a view.
    A row comes in the `parameter`, else in the first one behind `self`.
    `fallbacks` are called instead of methods that the class does not have.
    """

    rows: str = ""
    methods: tuple[str, ...] = ()
    prefix: str = ""
    parameter: str = ""
    fallbacks: tuple[Fallback, ...] = ()
    is_given: bool = False
