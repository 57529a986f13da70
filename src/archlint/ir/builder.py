"""What both lowerers share: nodes that leave a mark in the index of their unit, and the rows of a module."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from math import isfinite

from archlint.ir.module import (
    ClassRow,
    Flag,
    FunctionRow,
    ImportedName,
    ModuleFacts,
    Unit,
)
from archlint.ir.nodes import (
    Assign,
    Attribute,
    Call,
    Constant,
    Expr,
    Function,
    Import,
    Keyword,
    Masked,
    Name,
    Opaque,
    Stmt,
    Subscript,
    Text,
)
from archlint.secrets.masking import may_be_secret

MAX_TEXT = 4000
"""Longer strings are not kept: no rule reads prose of that size, and SQL is read from the source again."""

_SQL = re.compile(
    r"\s*(?:--[^\n]*\n\s*)*(?:SELECT|INSERT|UPDATE|DELETE|WITH|REPLACE|MERGE|CREATE|ALTER|DROP|TRUNCATE)\s",
    re.IGNORECASE,
)
_SURROGATE = re.compile("[\ud800-\udfff]")
_TOO_DEEP = "?"
_INT64 = 2**63


def dotted(expression: Expr) -> str:
    """Return a chain of names as text: `a.b.c`, and `?.c` where the chain starts with anything but a name."""
    parts: list[str] = []
    while isinstance(expression, Attribute):
        parts.append(expression.name)
        expression = expression.value
    parts.append(expression.id if isinstance(expression, Name) else _TOO_DEEP)
    return ".".join(reversed(parts))


def target_name(target: Expr) -> str | None:
    """Return the name under which an assignment puts its value: the last name or the key, None where there is none."""
    if isinstance(target, Subscript) and isinstance(target.index, Text):
        return target.index.value
    name = dotted(target)
    return None if name == _TOO_DEEP else name.rpartition(".")[2]


def constant(start: int, end: int, value: object) -> Constant | Opaque:
    """Return a literal that is no string; what JSON cannot hold is opaque."""
    if value is None or isinstance(value, bool) or (isinstance(value, float) and isfinite(value)):
        return Constant(start, end, value)
    if isinstance(value, int) and -_INT64 <= value < _INT64:
        return Constant(start, end, value)
    return Opaque(start, end)


@dataclass(slots=True)
class UnitBuilder:
    """Collects, while one unit is lowered, what its row in the index says.

    `slot` is the name under which a value stands (keyword, key, target): it helps to tell secrets from words.
    """

    start: int
    slot: str | None = None
    flags: Flag = Flag.NONE
    calls: set[str] = field(default_factory=set)
    attributes: set[str] = field(default_factory=set)

    def attribute(self, start: int, end: int, value: Expr, name: str) -> Attribute:
        """Return an attribute and note its name."""
        self.attributes.add(name)
        return Attribute(start, end, value, name)

    def call(self, start: int, end: int, func: Expr, args: tuple[Expr, ...], keywords: tuple[Keyword, ...]) -> Call:
        """Return a call and note its callee."""
        self.calls.add(dotted(func))
        return Call(start, end, func, args, keywords)

    def text(self, start: int, end: int, value: str, *, is_bytes: bool = False) -> Text | Masked:
        """Return a string literal, without its value where that may be secret."""
        if not value.isascii():
            # "\ud800" is a string of Python that UTF-8, and so JSON, has no form for.
            value = _SURROGATE.sub("\ufffd", value)
        if may_be_secret(self.slot, value):
            self.flags |= Flag.SECRET
            return Masked(start, end, len(value), is_bytes)
        if _SQL.match(value):
            self.flags |= Flag.SQL
        if len(value) > MAX_TEXT:
            return Masked(start, end, len(value), is_bytes)
        return Text(start, end, value, is_bytes)


@dataclass(slots=True)
class ModuleBuilder:
    """Collects the rows of one module in the order of the source."""

    path: str
    name: str
    is_package: bool
    imports: list[ImportedName] = field(default_factory=list)
    classes: list[ClassRow] = field(default_factory=list)
    functions: list[FunctionRow] = field(default_factory=list)
    units: list[tuple[UnitBuilder, int, int, str, str, Stmt]] = field(default_factory=list)

    def imported(self, statement: Import, offset: int, *, in_function: bool) -> None:
        """Note what an import binds, as absolute dotted names; `offset` is the start of its unit."""
        base = self._absolute(statement)
        for alias in statement.names:
            if statement.module is None and not statement.level:
                target = alias.name if alias.bound != alias.name.partition(".")[0] else alias.bound
            else:
                target = f"{base}.{alias.name}" if base else alias.name
            self.imports.append(ImportedName(alias.bound, target, offset + statement.start, in_function))

    def _absolute(self, statement: Import) -> str:
        module = statement.module or ""
        if not statement.level:
            return module
        drop = statement.level - (1 if self.is_package else 0)
        parts = self.name.split(".") if self.name else []
        parent = ".".join(parts[: max(0, len(parts) - drop)])
        return f"{parent}.{module}".strip(".")

    def function(self, function: Function, owner: str, offset: int, unit: int) -> None:
        """Note a function that is not nested in another one; `offset` is the start of its unit."""
        self.functions.append(
            FunctionRow(
                function.name,
                owner,
                offset + function.start,
                offset + function.end,
                function.is_async,
                function.decorators,
                function.parameters,
                function.returns,
                unit,
            )
        )

    def add_unit(self, unit: UnitBuilder, end: int, line: int, owner: str, statement: Stmt) -> None:
        """Note a finished unit."""
        name = statement.name if isinstance(statement, Function) else _assigned_name(statement)
        self.units.append((unit, end, line, owner, name, statement))

    def build(self) -> ModuleFacts:
        """Return the facts, with the callees of all units resolved through the imports of the file."""
        targets = {row.bound: row.target for row in self.imports}
        units = tuple(
            Unit(
                unit.start,
                end,
                line,
                owner,
                name,
                int(unit.flags),
                tuple(sorted({resolved(callee, targets) for callee in unit.calls})),
                tuple(sorted(unit.attributes)),
                statement,
            )
            for unit, end, line, owner, name, statement in self.units
        )
        return ModuleFacts(
            self.path,
            self.name,
            self.is_package,
            tuple(self.imports),
            tuple(self.classes),
            tuple(self.functions),
            units,
        )


def _assigned_name(statement: Stmt) -> str:
    """Return the name that an assignment of one name binds, so that module and class attributes are found unread."""
    if isinstance(statement, Assign) and isinstance(statement.targets[0], Name):
        return statement.targets[0].id
    return ""


def resolved(name: str, targets: Mapping[str, str]) -> str:
    """Return a dotted name with its first part replaced by what an import bound it to."""
    head, dot, rest = name.partition(".")
    target = targets.get(head)
    return name if target is None else f"{target}{dot}{rest}"
