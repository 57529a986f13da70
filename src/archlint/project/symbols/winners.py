"""Which of several bindings of one name holds."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import TypeVar

from archlint.ir.builder import dotted
from archlint.ir.module import Binds, ClassRow, Flag, FunctionRow, ImportedName, ModuleFacts, Unit

Row = TypeVar("Row", ClassRow, FunctionRow, ImportedName)

_FUNCTION = int(Flag.FUNCTION)
_ACCESSORS = frozenset({"deleter", "getter", "register", "setter"})


def winner(rows: Sequence[Row], is_conditional: Callable[[Row], bool]) -> Row:
    """Return the binding that holds: the last that no condition guards, else the first one.

    Of `try: import ujson as json` and `except ImportError: import json` the first is the intended one.
    """
    certain = [row for row in rows if not is_conditional(row)]
    return certain[-1] if certain else rows[0]


def adds_to_earlier(row: FunctionRow) -> bool:
    """Return whether a function of a name leaves an earlier one in place, or says only its type.

    `@overload` says what a later definition accepts; `@total.setter` adds to the property `total`.
    """
    for decorator in row.decorators:
        head, _, last = dotted(decorator).rpartition(".")
        if last == "overload" or (last in _ACCESSORS and head == row.name):
            return True
    return False


class Places:
    """Where the rows of a module stand: which units hold them, and whether under a condition."""

    def __init__(self, facts: ModuleFacts) -> None:
        self._facts = facts

    @cached_property
    def _starts(self) -> list[int]:
        return [unit.start for unit in self._facts.units]

    @property
    def end(self) -> int:
        """Return an offset behind all units."""
        return self._facts.units[-1].end if self._facts.units else 0

    @property
    def assigning(self) -> list[Unit]:
        """Return the units that assign one name."""
        return [unit for unit in self._facts.units if unit.name and not unit.flags & _FUNCTION]

    @cached_property
    def deleted(self) -> dict[tuple[str, str], int]:
        """Return the offset of the last `del` of each name, by class and name."""
        rows = [row for row in self._facts.bindings if row.binds is Binds.DELETE]
        return {(row.owner, row.name): self._facts.units[row.unit].start for row in rows}

    def unit_at(self, offset: int) -> Unit:
        """Return the unit that an offset lies in."""
        return self._facts.units[max(bisect_right(self._starts, offset) - 1, 0)]

    def is_conditional_import(self, row: ImportedName) -> bool:
        """Return whether an import stands inside another statement."""
        return self.unit_at(row.start).start != row.start

    def is_conditional_function(self, row: FunctionRow) -> bool:
        """Return whether a function stands inside a statement of its module or class."""
        unit = self._facts.units[row.unit]
        return unit.owner == row.owner and unit.start != row.start

    def is_conditional_class(self, row: ClassRow) -> bool:
        """Return whether a class stands inside a statement of its module or class."""
        if not row.units:
            return False
        unit = self._facts.units[row.units[0]]
        return unit.owner == row.name.rpartition(".")[0] and unit.start != row.start
